//! The keys that belong to the server as a whole. They lie in the database, wrapped, so that every instance has the same.

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;
use rand_core::CryptoRngCore;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::aead::{LAYOUT, Place, cbor_array};
use super::derived::DerivedKeys;
use super::sealing::{SETTLING_TIME, SealingKey, SealingKeyId, SealingKeys, SealingState, parse_row_id, row_id};
use super::{KeyError, KeyWrapper};
use crate::store::{Administration, Millis, NewAccount, ServerKeyRow};

/// Bytes of an OPAQUE server setup of suite 1: OPRF seed (64), private key (32), and the key of fake records (32).
pub const OPAQUE_SETUP_BYTES: usize = 128;

const WRAP_LABEL: &str = "Lock Keeper at rest, server key";
const ROLE_SETUP: &str = "opaque-setup";
const ROLE_ROOT: &str = "root";
const ROLE_SEALING: &str = "sealing";

/// What the server's first keys need from the protocol.
pub struct FirstKeys<'a> {
    /// Makes an OPAQUE server setup: 128 bytes.
    pub opaque_setup: &'a dyn Fn(&mut dyn CryptoRngCore) -> Zeroizing<Vec<u8>>,
    /// Makes the sentinel account, whose record is the decoy, with the keys that were just made.
    pub sentinel: &'a dyn Fn(&ServerKeys, &mut dyn CryptoRngCore) -> Result<NewAccount, KeyError>,
}

/// The OPAQUE setup, the keys derived from the root, the sealing keys, and the wrapper of data keys.
pub struct ServerKeys {
    wrapper: Arc<dyn KeyWrapper>,
    opaque_setup: Zeroizing<[u8; OPAQUE_SETUP_BYTES]>,
    derived: DerivedKeys,
    sealing: ArcSwap<SealingKeys>,
}

impl fmt::Debug for ServerKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerKeys({})", self.fingerprint())
    }
}

impl ServerKeys {
    /// Reads the server's keys.
    ///
    /// # Errors
    /// [`KeyError::NoServerKeys`] on a new database; [`KeyError::Damaged`]; as [`KeyWrapper::unwrap`]; [`KeyError::Store`].
    pub fn load(administration: &dyn Administration, wrapper: Arc<dyn KeyWrapper>) -> Result<Self, KeyError> {
        let rows = administration.server_keys()?;
        if rows.is_empty() {
            return Err(KeyError::NoServerKeys);
        }
        Self::from_rows(&rows, wrapper)
    }

    /// Reads the server's keys, or makes them on a new database. When two processes race, both get the same keys.
    ///
    /// # Errors
    /// As [`Self::load`], without [`KeyError::NoServerKeys`]; what `first.sentinel` answered.
    pub fn load_or_create(
        administration: &dyn Administration,
        wrapper: Arc<dyn KeyWrapper>,
        first: &FirstKeys<'_>,
        rng: &mut dyn CryptoRngCore,
    ) -> Result<Self, KeyError> {
        if administration.server_keys()?.is_empty() {
            let rows = first_rows(&*wrapper, first, administration.now()?, rng)?;
            let keys = Self::from_rows(&rows, Arc::clone(&wrapper))?;
            let sentinel = (first.sentinel)(&keys, rng)?;
            if administration.insert_first_keys(&rows, &sentinel)? {
                return Ok(keys);
            }
        }
        Self::load(administration, wrapper)
    }

    /// Reads the sealing keys again, to learn of new ones and of which is active. Call it each [`super::REFRESH_INTERVAL`].
    ///
    /// # Errors
    /// As [`Self::load`]; the keys then stay as they were.
    pub fn refresh(&self, administration: &dyn Administration) -> Result<(), KeyError> {
        let sealing = unwrap_sealing_keys(&administration.server_keys()?, &*self.wrapper)?;
        self.sealing.store(Arc::new(sealing));
        Ok(())
    }

    /// Adds a sealing key in the state *loaded*. Answers its id in the database.
    ///
    /// # Errors
    /// As [`KeyWrapper::wrap`]; [`KeyError::Store`].
    pub fn add_sealing_key(
        administration: &dyn Administration,
        wrapper: &dyn KeyWrapper,
        rng: &mut dyn CryptoRngCore,
    ) -> Result<String, KeyError> {
        let row = new_sealing_row(wrapper, SealingState::Loaded, administration.now()?, rng)?;
        administration.put_server_key(&row)?;
        Ok(row.id)
    }

    /// Makes the newest *loaded* sealing key the active one; the one before still opens what it sealed. Answers
    /// its id, or none where no key waits.
    ///
    /// # Errors
    /// [`KeyError::NotSettled`] before [`SETTLING_TIME`] has passed; [`KeyError::Store`].
    pub fn activate_sealing_key(administration: &dyn Administration) -> Result<Option<String>, KeyError> {
        let rows: Vec<ServerKeyRow> =
            administration.server_keys()?.into_iter().filter(|row| row.role == ROLE_SEALING).collect();
        let in_state = |state: SealingState| rows.iter().filter(move |row| row.state == state.name());
        let Some(next) = in_state(SealingState::Loaded).max_by_key(|row| (row.created_at, &row.id)) else {
            return Ok(None);
        };
        let settles_at = next.created_at + SETTLING_TIME.as_millis() as Millis;
        let left = settles_at - administration.now()?;
        if left > 0 {
            return Err(KeyError::NotSettled { seconds: (left as u64).div_ceil(1000) });
        }
        // First the new one, then the old ones: at no time is there none.
        administration
            .put_server_key(&ServerKeyRow { state: SealingState::Active.name().to_owned(), ..next.clone() })?;
        for old in in_state(SealingState::Active) {
            let state = SealingState::Retired.name().to_owned();
            administration.put_server_key(&ServerKeyRow { state, ..old.clone() })?;
        }
        Ok(Some(next.id.clone()))
    }

    /// The OPAQUE server setup: OPRF seed, private key and the key of fake records (RFC 9807, section 6). Secret.
    pub fn opaque_setup(&self) -> &[u8; OPAQUE_SETUP_BYTES] {
        &self.opaque_setup
    }

    /// The keys that never rotate.
    pub fn derived(&self) -> &DerivedKeys {
        &self.derived
    }

    /// What wraps the accounts' data keys.
    pub fn wrapper(&self) -> &dyn KeyWrapper {
        &*self.wrapper
    }

    /// Seals a value that is read before KE3, under the active sealing key: 49 bytes longer than `plaintext`.
    pub fn seal(&self, place: &Place<'_>, plaintext: &[u8], rng: &mut dyn CryptoRngCore) -> Vec<u8> {
        self.sealing.load().seal(place, plaintext, rng)
    }

    /// Opens what [`Self::seal`] made for the same place, under whichever sealing key.
    ///
    /// # Errors
    /// [`KeyError::Open`]; [`KeyError::UnknownSealingKey`].
    pub fn open(&self, place: &Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        self.sealing.load().open(place, sealed)
    }

    /// What tells one OPAQUE setup from another without telling it: 32 hex digits of a SHA-256. Losing the setup loses
    /// every account, so it is logged at start and may be pinned in the configuration.
    pub fn fingerprint(&self) -> String {
        let digest = Sha256::new_with_prefix(b"Lock Keeper OPAQUE setup").chain_update(*self.opaque_setup).finalize();
        hex::encode(&digest[..16])
    }

    /// # Errors
    /// [`KeyError::Fingerprint`] when an OPAQUE setup is expected that is not this one.
    pub fn check_fingerprint(&self, expected: Option<&str>) -> Result<(), KeyError> {
        let found = self.fingerprint();
        match expected {
            Some(expected) if !expected.eq_ignore_ascii_case(&found) => {
                Err(KeyError::Fingerprint { expected: expected.to_owned(), found })
            }
            _ => Ok(()),
        }
    }

    fn from_rows(rows: &[ServerKeyRow], wrapper: Arc<dyn KeyWrapper>) -> Result<Self, KeyError> {
        let opaque_setup = unwrap_only(rows, ROLE_SETUP, &*wrapper, "there must be one OPAQUE setup, of 128 bytes")?;
        let root = unwrap_only::<32>(rows, ROLE_ROOT, &*wrapper, "there must be one root, of 32 bytes")?;
        let sealing = unwrap_sealing_keys(rows, &*wrapper)?;
        let derived = DerivedKeys::new(&root);
        Ok(Self { wrapper, opaque_setup, derived, sealing: ArcSwap::from_pointee(sealing) })
    }
}

/// Wraps a server key again, under the wrapper's active key.
pub(super) fn rewrap(
    row: &ServerKeyRow,
    wrapper: &dyn KeyWrapper,
    rng: &mut dyn CryptoRngCore,
) -> Result<ServerKeyRow, KeyError> {
    let key = wrapper.unwrap(&row.kek_id, &row.wrapped, &context(&row.kek_id, &row.id, &row.role))?;
    let kek_id = wrapper.active().to_owned();
    let wrapped = wrapper.wrap(&key, &context(&kek_id, &row.id, &row.role), rng)?;
    Ok(ServerKeyRow { wrapped, kek_id, ..row.clone() })
}

fn first_rows(
    wrapper: &dyn KeyWrapper,
    first: &FirstKeys<'_>,
    now: Millis,
    rng: &mut dyn CryptoRngCore,
) -> Result<Vec<ServerKeyRow>, KeyError> {
    let setup = (first.opaque_setup)(rng);
    let mut root = Zeroizing::new([0; 32]);
    rng.fill_bytes(&mut *root);
    let active = SealingState::Active.name();
    Ok(vec![
        wrapped_row(ROLE_SETUP, ROLE_SETUP, active, &setup, now, wrapper, rng)?,
        wrapped_row(ROLE_ROOT, ROLE_ROOT, active, &*root, now, wrapper, rng)?,
        new_sealing_row(wrapper, SealingState::Active, now, rng)?,
    ])
}

fn new_sealing_row(
    wrapper: &dyn KeyWrapper,
    state: SealingState,
    now: Millis,
    rng: &mut dyn CryptoRngCore,
) -> Result<ServerKeyRow, KeyError> {
    let mut id = SealingKeyId::default();
    rng.fill_bytes(&mut id);
    let mut key = Zeroizing::new([0; 32]);
    rng.fill_bytes(&mut *key);
    wrapped_row(&row_id(&id), ROLE_SEALING, state.name(), &*key, now, wrapper, rng)
}

fn wrapped_row(
    id: &str,
    role: &str,
    state: &str,
    key: &[u8],
    created_at: Millis,
    wrapper: &dyn KeyWrapper,
    rng: &mut dyn CryptoRngCore,
) -> Result<ServerKeyRow, KeyError> {
    let kek_id = wrapper.active().to_owned();
    let wrapped = wrapper.wrap(key, &context(&kek_id, id, role), rng)?;
    Ok(ServerKeyRow { id: id.to_owned(), role: role.to_owned(), state: state.to_owned(), wrapped, kek_id, created_at })
}

fn unwrap_row<const N: usize>(
    row: &ServerKeyRow,
    wrapper: &dyn KeyWrapper,
    damaged: &'static str,
) -> Result<Zeroizing<[u8; N]>, KeyError> {
    let bytes = wrapper.unwrap(&row.kek_id, &row.wrapped, &context(&row.kek_id, &row.id, &row.role))?;
    let key = bytes.as_slice().try_into().map_err(|_| KeyError::Damaged(damaged))?;
    Ok(Zeroizing::new(key))
}

fn unwrap_only<const N: usize>(
    rows: &[ServerKeyRow],
    role: &str,
    wrapper: &dyn KeyWrapper,
    damaged: &'static str,
) -> Result<Zeroizing<[u8; N]>, KeyError> {
    let mut found = rows.iter().filter(|row| row.role == role);
    match (found.next(), found.next()) {
        (Some(row), None) => unwrap_row(row, wrapper, damaged),
        _ => Err(KeyError::Damaged(damaged)),
    }
}

fn unwrap_sealing_keys(rows: &[ServerKeyRow], wrapper: &dyn KeyWrapper) -> Result<SealingKeys, KeyError> {
    let damaged = "a sealing key must have an id of its form, a known state and 32 bytes";
    let mut keys = Vec::new();
    for row in rows.iter().filter(|row| row.role == ROLE_SEALING) {
        keys.push(SealingKey {
            id: parse_row_id(&row.id).ok_or(KeyError::Damaged(damaged))?,
            state: SealingState::from_name(&row.state).ok_or(KeyError::Damaged(damaged))?,
            created_at: row.created_at,
            key: unwrap_row(row, wrapper, damaged)?,
        });
    }
    SealingKeys::new(keys).ok_or(KeyError::Damaged("one sealing key must be active"))
}

fn context(kek_id: &str, id: &str, role: &str) -> Vec<u8> {
    cbor_array(5, |cbor| {
        cbor.str(WRAP_LABEL)?.u8(LAYOUT)?.str(kek_id)?.str(id)?.str(role)?;
        Ok(())
    })
}
