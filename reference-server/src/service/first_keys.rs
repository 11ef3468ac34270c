use std::sync::Arc;

use lock_keeper_protocol::audit;
use lock_keeper_protocol::identity::{Realm, UserId};
use lock_keeper_protocol::opaque::{RegistrationRecord, SUITE, ServerSetup};
use rand::rngs::OsRng;
use rand_core::CryptoRngCore;
use zeroize::Zeroizing;

use super::at_rest;
use crate::keys::{DataKey, FirstKeys, KeyError, KeyWrapper, ServerKeys};
use crate::store::{Administration, NewAccount, SENTINEL};

/// The generation of a new record, as the store inserts it.
pub(super) const FIRST_GENERATION: i64 = 0;

/// Loads the server's keys, or makes them on a new database, with the sentinel account that ends the index of names.
///
/// # Errors
/// [`KeyError`]; [`KeyError::Realm`] where the database was made for another realm.
pub fn load_or_create_keys(
    administration: &dyn Administration,
    wrapper: Arc<dyn KeyWrapper>,
    realm: &Realm,
) -> Result<ServerKeys, KeyError> {
    let first = FirstKeys {
        opaque_setup: &|mut rng| Zeroizing::new(ServerSetup::random(&mut rng).to_bytes().expose().to_vec()),
        sentinel: &|keys, rng| sentinel(keys, realm, rng),
    };
    let keys = ServerKeys::load_or_create(administration, wrapper, &first, &mut OsRng)?;
    check_realm(administration, realm)?;
    Ok(keys)
}

/// Loads the server's keys.
///
/// # Errors
/// As [`ServerKeys::load`]; [`KeyError::Realm`] where the database was made for another realm.
pub fn load_keys(
    administration: &dyn Administration,
    wrapper: Arc<dyn KeyWrapper>,
    realm: &Realm,
) -> Result<ServerKeys, KeyError> {
    let keys = ServerKeys::load(administration, wrapper)?;
    check_realm(administration, realm)?;
    Ok(keys)
}

/// Under another realm the server would start, and then refuse everybody's right password. The sentinel's empty log
/// tells the realm, since its chain begins with it.
fn check_realm(administration: &dyn Administration, realm: &Realm) -> Result<(), KeyError> {
    let sentinel = administration.sentinel()?.ok_or(KeyError::Damaged("there must be a sentinel account"))?;
    match audit::first(realm, &UserId(sentinel.user_id)) == sentinel.chain {
        true => Ok(()),
        false => Err(KeyError::Realm),
    }
}

/// An account that no name leads to, with a decoy record: unknown names beyond the last registered one read its row.
fn sentinel(keys: &ServerKeys, realm: &Realm, mut rng: &mut dyn CryptoRngCore) -> Result<NewAccount, KeyError> {
    let user_id = UserId::random(&mut rng);
    let new = NewRecord {
        user_id,
        name: "",
        credential_id: lock_keeper_protocol::key::Key32::random(&mut rng).expose(),
        record: &RegistrationRecord::decoy(&mut rng),
    }
    .seal(keys, realm, SENTINEL, [0; 32], 0)?;
    Ok(new)
}

/// What a registration has made, before it is sealed.
pub(super) struct NewRecord<'a> {
    pub(super) user_id: UserId,
    pub(super) name: &'a str,
    pub(super) credential_id: &'a [u8; 32],
    pub(super) record: &'a RegistrationRecord,
}

impl NewRecord<'_> {
    /// Seals it for the store, with a fresh data key.
    pub(super) fn seal(
        &self,
        keys: &ServerKeys,
        realm: &Realm,
        account: [u8; 32],
        finish_digest: [u8; 32],
        now: i64,
    ) -> Result<NewAccount, KeyError> {
        let user_id = &self.user_id.0;
        let data_key = DataKey::generate(&mut OsRng);
        let wrapped = data_key.wrap(keys.wrapper(), &account, user_id, &mut OsRng)?;
        let record_place = at_rest::record(&account, user_id, FIRST_GENERATION);
        Ok(NewAccount {
            account,
            user_id: *user_id,
            suite: SUITE as i16,
            sealed_name: data_key.seal(&at_rest::name(&account, user_id), self.name.as_bytes(), &mut OsRng),
            sealed_credential_id: keys.seal(&at_rest::credential_id(&account, user_id), self.credential_id, &mut OsRng),
            sealed_record: keys.seal(&record_place, self.record.as_bytes(), &mut OsRng),
            wrapped_data_key: wrapped.wrapped,
            kek_id: wrapped.kek_id,
            chain: audit::first(realm, &self.user_id),
            finish_digest,
            now,
        })
    }
}
