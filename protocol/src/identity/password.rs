use core::fmt;

use minicbor::bytes::ByteSlice;
use precis_profiles::OpaqueString;
use precis_profiles::precis_core::profile::PrecisFastInvocation;
use sha2::{Digest, Sha512};
use zeroize::Zeroizing;

use super::{AccountName, Realm, stabilise};
use crate::key::Key64;
use crate::{cbor, limits};

/// Label of the password input (`docs/protocol.md`, section 2.3).
const LABEL: &str = "Lock Keeper password";

/// A prepared password: PRECIS OpaqueString (RFC 8265, section 4.2), 1 to 1024 bytes. Wiped when dropped, never printed.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

/// The text is not a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordInvalid {
    /// Nothing is left after preparation.
    #[error("a password has at least one character")]
    Empty,
    /// More than 1024 bytes after preparation.
    #[error("a password has at most 1024 bytes")]
    TooLong,
    /// Not UTF-8, or a character that RFC 8265 does not allow, such as a control character.
    #[error("the password has a character that is not allowed")]
    NotAllowed,
}

impl Password {
    /// Prepares what a person typed.
    ///
    /// # Errors
    /// [`PasswordInvalid`].
    pub fn prepare(text: &str) -> Result<Self, PasswordInvalid> {
        if text.is_empty() {
            return Err(PasswordInvalid::Empty);
        }
        if text.len() > 4 * limits::PASSWORD {
            return Err(PasswordInvalid::TooLong);
        }
        let prepared =
            stabilise(text, |t| OpaqueString::enforce(t).ok().map(Into::into)).ok_or(PasswordInvalid::NotAllowed)?;
        match prepared.len() {
            0 => Err(PasswordInvalid::Empty),
            1..=limits::PASSWORD => Ok(Self(prepared)),
            _ => Err(PasswordInvalid::TooLong),
        }
    }

    /// Prepares a password given as UTF-8 bytes.
    ///
    /// # Errors
    /// [`PasswordInvalid`].
    pub fn prepare_utf8(bytes: &[u8]) -> Result<Self, PasswordInvalid> {
        Self::prepare(core::str::from_utf8(bytes).map_err(|_| PasswordInvalid::NotAllowed)?)
    }

    /// What goes into OPAQUE as the password, bound to realm and account.
    #[must_use]
    pub fn input(&self, realm: &Realm, account: &AccountName) -> PasswordInput {
        let message = Zeroizing::new(cbor::encode(&(
            LABEL,
            limits::PROTOCOL_VERSION,
            realm.as_str(),
            account.as_str(),
            <&ByteSlice>::from(self.0.as_bytes()),
        )));
        PasswordInput(Key64::init(|out| Sha512::new().chain_update(&message).finalize_into(out.into())))
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password")
    }
}

/// 64 bytes: SHA-512 over label, version, realm, account name and password; the password of the OPAQUE messages.
///
/// What a session keeps in memory, and what a device unlock carries, is therefore of use for this account alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordInput(pub Key64);

#[cfg(test)]
mod tests {
    use super::*;

    fn input(realm: &str, account: &str, password: &str) -> PasswordInput {
        let realm = Realm::new(realm).unwrap();
        Password::prepare(password).unwrap().input(&realm, &AccountName::prepare(account).unwrap())
    }

    #[test]
    fn a_password_keeps_its_case_and_its_spaces() {
        assert_ne!(input("r", "ada", "Correct horse"), input("r", "ada", "correct horse"));
        assert_ne!(input("r", "ada", "a b"), input("r", "ada", "ab"));
    }

    #[test]
    fn a_password_typed_in_another_composition_is_the_same() {
        assert_eq!(input("r", "ada", "cafe\u{301}"), input("r", "ada", "café"));
        assert_eq!(input("r", "ada", "a\u{2003}b"), input("r", "ada", "a b"));
    }

    #[test]
    fn the_input_is_bound_to_realm_and_account() {
        assert_ne!(input("r", "ada", "secret"), input("s", "ada", "secret"));
        assert_ne!(input("r", "ada", "secret"), input("r", "bob", "secret"));
    }

    #[test]
    fn bad_passwords_are_refused() {
        assert_eq!(Password::prepare("").err(), Some(PasswordInvalid::Empty));
        assert_eq!(Password::prepare(&"x".repeat(1_025)).err(), Some(PasswordInvalid::TooLong));
        assert!(Password::prepare(&"x".repeat(1_024)).is_ok());
        assert_eq!(Password::prepare("bell\u{7}").err(), Some(PasswordInvalid::NotAllowed));
        assert_eq!(Password::prepare_utf8(&[0xff]).err(), Some(PasswordInvalid::NotAllowed));
    }

    #[test]
    fn a_password_is_not_printed() {
        assert_eq!(format!("{:?}", Password::prepare("hunter2").unwrap()), "Password");
    }
}
