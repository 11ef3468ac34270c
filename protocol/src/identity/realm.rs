use crate::limits;

/// The name of a key server as OPAQUE's server identity: 1 to 253 visible ASCII characters, compared byte for byte.
///
/// It never changes: every registration record and every sealed storage key is bound to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Realm(String);

/// The text is not a realm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a realm has 1 to 253 visible ASCII characters")]
pub struct RealmInvalid;

impl Realm {
    /// Takes a realm as configured.
    ///
    /// # Errors
    /// [`RealmInvalid`].
    pub fn new(text: &str) -> Result<Self, RealmInvalid> {
        let fits = (1..=limits::REALM).contains(&text.len());
        if fits && text.bytes().all(|b| b.is_ascii_graphic()) { Ok(Self(text.to_owned())) } else { Err(RealmInvalid) }
    }

    /// The realm.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_realm_is_visible_ascii_of_bounded_length() {
        assert!(Realm::new("keys.example.org").is_ok());
        for bad in ["", "two words", "schlüssel", "nul\0", &"x".repeat(254)] {
            assert_eq!(Realm::new(bad), Err(RealmInvalid), "{bad:?}");
        }
    }
}
