//! What is asked for inside the channel (`docs/protocol.md`, section 7).

mod account;
mod pages;
mod secret;

use lock_keeper_protocol::audit::{Action, ChainHead, Entry, Event, OperationOutcome};
use lock_keeper_protocol::cbor::{Bytes, Nullable};
use lock_keeper_protocol::identity::{SecretId, SessionId};
use lock_keeper_protocol::message::{Answer, Continuation, Operation, Request, SessionKind};
use lock_keeper_protocol::problem::Problem;

use super::Service;
use super::log::Log;
use super::refusal::Stop;
use crate::keys::DataKey;
use crate::store::{AccountKey, AccountRow, Change, Connection, Millis};

/// Who asks, and where.
pub(super) struct Caller<'a> {
    pub(super) service: &'a Service,
    pub(super) account: &'a AccountKey,
    pub(super) row: &'a AccountRow,
    pub(super) data_key: &'a DataKey,
    pub(super) kind: SessionKind,
    pub(super) session: SessionId,
    pub(super) frame: u32,
    pub(super) now: Millis,
    /// The store has answered that the secret's id was used before.
    pub(super) id_taken: bool,
}

/// What came of it.
pub(super) struct Performed {
    pub(super) answer: Answer,
    pub(super) change: Change,
}

impl Performed {
    fn answered(answer: Answer) -> Self {
        Self { answer, change: Change::None }
    }
}

/// Why an operation did not happen: the client is told, and the log keeps it.
pub(super) enum NotDone {
    Problem(Problem),
    Stop(Stop),
}

impl From<Problem> for NotDone {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl<E: Into<Stop>> From<E> for NotDone {
    fn from(error: E) -> Self {
        Self::Stop(error.into())
    }
}

/// The answer that says why an operation did not happen.
pub(super) fn problem(problem: Problem) -> Answer {
    Answer::Problem { code: problem.code().to_owned() }
}

/// The number of an operation whose continuations a session takes.
pub(super) fn number(operation: &Operation) -> u8 {
    match operation {
        Operation::CompleteRegistration { .. } => 1,
        Operation::Store { .. } => 2,
        Operation::Retrieve { .. } => 3,
        Operation::List { .. } => LIST,
        Operation::Audit { .. } => AUDIT,
        Operation::Delete { .. } => 6,
        Operation::BeginPasswordChange { .. } => CHANGE_PASSWORD,
        Operation::DeleteAccount => 8,
    }
}

pub(super) const LIST: u8 = 4;
pub(super) const AUDIT: u8 = 5;
pub(super) const CHANGE_PASSWORD: u8 = 7;

impl Caller<'_> {
    /// Does what a request asks for, and appends its entry.
    pub(super) fn perform(
        &self,
        connection: &mut dyn Connection,
        log: &mut Log<'_>,
        request: &Request,
    ) -> Result<Performed, Stop> {
        if let (Operation::Audit { before: Nullable(None), limit }, SessionKind::Request) =
            (&request.operation, self.kind)
        {
            // The log shows itself being read.
            log.append(&self.request_entry(request, OperationOutcome::Done));
            return self.first_audit_page(connection, log, *limit).map(Performed::answered);
        }
        let (performed, outcome) = match self.operate(connection, log, &request.operation) {
            Ok(performed) => (performed, OperationOutcome::Done),
            Err(NotDone::Problem(why)) => (Performed::answered(problem(why)), OperationOutcome::Refused),
            Err(NotDone::Stop(stop)) => return Err(stop),
        };
        log.append(&self.request_entry(request, outcome));
        Ok(performed)
    }

    fn operate(
        &self,
        connection: &mut dyn Connection,
        log: &Log<'_>,
        operation: &Operation,
    ) -> Result<Performed, NotDone> {
        let in_registration = matches!(operation, Operation::CompleteRegistration { .. });
        if in_registration != (self.kind == SessionKind::Registration) {
            return Err(Problem::OperationNotAllowed.into());
        }
        match operation {
            Operation::CompleteRegistration { sealed_storage_key } => self.complete_registration(&sealed_storage_key.0),
            Operation::Store { id, origin, sealed_secret, sealed_label } => {
                self.store(connection, id, *origin, &sealed_secret.0, &sealed_label.0)
            }
            Operation::Retrieve { id, .. } => self.retrieve(connection, id),
            Operation::List { after, limit } => self.list(connection, after.0.as_ref(), *limit),
            Operation::Audit { before, limit } => {
                // The newest page is for `perform`, as its own entry comes first.
                let before = before.0.ok_or(Problem::OperationNotAllowed)?;
                self.next_audit_page(connection, log, before, *limit)
            }
            Operation::Delete { id } => self.delete(connection, id),
            Operation::BeginPasswordChange { request } => self.begin_password_change(&request.0),
            Operation::DeleteAccount => self.delete_account(),
        }
    }

    /// Does what a continuation asks for. Only the commit of a password change appends an entry.
    pub(super) fn go_on(
        &self,
        connection: &mut dyn Connection,
        log: &mut Log<'_>,
        continuation: &Continuation,
    ) -> Result<Performed, Stop> {
        let gone_on = match continuation {
            Continuation::List { after, limit } => self.list(connection, Some(after), *limit),
            Continuation::Audit { before, limit } => self.next_audit_page(connection, log, *before, *limit),
            Continuation::Links { from, limit } => self.links(connection, *from, *limit),
            Continuation::CommitPasswordChange { upload, sealed_storage_key, generation, seen, owner_tag } => {
                let performed = self.commit_password_change(&upload.0, &sealed_storage_key.0, *generation);
                let outcome = match &performed {
                    Ok(_) => OperationOutcome::Done,
                    Err(_) => OperationOutcome::Refused,
                };
                log.append(&self.entry(Action::PasswordChanged, outcome, None, *seen, owner_tag.0));
                performed
            }
        };
        match gone_on {
            Ok(performed) => Ok(performed),
            Err(NotDone::Problem(why)) => Ok(Performed::answered(problem(why))),
            Err(NotDone::Stop(stop)) => Err(stop),
        }
    }

    fn request_entry(&self, request: &Request, outcome: OperationOutcome) -> Entry {
        let operation = &request.operation;
        self.entry(operation.action(), outcome, operation.secret(), request.seen, request.owner_tag.0)
    }

    fn entry(
        &self,
        action: Action,
        outcome: OperationOutcome,
        secret: Option<SecretId>,
        seen: ChainHead,
        owner_tag: [u8; 32],
    ) -> Entry {
        Entry {
            at: self.now.unsigned_abs(),
            event: Event::Operation {
                action,
                outcome,
                secret: Nullable(secret),
                session: self.session,
                frame: self.frame,
                seen,
                owner_tag: Bytes(owner_tag),
            },
        }
    }
}
