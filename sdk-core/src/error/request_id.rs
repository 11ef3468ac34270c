//! The name of a request in the server's log.

use std::fmt;

/// The id under which the server logged a request. It comes from the server, so only a harmless form is taken.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RequestId(String);

impl RequestId {
    /// The longest id that is taken, in bytes.
    pub const MAX_BYTES: usize = 64;

    /// Takes an id of 1 to 64 ASCII letters, digits and hyphens; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let harmless = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let fits = (1..=Self::MAX_BYTES).contains(&text.len());
        (fits && text.bytes().all(harmless)).then(|| Self(text.to_owned()))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_could_forge_a_log_line_is_not_taken() {
        assert!(RequestId::parse("7f3a-01").is_some());
        for bad in ["", "two words", "line\nbreak", "ä", &"a".repeat(65)] {
            assert!(RequestId::parse(bad).is_none(), "{bad:?}");
        }
    }
}
