use std::sync::Arc;

use lock_keeper_protocol::audit::Action;
use lock_keeper_protocol::cbor::{Blob, Bytes};
use lock_keeper_protocol::identity::{Password, PasswordInput};
use lock_keeper_protocol::message::{Answer, Continuation, Operation};
use lock_keeper_protocol::opaque::{self, Identities, RegistrationFailed};
use rand::rngs::OsRng;

use super::perform::Work;
use super::{LockReason, Session};
use crate::call::Call;
use crate::conversation::{Spoken, unexpected};
use crate::error::{Code, LockKeeperError, Result};
use crate::link::violation;
use crate::observer;
use crate::opening::stretch_error;
use crate::stretching::Stretching;
use crate::vault::MasterKey;

/// A password change that is ready to be committed.
struct Prepared {
    upload: [u8; opaque::RECORD],
    sealed_storage_key: Vec<u8>,
    stretching: Arc<Stretching>,
}

impl Session {
    /// Changes the password. No secret is touched; other sessions end; device unlocks and cookies of other devices are void.
    ///
    /// Where the answer to the commit is lost, the client finds out by logging in with the new password, then with the old.
    ///
    /// # Errors
    /// [`Code::WrongNameOrPassword`] where `old` is not the password of this session; [`Code::PasswordChanged`] where another device
    /// changed it first; [`Code::OutcomeUnknown`] where neither can be told now: the next call of this session sorts it out.
    pub fn change_password(&self, old: Password, new: Password, call: &Call) -> Result<()> {
        let realm = self.inner.home.config.realm();
        let old = old.input(realm, &self.inner.account);
        let new = new.input(realm, &self.inner.account);
        self.inner.run(observer::Operation::ChangePassword, call, move |work| {
            work.check_password(&old)?;
            work.change_password(new)
        })
    }

    /// Deletes the account with all its secrets and its log, for good. The name may be registered again.
    ///
    /// # Errors
    /// [`Code::WrongNameOrPassword`] where it is not the password of this session, and those of every call of a session.
    pub fn delete_account(&self, password: Password, call: &Call) -> Result<()> {
        let input = password.input(self.inner.home.config.realm(), &self.inner.account);
        self.inner.run(observer::Operation::DeleteAccount, call, move |work| {
            work.check_password(&input)?;
            work.delete_account()
        })
    }
}

impl Work<'_> {
    /// A wrong password ends here: it costs no guess, and the server hears nothing of it.
    fn check_password(&self, input: &PasswordInput) -> Result<()> {
        if *input == self.account.input { Ok(()) } else { Err(Code::WrongNameOrPassword.into()) }
    }

    fn change_password(&mut self, new: PasswordInput) -> Result<()> {
        let (pending, request) = opaque::start_registration(&mut OsRng, &new).map_err(|_| Code::Internal)?;
        let operation = Operation::BeginPasswordChange { request: Bytes(request) };
        let response = match self.perform(&operation, false)?.answer {
            Answer::PasswordChangeBegun { response } => response,
            other => return Err(unexpected(&other)),
        };
        let prepared = self.prepare(pending, &response.0)?;
        match self.commit(&prepared) {
            Ok(()) => {
                self.account.remembered.keep(&prepared.stretching);
                self.account.input = new;
                self.account.record.generation += 1;
                self.remember()
            }
            Err(error) if error.may_have_happened => self.find_out(new, &prepared, error),
            Err(error) => Err(error),
        }
    }

    fn prepare(
        &self,
        pending: opaque::PendingRegistration,
        response: &[u8; opaque::REGISTRATION_RESPONSE],
    ) -> Result<Prepared> {
        let config = &self.inner.home.config;
        let identities = Identities { realm: config.realm().clone(), account: self.inner.account.clone() };
        let stretching = Stretching::new(None, true, self.call);
        let registered =
            pending.finish(&mut OsRng, response, &identities, stretching.clone()).map_err(|failed| match failed {
                RegistrationFailed::Malformed => violation("the registration response is malformed"),
                RegistrationFailed::Stretch(failure) => stretch_error(&self.link, failure),
            })?;
        if !config.server_public_keys().contains(&registered.server_public_key) {
            return Err(Code::ServerIdentityChanged.into());
        }
        let master_key = MasterKey::derive(&registered.export_key);
        let record = &self.account.record;
        let sealed_storage_key = self.account.vault.seal_under(
            &master_key,
            config.realm(),
            &record.user_id,
            record.generation + 1,
            &mut OsRng,
        );
        Ok(Prepared { upload: registered.upload, sealed_storage_key, stretching })
    }

    /// The one frame that has an effect.
    fn commit(&mut self, prepared: &Prepared) -> Result<()> {
        let now = self.now();
        let Some(mut conversation) = self.account.conversation.take().filter(|open| open.is_alive(now)) else {
            return Err(LockKeeperError::from(Code::TimedOut).with_detail("the session ended before the commit"));
        };
        let seen = self.account.record.head;
        let (session, frame) = (conversation.session(), conversation.next_frame());
        let commit = Continuation::CommitPasswordChange {
            upload: Bytes(prepared.upload),
            sealed_storage_key: Blob(prepared.sealed_storage_key.clone()),
            generation: self.account.record.generation,
            seen,
            owner_tag: Bytes(self.owner_tag(&session, frame, Action::PasswordChanged, None, seen)),
        };
        match conversation.go_on(&self.link, commit, true, now)? {
            Spoken::Answer(Answer::Done) => {
                self.account.record.head = conversation.head_after(seen)?;
                self.account.conversation = Some(conversation);
                Ok(())
            }
            Spoken::Answer(other) => Err(unexpected(&other)),
            Spoken::Over { may_have_acted: true } => {
                Err(LockKeeperError::from(Code::OutcomeUnknown).with_may_have_happened(true))
            }
            Spoken::Over { may_have_acted: false } => Err(Code::PasswordChanged.into()),
        }
    }

    /// The answer to the commit was lost: the new password opens the account if it was taken. Where that cannot be told now, the
    /// next login of this session tells.
    fn find_out(&mut self, new: PasswordInput, prepared: &Prepared, lost: LockKeeperError) -> Result<()> {
        self.account.remembered.keep(&prepared.stretching);
        self.account.other_input = Some(new.clone());
        match self.converse() {
            Ok(conversation) => {
                self.account.conversation = Some(conversation);
                if self.account.input == new { Ok(()) } else { Err(lost.with_may_have_happened(false)) }
            }
            Err(_) => Err(LockKeeperError::from(Code::OutcomeUnknown).with_may_have_happened(true)),
        }
    }

    fn delete_account(&mut self) -> Result<()> {
        let mut conversation = self.converse()?;
        let request = self.request(&Operation::DeleteAccount, &conversation.session(), conversation.next_frame());
        let now = self.now();
        match conversation.request(&self.link, request, true, now)? {
            Spoken::Answer(Answer::Done) => {
                self.inner.home.slot(&self.inner.account).remove()?;
                self.lock = Some(LockReason::AccountDeleted);
                Ok(())
            }
            Spoken::Answer(other) => Err(unexpected(&other)),
            Spoken::Over { may_have_acted } => {
                Err(LockKeeperError::from(Code::OutcomeUnknown).with_may_have_happened(may_have_acted))
            }
        }
    }
}
