//! A word of warning on a new password. It is never refused: the person decides.

use zeroize::Zeroizing;

/// Below this many characters a password that someone chose can be guessed by whoever has stolen the server's database and keys.
const SHORT: usize = 12;
/// Fewer different characters than this is a pattern.
const FEW: usize = 5;

/// What is weak about a password; `None` where nothing is seen.
pub(crate) fn weakness(password: &str, account: &str) -> Option<&'static str> {
    if password.chars().count() < SHORT {
        return Some("the password has fewer than 12 characters: a few random words are better and easier to remember");
    }
    if has_few_different(password) {
        return Some("the password repeats a few characters: a few random words are better");
    }
    let name = account.split('@').next().unwrap_or_default();
    if name.chars().count() >= 4 && password.starts_with(name) {
        return Some("the password begins with the account's name: it is the first thing that anybody tries");
    }
    None
}

fn has_few_different(password: &str) -> bool {
    let mut seen = Zeroizing::new(['\0'; FEW]);
    let mut count = 0;
    for character in password.chars() {
        if !seen[..count].contains(&character) {
            if count == FEW - 1 {
                return false;
            }
            seen[count] = character;
            count += 1;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_repetitive_and_named_passwords_are_warned_of_and_others_are_not() {
        assert!(weakness("correct h", "ada").is_some());
        assert!(weakness("abababababababab", "ada").is_some());
        assert!(weakness("lovelace-and-more", "lovelace@example.org").is_some());
        assert_eq!(weakness("correct horse battery", "ada"), None);
    }
}
