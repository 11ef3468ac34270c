package io.lockkeeper.demo.model

import androidx.compose.foundation.text.input.TextFieldState
import androidx.compose.foundation.text.input.clearText
import io.lockkeeper.Advice
import io.lockkeeper.AuditEntry
import io.lockkeeper.Code
import io.lockkeeper.LockKeeperException
import io.lockkeeper.Purpose
import io.lockkeeper.Secret
import io.lockkeeper.SecretBytes
import io.lockkeeper.SecretId
import io.lockkeeper.SecretInfo
import io.lockkeeper.Session
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.combine
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

/**
 * A secret that is to be kept. Until it is known that it is, the same one goes by the same id.
 *
 * @property contents what was in a file; null where the secret is drawn
 */
private class Draft(
    val id: SecretId,
    val label: String?,
    val contents: SecretBytes?,
)

/** The screen of an unlocked account. A secret that is shown is hidden again after a while. */
class VaultModel internal constructor(
    private val session: Session,
    private val scope: CoroutineScope,
    private val hideAfter: Duration = HIDE_AFTER,
) {
    private val shown = MutableStateFlow(VaultState())
    private var hiding: Job? = null
    private var draft: Draft? = null
        set(next) {
            if (field?.contents !== next?.contents) field?.contents?.wipe()
            field = next
        }

    /** What the screen shows. */
    val state: StateFlow<VaultState> = shown.asStateFlow()

    /** What is under way with the secrets, and what went wrong. */
    val work = Work(scope, whenUnknown = NextStep.Look)

    /** The same of the log, which is read whatever else is under way. */
    val logWork = Work(scope)

    /** The same of the account itself. */
    val accountWork = Work(scope, whenUnknown = NextStep.UnlockAgain)

    /** Whether something is under way on any page. */
    val isBusy: Flow<Boolean> = combine(work.state, logWork.state, accountWork.state) { works -> works.any { it.isBusy } }

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
    fun refresh(): Job =
        work.start(isRepeatable = true) {
            val secrets = session.list(limit = LIST_LIMIT)
            shown.update { it.copy(secrets = secrets) }
            if (secrets.any { it.id == draft?.id }) isKept()
        }

    /** Makes a random secret of 32 bytes. */
    fun generate(): Job {
        val label = typedLabel()
        return work.start(isRepeatable = true) {
            keep(drafted(label, null)) { session.generate(label = it.label, id = it.id).use(Secret::info) }
        }
    }

    /** Keeps what is in a file, which is wiped. Without a label it gets the file's name. */
    fun importFile(file: ChosenFile): Job {
        val label = typedLabel() ?: file.name
        return work.start(isRepeatable = true, otherwise = file::close) {
            keep(drafted(label, file.contents)) { session.importSecret(file.contents, it.label, it.id) }
        }
    }

    /** Shows a secret for a while. */
    fun reveal(id: SecretId): Job =
        work.start(isRepeatable = true) {
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
        work.start(isRepeatable = true) {
            val export = session.export(secret.id)
            try {
                share(export, secret.label ?: secret.id.toString())
            } finally {
                export.wipe()
            }
        }

    /** Deletes a secret for good. One that is deleted already, as by an earlier call that was not answered, is no failure. */
    fun delete(id: SecretId): Job =
        work.start(isRepeatable = true) {
            try {
                session.delete(id)
            } catch (failure: LockKeeperException) {
                if (failure.code != Code.SECRET_DELETED) throw failure
            }
            if (shown.value.revealed?.id == id) hide()
            shown.update { now -> now.copy(secrets = now.secrets?.filter { it.id != id }) }
        }

    /** Reads the log. It is shown once its beginning was reached. */
    fun readLog(): Job =
        logWork.start(isRepeatable = true) {
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
        accountWork.start {
            val isKept = session.deviceUnlock().use { gate.keep(account, it) }
            shown.update { it.copy(opensByGate = isKept) }
        }

    /** From now on the account is unlocked by its password alone. */
    fun openNoMoreBy(gate: UnlockGate): Job = accountWork.start { close(gate) }

    /** Changes the password to the one that was typed. What `gate` keeps would open nothing afterwards, and is gone. */
    fun changePassword(gate: UnlockGate?): Job =
        accountWork.start { progress ->
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
        accountWork.start {
            confirmation.takePassword().use { session.deleteAccount(it) }
            gate?.let { close(it) }
        }

    /** Clears the fields for passwords, whose screen was left. */
    fun forgetPasswords() {
        listOf(oldPassword, newPassword, repeatedPassword, confirmation).forEach { it.forget() }
    }

    /** Locks at once. */
    fun lock() {
        forget()
        session.lock()
    }

    /** Forgets what nobody may see or use any more, since the account is locked. */
    internal fun forget() {
        hide()
        forgetPasswords()
        draft = null
    }

    private fun typedLabel(): String? = label.text.toString().ifBlank { null }

    private suspend fun close(gate: UnlockGate) {
        gate.forget(account)
        shown.update { it.copy(opensByGate = false) }
    }

    /** The same secret goes by the id of an earlier try, of which it is not known whether it was kept: then it is kept once. */
    private fun drafted(
        label: String?,
        contents: SecretBytes?,
    ): Draft {
        val before = draft?.takeIf { it.label == label && it.contents == contents }
        return Draft(before?.id ?: session.newSecretId(), label, contents).also { draft = it }
    }

    private suspend fun keep(
        drafted: Draft,
        send: suspend (Draft) -> SecretInfo,
    ) {
        try {
            val kept = send(drafted)
            shown.update { it.copy(secrets = it.secrets?.plusInOrder(kept)) }
            isKept()
        } catch (failure: LockKeeperException) {
            if (failure.advice == Advice.FIX_INPUT) draft = null
            throw failure
        }
    }

    private fun isKept() {
        draft = null
        label.clearText()
    }

    /** What the screens say of it. */
    companion object {
        /** How long a secret is shown. */
        val HIDE_AFTER: Duration = 20.seconds

        private const val LIST_LIMIT = 1000
    }
}

/** In the order in which the server lists them. */
private fun List<SecretInfo>.plusInOrder(kept: SecretInfo) = (filter { it.id != kept.id } + kept).sortedBy(SecretInfo::id)

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
