//! Sealing keys: what seals the values that are read before a person has proved who they are.
//!
//! There may be several. One is active and seals; all open. A sealed value names its key. A new key is first
//! *loaded*, until every process has read it from the database ([`SETTLING_TIME`]); then it is made active.

use std::time::Duration;

use rand_core::CryptoRngCore;
use zeroize::Zeroizing;

use super::KeyError;
use super::aead::{LAYOUT, Place, open, seal};
use crate::store::Millis;

/// How often a process reads the sealing keys again.
pub const REFRESH_INTERVAL: Duration = Duration::from_secs(60);
/// How long a new sealing key stays *loaded* before it may become active: several [`REFRESH_INTERVAL`]s.
pub const SETTLING_TIME: Duration = Duration::from_secs(300);

const LABEL: &str = "Lock Keeper at rest, sealing key";
/// What the id of a sealing key starts with in the database; 16 hex digits follow.
const ID_PREFIX: &str = "sealing-";

/// 8 random bytes, so that all values of one column have one length, whatever sealed them.
pub(super) type SealingKeyId = [u8; 8];

/// In the database: `loaded` opens and waits, `active` seals and opens, `retired` opens what it once sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SealingState {
    Loaded,
    Active,
    Retired,
}

impl SealingState {
    pub(super) fn from_name(name: &str) -> Option<Self> {
        match name {
            "loaded" => Some(Self::Loaded),
            "active" => Some(Self::Active),
            "retired" => Some(Self::Retired),
            _ => None,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Loaded => "loaded",
            Self::Active => "active",
            Self::Retired => "retired",
        }
    }
}

pub(super) struct SealingKey {
    pub(super) id: SealingKeyId,
    pub(super) state: SealingState,
    pub(super) created_at: Millis,
    pub(super) key: Zeroizing<[u8; 32]>,
}

pub(super) fn row_id(id: &SealingKeyId) -> String {
    format!("{ID_PREFIX}{}", hex::encode(id))
}

pub(super) fn parse_row_id(text: &str) -> Option<SealingKeyId> {
    let mut id = SealingKeyId::default();
    hex::decode_to_slice(text.strip_prefix(ID_PREFIX)?, &mut id).ok()?;
    Some(id)
}

/// The sealing keys that this process knows; at least one of them is active.
pub(super) struct SealingKeys {
    keys: Vec<SealingKey>,
    active: usize,
}

impl SealingKeys {
    /// None where no key is active. Of two active ones (an activation that was cut short) the newer counts.
    pub(super) fn new(keys: Vec<SealingKey>) -> Option<Self> {
        let active = keys
            .iter()
            .enumerate()
            .filter(|(_, key)| key.state == SealingState::Active)
            .max_by_key(|(_, key)| (key.created_at, key.id))
            .map(|(index, _)| index)?;
        Some(Self { keys, active })
    }

    pub(super) fn seal(&self, place: &Place<'_>, plaintext: &[u8], rng: &mut dyn CryptoRngCore) -> Vec<u8> {
        let active = &self.keys[self.active];
        let mut head = [LAYOUT; 9];
        head[1..].copy_from_slice(&active.id);
        seal(&active.key, &head, &place.associated_data(LABEL), plaintext, rng)
    }

    pub(super) fn open(&self, place: &Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let refused = || KeyError::Open { table: place.table, column: place.column };
        let (head, body) = sealed.split_at_checked(9).ok_or_else(refused)?;
        if head[0] != LAYOUT {
            return Err(refused());
        }
        let key = self
            .keys
            .iter()
            .find(|key| key.id == head[1..])
            .ok_or(KeyError::UnknownSealingKey { table: place.table, column: place.column })?;
        open(&key.key, &place.associated_data(LABEL), body).ok_or_else(refused)
    }
}
