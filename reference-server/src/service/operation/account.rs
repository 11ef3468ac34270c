use lock_keeper_protocol::cbor::Bytes;
use lock_keeper_protocol::limits;
use lock_keeper_protocol::message::Answer;
use lock_keeper_protocol::opaque::{self, RECORD, REGISTRATION_REQUEST, RegistrationRecord};
use lock_keeper_protocol::problem::Problem;
use rand::rngs::OsRng;

use super::{Caller, NotDone, Performed};
use crate::service::at_rest;
use crate::store::{AccountState, Change, StoreError};

impl Caller<'_> {
    pub(super) fn complete_registration(&self, sealed_storage_key: &[u8]) -> Result<Performed, NotDone> {
        // A storage key is sealed for the user id, which only the welcome tells. A login's commit would not keep one either.
        if self.frame == 0 || self.row.state != AccountState::Pending {
            return Err(Problem::OperationNotAllowed.into());
        }
        let sealed_storage_key = self.seal_storage_key(sealed_storage_key, self.row.head.generation)?;
        Ok(Performed { answer: Answer::Done, change: Change::Complete { sealed_storage_key } })
    }

    pub(super) fn begin_password_change(&self, request: &[u8; REGISTRATION_REQUEST]) -> Result<Performed, NotDone> {
        let place = at_rest::credential_id(self.account, &self.row.user_id);
        let credential_id = self.service.keys.open(&place, &self.row.sealed_credential_id)?;
        let credential_id: &[u8; 32] = credential_id
            .as_slice()
            .try_into()
            .map_err(|_| StoreError::Corrupt("a credential identifier has 32 bytes"))?;
        let response = opaque::respond_to_registration(&self.service.setup, request, credential_id)
            .map_err(|_| Problem::Malformed)?;
        Ok(Performed::answered(Answer::PasswordChangeBegun { response: Bytes(response) }))
    }

    /// The one step of a password change that has an effect: record, storage key and generation change together.
    pub(super) fn commit_password_change(
        &self,
        upload: &[u8; RECORD],
        sealed_storage_key: &[u8],
        generation: u64,
    ) -> Result<Performed, NotDone> {
        let head = &self.row.head;
        if generation != head.generation.unsigned_abs() {
            return Err(Problem::GenerationMismatch.into());
        }
        let record = RegistrationRecord::from_bytes(upload).map_err(|_| Problem::Malformed)?;
        let next = head.generation + 1;
        let sealed_storage_key = self.seal_storage_key(sealed_storage_key, next)?;
        let place = at_rest::record(self.account, &self.row.user_id, next);
        let sealed_record = self.service.keys.seal(&place, record.as_bytes(), &mut OsRng);
        Ok(Performed {
            answer: Answer::Done,
            change: Change::Password { sealed_record, sealed_storage_key, generation: next },
        })
    }

    pub(super) fn delete_account(&self) -> Result<Performed, NotDone> {
        // Within frame 0 the session that would keep the closing answer is not there yet.
        if self.frame == 0 {
            return Err(Problem::OperationNotAllowed.into());
        }
        Ok(Performed { answer: Answer::Done, change: Change::Delete })
    }

    fn seal_storage_key(&self, sealed: &[u8], generation: i64) -> Result<Vec<u8>, NotDone> {
        if sealed.len() != limits::SEALED_STORAGE_KEY {
            return Err(Problem::Malformed.into());
        }
        let place = at_rest::storage_key(self.account, &self.row.user_id, generation);
        Ok(self.data_key.seal(&place, sealed, &mut OsRng))
    }
}
