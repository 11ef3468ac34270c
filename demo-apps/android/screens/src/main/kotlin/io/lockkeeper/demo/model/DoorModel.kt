package io.lockkeeper.demo.model

import androidx.compose.foundation.text.input.TextFieldState
import io.lockkeeper.Code
import io.lockkeeper.LockKeeperClient
import io.lockkeeper.LockKeeperException
import io.lockkeeper.Password
import io.lockkeeper.ProgressListener
import io.lockkeeper.Session
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow

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
            client.register(name, password, progress = progress)
        }

    /** Unlocks an account. */
    fun unlock(): Job = enterBy { name, password, progress -> client.openSession(name, password, progress = progress) }

    /** Looks whether the gate keeps something for [lastAccount]. */
    suspend fun lookAt(gate: UnlockGate) {
        gated.value = lastAccount?.let { gate.holds(it) } == true
    }

    /** Unlocks [lastAccount] by finger or face. What the gate keeps for an earlier password, or can no longer read, is gone afterwards. */
    fun unlockBy(gate: UnlockGate): Job =
        work.start {
            val account = lastAccount ?: return@start
            try {
                gate.open(account)?.use { enter(client.openSession(it)) }
            } catch (failure: LockKeeperException) {
                if (failure.code in OF_NO_USE) {
                    gate.forget(account)
                    gated.value = false
                }
                throw failure
            }
        }

    private fun enterBy(open: suspend (String, Password, ProgressListener) -> Session): Job =
        work.start { progress ->
            val session = password.takePassword().use { open(name.text.toString(), it, progress) }
            enter(session)
        }

    private companion object {
        val OF_NO_USE = listOf(Code.DEVICE_UNLOCK_STALE, Code.DEVICE_UNLOCK_INVALIDATED)
    }
}
