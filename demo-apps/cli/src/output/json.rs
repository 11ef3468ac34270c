//! One object for each command (`demo-apps/cli/README.md` lists them). Ids are lower-case hexadecimal, secrets base64url
//! without padding, times RFC 3339 in UTC.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lock_keeper_core::{AuditEntry, Origin, SecretInfo};
use serde::Serialize;
use zeroize::Zeroizing;

use super::{Report, Retrieved};
use crate::failure::Failure;
use crate::moment;

#[derive(Serialize)]
#[serde(untagged)]
enum Object<'a> {
    Registered { account: &'a str, registered: bool },
    Secret(Info<'a>),
    Listed { secrets: Vec<Info<'a>> },
    Exported { id: String, out: &'a str, bytes: usize, secret_length: usize, associated_data_length: usize },
    Audited { verified: bool, entries: Vec<Entry> },
    Deleted { id: String, deleted: bool },
    PasswordChanged { account: &'a str, password_changed: bool },
    AccountDeleted { account: &'a str, account_deleted: bool },
    Forgotten { account: &'a str, forgotten: bool },
    Failed { error: Error<'a> },
}

#[derive(Serialize)]
struct Info<'a> {
    id: String,
    label: Option<&'a str>,
    origin: &'static str,
    created: String,
    length: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    out: Option<&'a str>,
}

#[derive(Serialize)]
struct Entry {
    n: u64,
    at: String,
    kind: &'static str,
    action: &'static str,
    secret: Option<String>,
    outcome: &'static str,
    count: u64,
    known_device: Option<bool>,
}

#[derive(Serialize)]
struct Error<'a> {
    code: &'a str,
    advice: &'a str,
    /// Seconds.
    retry_after: Option<u64>,
    may_have_happened: bool,
    request_id: Option<&'a str>,
    message: &'a str,
}

/// The object of what a command has done, as one line.
pub(super) fn report(report: &Report) -> Zeroizing<Vec<u8>> {
    match report {
        Report::Registered { account } => line(&Object::Registered { account, registered: true }),
        Report::Generated(info) | Report::Imported(info) => line(&Object::Secret(secret_info(info))),
        Report::Listed(infos) => line(&Object::Listed { secrets: infos.iter().map(secret_info).collect() }),
        Report::Retrieved(retrieved) => retrieved_line(retrieved),
        Report::Exported { id, out, bytes, parts } => line(&Object::Exported {
            id: id.to_string(),
            out,
            bytes: bytes.len(),
            secret_length: parts.secret.len(),
            associated_data_length: parts.associated_data.len(),
        }),
        Report::Audited { entries, .. } => {
            line(&Object::Audited { verified: true, entries: entries.iter().map(entry).collect() })
        }
        Report::Deleted { id } => line(&Object::Deleted { id: id.to_string(), deleted: true }),
        Report::PasswordChanged { account } => line(&Object::PasswordChanged { account, password_changed: true }),
        Report::AccountDeleted { account } => line(&Object::AccountDeleted { account, account_deleted: true }),
        Report::Forgotten { account } => line(&Object::Forgotten { account, forgotten: true }),
        Report::Completions(script) => Zeroizing::new(script.as_bytes().to_vec()),
    }
}

/// The object of a failure.
pub(super) fn failure(failure: &Failure) -> Zeroizing<Vec<u8>> {
    line(&Object::Failed {
        error: Error {
            code: failure.code,
            advice: failure.advice.name(),
            // Rounded up: who comes a moment too early is turned away again.
            retry_after: failure.retry_after.map(|wait| wait.as_millis().div_ceil(1000) as u64),
            may_have_happened: failure.may_have_happened,
            request_id: failure.request_id.as_deref(),
            message: &failure.message,
        },
    })
}

fn retrieved_line(retrieved: &Retrieved) -> Zeroizing<Vec<u8>> {
    let encoded = Zeroizing::new(URL_SAFE_NO_PAD.encode(retrieved.secret.bytes.expose()));
    let info = secret_info(&retrieved.secret.info);
    line(&Object::Secret(Info { secret: Some(&encoded), out: retrieved.out.as_deref(), ..info }))
}

fn secret_info(info: &SecretInfo) -> Info<'_> {
    Info {
        id: info.id.to_string(),
        label: info.label.as_deref(),
        origin: origin(info.origin),
        created: moment::rfc3339(info.created),
        length: info.length,
        secret: None,
        out: None,
    }
}

/// An origin's stable string.
pub(super) fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::Generated => "generated",
        Origin::Imported => "imported",
    }
}

fn entry(entry: &AuditEntry) -> Entry {
    Entry {
        n: entry.n,
        at: moment::rfc3339(entry.at),
        kind: entry.kind.name(),
        action: entry.action,
        secret: entry.secret.map(|id| id.to_string()),
        outcome: entry.outcome.name(),
        count: entry.count,
        known_device: entry.known_device,
    }
}

/// Room for a line with the largest secret, so that it does not move and leave copies behind.
const LINE_BYTES: usize = 65_536;

fn line(object: &Object<'_>) -> Zeroizing<Vec<u8>> {
    let mut line = Zeroizing::new(Vec::with_capacity(LINE_BYTES));
    // It can't fail: every key is a string, and writing into memory always succeeds.
    let _ = serde_json::to_writer(&mut *line, object);
    line.push(b'\n');
    line
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use lock_keeper_core::{Code, LockKeeperError};
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn an_error_has_every_field_whether_known_or_not() {
        let error = LockKeeperError::from(Code::TooManyAttempts).with_retry_after(Some(Duration::from_millis(29_001)));
        let object: Value = serde_json::from_slice(&failure(&error.into())).unwrap();
        assert_eq!(
            object,
            json!({ "error": {
                "code": "too_many_attempts",
                "advice": "wait",
                "retry_after": 30,
                "may_have_happened": false,
                "request_id": null,
                "message": "There were too many attempts to log in.",
            }})
        );
    }
}
