//! The one table of errors: strings, advice, meanings. `docs/errors.md` is made from it.

use super::{Advice, Code};

/// What there is to know of one [`Code`].
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The code this row is about.
    pub code: Code,
    /// Its stable string, in snake_case.
    pub name: &'static str,
    /// What the caller does, of the closed set.
    pub advice: Advice,
    /// What it means, as one plain sentence that may be shown.
    pub meaning: &'static str,
    /// What the caller does about this very code.
    pub action: &'static str,
}

const fn row(code: Code, name: &'static str, advice: Advice, meaning: &'static str, action: &'static str) -> Entry {
    Entry { code, name, advice, meaning, action }
}

/// Every code, in the order of the enum.
pub const CATALOGUE: [Entry; 43] = [
    row(
        Code::AccountNameInvalid,
        "account_name_invalid",
        Advice::FixInput,
        "The account name is empty, too long, or has characters that a name may not have.",
        "Ask for another name: 1 to 254 bytes of UTF-8 after preparation (RFC 8265).",
    ),
    row(
        Code::AccountNameTaken,
        "account_name_taken",
        Advice::FixInput,
        "The account name is taken.",
        "Ask for another name, or offer to log in.",
    ),
    row(
        Code::RegistrationClosed,
        "registration_closed",
        Advice::ContactSupport,
        "The key server takes no registrations.",
        "Say that the provider opens accounts in another way.",
    ),
    row(
        Code::PasswordInvalid,
        "password_invalid",
        Advice::FixInput,
        "The password is empty, too long, or has characters that a password may not have.",
        "Ask for another password: 1 to 1024 bytes of UTF-8 after preparation (RFC 8265).",
    ),
    row(
        Code::WrongNameOrPassword,
        "wrong_name_or_password",
        Advice::AskPassword,
        "The account name or the password is wrong.",
        "Ask again; which of the two is wrong cannot be told.",
    ),
    row(
        Code::TooManyAttempts,
        "too_many_attempts",
        Advice::Wait,
        "There were too many attempts to log in.",
        "Show how long to wait; do not ask for the password before that.",
    ),
    row(
        Code::PasswordChanged,
        "password_changed",
        Advice::AskPassword,
        "The password was changed meanwhile.",
        "Ask for the new password and open a new session.",
    ),
    row(
        Code::TicketRefused,
        "ticket_refused",
        Advice::FixInput,
        "The key server refused the registration ticket.",
        "Fetch a new ticket from the service provider, or send none where none is asked for.",
    ),
    row(
        Code::ConfigInvalid,
        "config_invalid",
        Advice::FixInput,
        "The configuration of the key server is not valid.",
        "Correct the field that the error names.",
    ),
    row(
        Code::SecretNotFound,
        "secret_not_found",
        Advice::FixInput,
        "The account has no secret with this id.",
        "List the secrets to see which ids there are.",
    ),
    row(
        Code::SecretDeleted,
        "secret_deleted",
        Advice::FixInput,
        "The secret was deleted.",
        "Forget the id; it is never used again.",
    ),
    row(
        Code::SecretIdTaken,
        "secret_id_taken",
        Advice::FixInput,
        "Another secret has this id.",
        "Draw a new id, unless an earlier call may have stored the secret.",
    ),
    row(
        Code::SecretTooLarge,
        "secret_too_large",
        Advice::FixInput,
        "The secret is empty or too large.",
        "Keep 1 byte to 32 KiB in one secret.",
    ),
    row(
        Code::TooLargeToExport,
        "too_large_to_export",
        Advice::FixInput,
        "The secret is too large for the exchange format.",
        "Retrieve it instead; the exchange format holds up to 255 bytes.",
    ),
    row(
        Code::LabelTooLong,
        "label_too_long",
        Advice::FixInput,
        "The label is too long.",
        "Use up to 256 bytes of UTF-8.",
    ),
    row(
        Code::SessionLocked,
        "session_locked",
        Advice::AskPassword,
        "The session is locked.",
        "Open a new session with the password or a device unlock.",
    ),
    row(
        Code::DeviceUnlockStale,
        "device_unlock_stale",
        Advice::AskPassword,
        "The device unlock is of an earlier password.",
        "Delete the device unlock, ask for the password, and save a new one.",
    ),
    row(
        Code::DeviceUnlockInvalidated,
        "device_unlock_invalidated",
        Advice::AskPassword,
        "The device unlock can no longer be read.",
        "Delete the device unlock and ask for the password; a new fingerprint or face does this.",
    ),
    row(
        Code::Offline,
        "offline",
        Advice::CheckNetwork,
        "The key server cannot be reached.",
        "Say that there is no connection, and offer to try again.",
    ),
    row(
        Code::TimedOut,
        "timed_out",
        Advice::Retry,
        "The key server did not answer in time.",
        "Try again, perhaps with a longer deadline.",
    ),
    row(
        Code::ProxyRefused,
        "proxy_refused",
        Advice::CheckNetwork,
        "The network's proxy refused the connection.",
        "Ask the person to look at the proxy settings, or set the proxy policy to none.",
    ),
    row(
        Code::ServerBusy,
        "server_busy",
        Advice::Wait,
        "The key server is busy.",
        "Try again later; the call itself has tried several times.",
    ),
    row(
        Code::ServerFailed,
        "server_failed",
        Advice::ContactSupport,
        "The key server failed.",
        "Tell the provider, with the request id: the server found its own data damaged, or has a defect. Waiting does not help.",
    ),
    row(
        Code::QuotaReached,
        "quota_reached",
        Advice::FixInput,
        "The account holds as much as the provider allows.",
        "Offer to delete secrets that are not needed.",
    ),
    row(
        Code::NotTls,
        "not_tls",
        Advice::CheckNetwork,
        "What answered does not speak TLS.",
        "Ask the person to look for a sign-in page of the network; else check the address and port.",
    ),
    row(
        Code::ServerUntrusted,
        "server_untrusted",
        Advice::ContactSupport,
        "The key server's certificate is not trusted.",
        "Do not go on. Check that the configured certificate authority is the provider's.",
    ),
    row(
        Code::PinMismatch,
        "pin_mismatch",
        Advice::ContactSupport,
        "The key server's certificate is not one of the pinned ones.",
        "Do not go on. Check the pins; an update of the app may be needed.",
    ),
    row(
        Code::TlsTooOld,
        "tls_too_old",
        Advice::ContactSupport,
        "The key server does not offer TLS 1.3.",
        "Do not go on. The server, or what stands before it, has to be updated.",
    ),
    row(
        Code::WrongHost,
        "wrong_host",
        Advice::ContactSupport,
        "The certificate is of another host.",
        "Do not go on. Check that the address is the one in the certificate.",
    ),
    row(
        Code::Redirected,
        "redirected",
        Advice::ContactSupport,
        "The key server answered with a redirect, and redirects are never followed.",
        "Check the address; nothing between the app and the key server may redirect.",
    ),
    row(
        Code::CertificateNotValidNow,
        "certificate_not_valid_now",
        Advice::CheckClock,
        "The key server's certificate has expired or is not valid yet.",
        "Ask the person to check date and time; if they are right, the server needs a new certificate.",
    ),
    row(
        Code::ServerIdentityChanged,
        "server_identity_changed",
        Advice::ContactSupport,
        "The key server has another OPAQUE key than the pinned ones.",
        "Do not go on: this is not the server that the app was made for.",
    ),
    row(
        Code::RolledBack,
        "rolled_back",
        Advice::ContactSupport,
        "The key server shows an older state of the account than this device has seen.",
        "Do not go on; tell the provider. An old backup may have been restored, or someone is hiding something.",
    ),
    row(
        Code::AuditTampered,
        "audit_tampered",
        Advice::ContactSupport,
        "The account's log was changed.",
        "Do not trust the log; tell the provider.",
    ),
    row(
        Code::DataTampered,
        "data_tampered",
        Advice::ContactSupport,
        "What the key server keeps for the account was changed.",
        "Do not use it; tell the provider.",
    ),
    row(
        Code::VersionUnsupported,
        "version_unsupported",
        Advice::UpdateApp,
        "The key server no longer speaks this app's version of the protocol.",
        "Offer the update.",
    ),
    row(
        Code::StoreUnavailable,
        "store_unavailable",
        Advice::UnlockDevice,
        "What this device keeps cannot be read now.",
        "Try again when the device is unlocked; do not treat it as a new device.",
    ),
    row(
        Code::StoreCorrupt,
        "store_corrupt",
        Advice::ContactSupport,
        "What this device keeps about the account was damaged or changed.",
        "Nothing was overwritten. Let the person decide to forget the account on this device and begin anew.",
    ),
    row(
        Code::NotEnoughMemory,
        "not_enough_memory",
        Advice::Retry,
        "The device has not enough free memory.",
        "Free memory and try again: stretching the password takes 64 MiB.",
    ),
    row(
        Code::OutcomeUnknown,
        "outcome_unknown",
        Advice::Retry,
        "It is not known whether the key server did what was asked.",
        "Look (list, or open a session with the new password), or call again with the same secret id.",
    ),
    row(
        Code::Cancelled,
        "cancelled",
        Advice::Retry,
        "The call was cancelled.",
        "Nothing, or call again; see `may_have_happened`.",
    ),
    row(
        Code::ProtocolViolation,
        "protocol_violation",
        Advice::Bug,
        "The key server sent something that the protocol does not allow.",
        "Report it with the request id.",
    ),
    row(
        Code::Internal,
        "internal",
        Advice::Bug,
        "Something unexpected went wrong.",
        "Report it with the request id, if there is one.",
    ),
];

// The table is looked up by the code's place in the enum, so a row out of order must not compile.
const _: () = {
    assert!(CATALOGUE.len() == Code::Internal as usize + 1);
    let mut place = 0;
    while place < CATALOGUE.len() {
        assert!(CATALOGUE[place].code as usize == place);
        place += 1;
    }
};

impl Code {
    /// The code's row in the catalogue.
    #[must_use]
    pub const fn entry(self) -> &'static Entry {
        &CATALOGUE[self as usize]
    }

    /// The code's stable string, in snake_case, such as `wrong_name_or_password`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.entry().name
    }

    /// What the caller does on an error of this code.
    #[must_use]
    pub const fn advice(self) -> Advice {
        self.entry().advice
    }

    /// The code with this stable string, or `None` where this release has none.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        CATALOGUE.iter().find(|entry| entry.name == name).map(|entry| entry.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_are_unique_and_in_snake_case() {
        let names: HashSet<_> = CATALOGUE.iter().map(|entry| entry.name).collect();
        assert_eq!(names.len(), CATALOGUE.len());
        for entry in &CATALOGUE {
            let spelled: String = format!("{:?}", entry.code)
                .char_indices()
                .flat_map(|(place, letter)| {
                    let gap = (letter.is_uppercase() && place > 0).then_some('_');
                    gap.into_iter().chain(letter.to_lowercase())
                })
                .collect();
            assert_eq!(entry.name, spelled);
            assert_eq!(Code::from_name(entry.name), Some(entry.code));
        }
    }

    #[test]
    fn every_meaning_is_one_sentence() {
        for entry in &CATALOGUE {
            assert!(entry.meaning.ends_with('.'), "{}", entry.name);
            assert!(!entry.meaning.contains(". "), "{}", entry.name);
        }
    }

    #[test]
    fn exit_codes_differ_by_advice() {
        let codes: HashSet<_> = Advice::ALL.iter().map(|advice| advice.exit_code()).collect();
        assert_eq!(codes.len(), Advice::ALL.len());
        assert!(!codes.contains(&0) && !codes.contains(&1) && !codes.contains(&2));
    }
}
