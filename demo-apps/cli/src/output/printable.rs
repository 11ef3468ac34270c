//! Text from elsewhere on a terminal: what could move the cursor or turn the line around is shown, not done.

/// A label or a name as it is safe to print.
pub(super) fn printable(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if is_harmless(character) { safe.push(character) } else { safe.extend(character.escape_unicode()) }
    }
    safe
}

/// Whether a secret is text that a person can read on a terminal.
pub(super) fn as_text(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    let readable = |character| is_harmless(character) || character == '\n' || character == '\t';
    (!text.is_empty() && text.chars().all(readable)).then_some(text)
}

fn is_harmless(character: char) -> bool {
    let turns =
        matches!(character, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let breaks = matches!(character, '\u{2028}' | '\u{2029}');
    !character.is_control() && !turns && !breaks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_act_on_the_terminal_is_shown_instead() {
        assert_eq!(printable("disk key – für Ada"), "disk key – für Ada");
        assert_eq!(printable("\x1b[2J\u{202e}x\n"), "\\u{1b}[2J\\u{202e}x\\u{a}");
    }

    #[test]
    fn a_secret_is_text_only_where_every_character_can_be_read() {
        assert_eq!(as_text(b"two\nlines"), Some("two\nlines"));
        for bad in [&b"\x1b[2J"[..], b"\xff", b"", b"a\0b"] {
            assert_eq!(as_text(bad), None);
        }
    }
}
