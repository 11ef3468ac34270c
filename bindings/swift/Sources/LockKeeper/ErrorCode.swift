extension LockKeeperError {
    /// What went wrong, as a stable string. The set is open: compare with the constants, and expect codes that are none of them.
    public struct Code: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        /// The stable string in snake_case.
        public let rawValue: String

        /// A code by its stable string.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The stable string in snake_case.
        public var description: String { rawValue }
    }
}

extension LockKeeperError.Code {
    /// The account name is empty, too long, or has characters that a name may not have. Ask for another name: 1 to 254
    /// bytes of UTF-8 after preparation (RFC 8265).
    public static let accountNameInvalid = Self(rawValue: "account_name_invalid")
    /// The account name is taken. Ask for another name, or offer to log in.
    public static let accountNameTaken = Self(rawValue: "account_name_taken")
    /// The key server takes no registrations. Say that the provider opens accounts in another way.
    public static let registrationClosed = Self(rawValue: "registration_closed")
    /// The password is empty, too long, or has characters that a password may not have. Ask for another password: 1 to 1024
    /// bytes of UTF-8 after preparation (RFC 8265).
    public static let passwordInvalid = Self(rawValue: "password_invalid")
    /// The account name or the password is wrong. Ask again; which of the two is wrong cannot be told.
    public static let wrongNameOrPassword = Self(rawValue: "wrong_name_or_password")
    /// There were too many attempts to log in. Show how long to wait; do not ask for the password before that.
    public static let tooManyAttempts = Self(rawValue: "too_many_attempts")
    /// The password was changed meanwhile. Ask for the new password and open a new session.
    public static let passwordChanged = Self(rawValue: "password_changed")
    /// The key server refused the registration ticket. Fetch a new ticket from the service provider, or send none where
    /// none is asked for.
    public static let ticketRefused = Self(rawValue: "ticket_refused")
    /// The configuration of the key server is not valid. Correct the field that the error names.
    public static let configInvalid = Self(rawValue: "config_invalid")
    /// The account has no secret with this id. List the secrets to see which ids there are.
    public static let secretNotFound = Self(rawValue: "secret_not_found")
    /// The secret was deleted. Forget the id; it is never used again.
    public static let secretDeleted = Self(rawValue: "secret_deleted")
    /// Another secret has this id. Draw a new id, unless an earlier call may have stored the secret.
    public static let secretIDTaken = Self(rawValue: "secret_id_taken")
    /// The secret is empty or too large. Keep 1 byte to 32 KiB in one secret.
    public static let secretTooLarge = Self(rawValue: "secret_too_large")
    /// The secret is too large for the exchange format. Retrieve it instead; the exchange format holds up to 255 bytes.
    public static let tooLargeToExport = Self(rawValue: "too_large_to_export")
    /// The label is too long. Use up to 256 bytes of UTF-8.
    public static let labelTooLong = Self(rawValue: "label_too_long")
    /// The session is locked. Open a new session with the password or a device unlock.
    public static let sessionLocked = Self(rawValue: "session_locked")
    /// The device unlock is of an earlier password. Delete the device unlock, ask for the password, and save a new one.
    public static let deviceUnlockStale = Self(rawValue: "device_unlock_stale")
    /// The device unlock can no longer be read. Delete the device unlock and ask for the password; a new fingerprint or
    /// face does this.
    public static let deviceUnlockInvalidated = Self(rawValue: "device_unlock_invalidated")
    /// The key server cannot be reached. Say that there is no connection, and offer to try again.
    public static let offline = Self(rawValue: "offline")
    /// The key server did not answer in time. Try again, perhaps with a longer deadline.
    public static let timedOut = Self(rawValue: "timed_out")
    /// The network's proxy refused the connection. Ask the person to look at the proxy settings, or set the proxy policy to
    /// none.
    public static let proxyRefused = Self(rawValue: "proxy_refused")
    /// The key server is busy. Try again later; the call itself has tried several times.
    public static let serverBusy = Self(rawValue: "server_busy")
    /// The key server failed. Tell the provider, with the request id: the server found its own data damaged, or has a
    /// defect. Waiting does not help.
    public static let serverFailed = Self(rawValue: "server_failed")
    /// The account holds as much as the provider allows. Offer to delete secrets that are not needed.
    public static let quotaReached = Self(rawValue: "quota_reached")
    /// What answered does not speak TLS. Ask the person to look for a sign-in page of the network; else check the address
    /// and port.
    public static let notTLS = Self(rawValue: "not_tls")
    /// The key server's certificate is not trusted. Do not go on. Check that the configured certificate authority is the
    /// provider's.
    public static let serverUntrusted = Self(rawValue: "server_untrusted")
    /// The key server's certificate is not one of the pinned ones. Do not go on. Check the pins; an update of the app may
    /// be needed.
    public static let pinMismatch = Self(rawValue: "pin_mismatch")
    /// The key server does not offer TLS 1.3. Do not go on. The server, or what stands before it, has to be updated.
    public static let tlsTooOld = Self(rawValue: "tls_too_old")
    /// The certificate is of another host. Do not go on. Check that the address is the one in the certificate.
    public static let wrongHost = Self(rawValue: "wrong_host")
    /// The key server answered with a redirect, and redirects are never followed. Check the address; nothing between the
    /// app and the key server may redirect.
    public static let redirected = Self(rawValue: "redirected")
    /// The key server's certificate has expired or is not valid yet. Ask the person to check date and time; if they are
    /// right, the server needs a new certificate.
    public static let certificateNotValidNow = Self(rawValue: "certificate_not_valid_now")
    /// The key server has another OPAQUE key than the pinned ones. Do not go on: this is not the server that the app was
    /// made for.
    public static let serverIdentityChanged = Self(rawValue: "server_identity_changed")
    /// The key server shows an older state of the account than this device has seen. Do not go on; tell the provider. An
    /// old backup may have been restored, or someone is hiding something.
    public static let rolledBack = Self(rawValue: "rolled_back")
    /// The account's log was changed. Do not trust the log; tell the provider.
    public static let auditTampered = Self(rawValue: "audit_tampered")
    /// What the key server keeps for the account was changed. Do not use it; tell the provider.
    public static let dataTampered = Self(rawValue: "data_tampered")
    /// The key server no longer speaks this app's version of the protocol. Offer the update.
    public static let versionUnsupported = Self(rawValue: "version_unsupported")
    /// What this device keeps cannot be read now. Try again when the device is unlocked; do not treat it as a new device.
    public static let storeUnavailable = Self(rawValue: "store_unavailable")
    /// What this device keeps about the account was damaged or changed. Nothing was overwritten. Let the person decide to
    /// forget the account on this device and begin anew.
    public static let storeCorrupt = Self(rawValue: "store_corrupt")
    /// The device has not enough free memory. Free memory and try again: stretching the password takes 64 MiB.
    public static let notEnoughMemory = Self(rawValue: "not_enough_memory")
    /// It is not known whether the key server did what was asked. Look (list, or open a session with the new password), or
    /// call again with the same secret id.
    public static let outcomeUnknown = Self(rawValue: "outcome_unknown")
    /// The call was cancelled. Nothing, or call again; see `may_have_happened`.
    public static let cancelled = Self(rawValue: "cancelled")
    /// The key server sent something that the protocol does not allow. Report it with the request id.
    public static let protocolViolation = Self(rawValue: "protocol_violation")
    /// Something unexpected went wrong. Report it with the request id, if there is one.
    public static let `internal` = Self(rawValue: "internal")

    /// Every code that this release knows, in the order of docs/errors.md.
    static let known: [Self] = [
        .accountNameInvalid, .accountNameTaken, .registrationClosed, .passwordInvalid, .wrongNameOrPassword,
        .tooManyAttempts, .passwordChanged, .ticketRefused, .configInvalid, .secretNotFound, .secretDeleted,
        .secretIDTaken, .secretTooLarge, .tooLargeToExport, .labelTooLong, .sessionLocked, .deviceUnlockStale,
        .deviceUnlockInvalidated, .offline, .timedOut, .proxyRefused, .serverBusy, .serverFailed, .quotaReached,
        .notTLS, .serverUntrusted, .pinMismatch, .tlsTooOld, .wrongHost, .redirected, .certificateNotValidNow,
        .serverIdentityChanged, .rolledBack, .auditTampered, .dataTampered, .versionUnsupported,
        .storeUnavailable, .storeCorrupt, .notEnoughMemory, .outcomeUnknown, .cancelled, .protocolViolation,
        .internal,
    ]
}
