use core::fmt;

use precis_profiles::UsernameCaseMapped;
use precis_profiles::precis_core::profile::PrecisFastInvocation;

use super::stabilise;
use crate::limits;

/// A prepared account name: UTF-8, PRECIS UsernameCaseMapped (RFC 8265, section 3.3), 1 to 254 bytes.
///
/// Two texts that people would call the same name (other case, other width, other composition) prepare
/// to the same bytes. Neither `Debug` nor an error shows the name.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct AccountName(String);

/// The text is not an account name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountNameInvalid {
    /// Nothing is left after preparation.
    #[error("an account name has at least one character")]
    Empty,
    /// More than 254 bytes after preparation.
    #[error("an account name has at most 254 bytes")]
    TooLong,
    /// A character or an order of characters that RFC 8265 does not allow.
    #[error("an account name has letters, digits and ASCII punctuation only, and no spaces")]
    NotAllowed,
    /// The text changes under preparation (only [`AccountName::from_prepared`] answers this).
    #[error("the account name is not prepared")]
    NotPrepared,
}

impl AccountName {
    /// Prepares what a person typed.
    ///
    /// # Errors
    /// [`AccountNameInvalid`], without the name.
    pub fn prepare(text: &str) -> Result<Self, AccountNameInvalid> {
        if text.is_empty() {
            return Err(AccountNameInvalid::Empty);
        }
        // Preparation is not linear in the length: a text far beyond the limit is refused before it.
        if text.len() > 4 * limits::ACCOUNT_NAME {
            return Err(AccountNameInvalid::TooLong);
        }
        let prepared = stabilise(text, |t| UsernameCaseMapped::enforce(t).ok().map(Into::into))
            .ok_or(AccountNameInvalid::NotAllowed)?;
        match prepared.len() {
            0 => Err(AccountNameInvalid::Empty),
            1..=limits::ACCOUNT_NAME => Ok(Self(String::clone(&prepared))),
            _ => Err(AccountNameInvalid::TooLong),
        }
    }

    /// Takes a name that the other side has prepared, and refuses one that preparation would change.
    ///
    /// # Errors
    /// [`AccountNameInvalid`], without the name.
    pub fn from_prepared(text: &str) -> Result<Self, AccountNameInvalid> {
        let name = Self::prepare(text)?;
        if name.0 == text { Ok(name) } else { Err(AccountNameInvalid::NotPrepared) }
    }

    /// The prepared name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccountName")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_alike_prepare_to_the_same_name() {
        let plain = AccountName::prepare("ada@example.org").unwrap();
        for other in ["ADA@example.org", "Ada@Example.ORG", "ａｄａ@example.org"] {
            assert_eq!(AccountName::prepare(other), Ok(plain.clone()), "{other}");
        }
        assert_eq!(AccountName::prepare("cafe\u{301}"), AccountName::prepare("café"));
    }

    #[test]
    fn names_of_every_bad_form_are_refused() {
        for (text, error) in [
            ("", AccountNameInvalid::Empty),
            ("two words", AccountNameInvalid::NotAllowed),
            ("tab\there", AccountNameInvalid::NotAllowed),
            ("nul\0", AccountNameInvalid::NotAllowed),
            ("smile😀", AccountNameInvalid::NotAllowed),
            ("zero\u{200b}width", AccountNameInvalid::NotAllowed),
            ("\u{202e}abc", AccountNameInvalid::NotAllowed),
        ] {
            assert_eq!(AccountName::prepare(text), Err(error), "{text:?}");
        }
    }

    #[test]
    fn a_name_has_at_most_254_bytes() {
        assert!(AccountName::prepare(&"a".repeat(254)).is_ok());
        assert_eq!(AccountName::prepare(&"a".repeat(255)), Err(AccountNameInvalid::TooLong));
        assert_eq!(AccountName::prepare(&"a".repeat(100_000)), Err(AccountNameInvalid::TooLong));
    }

    #[test]
    fn the_other_side_must_have_prepared_the_name() {
        assert!(AccountName::from_prepared("ada").is_ok());
        assert_eq!(AccountName::from_prepared("Ada"), Err(AccountNameInvalid::NotPrepared));
    }

    #[test]
    fn a_name_is_not_printed() {
        assert_eq!(format!("{:?}", AccountName::prepare("ada").unwrap()), "AccountName");
    }
}
