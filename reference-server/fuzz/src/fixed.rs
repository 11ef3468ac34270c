//! What is the same in each run, so that a corpus stays good: identities, keys, a generator with a fixed seed.

use std::sync::Arc;

use lock_keeper_protocol::identity::{AccountName, Password, PasswordInput, Realm};
use lock_keeper_protocol::key::Key64;
use lock_keeper_protocol::opaque::{Identities, Stretch, StretchFailed};
use rand::SeedableRng;
use rand::rngs::StdRng;

/// Draws the same bytes in each run.
pub(crate) fn rng() -> StdRng {
    StdRng::seed_from_u64(7)
}

pub(crate) fn realm() -> Realm {
    Realm::new("keys.example").expect("it is one")
}

pub(crate) fn identities() -> Identities {
    Identities { realm: realm(), account: AccountName::prepare("ada").expect("it is one") }
}

pub(crate) fn password() -> Password {
    Password::prepare("correct horse").expect("it is one")
}

pub(crate) fn input() -> PasswordInput {
    let identities = identities();
    password().input(&identities.realm, &identities.account)
}

/// Argon2 would take nearly all of the time, and reads no bytes.
struct Quick;

impl Stretch for Quick {
    fn stretch(&self, oprf_output: &Key64) -> Result<Key64, StretchFailed> {
        Ok(oprf_output.clone())
    }
}

pub(crate) fn stretch() -> Arc<dyn Stretch> {
    Arc::new(Quick)
}

/// The first `N` bytes, with zeros behind them where there are fewer.
pub(crate) fn fitted<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut fitted = [0; N];
    let length = bytes.len().min(N);
    fitted[..length].copy_from_slice(&bytes[..length]);
    fitted
}

/// `genuine` as `edits` change it, for bytes that are other ones in each run. The first byte says how: 0 the edits' own bytes, 1
/// exclusive-or, 2 cut, 3 lengthened.
pub(crate) fn changed(genuine: &[u8], edits: &[u8]) -> Vec<u8> {
    let Some((how, edits)) = edits.split_first() else { return Vec::new() };
    match how % 4 {
        0 => edits.to_vec(),
        1 => {
            let mut bytes = genuine.to_vec();
            bytes.iter_mut().zip(edits).for_each(|(byte, edit)| *byte ^= edit);
            bytes
        }
        2 => genuine[..edits.len().min(genuine.len())].to_vec(),
        _ => [genuine, edits].concat(),
    }
}
