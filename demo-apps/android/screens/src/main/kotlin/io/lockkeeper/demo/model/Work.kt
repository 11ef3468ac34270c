package io.lockkeeper.demo.model

import io.lockkeeper.LockKeeperException
import io.lockkeeper.Phase
import io.lockkeeper.ProgressListener
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
 */
data class WorkState(
    val isBusy: Boolean = false,
    val phase: Phase? = null,
    val problem: Problem? = null,
) {
    /** Whether a screen has to make room for it. */
    internal val hasSomethingToSay: Boolean get() = isBusy || problem != null
}

/** Something was not done, and the app itself knows why. */
internal class NotDone(
    val problem: Problem,
) : Exception()

/** Runs one piece of work at a time for a screen, and keeps what it shows meanwhile and afterwards. */
class Work internal constructor(
    private val scope: CoroutineScope,
) {
    private val shown = MutableStateFlow(WorkState())

    /** What the screen shows. */
    val state: StateFlow<WorkState> = shown.asStateFlow()

    /** Starts `body`. While something is under way that does nothing: a button that was tapped twice. */
    internal fun start(body: suspend (ProgressListener) -> Unit): Job {
        val before = shown.value
        if (before.isBusy || !shown.compareAndSet(before, WorkState(isBusy = true))) return Job().apply { complete() }
        return scope.launch { shown.value = WorkState(problem = problemOf(body)) }
    }

    private suspend fun problemOf(body: suspend (ProgressListener) -> Unit): Problem? =
        try {
            body { phase -> shown.update { if (it.isBusy) it.copy(phase = phase) else it } }
            null
        } catch (failure: LockKeeperException) {
            Problem(failure)
        } catch (failure: GateException) {
            Problem(failure.refusal)
        } catch (failure: NotDone) {
            failure.problem
        }
}
