//! What stays on the device for each account, under a MAC with the local-store key (`docs/protocol.md`, section 8.3).
//!
//! Until a vault is open these are hints: the configured pins decide. The MAC is verified before any result reaches the app.

use lock_keeper_protocol::audit::ChainHead;
use lock_keeper_protocol::cbor::{self, Bytes};
use lock_keeper_protocol::channel;
use lock_keeper_protocol::identity::{AccountName, Realm, UserId};
use minicbor::{Decode, Encode};

use crate::error::{Code, Result};
use crate::local_store::LocalStore;
use crate::vault::LocalStoreKey;

const LABEL: &str = "Lock Keeper device record";
const VERSION: u8 = 1;
const MAC: usize = 32;

/// What this device has seen of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct DeviceRecord {
    #[n(0)]
    version: u8,
    /// The account's id.
    #[n(1)]
    pub(crate) user_id: UserId,
    /// The newest generation of its registration record.
    #[n(2)]
    pub(crate) generation: u64,
    /// The head of its audit chain.
    #[n(3)]
    pub(crate) head: ChainHead,
    /// The device cookie.
    #[n(4)]
    pub(crate) cookie: Bytes<64>,
}

impl DeviceRecord {
    pub(crate) fn new(user_id: UserId, generation: u64, head: ChainHead, cookie: [u8; 64]) -> Self {
        Self { version: VERSION, user_id, generation, head, cookie: Bytes(cookie) }
    }
}

/// A record as it was read: whoever can write the device may have written it.
pub(crate) struct Unverified {
    pub(crate) record: DeviceRecord,
    encoded: Vec<u8>,
    mac: [u8; MAC],
}

/// Where an account's record lies.
pub(crate) struct Slot<'a> {
    store: &'a dyn LocalStore,
    realm: &'a Realm,
    account: &'a AccountName,
}

impl<'a> Slot<'a> {
    pub(crate) fn new(store: &'a dyn LocalStore, realm: &'a Realm, account: &'a AccountName) -> Self {
        Self { store, realm, account }
    }

    /// The record as it lies there; none on a device that has not seen the account.
    ///
    /// # Errors
    /// [`Code::StoreCorrupt`]; as the store fails. An unavailable store is never taken for an empty one.
    pub(crate) fn read(&self) -> Result<Option<Unverified>> {
        let Some(bytes) = self.store.get(&self.name("account"))? else { return Ok(None) };
        let (encoded, mac) = bytes.split_last_chunk::<MAC>().ok_or(Code::StoreCorrupt)?;
        let record: DeviceRecord = cbor::decode(encoded).map_err(|_| Code::StoreCorrupt)?;
        if record.version != VERSION {
            return Err(Code::StoreCorrupt.into());
        }
        Ok(Some(Unverified { record, encoded: encoded.to_vec(), mac: *mac }))
    }

    /// The record, where its MAC is the owner's.
    ///
    /// # Errors
    /// [`Code::StoreCorrupt`]; nothing is overwritten then.
    pub(crate) fn verify(&self, unverified: &Unverified, key: &LocalStoreKey) -> Result<DeviceRecord> {
        if key.verifies(&self.covered(&unverified.encoded), &unverified.mac) {
            Ok(unverified.record)
        } else {
            Err(Code::StoreCorrupt.into())
        }
    }

    /// Keeps a record.
    pub(crate) fn write(&self, record: &DeviceRecord, key: &LocalStoreKey) -> Result<()> {
        let mut bytes = cbor::encode(record);
        let mac = key.mac(&self.covered(&bytes));
        bytes.extend_from_slice(&mac);
        Ok(self.store.put(&self.name("account"), &bytes)?)
    }

    /// Notes that this device is registering the account, so that the same call can complete it if the app dies.
    pub(crate) fn begin_registration(&self) -> Result<()> {
        Ok(self.store.put(&self.name("registering"), &[VERSION])?)
    }

    /// Whether this device was registering the account.
    pub(crate) fn is_registering(&self) -> Result<bool> {
        Ok(self.store.get(&self.name("registering"))?.is_some())
    }

    /// The registration is complete.
    pub(crate) fn end_registration(&self) -> Result<()> {
        Ok(self.store.remove(&self.name("registering"))?)
    }

    /// Removes all that the device knows of the account.
    pub(crate) fn remove(&self) -> Result<()> {
        self.store.remove(&self.name("account"))?;
        self.end_registration()
    }

    fn covered(&self, encoded: &[u8]) -> Vec<u8> {
        let digest = Bytes(channel::digest(encoded));
        cbor::encode(&(LABEL, VERSION, self.realm.as_str(), self.account.as_str(), digest))
    }

    /// A name that does not show the account's to whoever looks at the device.
    fn name(&self, what: &str) -> String {
        let digest = channel::digest(&cbor::encode(&(LABEL, VERSION, self.realm.as_str(), self.account.as_str())));
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{what}.{hex}")
    }
}

#[cfg(test)]
mod tests {
    use lock_keeper_protocol::key::Key32;
    use rand::rngs::OsRng;

    use super::*;
    use crate::local_store::MemoryStore;
    use crate::vault::{StorageKey, Vault, VaultId};

    fn key(byte: u8) -> LocalStoreKey {
        Vault::of(StorageKey(Key32::init(|bytes| *bytes = [byte; 32])), VaultId::random(&mut OsRng)).local_store_key()
    }

    fn record() -> DeviceRecord {
        DeviceRecord::new(UserId([1; 32]), 3, ChainHead { size: 7, chain: Bytes([2; 32]) }, [4; 64])
    }

    #[test]
    fn a_record_is_verified_only_under_its_owners_key_and_in_its_own_slot() {
        let store = MemoryStore::default();
        let realm = Realm::new("keys.example").unwrap();
        let (ada, bob) = (AccountName::prepare("ada").unwrap(), AccountName::prepare("bob").unwrap());
        let slot = Slot::new(&store, &realm, &ada);
        slot.write(&record(), &key(1)).unwrap();
        let read = slot.read().unwrap().unwrap();
        assert_eq!(slot.verify(&read, &key(1)), Ok(record()));
        assert_eq!(slot.verify(&read, &key(2)).map_err(|error| error.code), Err(Code::StoreCorrupt));
        let other = Slot::new(&store, &realm, &bob);
        assert_eq!(other.verify(&read, &key(1)).map_err(|error| error.code), Err(Code::StoreCorrupt));
        assert!(other.read().unwrap().is_none());
    }

    #[test]
    fn a_changed_record_is_corrupt() {
        let store = MemoryStore::default();
        let realm = Realm::new("keys.example").unwrap();
        let ada = AccountName::prepare("ada").unwrap();
        let slot = Slot::new(&store, &realm, &ada);
        slot.write(&record(), &key(1)).unwrap();
        let name = slot.name("account");
        let bytes = store.get(&name).unwrap().unwrap();
        for position in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[position] ^= 1;
            store.put(&name, &changed).unwrap();
            let verified = slot.read().and_then(|read| slot.verify(&read.unwrap(), &key(1)));
            assert_eq!(verified.map_err(|error| error.code), Err(Code::StoreCorrupt), "byte {position}");
        }
    }
}
