//! What a key server does, as plain functions over the store and the keys. It knows no HTTP and no SQL.
//!
//! | file | what it does | section of `docs/protocol.md` |
//! |---|---|---|
//! | `registration` | start and finish of a registration | 4 |
//! | `login`, `finish` | start and finish of a login | 5 |
//! | `message` | the frames of a session | 6.4 |
//! | `operation` | what is asked for inside the channel | 7 |
//! | `log` | the audit entries that go with it | 8 |
//! | `cookie`, `registration_id` | the server's own bearer values | 11 |
//! | `budget` | the guess budget's numbers | 5.3 |

mod at_rest;
mod budget;
mod cookie;
mod finish;
mod first_keys;
mod log;
mod login;
mod message;
mod operation;
mod policy;
mod refusal;
mod registration;
mod registration_id;

use std::sync::Arc;

use lock_keeper_protocol::cbor::Malformed;
use lock_keeper_protocol::identity::{AccountName, Realm};
use lock_keeper_protocol::message::{ServerInfo, SessionKind, SessionLimits};
use lock_keeper_protocol::opaque::{Identities, RegistrationRecord, ServerSetup};
use lock_keeper_protocol::problem::Problem;
use lock_keeper_protocol::{cbor, limits};
use rand::rngs::OsRng;

pub use first_keys::{load_keys, load_or_create_keys};
pub use policy::Policy;
pub use refusal::Refused;

use crate::keys::ServerKeys;
use crate::store::{AccountKey, Connection, Store, StoreError};
use refusal::Stop;

/// A key server without a transport.
pub struct Service {
    store: Arc<dyn Store>,
    keys: Arc<ServerKeys>,
    setup: ServerSetup,
    decoy: RegistrationRecord,
    realm: Realm,
    policy: Policy,
}

impl Service {
    /// A service over a database and its keys.
    ///
    /// # Errors
    /// [`Malformed`] where the OPAQUE setup among the keys is not one.
    pub fn new(store: Arc<dyn Store>, keys: Arc<ServerKeys>, realm: Realm, policy: Policy) -> Result<Self, Malformed> {
        let setup = ServerSetup::from_bytes(keys.opaque_setup())?;
        let decoy = RegistrationRecord::decoy(&mut OsRng);
        Ok(Self { store, keys, setup, decoy, realm, policy })
    }

    /// The answer to `GET /v1/server`, encoded.
    #[must_use]
    pub fn info(&self) -> Vec<u8> {
        cbor::encode(&ServerInfo {
            versions: vec![limits::PROTOCOL_VERSION],
            realm: self.realm.as_str().to_owned(),
            public_keys: vec![cbor::Bytes(self.setup.public_key())],
            limits: self.policy.request_session,
        })
    }

    /// The server's static OPAQUE public key, which clients pin; 32 bytes.
    #[must_use]
    pub fn public_key(&self) -> [u8; 32] {
        self.setup.public_key()
    }

    /// The store underneath.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Puts the guess budget of a name to zero, for an operator whose user is locked out. Answers how many buckets there were.
    ///
    /// # Errors
    /// [`Refused`] with `account-name-invalid`, or as the store answers.
    pub fn unlock(&self, name: &str) -> Result<u64, Refused> {
        let name = AccountName::prepare(name).map_err(|_| Refused::new(Problem::AccountNameInvalid))?;
        let account = self.keys.derived().account_key(name.as_str().as_bytes());
        Ok(self.store.administration().unlock(&account)?)
    }

    /// Removes a batch of what nobody needs any more. Answers how many rows went: call it again until none did.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn sweep(&self) -> Result<crate::store::Swept, StoreError> {
        let pending_for = i64::from(limits::PENDING_LIFETIME) * 1_000;
        self.store.administration().sweep(pending_for, policy::SWEEP_BATCH)
    }

    /// Runs work for one account as [`crate::store::run`] does. A refusal keeps what was written before it; a failure of the
    /// store undoes it.
    fn run<T>(
        &self,
        name: &'static str,
        account: &AccountKey,
        mut work: impl FnMut(&mut dyn Connection) -> Result<T, Stop>,
    ) -> Result<T, Stop> {
        let answer = crate::store::run(&*self.store, name, account, |connection| match work(connection) {
            Ok(answer) => Ok(Ok(answer)),
            Err(Stop::Refused(refused)) => Ok(Err(refused)),
            Err(Stop::Store(error)) => Err(error),
        });
        answer?.map_err(Stop::Refused)
    }

    fn name(text: &str) -> Result<AccountName, Refused> {
        AccountName::from_prepared(text).map_err(|_| Refused::new(Problem::AccountNameInvalid))
    }

    fn identities(&self, account: AccountName) -> Identities {
        Identities { realm: self.realm.clone(), account }
    }

    fn session_limits(&self, kind: SessionKind) -> SessionLimits {
        match kind {
            SessionKind::Registration => policy::REGISTRATION_SESSION,
            SessionKind::Request => self.policy.request_session,
        }
    }
}
