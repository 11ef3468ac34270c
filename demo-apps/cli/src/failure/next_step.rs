use lock_keeper_core::{Code, LockKeeperError};

/// What a person at the command line does now. The catalogue's own words are for whoever writes an app.
pub(super) fn of(error: &LockKeeperError) -> &'static str {
    match error.code {
        Code::Cancelled if !error.may_have_happened => "Nothing has happened.",
        Code::AccountNameInvalid => "Choose another name: 1 to 254 bytes, such as an e-mail address.",
        Code::AccountNameTaken => "Choose another name. If the account is yours, just use it: lock-keeper list NAME",
        Code::RegistrationClosed => "Ask the provider how to open an account.",
        Code::PasswordInvalid => "Choose another password: 1 to 1024 bytes, no control characters.",
        Code::WrongNameOrPassword => {
            "Check both and try again. After a few wrong guesses the server makes everybody wait."
        }
        Code::TooManyAttempts => "Wait, then try again. Trying earlier does not help.",
        Code::PasswordChanged => "Try again with the new password.",
        Code::ConfigInvalid => "Correct connect.json, or ask the provider for a new one.",
        Code::SecretNotFound => "lock-keeper list NAME shows which secrets there are.",
        Code::SecretDeleted => "It cannot be brought back. lock-keeper list NAME shows which secrets there are.",
        Code::SecretIdTaken => "Leave --id away and a fresh id is drawn.",
        Code::SecretTooLarge => "Keep 1 byte to 32 KiB in one secret.",
        Code::TooLargeToExport => "Use lock-keeper retrieve with --out: the exchange format holds up to 255 bytes.",
        Code::LabelTooLong => "Use a label of up to 256 bytes.",
        Code::Offline => "Check the network, and the url in connect.json. Is the server running?",
        Code::TimedOut => "Try again, perhaps with a longer --deadline.",
        Code::ProxyRefused => "Check HTTPS_PROXY and ALL_PROXY, or set NO_PROXY to the server's host.",
        Code::ServerBusy => "Wait a little, then try again.",
        Code::ServerFailed => "Tell the provider, with the request id. Waiting does not help.",
        Code::QuotaReached => "Delete secrets that you no longer need.",
        Code::NotTls => "Check the url in connect.json, and whether the network wants you to sign in first.",
        Code::ServerUntrusted => "Do not go on. Ask the provider for a new connect.json; its ca_pem may be an old one.",
        Code::PinMismatch | Code::ServerIdentityChanged => {
            "Do not go on: this is not the server that connect.json is about. Ask the provider."
        }
        Code::TlsTooOld => "Do not go on. The server, or what stands before it, has to be updated.",
        Code::WrongHost => "Do not go on. Check the url in connect.json.",
        Code::Redirected => "Check the url in connect.json; it must lead straight to the key server.",
        Code::CertificateNotValidNow => "Check this machine's date and time. If they are right, tell the provider.",
        Code::RolledBack | Code::AuditTampered | Code::DataTampered => "Do not go on. Tell the provider.",
        Code::VersionUnsupported => "Update lock-keeper.",
        Code::StoreUnavailable => "Check who may read and write the --state directory, and whether the disk is full.",
        Code::StoreCorrupt => {
            "Nothing was overwritten. lock-keeper forget NAME begins anew on this device; the account stays."
        }
        Code::NotEnoughMemory => "Close something and try again: stretching the password takes 64 MiB.",
        Code::OutcomeUnknown | Code::Cancelled => "Look with lock-keeper list or audit whether it happened.",
        Code::ProtocolViolation | Code::Internal => "Report it, with the request id if there is one.",
        other => other.entry().action,
    }
}

#[cfg(test)]
mod tests {
    use lock_keeper_core::error::catalogue::CATALOGUE;

    use super::*;

    #[test]
    fn every_error_has_a_next_step() {
        for entry in &CATALOGUE {
            assert!(!of(&entry.code.into()).is_empty(), "{}", entry.name);
        }
    }
}
