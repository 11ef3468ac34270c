package io.lockkeeper.demo.model

import androidx.compose.foundation.text.input.TextFieldState
import androidx.compose.foundation.text.input.clearText
import io.lockkeeper.AuditEntry
import io.lockkeeper.Purpose
import io.lockkeeper.SecretBytes
import io.lockkeeper.SecretId
import io.lockkeeper.SecretInfo
import io.lockkeeper.Session
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/**
 * A secret that is shown.
 *
 * @property id its id
 * @property text its bytes as text where they are some, else as hexadecimal digits
 */
class Revealed internal constructor(
    val id: SecretId,
    val text: String,
)

/**
 * What the screen of an unlocked account shows.
 *
 * @property secrets what is known of the secrets; null until the list was read
 * @property revealed the secret that is shown now
 * @property log the log, newest first, verified to its beginning; null until that is so
 * @property isPasswordChanged the password was changed here
 * @property opensByGate this device can unlock the account by finger or face
 */
data class VaultState(
    val secrets: List<SecretInfo>? = null,
    val revealed: Revealed? = null,
    val log: List<AuditEntry>? = null,
    val isPasswordChanged: Boolean = false,
    val opensByGate: Boolean = false,
)

/** The screen of an unlocked account. A secret that is shown is hidden again after a while. */
class VaultModel internal constructor(
    private val session: Session,
    private val scope: CoroutineScope,
    private val hideAfter: Duration = HIDE_AFTER,
) {
    private val shown = MutableStateFlow(VaultState())
    private var hiding: Job? = null

    /** What the screen shows. */
    val state: StateFlow<VaultState> = shown.asStateFlow()

    /** What is under way, and what went wrong. */
    val work = Work(scope)

    /** What the next secret is for, as it is typed. */
    val label = TextFieldState()

    /** The password that is to be changed, as it is typed. */
    val oldPassword = TextFieldState()

    /** The new password, as it is typed. */
    val newPassword = TextFieldState()

    /** The new password once more: a slip of the finger would lock the person out for good. */
    val repeatedPassword = TextFieldState()

    /** The password that confirms the end of the account, as it is typed. */
    val confirmation = TextFieldState()

    /** The account's name. */
    val account: String get() = session.account

    /** How good the new password looks. */
    val hint: PasswordHint get() = PasswordHint.of(newPassword.text)

    /** Whether there is enough to change the password. */
    val canChangePassword: Boolean
        get() = oldPassword.text.isNotEmpty() && newPassword.text.isNotEmpty() && newPassword.text.contentEquals(repeatedPassword.text)

    /** Whether what was typed once more is something else. */
    val isMistyped: Boolean get() = repeatedPassword.text.isNotEmpty() && !newPassword.text.contentEquals(repeatedPassword.text)

    /** Reads the list. */
    fun refresh(): Job = work.start { list() }

    /** Makes a random secret of 32 bytes. */
    fun generate(): Job =
        work.start {
            session.generate(label = typedLabel()).close()
            label.clearText()
            list()
        }

    /** Keeps what is in a file, which is wiped. Without a label it gets the file's name. */
    fun importFile(file: ChosenFile): Job =
        work.start {
            file.use { session.importSecret(it.contents, typedLabel() ?: it.name) }
            label.clearText()
            list()
        }

    /** Shows a secret for a while. */
    fun reveal(id: SecretId): Job =
        work.start {
            val text = session.retrieve(id, Purpose.LOCAL_ONLY).use { it.bytes.use(::readable) }
            shown.update { it.copy(revealed = Revealed(id, text)) }
            hiding?.cancel()
            hiding =
                scope.launch {
                    delay(hideAfter)
                    hide()
                }
        }

    /** Hides what is shown. */
    fun hide() {
        shown.update { it.copy(revealed = null) }
        hiding?.cancel()
    }

    /** Hands the secret in the exchange format to `share`; its bytes are wiped when that has ended. */
    fun export(
        secret: SecretInfo,
        share: suspend (SecretBytes, String) -> Unit,
    ): Job =
        work.start {
            val export = session.export(secret.id)
            try {
                share(export, secret.label ?: secret.id.toString())
            } finally {
                export.wipe()
            }
        }

    /** Deletes a secret for good. */
    fun delete(id: SecretId): Job =
        work.start {
            session.delete(id)
            if (shown.value.revealed?.id == id) hide()
            list()
        }

    /** Reads the log. It is shown once its beginning was reached. */
    fun readLog(): Job =
        work.start {
            shown.update { it.copy(log = null) }
            val log = session.audit().toList()
            shown.update { it.copy(log = log) }
        }

    /** Looks whether the gate keeps something for this account. */
    suspend fun lookAt(gate: UnlockGate) {
        val holds = gate.holds(account)
        shown.update { it.copy(opensByGate = holds) }
    }

    /** From now on the account can be unlocked by finger or face. */
    fun openBy(gate: UnlockGate): Job =
        work.start {
            val isKept = session.deviceUnlock().use { gate.keep(account, it) }
            shown.update { it.copy(opensByGate = isKept) }
        }

    /** From now on the account is unlocked by its password alone. */
    fun openNoMoreBy(gate: UnlockGate): Job = work.start { close(gate) }

    /** Changes the password to the one that was typed. What `gate` keeps would open nothing afterwards, and is gone. */
    fun changePassword(gate: UnlockGate?): Job =
        work.start { progress ->
            shown.update { it.copy(isPasswordChanged = false) }
            oldPassword.takePassword().use { old ->
                repeatedPassword.forget()
                newPassword.takePassword().use { new -> session.changePassword(old, new, progress) }
            }
            gate?.let { close(it) }
            shown.update { it.copy(isPasswordChanged = true) }
        }

    /** Deletes the account for good, and what `gate` keeps for it. */
    fun deleteAccount(gate: UnlockGate?): Job =
        work.start {
            confirmation.takePassword().use { session.deleteAccount(it) }
            gate?.let { close(it) }
        }

    /** Clears the fields for passwords, whose screen was left. */
    fun forgetPasswords() {
        listOf(oldPassword, newPassword, repeatedPassword, confirmation).forEach { it.forget() }
    }

    /** Locks at once. */
    fun lock() {
        hide()
        session.lock()
    }

    private fun typedLabel(): String? = label.text.toString().ifBlank { null }

    private suspend fun close(gate: UnlockGate) {
        gate.forget(account)
        shown.update { it.copy(opensByGate = false) }
    }

    private suspend fun list() {
        val secrets = session.list(limit = LIST_LIMIT)
        shown.update { it.copy(secrets = secrets) }
    }

    /** What the screens say of it. */
    companion object {
        /** How long a secret is shown. */
        val HIDE_AFTER: Duration = 20.seconds

        private const val LIST_LIMIT = 1000
    }
}

private const val PRINTABLE_FIRST: Byte = 0x20
private const val PRINTABLE_LAST: Byte = 0x7e
private const val LINE_FEED: Byte = 0x0a

/** Text where the bytes are some that can be printed, else hexadecimal digits. */
private fun readable(bytes: ByteArray): String =
    if (bytes.all { it in PRINTABLE_FIRST..PRINTABLE_LAST || it == LINE_FEED }) {
        bytes.decodeToString()
    } else {
        bytes.joinToString("") { "%02x".format(it) }
    }
