//! The audit log, page by page.

use std::sync::{Arc, Mutex, PoisonError};

use lock_keeper_core as core;

use crate::error::{Result, misuse};
use crate::values::{millis, secret_id, time};

/// Which entries an app wants to see.
#[derive(uniffi::Record)]
pub struct FfiAuditFilter {
    /// Only of this kind.
    pub kind: Option<FfiAuditKind>,
    /// Only about these secrets, 32 hexadecimal digits each; empty is about all and none.
    pub secrets: Vec<String>,
    /// Only at this time or later: milliseconds since the Unix epoch, by the server's clock.
    pub after_millis: Option<i64>,
    /// Only before this time.
    pub before_millis: Option<i64>,
}

impl FfiAuditFilter {
    pub(crate) fn into_core(self) -> Result<core::AuditFilter> {
        let moment = |millis: Option<i64>| {
            let beyond = || misuse("a time of the filter is beyond what the clock can express");
            millis.map(|millis| time(millis).ok_or_else(beyond)).transpose()
        };
        Ok(core::AuditFilter {
            kind: self.kind.map(Into::into),
            secrets: self.secrets.iter().map(|id| secret_id(id)).collect::<Result<_>>()?,
            after: moment(self.after_millis)?,
            before: moment(self.before_millis)?,
        })
    }
}

/// What an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum FfiAuditKind {
    /// Attempts to log in, and those that were turned away.
    Login,
    /// Secrets: generate, import, retrieve, list, delete.
    Secret,
    /// The account itself: registration, password, log, deletion.
    Account,
}

impl From<FfiAuditKind> for core::AuditKind {
    fn from(kind: FfiAuditKind) -> Self {
        match kind {
            FfiAuditKind::Login => Self::Login,
            FfiAuditKind::Secret => Self::Secret,
            FfiAuditKind::Account => Self::Account,
        }
    }
}

impl FfiAuditKind {
    fn from_core(kind: core::AuditKind) -> Result<Self> {
        match kind {
            core::AuditKind::Login => Ok(Self::Login),
            core::AuditKind::Secret => Ok(Self::Secret),
            core::AuditKind::Account => Ok(Self::Account),
            _ => Err(misuse("the bindings do not know this kind of audit entry")),
        }
    }
}

/// How what an entry is about has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum FfiOutcome {
    /// It happened.
    Succeeded,
    /// It was refused and had no effect.
    Refused,
    /// A login was begun and never proven: a wrong password, or a device that went away.
    NeverFinished,
}

impl FfiOutcome {
    fn from_core(outcome: core::Outcome) -> Result<Self> {
        match outcome {
            core::Outcome::Succeeded => Ok(Self::Succeeded),
            core::Outcome::Refused => Ok(Self::Refused),
            core::Outcome::NeverFinished => Ok(Self::NeverFinished),
            _ => Err(misuse("the bindings do not know this outcome of an audit entry")),
        }
    }
}

/// One verified entry of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FfiAuditEntry {
    /// Its place in the log, from 0.
    pub n: u64,
    /// When, by the server's clock: milliseconds since the Unix epoch.
    pub at_millis: i64,
    /// What it is about.
    pub kind: FfiAuditKind,
    /// What was done, as a stable string in snake_case, such as `retrieve_local_only`.
    pub action: String,
    /// The secret that it is about: 32 hexadecimal digits.
    pub secret: Option<String>,
    /// How it ended.
    pub outcome: FfiOutcome,
    /// How many attempts the entry stands for.
    pub count: u64,
    /// Of a login: whether it came from a device that had logged in before.
    pub known_device: Option<bool>,
}

impl FfiAuditEntry {
    fn from_core(entry: core::AuditEntry) -> Result<Self> {
        Ok(Self {
            n: entry.n,
            at_millis: millis(entry.at),
            kind: FfiAuditKind::from_core(entry.kind)?,
            action: entry.action.to_owned(),
            secret: entry.secret.map(|id| id.to_string()),
            outcome: FfiOutcome::from_core(entry.outcome)?,
            count: entry.count,
            known_device: entry.known_device,
        })
    }
}

/// A page of the audit log, newest first.
#[derive(uniffi::Record)]
pub struct FfiAuditPage {
    /// The entries that the filter lets through; perhaps none although there are older pages.
    pub entries: Vec<FfiAuditEntry>,
    /// Where the next older page is; none at the beginning of the log.
    pub next: Option<Arc<FfiAuditCursor>>,
}

impl FfiAuditPage {
    pub(crate) fn from_core(page: core::AuditPage) -> Result<Self> {
        Ok(Self {
            entries: page.entries.into_iter().map(FfiAuditEntry::from_core).collect::<Result<_>>()?,
            next: page.next.map(FfiAuditCursor::new),
        })
    }
}

/// A place in the audit log, with what was verified up to it. It serves for one page, also where that fails: then reading begins
/// anew at the newest page.
#[derive(uniffi::Object)]
pub struct FfiAuditCursor {
    core: Mutex<Option<core::AuditCursor>>,
}

impl FfiAuditCursor {
    fn new(core: core::AuditCursor) -> Arc<Self> {
        Arc::new(Self { core: Mutex::new(Some(core)) })
    }

    pub(crate) fn take(&self) -> Result<core::AuditCursor> {
        // Taking is one step, so that what a panicking thread left is whole.
        let taken = self.core.lock().unwrap_or_else(PoisonError::into_inner).take();
        taken.ok_or_else(|| misuse("a cursor of the audit log serves for one page"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nothing() -> FfiAuditFilter {
        FfiAuditFilter { kind: None, secrets: vec![], after_millis: None, before_millis: None }
    }

    #[test]
    fn a_filter_crosses_whole() {
        let filter = FfiAuditFilter {
            kind: Some(FfiAuditKind::Login),
            secrets: vec!["a5".repeat(16)],
            after_millis: Some(-5),
            before_millis: Some(7),
        };
        let expected = core::AuditFilter {
            kind: Some(core::AuditKind::Login),
            secrets: vec![core::SecretId([0xa5; 16])],
            after: time(-5),
            before: time(7),
        };
        assert_eq!(filter.into_core(), Ok(expected));
        assert_eq!(nothing().into_core(), Ok(core::AuditFilter::default()));
    }

    #[test]
    fn a_filter_with_an_id_that_is_none_is_refused() {
        assert!(FfiAuditFilter { secrets: vec!["a5".into()], ..nothing() }.into_core().is_err());
    }

    #[test]
    fn a_cursor_serves_once() {
        let cursor = FfiAuditCursor::new(core::AuditCursor::newest());
        assert!(cursor.take().is_ok());
        assert!(cursor.take().is_err());
    }
}
