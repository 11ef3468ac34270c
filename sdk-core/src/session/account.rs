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
use crate::unlocking::Credentials;
use crate::vault::MasterKey;

/// A password change that is ready to be committed.
struct Prepared {
    upload: [u8; opaque::RECORD],
    sealed_storage_key: Vec<u8>,
    /// What opens the account once the change was taken.
    credentials: Credentials,
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
    fn check_password(&mut self, input: &PasswordInput) -> Result<()> {
        if self.account.changed.is_some() {
            // Which password is the right one is not known after a change whose answer was lost: a login tells.
            self.account.conversation = Some(self.converse()?);
        }
        if *input == self.account.credentials.input { Ok(()) } else { Err(Code::WrongNameOrPassword.into()) }
    }

    fn change_password(&mut self, new: PasswordInput) -> Result<()> {
        let (pending, request) = opaque::start_registration(&mut OsRng, &new).map_err(|_| Code::Internal)?;
        let operation = Operation::BeginPasswordChange { request: Bytes(request) };
        let response = match self.perform(&operation, false)?.answer {
            Answer::PasswordChangeBegun { response } => response,
            other => return Err(unexpected(&other, false)),
        };
        let prepared = self.prepare(pending, new, &response.0)?;
        match self.commit(&prepared) {
            Ok(()) => {
                self.account.credentials = prepared.credentials;
                self.account.record.generation += 1;
                self.remember().map_err(|error| error.with_may_have_happened(true))
            }
            Err(error) if error.may_have_happened => self.find_out(prepared, error),
            Err(error) => Err(error),
        }
    }

    fn prepare(
        &self,
        pending: opaque::PendingRegistration,
        input: PasswordInput,
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
        let may_stretch = self.account.credentials.may_stretch;
        let credentials = Credentials { input, remembered: stretching.take_used(), may_stretch };
        Ok(Prepared { upload: registered.upload, sealed_storage_key, credentials })
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
                self.account.record.head =
                    conversation.head_after(seen).map_err(|error| error.with_may_have_happened(true))?;
                self.account.conversation = Some(conversation);
                Ok(())
            }
            Spoken::Answer(other) => Err(unexpected(&other, true)),
            Spoken::Over { may_have_acted: true } => {
                Err(LockKeeperError::from(Code::OutcomeUnknown).with_may_have_happened(true))
            }
            Spoken::Over { may_have_acted: false } => Err(Code::PasswordChanged.into()),
        }
    }

    /// The answer to the commit was lost: the new password opens the account if it was taken. Where that cannot be told now, the
    /// next login of this session tells.
    fn find_out(&mut self, prepared: Prepared, lost: LockKeeperError) -> Result<()> {
        let new = prepared.credentials.input.clone();
        self.account.changed = Some(prepared.credentials);
        match self.converse() {
            Ok(conversation) => {
                self.account.conversation = Some(conversation);
                let taken = self.account.credentials.input == new;
                if taken { Ok(()) } else { Err(lost.with_may_have_happened(false)) }
            }
            Err(_) => Err(LockKeeperError::from(Code::OutcomeUnknown).with_may_have_happened(true)),
        }
    }

    fn delete_account(&mut self) -> Result<()> {
        // One session of the protocol that has ended without telling makes room for another one, and no more.
        for _ in 0..2 {
            let mut conversation = match self.converse() {
                Ok(conversation) => conversation,
                // An earlier sending, of this call or of the one before it, has done it.
                Err(_) if self.lock == Some(LockReason::AccountDeleted) => return self.forget(),
                Err(error) => return Err(error),
            };
            let request = self.request(&Operation::DeleteAccount, &conversation.session(), conversation.next_frame());
            let now = self.now();
            match conversation.request(&self.link, request, true, now) {
                Ok(Spoken::Answer(Answer::Done)) => {
                    self.lock = Some(LockReason::AccountDeleted);
                    return self.forget();
                }
                Ok(Spoken::Answer(other)) => return Err(unexpected(&other, true)),
                Ok(Spoken::Over { may_have_acted }) => self.account.deleted |= may_have_acted,
                Err(error) => {
                    self.account.deleted |= error.may_have_happened;
                    return Err(error);
                }
            }
        }
        Err(LockKeeperError::from(Code::OutcomeUnknown).with_may_have_happened(self.account.deleted))
    }

    /// The account is gone, and what the device knows of it goes too.
    fn forget(&self) -> Result<()> {
        let removed = self.inner.home.slot(&self.inner.account).remove();
        removed.map_err(|error| error.with_may_have_happened(true))
    }
}
