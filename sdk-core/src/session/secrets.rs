use lock_keeper_protocol::cbor::{Blob, Nullable};
use lock_keeper_protocol::identity::SecretId;
use lock_keeper_protocol::limits;
use lock_keeper_protocol::message::{Answer, Continuation, Operation, Origin, Purpose, RetrievedSecret, SecretListed};
use rand::rngs::OsRng;

use super::perform::Work;
use super::values::time;
use super::{NewSecret, Secret, SecretInfo, Session};
use crate::call::Call;
use crate::conversation::{Spoken, unexpected};
use crate::error::{Code, LockKeeperError, Result};
use crate::link::violation;
use crate::observer;
use crate::vault::{Descriptor, SealRefused, SecretBytes};

impl Session {
    /// Makes a random secret, seals it, and keeps it on the server.
    ///
    /// If its id is taken by a secret of the same length and label that was generated, that secret is the answer: so the same call
    /// with the same id can be made again when its outcome is not known, even by another process.
    ///
    /// # Errors
    /// [`Code::SecretTooLarge`], [`Code::LabelTooLong`], [`Code::SecretIdTaken`], [`Code::SecretDeleted`], [`Code::QuotaReached`],
    /// and those of every call of a session.
    pub fn generate(&self, new: NewSecret, call: &Call) -> Result<Secret> {
        if new.bytes == 0 {
            return Err(LockKeeperError::from(Code::SecretTooLarge).with_detail("a secret has at least one byte"));
        }
        if new.bytes > limits::SECRET {
            return Err(Code::SecretTooLarge.into());
        }
        let id = new.id.unwrap_or_else(|| self.new_secret_id());
        let bytes = SecretBytes::random(new.bytes, &mut OsRng);
        self.store(observer::Operation::Generate, id, Origin::Generated, bytes, new.label.as_deref(), call)
    }

    /// Seals a secret that the app brings, and keeps it on the server. A retry with the same id, bytes and label is safe.
    ///
    /// # Errors
    /// As [`Session::generate`].
    pub fn import_secret(
        &self,
        bytes: SecretBytes,
        label: Option<&str>,
        id: Option<SecretId>,
        call: &Call,
    ) -> Result<SecretInfo> {
        if bytes.is_empty() {
            return Err(LockKeeperError::from(Code::SecretTooLarge).with_detail("a secret has at least one byte"));
        }
        let id = id.unwrap_or_else(|| self.new_secret_id());
        self.store(observer::Operation::Import, id, Origin::Imported, bytes, label, call).map(|secret| secret.info)
    }

    fn store(
        &self,
        op: observer::Operation,
        id: SecretId,
        origin: Origin,
        bytes: SecretBytes,
        label: Option<&str>,
        call: &Call,
    ) -> Result<Secret> {
        let descriptor = Descriptor::new(label, bytes.len()).map_err(seal_error)?;
        self.inner.run(op, call, move |work| work.store(id, origin, &bytes, &descriptor))
    }

    /// Fetches a secret. The purpose goes into the audit log.
    ///
    /// # Errors
    /// [`Code::SecretNotFound`], [`Code::SecretDeleted`], [`Code::DataTampered`], and those of every call of a session.
    pub fn retrieve(&self, id: SecretId, purpose: Purpose, call: &Call) -> Result<Secret> {
        self.inner.run(observer::Operation::Retrieve, call, move |work| work.retrieve(id, purpose))
    }

    /// Fetches a secret in the exchange format `len ‖ secret ‖ len_ad ‖ associated data`, to hand it to another system.
    ///
    /// # Errors
    /// [`Code::TooLargeToExport`] above 255 bytes; else as [`Session::retrieve`].
    pub fn export(&self, id: SecretId, call: &Call) -> Result<SecretBytes> {
        self.inner.run(observer::Operation::Export, call, move |work| {
            let secret = work.retrieve(id, Purpose::Export)?;
            let exported = work.account.vault.export(id, secret.info.origin, &secret.bytes);
            exported.map_err(|_| Code::TooLargeToExport.into())
        })
    }

    /// Lists at most `limit` secrets in the order of their ids, beginning after `after`. No secret is read for it, and the audit log
    /// shows a list and no retrieval.
    ///
    /// # Errors
    /// [`Code::DataTampered`], and those of every call of a session.
    pub fn list(&self, after: Option<SecretId>, limit: u16, call: &Call) -> Result<Vec<SecretInfo>> {
        self.inner.run(observer::Operation::List, call, move |work| work.list(after, limit.max(1)))
    }

    /// Deletes a secret for good. Its id stays used.
    ///
    /// # Errors
    /// [`Code::SecretNotFound`], [`Code::SecretDeleted`], and those of every call of a session.
    pub fn delete(&self, id: SecretId, call: &Call) -> Result<()> {
        self.inner.run(observer::Operation::Delete, call, move |work| {
            let performed = work.perform(&Operation::Delete { id }, true)?;
            match performed.answer {
                Answer::Done => Ok(()),
                other => match unexpected(&other, true) {
                    // An earlier sending of this very call has done it.
                    error if error.code == Code::SecretDeleted && performed.may_have_acted_before => Ok(()),
                    error => Err(error),
                },
            }
        })
    }
}

impl Work<'_> {
    fn store(&mut self, id: SecretId, origin: Origin, bytes: &SecretBytes, descriptor: &Descriptor) -> Result<Secret> {
        let vault = &self.account.vault;
        let sealed_secret = Blob(vault.seal_secret(id, origin, bytes, &mut OsRng).map_err(seal_error)?);
        let sealed_label = Blob(vault.seal_descriptor(id, origin, descriptor, &mut OsRng).map_err(seal_error)?);
        let operation = Operation::Store { id, origin, sealed_secret, sealed_label };
        let performed = self.perform(&operation, true)?;
        match performed.answer {
            Answer::Stored { created_at } => {
                let info = info(id, origin, created_at, descriptor);
                Ok(Secret { info, bytes: bytes.clone() })
            }
            other => match unexpected(&other, true) {
                error if error.code == Code::SecretIdTaken => {
                    self.stored_before(id, origin, bytes, descriptor).map_err(|error| {
                        // Another secret under the id is a certain answer; a look that failed is none.
                        let acted = performed.may_have_acted_before && error.code != Code::SecretIdTaken;
                        let may_have_happened = error.may_have_happened || acted;
                        error.with_may_have_happened(may_have_happened)
                    })
                }
                error => Err(error),
            },
        }
    }

    /// The secret that has the id already, where it is what the same call would have stored.
    fn stored_before(
        &mut self,
        id: SecretId,
        origin: Origin,
        bytes: &SecretBytes,
        descriptor: &Descriptor,
    ) -> Result<Secret> {
        let found = self.retrieve(id, Purpose::Unspecified)?;
        let same_info = found.info.origin == origin
            && found.info.length == descriptor.length() as usize
            && found.info.label.as_deref() == descriptor.label();
        let same_bytes = origin == Origin::Generated || found.bytes == *bytes;
        if same_info && same_bytes { Ok(found) } else { Err(Code::SecretIdTaken.into()) }
    }

    fn retrieve(&mut self, id: SecretId, purpose: Purpose) -> Result<Secret> {
        match self.perform(&Operation::Retrieve { id, purpose }, false)?.answer {
            Answer::Retrieved(retrieved) => self.open(id, &retrieved),
            other => Err(unexpected(&other, false)),
        }
    }

    /// Opens what came as the secret that was asked for.
    fn open(&self, id: SecretId, retrieved: &RetrievedSecret) -> Result<Secret> {
        let (vault, origin) = (&self.account.vault, retrieved.origin);
        let tampered = |_| LockKeeperError::from(Code::DataTampered);
        let bytes = vault.open_secret(id, origin, &retrieved.sealed_secret.0).map_err(tampered)?;
        let descriptor = vault.open_descriptor(id, origin, &retrieved.sealed_label.0).map_err(tampered)?;
        if descriptor.length() as usize != bytes.len() {
            return Err(Code::DataTampered.into());
        }
        Ok(Secret { info: info(id, origin, retrieved.created_at, &descriptor), bytes })
    }

    fn list(&mut self, after: Option<SecretId>, limit: u16) -> Result<Vec<SecretInfo>> {
        let page = |have: usize| (usize::from(limit) - have).min(limits::LIST_PAGE) as u16;
        let first = Operation::List { after: Nullable(after), limit: page(0) };
        let mut answer = self.perform(&first, false)?.answer;
        let mut listed: Vec<SecretInfo> = Vec::new();
        loop {
            let Answer::Listed { items, more } = answer else { return Err(unexpected(&answer, false)) };
            let last = items.last().map(|item| item.id);
            for item in items {
                let from = listed.last().map(|info| info.id).or(after);
                listed.push(self.listed(from, &item)?);
            }
            let Some(after) = last.filter(|_| more && listed.len() < usize::from(limit)) else { return Ok(listed) };
            let limit = page(listed.len());
            answer = match self.next_page(Continuation::List { after, limit })? {
                Some(answer) => answer,
                // The session of the protocol has ended between two pages, or has used up its frames.
                None => self.perform(&Operation::List { after: Nullable(Some(after)), limit }, false)?.answer,
            };
        }
    }

    fn listed(&self, after: Option<SecretId>, item: &SecretListed) -> Result<SecretInfo> {
        if after.is_some_and(|after| item.id <= after) {
            return Err(violation("the list is not in the order of the ids"));
        }
        let descriptor = self
            .account
            .vault
            .open_descriptor(item.id, item.origin, &item.sealed_label.0)
            .map_err(|_| Code::DataTampered)?;
        Ok(info(item.id, item.origin, item.created_at, &descriptor))
    }

    /// Asks for the next page in the session of the protocol that is open; none where it is over.
    pub(super) fn next_page(&mut self, next: Continuation) -> Result<Option<Answer>> {
        let now = self.now();
        let Some(mut conversation) = self.account.conversation.take().filter(|open| open.is_alive(now)) else {
            return Ok(None);
        };
        match conversation.go_on(&self.link, next, false, now)? {
            Spoken::Answer(answer) => {
                self.account.conversation = Some(conversation);
                Ok(Some(answer))
            }
            Spoken::Over { .. } => Ok(None),
        }
    }
}

fn info(id: SecretId, origin: Origin, created_at: u64, descriptor: &Descriptor) -> SecretInfo {
    SecretInfo {
        id,
        label: descriptor.label().map(str::to_owned),
        origin,
        created: time(created_at),
        length: descriptor.length() as usize,
    }
}

fn seal_error(refused: SealRefused) -> LockKeeperError {
    match refused {
        SealRefused::SecretTooLarge => Code::SecretTooLarge.into(),
        SealRefused::LabelTooLong => Code::LabelTooLong.into(),
    }
}
