use lock_keeper_protocol::cbor::Blob;
use lock_keeper_protocol::identity::SecretId;
use lock_keeper_protocol::limits;
use lock_keeper_protocol::message::{Answer, Origin, RetrievedSecret};
use lock_keeper_protocol::problem::Problem;
use rand::rngs::OsRng;

use super::{Caller, NotDone, Performed};
use crate::service::at_rest;
use crate::store::{Change, Connection, NewSecret, SecretChange, SecretRow, StoreError};

/// The kind of all secrets of today, and the version of their sealing.
const KIND: i16 = 1;
const VERSION: i16 = 1;

impl Caller<'_> {
    pub(super) fn store(
        &self,
        connection: &mut dyn Connection,
        id: &SecretId,
        origin: Origin,
        sealed_secret: &[u8],
        sealed_label: &[u8],
    ) -> Result<Performed, NotDone> {
        let sealed = limits::SEALING_OVERHEAD..=limits::SEALED_SECRET;
        let labelled = limits::SEALING_OVERHEAD..=limits::SEALED_LABEL;
        if !sealed.contains(&sealed_secret.len()) || !labelled.contains(&sealed_label.len()) {
            return Err(Problem::Malformed.into());
        }
        if self.id_taken {
            let deleted = connection.secret(self.account, &id.0)?.is_some_and(|row| row.sealed.is_none());
            return Err(if deleted { Problem::SecretDeleted } else { Problem::SecretIdTaken }.into());
        }
        self.check_quota(sealed_secret.len())?;
        let secret_place = at_rest::secret(self.account, &id.0);
        let label_place = at_rest::label(self.account, &id.0);
        let change = Change::Secret(SecretChange::Insert(NewSecret {
            id: id.0,
            origin: origin_number(origin),
            kind: KIND,
            version: VERSION,
            sealed_secret: self.data_key.seal(&secret_place, sealed_secret, &mut OsRng),
            sealed_label: self.data_key.seal(&label_place, sealed_label, &mut OsRng),
        }));
        Ok(Performed { answer: Answer::Stored { created_at: self.now.unsigned_abs() }, change })
    }

    fn check_quota(&self, bytes: usize) -> Result<(), NotDone> {
        let (policy, usage) = (&self.service.policy, &self.row.usage);
        let full = usage.secrets >= policy.secrets_per_account
            || usage.bytes.saturating_add(bytes as i64) > policy.bytes_per_account;
        if full { Err(Problem::QuotaReached.into()) } else { Ok(()) }
    }

    pub(super) fn retrieve(&self, connection: &mut dyn Connection, id: &SecretId) -> Result<Performed, NotDone> {
        let row = self.find(connection, id)?;
        let (sealed_secret, sealed_label) = row.sealed.as_ref().ok_or(Problem::SecretDeleted)?;
        let sealed_secret = self.data_key.open(&at_rest::secret(self.account, &id.0), sealed_secret)?;
        let sealed_label = self.data_key.open(&at_rest::label(self.account, &id.0), sealed_label)?;
        Ok(Performed::answered(Answer::Retrieved(RetrievedSecret {
            origin: origin(row.origin)?,
            created_at: row.created_at.unsigned_abs(),
            sealed_secret: Blob(sealed_secret.to_vec()),
            sealed_label: Blob(sealed_label.to_vec()),
        })))
    }

    pub(super) fn delete(&self, connection: &mut dyn Connection, id: &SecretId) -> Result<Performed, NotDone> {
        let (sealed_secret, _) = self.find(connection, id)?.sealed.ok_or(Problem::SecretDeleted)?;
        let change = Change::Secret(SecretChange::Delete { id: id.0, sealed_length: sealed_secret.len() as i64 });
        Ok(Performed { answer: Answer::Done, change })
    }

    fn find(&self, connection: &mut dyn Connection, id: &SecretId) -> Result<SecretRow, NotDone> {
        Ok(connection.secret(self.account, &id.0)?.ok_or(Problem::SecretNotFound)?)
    }
}

fn origin_number(origin: Origin) -> i16 {
    match origin {
        Origin::Generated => 1,
        Origin::Imported => 2,
    }
}

/// The origin that the store kept.
pub(super) fn origin(number: i16) -> Result<Origin, StoreError> {
    match number {
        1 => Ok(Origin::Generated),
        2 => Ok(Origin::Imported),
        _ => Err(StoreError::Corrupt("a secret has an unknown origin")),
    }
}
