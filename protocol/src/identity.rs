//! Names, passwords and ids (`docs/protocol.md`, section 2).

mod account_name;
mod ids;
mod password;
mod realm;

pub use account_name::{AccountName, AccountNameInvalid};
pub use ids::{IdInvalid, SecretId, SessionId, UserId};
pub use password::{Password, PasswordInput, PasswordInvalid};
pub use realm::{Realm, RealmInvalid};

/// How often a PRECIS profile is applied at most until its output no longer changes (RFC 8264, section 7).
const ROUNDS: usize = 4;

/// Applies a PRECIS profile until it changes nothing; none where it refuses or does not settle.
fn stabilise(text: &str, enforce: impl Fn(&str) -> Option<String>) -> Option<zeroize::Zeroizing<String>> {
    let mut current = zeroize::Zeroizing::new(enforce(text)?);
    for _ in 0..ROUNDS {
        let next = zeroize::Zeroizing::new(enforce(&current)?);
        if *next == *current {
            return Some(current);
        }
        current = next;
    }
    None
}
