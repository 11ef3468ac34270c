package io.lockkeeper.demo.model

import androidx.compose.foundation.text.input.TextFieldState
import io.lockkeeper.LockKeeperClient
import io.lockkeeper.Password
import io.lockkeeper.ProgressListener
import io.lockkeeper.Session
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job

/** The screen before the account: register or unlock. */
class DoorModel internal constructor(
    private val client: LockKeeperClient,
    scope: CoroutineScope,
    private val enter: (Session) -> Unit,
) {
    /** The account's name, as it is typed. */
    val name = TextFieldState()

    /** The password, as it is typed. */
    val password = TextFieldState()

    /** The password once more, when it is a new one. */
    val repeated = TextFieldState()

    /** What is under way, and what went wrong. */
    val work = Work(scope)

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

    private fun enterBy(open: suspend (String, Password, ProgressListener) -> Session): Job =
        work.start { progress ->
            val session = password.takePassword().use { open(name.text.toString(), it, progress) }
            enter(session)
        }
}
