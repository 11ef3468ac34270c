package io.lockkeeper

/**
 * What went wrong, as a stable string. The set is open: later releases add codes, so a `when` over it needs an `else`, and
 * [LockKeeperException.advice] is what an app switches on first. All codes are in `docs/errors.md`.
 *
 * @property name the code in snake_case, such as `wrong_name_or_password`
 */
public class Code(
    public val name: String,
) {
    override fun equals(other: Any?): Boolean = other is Code && other.name == name

    override fun hashCode(): Int = name.hashCode()

    override fun toString(): String = name

    /** The codes that this release knows. */
    public companion object {
        /** The account name is empty, too long, or has characters that a name may not have. */
        @JvmField
        public val ACCOUNT_NAME_INVALID: Code = Code("account_name_invalid")

        /** The account name is taken. */
        @JvmField
        public val ACCOUNT_NAME_TAKEN: Code = Code("account_name_taken")

        /** The key server takes no registrations. */
        @JvmField
        public val REGISTRATION_CLOSED: Code = Code("registration_closed")

        /** The password is empty, too long, or has characters that a password may not have. */
        @JvmField
        public val PASSWORD_INVALID: Code = Code("password_invalid")

        /** The account name or the password is wrong. */
        @JvmField
        public val WRONG_NAME_OR_PASSWORD: Code = Code("wrong_name_or_password")

        /** There were too many attempts to log in. */
        @JvmField
        public val TOO_MANY_ATTEMPTS: Code = Code("too_many_attempts")

        /** The password was changed meanwhile. */
        @JvmField
        public val PASSWORD_CHANGED: Code = Code("password_changed")

        /** The key server refused the registration ticket. */
        @JvmField
        public val TICKET_REFUSED: Code = Code("ticket_refused")

        /** The configuration of the key server is not valid. */
        @JvmField
        public val CONFIG_INVALID: Code = Code("config_invalid")

        /** The account has no secret with this id. */
        @JvmField
        public val SECRET_NOT_FOUND: Code = Code("secret_not_found")

        /** The secret was deleted. */
        @JvmField
        public val SECRET_DELETED: Code = Code("secret_deleted")

        /** Another secret has this id. */
        @JvmField
        public val SECRET_ID_TAKEN: Code = Code("secret_id_taken")

        /** The secret is empty or too large. */
        @JvmField
        public val SECRET_TOO_LARGE: Code = Code("secret_too_large")

        /** The secret is too large for the exchange format. */
        @JvmField
        public val TOO_LARGE_TO_EXPORT: Code = Code("too_large_to_export")

        /** The label is too long. */
        @JvmField
        public val LABEL_TOO_LONG: Code = Code("label_too_long")

        /** The session is locked. */
        @JvmField
        public val SESSION_LOCKED: Code = Code("session_locked")

        /** The device unlock is of an earlier password. */
        @JvmField
        public val DEVICE_UNLOCK_STALE: Code = Code("device_unlock_stale")

        /** The device unlock can no longer be read. */
        @JvmField
        public val DEVICE_UNLOCK_INVALIDATED: Code = Code("device_unlock_invalidated")

        /** The key server cannot be reached. */
        @JvmField
        public val OFFLINE: Code = Code("offline")

        /** The key server did not answer in time. */
        @JvmField
        public val TIMED_OUT: Code = Code("timed_out")

        /** The network's proxy refused the connection. */
        @JvmField
        public val PROXY_REFUSED: Code = Code("proxy_refused")

        /** The key server is busy. */
        @JvmField
        public val SERVER_BUSY: Code = Code("server_busy")

        /** The key server failed: it found its own data damaged, or has a defect. Waiting does not help. */
        @JvmField
        public val SERVER_FAILED: Code = Code("server_failed")

        /** The account holds as much as the provider allows. */
        @JvmField
        public val QUOTA_REACHED: Code = Code("quota_reached")

        /** What answered does not speak TLS. */
        @JvmField
        public val NOT_TLS: Code = Code("not_tls")

        /** The key server's certificate is not trusted. */
        @JvmField
        public val SERVER_UNTRUSTED: Code = Code("server_untrusted")

        /** The key server's certificate is not one of the pinned ones. */
        @JvmField
        public val PIN_MISMATCH: Code = Code("pin_mismatch")

        /** The key server does not offer TLS 1.3. */
        @JvmField
        public val TLS_TOO_OLD: Code = Code("tls_too_old")

        /** The certificate is of another host. */
        @JvmField
        public val WRONG_HOST: Code = Code("wrong_host")

        /** The key server answered with a redirect, and redirects are never followed. */
        @JvmField
        public val REDIRECTED: Code = Code("redirected")

        /** The key server's certificate has expired or is not valid yet. */
        @JvmField
        public val CERTIFICATE_NOT_VALID_NOW: Code = Code("certificate_not_valid_now")

        /** The key server has another OPAQUE key than the pinned ones. */
        @JvmField
        public val SERVER_IDENTITY_CHANGED: Code = Code("server_identity_changed")

        /** The key server shows an older state of the account than this device has seen. */
        @JvmField
        public val ROLLED_BACK: Code = Code("rolled_back")

        /** The account's log was changed. */
        @JvmField
        public val AUDIT_TAMPERED: Code = Code("audit_tampered")

        /** What the key server keeps for the account was changed. */
        @JvmField
        public val DATA_TAMPERED: Code = Code("data_tampered")

        /** The key server no longer speaks this app's version of the protocol. */
        @JvmField
        public val VERSION_UNSUPPORTED: Code = Code("version_unsupported")

        /** What this device keeps cannot be read now. */
        @JvmField
        public val STORE_UNAVAILABLE: Code = Code("store_unavailable")

        /** What this device keeps about the account was damaged or changed. */
        @JvmField
        public val STORE_CORRUPT: Code = Code("store_corrupt")

        /** The device has not enough free memory. */
        @JvmField
        public val NOT_ENOUGH_MEMORY: Code = Code("not_enough_memory")

        /** It is not known whether the key server did what was asked. */
        @JvmField
        public val OUTCOME_UNKNOWN: Code = Code("outcome_unknown")

        /** The call was cancelled. */
        @JvmField
        public val CANCELLED: Code = Code("cancelled")

        /** The key server sent something that the protocol does not allow. */
        @JvmField
        public val PROTOCOL_VIOLATION: Code = Code("protocol_violation")

        /** Something unexpected went wrong. */
        @JvmField
        public val INTERNAL: Code = Code("internal")
    }
}
