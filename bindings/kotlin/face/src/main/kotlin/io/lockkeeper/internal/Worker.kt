package io.lockkeeper.internal

import io.lockkeeper.Code
import io.lockkeeper.LockKeeperException
import io.lockkeeper.ProgressListener
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.CoroutineName
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.launch
import kotlinx.coroutines.suspendCancellableCoroutine
import kotlin.coroutines.resumeWithException
import kotlin.time.Duration
import kotlin.time.TimeSource

/** Runs what blocks on threads of the app's dispatcher, a few at once, so that calls that queue do not take all of them. */
internal class Worker(
    dispatcher: CoroutineDispatcher,
) {
    private val name = CoroutineName("lock-keeper")
    private val blocking = CoroutineScope(SupervisorJob() + dispatcher.limitedParallelism(THREADS, "lock-keeper") + name)

    private val orderly = CoroutineScope(SupervisorJob() + dispatcher.limitedParallelism(1) + name)

    /** For what waits without a thread. */
    val scope: CoroutineScope = CoroutineScope(SupervisorJob() + dispatcher + name)

    /**
     * Runs a call, and waits for it until the caller is cancelled: then the wait ends at once, and the call is told. A result that nobody
     * waits for any more goes to `discard`.
     */
    suspend fun <T> run(
        deadline: Duration,
        progress: ProgressListener? = null,
        discard: (T) -> Unit = {},
        block: (Call) -> T,
    ): T {
        val called = TimeSource.Monotonic.markNow()
        return suspendCancellableCoroutine { continuation ->
            val cancellation = Cancellation()
            continuation.invokeOnCancellation { cancellation.cancel() }
            blocking.launch {
                val result = runCatching { block(Call(deadline - called.elapsedNow(), cancellation, progress)) }
                cancellation.ended()
                result
                    .onSuccess { continuation.resume(it) { _, unwanted, _ -> discard(unwanted) } }
                    .onFailure { continuation.resumeWithException(known(it)) }
            }
        }
    }

    /** Runs what nobody waits for, one after the other. What it throws has nobody to tell. */
    fun aside(block: () -> Unit) {
        orderly.launch { runCatching(block) }
    }

    /** Nothing but `LockKeeperException` reaches the app. */
    private fun known(failure: Throwable): Throwable =
        if (failure is LockKeeperException) failure else LockKeeperException(Code.INTERNAL, cause = failure)

    private companion object {
        /** One session works on one call at a time; some sessions, and calls that wait for their turn. */
        const val THREADS = 8
    }
}
