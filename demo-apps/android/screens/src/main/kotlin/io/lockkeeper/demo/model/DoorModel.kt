package io.lockkeeper.demo.model

import androidx.compose.foundation.text.input.TextFieldState
import io.lockkeeper.Code
import io.lockkeeper.LockKeeperClient
import io.lockkeeper.LockKeeperException
import io.lockkeeper.Password
import io.lockkeeper.ProgressListener
import io.lockkeeper.Session
import io.lockkeeper.SessionOptions
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlin.time.Duration.Companion.minutes

/**
 * The screen before the account: register or unlock.
 *
 * @property lastAccount who unlocked last on this device
 */
class DoorModel internal constructor(
    private val client: LockKeeperClient,
    val lastAccount: String?,
    scope: CoroutineScope,
    private val enter: (Session) -> Unit,
) {
    private val gated = MutableStateFlow(false)
    private val inDispute = MutableStateFlow<String?>(null)
    private val isForgotten = MutableStateFlow<String?>(null)

    /** The account's name, as it is typed. */
    val name = TextFieldState(lastAccount.orEmpty())

    /** The password, as it is typed. */
    val password = TextFieldState()

    /** The password once more, when it is a new one. */
    val repeated = TextFieldState()

    /** What is under way, and what went wrong. */
    val work = Work(scope)

    /** Whether [lastAccount] can be unlocked by finger or face; false until [lookAt]. */
    val canUnlockByGate: StateFlow<Boolean> = gated.asStateFlow()

    /** The account that this device and the server tell different things of; null where they agree. To [forget] it ends that. */
    val disputed: StateFlow<String?> = inDispute.asStateFlow()

    /** The account that was forgotten on this device. */
    val forgotten: StateFlow<String?> = isForgotten.asStateFlow()

    /** How good the password looks. */
    val hint: PasswordHint get() = PasswordHint.of(password.text)

    /** Whether there is enough to unlock an account. */
    val canUnlock: Boolean get() = name.text.isNotEmpty() && password.text.isNotEmpty()

    /** Whether there is enough to make an account. */
    val canRegister: Boolean get() = canUnlock && password.text.contentEquals(repeated.text)

    /** Whether what was typed once more is something else. */
    val isMistyped: Boolean get() = repeated.text.isNotEmpty() && !password.text.contentEquals(repeated.text)

    /** Makes an account. */
    fun register(): Job =
        enterBy { name, password, progress ->
            repeated.forget()
            client.register(name, password, options = OPTIONS, progress = progress)
        }

    /** Unlocks an account. */
    fun unlock(): Job = enterBy { name, password, progress -> client.openSession(name, password, OPTIONS, progress) }

    /** Looks whether the gate keeps something for [lastAccount]. */
    suspend fun lookAt(gate: UnlockGate) {
        gated.value = lastAccount?.let { gate.holds(it) } == true
    }

    /** Unlocks [lastAccount] by finger or face. What the gate keeps for an earlier password, or can no longer read, is gone afterwards. */
    fun unlockBy(gate: UnlockGate): Job =
        work.start {
            val account = lastAccount ?: return@start
            try {
                gate.open(account)?.use { unlock -> open(account) { client.openSession(unlock, OPTIONS) } }
            } catch (failure: LockKeeperException) {
                if (failure.code in OF_NO_USE) {
                    gate.forget(account)
                    gated.value = false
                }
                throw failure
            }
        }

    /** Forgets the [disputed] account on this device: what this device knows of it, and what `gate` keeps. At the server it stays. */
    fun forget(gate: UnlockGate?): Job =
        work.start(isRepeatable = true) {
            val account = inDispute.value ?: return@start
            client.forget(account)
            gate?.forget(account)
            if (account == lastAccount) gated.value = false
            inDispute.value = null
            isForgotten.value = account
        }

    private fun enterBy(open: suspend (String, Password, ProgressListener) -> Session): Job =
        work.start { progress ->
            val account = name.text.toString()
            password.takePassword().use { password -> open(account) { open(account, password, progress) } }
        }

    private suspend fun open(
        account: String,
        open: suspend () -> Session,
    ) {
        inDispute.value = null
        isForgotten.value = null
        try {
            enter(open())
        } catch (failure: LockKeeperException) {
            if (failure.code in OF_TWO_MINDS) inDispute.value = account
            throw failure
        }
    }

    private companion object {
        val OF_NO_USE = listOf(Code.DEVICE_UNLOCK_STALE, Code.DEVICE_UNLOCK_INVALIDATED)
        val OF_TWO_MINDS = listOf(Code.ROLLED_BACK, Code.STORE_CORRUPT)

        /** Who looks for a file in another app, or takes a picture, comes back to an open account. */
        val OPTIONS = SessionOptions(lockInBackgroundAfter = 2.minutes)
    }
}
