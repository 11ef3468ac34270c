//! What went wrong ([`Code`]) and what to do about it ([`Advice`]).

/// What went wrong. The set is open: later releases add codes, so an app switches on [`Advice`].
///
/// Each code has a stable string ([`Code::name`]), which logs and other languages use. `docs/errors.md`
/// has them all; it is made from [`super::catalogue`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the catalogue has the one sentence on each, and a second one here would drift")]
pub enum Code {
    AccountNameInvalid,
    AccountNameTaken,
    RegistrationClosed,
    PasswordInvalid,
    WrongNameOrPassword,
    TooManyAttempts,
    PasswordChanged,
    TicketRefused,
    ConfigInvalid,
    SecretNotFound,
    SecretDeleted,
    SecretIdTaken,
    SecretTooLarge,
    TooLargeToExport,
    LabelTooLong,
    SessionLocked,
    DeviceUnlockStale,
    DeviceUnlockInvalidated,
    Offline,
    TimedOut,
    ProxyRefused,
    ServerBusy,
    ServerFailed,
    QuotaReached,
    NotTls,
    ServerUntrusted,
    PinMismatch,
    TlsTooOld,
    WrongHost,
    Redirected,
    CertificateNotValidNow,
    ServerIdentityChanged,
    RolledBack,
    AuditTampered,
    DataTampered,
    VersionUnsupported,
    StoreUnavailable,
    StoreCorrupt,
    NotEnoughMemory,
    OutcomeUnknown,
    Cancelled,
    ProtocolViolation,
    Internal,
}

/// What the caller does now. The set is closed: an app can switch on it and be complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Advice {
    /// Ask for, or send, something else: the same call fails the same way again.
    FixInput,
    /// Ask the person for the password.
    AskPassword,
    /// Call again after `retry_after`.
    Wait,
    /// Call again.
    Retry,
    /// Ask the person to look at the network connection.
    CheckNetwork,
    /// Ask the person to look at the device's date and time.
    CheckClock,
    /// Call again once the person has unlocked the device.
    UnlockDevice,
    /// Ask the person to update the app.
    UpdateApp,
    /// Stop, and send the person to the service provider: something is wrong on the other side, or was tampered with.
    ContactSupport,
    /// Report it: the app, this library or the server has a defect.
    Bug,
}

impl Advice {
    /// Every advice, in the order of `docs/errors.md`.
    pub const ALL: [Self; 10] = [
        Self::FixInput,
        Self::AskPassword,
        Self::Wait,
        Self::Retry,
        Self::CheckNetwork,
        Self::CheckClock,
        Self::UnlockDevice,
        Self::UpdateApp,
        Self::ContactSupport,
        Self::Bug,
    ];

    /// The advice's stable string, in snake_case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FixInput => "fix_input",
            Self::AskPassword => "ask_password",
            Self::Wait => "wait",
            Self::Retry => "retry",
            Self::CheckNetwork => "check_network",
            Self::CheckClock => "check_clock",
            Self::UnlockDevice => "unlock_device",
            Self::UpdateApp => "update_app",
            Self::ContactSupport => "contact_support",
            Self::Bug => "bug",
        }
    }

    /// The exit code with which the `lock-keeper` command ends on an error of this class.
    ///
    /// 0 is success and 2 is wrong usage of the command; neither comes from here.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::FixInput => 10,
            Self::AskPassword => 11,
            Self::Wait => 12,
            Self::Retry => 13,
            Self::CheckNetwork => 14,
            Self::CheckClock => 15,
            Self::UnlockDevice => 16,
            Self::UpdateApp => 17,
            Self::ContactSupport => 18,
            Self::Bug => 19,
        }
    }

    /// What the caller does, in one sentence.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::FixInput => "Change what is asked for; the same call fails the same way again.",
            Self::AskPassword => "Ask the person for the password.",
            Self::Wait => "Call again after `retry_after`.",
            Self::Retry => "Call again.",
            Self::CheckNetwork => "Ask the person to look at the network connection.",
            Self::CheckClock => "Ask the person to look at the device's date and time.",
            Self::UnlockDevice => "Call again once the person has unlocked the device.",
            Self::UpdateApp => "Ask the person to update the app.",
            Self::ContactSupport => "Stop, and send the person to the service provider.",
            Self::Bug => "Report it: something has a defect.",
        }
    }
}
