package io.lockkeeper.internal

import io.lockkeeper.LockReason
import io.lockkeeper.SessionState
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.launch
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.TimeSource

/**
 * Shows whether an account is locked. The account itself has no timer: it locks in time for whoever uses it, and says so when it is
 * asked. So this asks when the time is over.
 */
internal class LockWatch(
    private val account: OpenAccount,
    private val idle: Duration?,
    private val background: Duration?,
    private val scope: CoroutineScope,
) {
    private val shown = MutableStateFlow<SessionState>(SessionState.Unlocked)
    private val idleTimer: Job?
    private var backgroundTimer: Job? = null

    @Volatile
    private var usedAt = TimeSource.Monotonic.markNow()

    val state: StateFlow<SessionState> = shown.asStateFlow()

    init {
        // The account keeps the listener, so it must not hold this, or nobody could ever let go of the session.
        val flow = shown
        account.onLock { reason -> flow.value = SessionState.Locked(reason) }
        idleTimer = idle?.let { scope.launch { askWhenIdle(it) } }
    }

    /** A call has ended. */
    fun used() {
        usedAt = TimeSource.Monotonic.markNow()
    }

    /** The app went to the background. */
    @Synchronized
    fun enteredBackground() {
        account.enteredBackground()
        val limit = background ?: return
        if (backgroundTimer?.isActive == true) return
        backgroundTimer =
            scope.launch {
                delay(limit)
                askUntilLocked()
            }
    }

    /** The app is in the foreground again. */
    @Synchronized
    fun enteredForeground() {
        backgroundTimer?.cancel()
        backgroundTimer = null
        // What was due while the device slept, and no timer ran, is found by this.
        account.enteredForeground()
    }

    /** Nothing is left to watch. */
    fun end() {
        idleTimer?.cancel()
        synchronized(this) { backgroundTimer?.cancel() }
    }

    private suspend fun askWhenIdle(limit: Duration) {
        while (ask() == null) {
            val left = limit - usedAt.elapsedNow()
            delay(maxOf(left, AGAIN))
        }
    }

    private suspend fun askUntilLocked() {
        while (ask() == null) delay(AGAIN)
    }

    /** Asks for the reason. The listener is told by that, but for an account that was let go of. */
    private fun ask(): LockReason? = account.lockReason()

    private companion object {
        /** The account's clock is not this one: where it has not locked yet, it is about to, or a call is under way. */
        val AGAIN = 250.milliseconds
    }
}
