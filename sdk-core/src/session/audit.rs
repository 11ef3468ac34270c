use std::time::SystemTime;

use lock_keeper_protocol::audit::{
    Action, AttemptOutcome, AuditTampered, AuditVerifier, Event, OperationOutcome, VerifiedEntry,
};
use lock_keeper_protocol::cbor::Nullable;
use lock_keeper_protocol::identity::{SecretId, SessionId};
use lock_keeper_protocol::limits;
use lock_keeper_protocol::message::{Answer, Continuation, Operation};

use super::Session;
use super::perform::Work;
use super::values::time;
use crate::call::Call;
use crate::conversation::unexpected;
use crate::error::{Code, LockKeeperError, Result};
use crate::observer;

/// Which entries an app wants to see. The filter runs here, on verified entries: a server cannot hide one behind it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Only of this kind.
    pub kind: Option<AuditKind>,
    /// Only about these secrets; empty is about all and none.
    pub secrets: Vec<SecretId>,
    /// Only at this time or later, by the server's clock.
    pub after: Option<SystemTime>,
    /// Only before this time.
    pub before: Option<SystemTime>,
}

/// What an entry is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AuditKind {
    /// Attempts to log in, and those that were turned away.
    Login,
    /// Secrets: generate, import, retrieve, list, delete.
    Secret,
    /// The account itself: registration, password, log, deletion.
    Account,
}

impl AuditKind {
    /// The kind's stable string.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Secret => "secret",
            Self::Account => "account",
        }
    }
}

/// How what an entry is about has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// It happened.
    Succeeded,
    /// It was refused and had no effect.
    Refused,
    /// A login was begun and never proven: a wrong password, or a device that went away.
    NeverFinished,
}

impl Outcome {
    /// The outcome's stable string.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Refused => "refused",
            Self::NeverFinished => "never_finished",
        }
    }
}

/// One verified entry of the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuditEntry {
    /// Its place in the log, from 0.
    pub n: u64,
    /// When, by the server's clock.
    pub at: SystemTime,
    /// What it is about.
    pub kind: AuditKind,
    /// What was done, as a stable string in snake_case, such as `retrieve_local_only`.
    pub action: &'static str,
    /// The secret that it is about.
    pub secret: Option<SecretId>,
    /// How it ended.
    pub outcome: Outcome,
    /// How many attempts the entry stands for: 1, or more where the guess budget turned attempts away.
    pub count: u64,
    /// Of a login: whether it came from a device that had logged in before.
    pub known_device: Option<bool>,
}

/// A page of the audit log, newest first.
#[derive(Debug)]
#[non_exhaustive]
pub struct AuditPage {
    /// The entries that the filter lets through; perhaps none although there are older pages.
    pub entries: Vec<AuditEntry>,
    /// Where the next older page is; none at the beginning of the log.
    pub next: Option<AuditCursor>,
}

/// A place in the audit log, with what was verified up to it.
#[derive(Default)]
pub struct AuditCursor(Option<Position>);

struct Position {
    verifier: AuditVerifier,
    /// The session of the protocol that has the log open.
    session: SessionId,
}

impl AuditCursor {
    /// The newest page.
    #[must_use]
    pub fn newest() -> Self {
        Self(None)
    }
}

impl std::fmt::Debug for AuditCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AuditCursor")
    }
}

impl Session {
    /// Reads one page of the person's own log and verifies it: the chain connects and extends what this device has seen, each
    /// operation was asked for by the owner, and none stands in it twice.
    ///
    /// # Errors
    /// [`Code::AuditTampered`]; nothing of such a page may be shown as true. And those of every call of a session.
    pub fn audit(&self, filter: &AuditFilter, page: AuditCursor, call: &Call) -> Result<AuditPage> {
        let filter = filter.clone();
        self.inner.run(observer::Operation::Audit, call, move |work| work.audit(&filter, page))
    }
}

impl Work<'_> {
    fn audit(&mut self, filter: &AuditFilter, cursor: AuditCursor) -> Result<AuditPage> {
        let limit = limits::AUDIT_PAGE as u16;
        let (verifier, answer) = match cursor.0 {
            None => {
                let operation = Operation::Audit { before: Nullable(None), limit };
                let answer = self.perform(&operation, false)?.answer;
                (None, answer)
            }
            Some(position) => {
                let before = position.verifier.next_before().ok_or(Code::Internal)?;
                let answer = self.older_page(&position.session, before, limit)?;
                (Some(position.verifier), answer)
            }
        };
        let Answer::Audited(page) = answer else { return Err(unexpected(&answer, false)) };
        // The newest page is held against what the device saw with this very operation.
        let mut verifier = verifier.unwrap_or_else(|| self.verifier());
        let verified = verifier.page(&page).map_err(tampered)?;
        let entries = verified.iter().map(entry).filter(|entry| filter.lets_through(entry)).collect();
        let session = self.account.conversation.as_ref().map(crate::conversation::Conversation::session);
        let next = session.filter(|_| page.from > 0).map(|session| AuditCursor(Some(Position { verifier, session })));
        Ok(AuditPage { entries, next })
    }

    fn verifier(&self) -> AuditVerifier {
        AuditVerifier::new(
            self.inner.home.config.realm().clone(),
            self.account.record.user_id,
            self.account.vault.owner_tag_key(),
            self.account.record.head,
        )
    }

    /// The next older page: a continuation where the log is still open in the same session, else an operation of its own.
    fn older_page(&mut self, session: &SessionId, before: u64, limit: u16) -> Result<Answer> {
        let now = self.now();
        let open = self.account.conversation.as_ref().filter(|open| open.session() == *session && open.is_alive(now));
        if open.is_some()
            && let Some(answer) = self.next_page(Continuation::Audit { before, limit })?
        {
            return Ok(answer);
        }
        let operation = Operation::Audit { before: Nullable(Some(before)), limit };
        Ok(self.perform(&operation, false)?.answer)
    }
}

fn tampered(how: AuditTampered) -> LockKeeperError {
    LockKeeperError::from(Code::AuditTampered).with_detail(match how {
        AuditTampered::ChainBroken => "the chain does not connect",
        AuditTampered::DoesNotExtend => "the log does not extend what this device saw before",
        AuditTampered::NotTheOwner => "an operation was not asked for by the owner",
        AuditTampered::TagRepeated => "an operation stands in the log twice",
        AuditTampered::Malformed => "an entry is malformed",
    })
}

impl AuditFilter {
    fn lets_through(&self, entry: &AuditEntry) -> bool {
        self.kind.is_none_or(|kind| entry.kind == kind)
            && (self.secrets.is_empty() || entry.secret.is_some_and(|secret| self.secrets.contains(&secret)))
            && self.after.is_none_or(|after| entry.at >= after)
            && self.before.is_none_or(|before| entry.at < before)
    }
}

fn entry(verified: &VerifiedEntry) -> AuditEntry {
    let at = time(verified.entry.at);
    let base = AuditEntry {
        n: verified.n,
        at,
        kind: AuditKind::Login,
        action: "login",
        secret: None,
        outcome: Outcome::Succeeded,
        count: 1,
        known_device: None,
    };
    match &verified.entry.event {
        Event::Attempt { outcome, known_device, .. } => AuditEntry {
            outcome: match outcome {
                AttemptOutcome::Succeeded => Outcome::Succeeded,
                AttemptOutcome::Refused => Outcome::Refused,
                AttemptOutcome::NeverFinished => Outcome::NeverFinished,
            },
            known_device: Some(*known_device),
            ..base
        },
        Event::Refusals { count, .. } => {
            AuditEntry { action: "attempts_turned_away", outcome: Outcome::Refused, count: *count, ..base }
        }
        Event::Operation { action, outcome, secret, .. } => {
            let (kind, action) = named(*action);
            let outcome = match outcome {
                OperationOutcome::Done => Outcome::Succeeded,
                OperationOutcome::Refused => Outcome::Refused,
            };
            AuditEntry { kind, action, secret: secret.0, outcome, ..base }
        }
    }
}

fn named(action: Action) -> (AuditKind, &'static str) {
    match action {
        Action::CompleteRegistration => (AuditKind::Account, "complete_registration"),
        Action::Generate => (AuditKind::Secret, "generate"),
        Action::Import => (AuditKind::Secret, "import"),
        Action::Retrieve => (AuditKind::Secret, "retrieve"),
        Action::RetrieveLocalOnly => (AuditKind::Secret, "retrieve_local_only"),
        Action::RetrieveForExport => (AuditKind::Secret, "retrieve_for_export"),
        Action::List => (AuditKind::Secret, "list"),
        Action::Audit => (AuditKind::Account, "audit"),
        Action::Delete => (AuditKind::Secret, "delete"),
        Action::ChangePassword => (AuditKind::Account, "change_password"),
        Action::PasswordChanged => (AuditKind::Account, "password_changed"),
        Action::DeleteAccount => (AuditKind::Account, "delete_account"),
    }
}
