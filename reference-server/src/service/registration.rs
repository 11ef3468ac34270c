use lock_keeper_protocol::cbor::{self, Blob, Bytes};
use lock_keeper_protocol::channel;
use lock_keeper_protocol::identity::UserId;
use lock_keeper_protocol::key::Key32;
use lock_keeper_protocol::limits;
use lock_keeper_protocol::message::{RegistrationFinish, RegistrationFinished, RegistrationStart, RegistrationStarted};
use lock_keeper_protocol::opaque::{self, RegistrationRecord};
use lock_keeper_protocol::problem::Problem;
use rand::rngs::OsRng;
use subtle::ConstantTimeEq;

use super::first_keys::NewRecord;
use super::refusal::Stop;
use super::registration_id::RegistrationId;
use super::{Refused, Service};
use crate::store::{AccountKey, AccountState, Millis, Registered, StoreError};

impl Service {
    /// `registration/start`: refuses a taken name before anything is evaluated (`docs/protocol.md`, section 4.1).
    ///
    /// # Errors
    /// [`Refused`].
    pub fn start_registration(&self, body: &[u8]) -> Result<Vec<u8>, Refused> {
        let start: RegistrationStart = cbor::decode(body)?;
        let name = Self::name(&start.name)?;
        self.check_admission(start.ticket.0.is_some())?;
        let account = self.keys.derived().account_key(name.as_str().as_bytes());
        let (now, found) =
            self.run("registration/start", &account, |connection| Ok(connection.read_registration(&account)?))?;
        if found.is_some_and(|found| !is_expired(&found, now)) {
            return Err(Refused::new(Problem::AccountNameTaken));
        }
        // Drawn for this registration alone: an answer to this request says nothing about any other registration of the name.
        let credential_id = Key32::random(&mut OsRng);
        let response = opaque::respond_to_registration(&self.setup, &start.request.0, credential_id.expose())?;
        let id = RegistrationId {
            credential_id: Bytes(*credential_id.expose()),
            name: start.name,
            expires_at: now + i64::from(limits::REGISTRATION_ID_LIFETIME) * 1_000,
        };
        let registration_id = Blob(id.seal(self.keys.derived().registration()));
        Ok(cbor::encode(&RegistrationStarted { registration_id, response: Bytes(response) }))
    }

    /// `registration/finish`: keeps the record of a pending account. The same body again within a minute gets the same
    /// answer (`docs/protocol.md`, section 4.2).
    ///
    /// # Errors
    /// [`Refused`].
    pub fn finish_registration(&self, body: &[u8]) -> Result<Vec<u8>, Refused> {
        let finish: RegistrationFinish = cbor::decode(body)?;
        let record = RegistrationRecord::from_bytes(&finish.upload.0)?;
        self.check_admission(false)?;
        let now = self.store.administration().now()?;
        let (id, name) = RegistrationId::open(self.keys.derived().registration(), &finish.registration_id.0, now)
            .ok_or(Refused::new(Problem::RegistrationRefused))?;
        let account = self.keys.derived().account_key(name.as_str().as_bytes());
        let digest = channel::digest(body);
        loop {
            let new = NewRecord {
                user_id: UserId::random(&mut OsRng),
                name: name.as_str(),
                credential_id: &id.credential_id.0,
                record: &record,
            };
            match self.insert(&account, &new, digest)? {
                Insertion::Done => return Ok(cbor::encode(&RegistrationFinished {})),
                Insertion::Taken => return Err(Refused::new(Problem::AccountNameTaken)),
                // The seed asks for another user id where this one exists already.
                Insertion::UserIdExists => {}
            }
        }
    }

    fn insert(&self, account: &AccountKey, new: &NewRecord<'_>, digest: [u8; 32]) -> Result<Insertion, Refused> {
        let inserted = self.run("registration/finish", account, |connection| {
            let (now, found) = connection.read_registration(account)?;
            let replace = match found {
                Some(found) if is_same(&found, &digest, now) => return Ok(Insertion::Done),
                Some(found) if is_expired(&found, now) => Some(found.user_id),
                Some(_) => return Ok(Insertion::Taken),
                None => None,
            };
            let sealed = new.seal(&self.keys, &self.realm, *account, digest, now)?;
            connection.insert_account(&sealed, replace.as_ref())?;
            Ok(Insertion::Done)
        });
        match inserted {
            Err(Stop::Store(StoreError::UserIdExists)) => Ok(Insertion::UserIdExists),
            // Somebody was faster, perhaps this same call over another connection.
            Err(Stop::Store(StoreError::AccountExists)) => self.look_again(account, &digest),
            inserted => Ok(inserted?),
        }
    }

    fn look_again(&self, account: &AccountKey, digest: &[u8; 32]) -> Result<Insertion, Refused> {
        let (now, found) =
            self.run("registration/finish", account, |connection| Ok(connection.read_registration(account)?))?;
        let same = found.is_some_and(|found| is_same(&found, digest, now));
        Ok(if same { Insertion::Done } else { Insertion::Taken })
    }

    fn check_admission(&self, ticket: bool) -> Result<(), Refused> {
        if ticket {
            Err(Refused::new(Problem::TicketRefused))
        } else if self.policy.registration_open {
            Ok(())
        } else {
            Err(Refused::new(Problem::RegistrationClosed))
        }
    }
}

enum Insertion {
    Done,
    Taken,
    UserIdExists,
}

/// A pending account that nobody completed within a day makes room.
fn is_expired(found: &Registered, now: Millis) -> bool {
    found.state == AccountState::Pending && now >= found.created_at + i64::from(limits::PENDING_LIFETIME) * 1_000
}

/// Whether the account was made by this very body, a moment ago.
fn is_same(found: &Registered, digest: &[u8; 32], now: Millis) -> bool {
    bool::from(found.finish_digest.ct_eq(digest)) && now < found.created_at + i64::from(limits::FINISH_AGAIN) * 1_000
}
