use hkdf::Hkdf;
use hmac::Mac;
use lock_keeper_protocol::CryptoRngCore;
use lock_keeper_protocol::key::{Key32, Key64};
use sha2::Sha512;

/// The info of HKDF, as the specification of the key server has it.
const MASTER_KEY: &str = "OPAQUE-derived Lock Keeper master key";
const SEALING: &str = "Lock Keeper sealing key";
const OWNER_TAG: &str = "Lock Keeper owner tag key";
const LOCAL_STORE: &str = "Lock Keeper local store key";

/// The 32-byte key that seals the storage key. It follows from the password, and changes with it.
pub struct MasterKey(pub(super) Key32);

impl MasterKey {
    /// HKDF-SHA-512 of OPAQUE's export key (`docs/protocol.md`, section 7.1.1).
    #[must_use]
    pub fn derive(export_key: &Key64) -> Self {
        Self(derive(export_key.expose(), MASTER_KEY))
    }
}

/// The 32 random bytes from which the keys for secrets, owner tags and the local store come.
pub struct StorageKey(pub Key32);

impl StorageKey {
    /// A fresh storage key.
    #[must_use]
    pub fn random(rng: &mut impl CryptoRngCore) -> Self {
        Self(Key32::random(rng))
    }
}

/// 32 random bytes that every secret of a vault is bound to. Drawn by the client, so that secrets outlive a server's ids. The
/// server never sees it; it stands in what is exported.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct VaultId(pub [u8; 32]);

impl VaultId {
    /// A fresh vault id.
    #[must_use]
    pub fn random(rng: &mut impl CryptoRngCore) -> Self {
        let mut id = [0; 32];
        rng.fill_bytes(&mut id);
        Self(id)
    }
}

/// The keys that follow from a storage key (`docs/protocol.md`, section 7.1.1).
pub(super) struct DerivedKeys {
    pub(super) sealing: Key32,
    pub(super) owner_tag: Key32,
    pub(super) local_store: LocalStoreKey,
}

impl DerivedKeys {
    pub(super) fn of(storage_key: &StorageKey) -> Self {
        let key = |label| derive(storage_key.0.expose(), label);
        Self { sealing: key(SEALING), owner_tag: key(OWNER_TAG), local_store: LocalStoreKey(key(LOCAL_STORE)) }
    }
}

/// The key that authenticates what stays on the device: HMAC-SHA-256.
///
/// The store on a device can be written by whoever has the device; with this MAC they cannot make the client believe
/// another server key or an older head of the audit log.
#[derive(Clone)]
pub struct LocalStoreKey(Key32);

impl LocalStoreKey {
    /// The 32-byte MAC of `message`, which should say in itself what it is.
    #[must_use]
    pub fn mac(&self, message: &[u8]) -> [u8; 32] {
        self.0.hmac().chain_update(message).finalize().into_bytes().into()
    }

    /// Whether `mac` is that of `message`, in constant time.
    #[must_use]
    pub fn verifies(&self, message: &[u8], mac: &[u8]) -> bool {
        self.0.hmac().chain_update(message).verify_slice(mac).is_ok()
    }
}

/// HKDF-SHA-512 (RFC 5869): extraction with an empty salt, expansion with the label as info, 32 bytes.
fn derive(secret: &[u8], label: &str) -> Key32 {
    Key32::init(|out| {
        Hkdf::<Sha512>::new(None, secret)
            .expand(label.as_bytes(), out)
            .expect("32 bytes are below HKDF's limit of 255 hashes");
    })
}
