package io.lockkeeper.internal

import io.lockkeeper.Advice
import io.lockkeeper.Code

/**
 * Advice and sentence of each code that this release knows: for failures that begin in Kotlin, where the native library may not even
 * be loaded. A test holds it against the library's own table.
 */
internal object Catalogue {
    /** One row of the table in `docs/errors.md`. */
    internal class Row(
        val code: Code,
        val advice: Advice,
        val sentence: String,
    )

    /** In the order of `docs/errors.md`. */
    val rows: List<Row> =
        listOf(
            Row(
                Code.ACCOUNT_NAME_INVALID,
                Advice.FIX_INPUT,
                "The account name is empty, too long, or has characters that a name may not have.",
            ),
            Row(Code.ACCOUNT_NAME_TAKEN, Advice.FIX_INPUT, "The account name is taken."),
            Row(Code.REGISTRATION_CLOSED, Advice.CONTACT_SUPPORT, "The key server takes no registrations."),
            Row(
                Code.PASSWORD_INVALID,
                Advice.FIX_INPUT,
                "The password is empty, too long, or has characters that a password may not have.",
            ),
            Row(Code.WRONG_NAME_OR_PASSWORD, Advice.ASK_PASSWORD, "The account name or the password is wrong."),
            Row(Code.TOO_MANY_ATTEMPTS, Advice.WAIT, "There were too many attempts to log in."),
            Row(Code.PASSWORD_CHANGED, Advice.ASK_PASSWORD, "The password was changed meanwhile."),
            Row(Code.TICKET_REFUSED, Advice.FIX_INPUT, "The key server refused the registration ticket."),
            Row(Code.CONFIG_INVALID, Advice.FIX_INPUT, "The configuration of the key server is not valid."),
            Row(Code.SECRET_NOT_FOUND, Advice.FIX_INPUT, "The account has no secret with this id."),
            Row(Code.SECRET_DELETED, Advice.FIX_INPUT, "The secret was deleted."),
            Row(Code.SECRET_ID_TAKEN, Advice.FIX_INPUT, "Another secret has this id."),
            Row(Code.SECRET_TOO_LARGE, Advice.FIX_INPUT, "The secret is empty or too large."),
            Row(Code.TOO_LARGE_TO_EXPORT, Advice.FIX_INPUT, "The secret is too large for the exchange format."),
            Row(Code.LABEL_TOO_LONG, Advice.FIX_INPUT, "The label is too long."),
            Row(Code.SESSION_LOCKED, Advice.ASK_PASSWORD, "The session is locked."),
            Row(Code.DEVICE_UNLOCK_STALE, Advice.ASK_PASSWORD, "The device unlock is of an earlier password."),
            Row(Code.DEVICE_UNLOCK_INVALIDATED, Advice.ASK_PASSWORD, "The device unlock can no longer be read."),
            Row(Code.OFFLINE, Advice.CHECK_NETWORK, "The key server cannot be reached."),
            Row(Code.TIMED_OUT, Advice.RETRY, "The key server did not answer in time."),
            Row(Code.PROXY_REFUSED, Advice.CHECK_NETWORK, "The network's proxy refused the connection."),
            Row(Code.SERVER_BUSY, Advice.WAIT, "The key server is busy."),
            Row(Code.SERVER_FAILED, Advice.CONTACT_SUPPORT, "The key server failed."),
            Row(Code.QUOTA_REACHED, Advice.FIX_INPUT, "The account holds as much as the provider allows."),
            Row(Code.NOT_TLS, Advice.CHECK_NETWORK, "What answered does not speak TLS."),
            Row(Code.SERVER_UNTRUSTED, Advice.CONTACT_SUPPORT, "The key server's certificate is not trusted."),
            Row(Code.PIN_MISMATCH, Advice.CONTACT_SUPPORT, "The key server's certificate is not one of the pinned ones."),
            Row(Code.TLS_TOO_OLD, Advice.CONTACT_SUPPORT, "The key server does not offer TLS 1.3."),
            Row(Code.WRONG_HOST, Advice.CONTACT_SUPPORT, "The certificate is of another host."),
            Row(Code.REDIRECTED, Advice.CONTACT_SUPPORT, "The key server answered with a redirect, and redirects are never followed."),
            Row(Code.CERTIFICATE_NOT_VALID_NOW, Advice.CHECK_CLOCK, "The key server's certificate has expired or is not valid yet."),
            Row(Code.SERVER_IDENTITY_CHANGED, Advice.CONTACT_SUPPORT, "The key server has another OPAQUE key than the pinned ones."),
            Row(Code.ROLLED_BACK, Advice.CONTACT_SUPPORT, "The key server shows an older state of the account than this device has seen."),
            Row(Code.AUDIT_TAMPERED, Advice.CONTACT_SUPPORT, "The account's log was changed."),
            Row(Code.DATA_TAMPERED, Advice.CONTACT_SUPPORT, "What the key server keeps for the account was changed."),
            Row(Code.VERSION_UNSUPPORTED, Advice.UPDATE_APP, "The key server no longer speaks this app's version of the protocol."),
            Row(Code.STORE_UNAVAILABLE, Advice.UNLOCK_DEVICE, "What this device keeps cannot be read now."),
            Row(Code.STORE_CORRUPT, Advice.CONTACT_SUPPORT, "What this device keeps about the account was damaged or changed."),
            Row(Code.NOT_ENOUGH_MEMORY, Advice.RETRY, "The device has not enough free memory."),
            Row(Code.OUTCOME_UNKNOWN, Advice.RETRY, "It is not known whether the key server did what was asked."),
            Row(Code.CANCELLED, Advice.RETRY, "The call was cancelled."),
            Row(Code.PROTOCOL_VIOLATION, Advice.BUG, "The key server sent something that the protocol does not allow."),
            Row(Code.INTERNAL, Advice.BUG, "Something unexpected went wrong."),
        )

    private val byCode = rows.associateBy { it.code }

    /** The advice of a code; a code that this release does not know is a defect somewhere. */
    fun advice(code: Code): Advice = byCode[code]?.advice ?: Advice.BUG

    /** The sentence of a code. */
    fun sentence(code: Code): String = byCode[code]?.sentence ?: "The call failed with ${code.name}."
}
