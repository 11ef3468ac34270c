package io.lockkeeper.demo.model

import io.lockkeeper.Code
import io.lockkeeper.LockKeeperException
import io.lockkeeper.Phase
import io.lockkeeper.ProgressListener
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch

/**
 * What a screen shows of its work.
 *
 * @property isBusy something is under way
 * @property phase how far it is
 * @property problem what went wrong at last
 * @property canRepeat the person can have the same done once more, by [Work.repeat]
 */
data class WorkState(
    val isBusy: Boolean = false,
    val phase: Phase? = null,
    val problem: Problem? = null,
    val canRepeat: Boolean = false,
) {
    /** Whether a screen has to make room for it. */
    internal val hasSomethingToSay: Boolean get() = isBusy || problem != null
}

/** Something was not done, and the app itself knows why. */
internal class NotDone(
    val problem: Problem,
) : Exception()

/**
 * Runs one piece of work at a time for a screen, and keeps what it shows meanwhile and afterwards.
 *
 * @param whenUnknown what the person can do where it is not known whether a piece of it was done: to do it once more could do it twice.
 *   Null where that harms nobody
 */
class Work internal constructor(
    private val scope: CoroutineScope,
    private val whenUnknown: NextStep? = null,
) {
    private val shown = MutableStateFlow(WorkState())
    private var last: (suspend (ProgressListener) -> Unit)? = null

    /** What the screen shows. */
    val state: StateFlow<WorkState> = shown.asStateFlow()

    /**
     * Starts `body`. While something is under way that does nothing but `otherwise`: a button that was tapped twice.
     *
     * @param isRepeatable `body` needs nothing that is gone when it has failed, as a password is
     */
    internal fun start(
        isRepeatable: Boolean = false,
        otherwise: () -> Unit = {},
        body: suspend (ProgressListener) -> Unit,
    ): Job {
        val before = shown.value
        if (before.isBusy || !shown.compareAndSet(before, WorkState(isBusy = true))) {
            otherwise()
            return Job().apply { complete() }
        }
        last = body.takeIf { isRepeatable }
        return scope.launch {
            var problem: Problem? = null
            try {
                problem = problemOf(body)
            } finally {
                val canRepeat = isRepeatable && problem?.nextStep?.isOnceMore == true
                if (!canRepeat) last = null
                shown.value = WorkState(problem = problem, canRepeat = canRepeat)
            }
        }
    }

    /** Does once more what has failed, where that [can be done][WorkState.canRepeat]. */
    fun repeat(): Job = last?.let { start(isRepeatable = true, body = it) } ?: Job().apply { complete() }

    /** Whatever the system under the app fails with, the person hears of it and the app goes on. */
    @Suppress("TooGenericExceptionCaught")
    private suspend fun problemOf(body: suspend (ProgressListener) -> Unit): Problem? =
        try {
            body { phase -> shown.update { if (it.isBusy) it.copy(phase = phase) else it } }
            null
        } catch (failure: LockKeeperException) {
            Problem(failure, whenUnknown)
        } catch (failure: GateException) {
            Problem(failure.refusal)
        } catch (failure: NotDone) {
            failure.problem
        } catch (failure: CancellationException) {
            throw failure
        } catch (failure: Exception) {
            Problem(LockKeeperException(Code.INTERNAL, cause = failure))
        }
}
