//! From a login to an unlocked account: what the welcome must prove before anything of it is believed.

use std::sync::Arc;

use lock_keeper_protocol::audit::{Action, Tagged};
use lock_keeper_protocol::cbor::{Blob, Bytes};
use lock_keeper_protocol::identity::{AccountName, PasswordInput};
use lock_keeper_protocol::message::{Answer, Operation, Request, SessionKind, Welcome};
use rand::rngs::OsRng;

use crate::call::StartedCall;
use crate::config::ServerConfig;
use crate::conversation::{Conversation, Spoken, unexpected};
use crate::device::{DeviceRecord, Slot, Unverified};
use crate::env::Env;
use crate::error::{Code, LockKeeperError, Result};
use crate::link::{Link, Meter, violation};
use crate::opening::{Login, Opened};
use crate::stretching::{Stretched, Stretching};
use crate::vault::{MasterKey, Vault};

/// One client: its server and its platform.
pub(crate) struct Home {
    pub(crate) config: ServerConfig,
    pub(crate) env: Env,
}

/// How the password is at hand.
#[derive(Clone)]
pub(crate) struct Credentials {
    pub(crate) input: PasswordInput,
    /// What was stretched before, so that Argon2id is paid once.
    pub(crate) remembered: Option<Stretched>,
    /// Whether Argon2id may run.
    pub(crate) may_stretch: bool,
}

impl Credentials {
    /// A password that was typed just now.
    pub(crate) fn typed(input: PasswordInput) -> Self {
        Self { input, remembered: None, may_stretch: true }
    }

    /// The stretching of a login with them.
    pub(crate) fn stretching(&self, call: &Arc<StartedCall>) -> Arc<Stretching> {
        Stretching::new(self.remembered.clone(), self.may_stretch, call)
    }

    /// Remembers what a login used that has succeeded.
    pub(crate) fn remember(&mut self, stretching: &Stretching) {
        self.remembered = stretching.take_used().or(self.remembered.take());
    }
}

/// An account that is unlocked.
pub(crate) struct Unlocked {
    pub(crate) credentials: Credentials,
    /// The new password after a change whose outcome is not known; it is tried first.
    pub(crate) changed: Option<Credentials>,
    /// The account may have been deleted by this session, although no answer came.
    pub(crate) deleted: bool,
    pub(crate) vault: Vault,
    pub(crate) record: DeviceRecord,
    /// The session of the protocol that is still open.
    pub(crate) conversation: Option<Conversation>,
}

impl Home {
    pub(crate) fn slot<'a>(&'a self, account: &'a AccountName) -> Slot<'a> {
        Slot::new(&*self.env.store, self.config.realm(), account)
    }

    pub(crate) fn link<'a>(&'a self, call: &'a StartedCall, meter: &'a Meter) -> Link<'a> {
        Link { transport: &*self.env.transport, call, meter }
    }

    /// Logs in and unlocks the account. An account that is pending is completed on the way.
    pub(crate) fn unlock(
        &self,
        link: &Link<'_>,
        call: &Arc<StartedCall>,
        account: &AccountName,
        mut credentials: Credentials,
    ) -> Result<(Unlocked, SessionKind)> {
        let slot = self.slot(account);
        let known = slot.read()?;
        let stretching = credentials.stretching(call);
        let login = Login {
            config: &self.config,
            account,
            input: &credentials.input,
            cookie: known.as_ref().map(|known| known.record.cookie.0),
            seen: known.as_ref().map(|known| known.record.head),
            stretching: Arc::clone(&stretching),
        };
        let opened = login.open(link, false, &|_| None)?;
        credentials.remember(&stretching);
        let kind = opened.session.welcome.kind;
        let (vault, record, conversation) = match kind {
            SessionKind::Request => self.open_vault(link, &slot, opened, known.as_ref())?,
            SessionKind::Registration => self.complete(link, &slot, opened, known.as_ref())?,
        };
        Ok((Unlocked { credentials, changed: None, deleted: false, vault, record, conversation }, kind))
    }

    fn open_vault(
        &self,
        link: &Link<'_>,
        slot: &Slot<'_>,
        opened: Opened,
        known: Option<&Unverified>,
    ) -> Result<(Vault, DeviceRecord, Option<Conversation>)> {
        let (export_key, channel, welcome) = crate::opening::split(opened.session);
        let sealed =
            welcome.sealed_storage_key.0.as_ref().ok_or_else(|| violation("the welcome has no storage key"))?;
        let master_key = MasterKey::derive(&export_key);
        let vault = Vault::open(&master_key, &sealed.0, self.config.realm(), &welcome.user_id, welcome.generation)
            .map_err(|_| Code::DataTampered)?;
        let now = self.env.clock.since_boot();
        let mut conversation = Conversation::new(channel, welcome.limits, 0, now);
        if let Some(known) = known {
            // Another account has other keys, under which this device's record can't verify.
            if known.record.user_id != welcome.user_id {
                return Err(Code::RolledBack.into());
            }
            let known = slot.verify(known, &vault.local_store_key())?;
            check_continuity(&known, &welcome)?;
            conversation.follow(link, known.head, &welcome, now)?;
        }
        let record = record_of(&welcome);
        slot.write(&record, &vault.local_store_key())?;
        Ok((vault, record, Some(conversation)))
    }

    /// Completes the registration of a pending account: makes the vault, and hands it over sealed.
    fn complete(
        &self,
        link: &Link<'_>,
        slot: &Slot<'_>,
        opened: Opened,
        known: Option<&Unverified>,
    ) -> Result<(Vault, DeviceRecord, Option<Conversation>)> {
        // This device has a record only of accounts that were active.
        if known.is_some() {
            return Err(Code::RolledBack.into());
        }
        let (export_key, channel, welcome) = crate::opening::split(opened.session);
        let vault = Vault::random(&mut OsRng);
        let master_key = MasterKey::derive(&export_key);
        let realm = self.config.realm();
        let sealed = vault.seal_under(&master_key, realm, &welcome.user_id, welcome.generation, &mut OsRng);
        let now = self.env.clock.since_boot();
        let mut conversation = Conversation::new(channel, welcome.limits, 0, now);
        let tagged = Tagged {
            realm,
            user_id: &welcome.user_id,
            session: &conversation.session(),
            frame: conversation.next_frame(),
            action: Action::CompleteRegistration,
            secret: None,
            seen: welcome.head,
        };
        let request = Request {
            seen: welcome.head,
            owner_tag: Bytes(vault.owner_tag(&tagged)),
            operation: Operation::CompleteRegistration { sealed_storage_key: Blob(sealed) },
        };
        slot.begin_registration()?;
        match conversation.request(link, request, true, now)? {
            Spoken::Answer(Answer::Done) => {}
            Spoken::Answer(other) => return Err(unexpected(&other, true)),
            // The same call completes it, or finds that it is complete.
            Spoken::Over { .. } => return Err(LockKeeperError::from(Code::OutcomeUnknown).with_may_have_happened(true)),
        }
        // From here on it has happened, whatever becomes of it on the device.
        let mut record = record_of(&welcome);
        let kept = conversation.head_after(welcome.head).and_then(|head| {
            record.head = head;
            slot.write(&record, &vault.local_store_key())
        });
        kept.map_err(|error| error.with_may_have_happened(true))?;
        Ok((vault, record, None))
    }
}

/// What a device remembers of a welcome that it believes.
pub(crate) fn record_of(welcome: &Welcome) -> DeviceRecord {
    DeviceRecord::new(welcome.user_id, welcome.generation, welcome.head, welcome.device_cookie.0)
}

/// The account is the one that this device knows, and no older than it was.
pub(crate) fn check_continuity(known: &DeviceRecord, welcome: &Welcome) -> Result<()> {
    let goes_on = welcome.kind == SessionKind::Request
        && welcome.user_id == known.user_id
        && welcome.generation >= known.generation
        && welcome.head.size > known.head.size;
    if goes_on { Ok(()) } else { Err(Code::RolledBack.into()) }
}
