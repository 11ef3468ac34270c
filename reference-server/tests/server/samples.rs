//! Short words for what most tests ask for.

use std::time::Duration;

use lock_keeper_protocol::cbor::{Blob, Nullable};
use lock_keeper_protocol::identity::SecretId;
use lock_keeper_protocol::limits;
use lock_keeper_protocol::message::{Answer, Operation, Origin, Purpose};
use lock_keeper_protocol::problem::Problem;

pub(crate) const SECOND: Duration = Duration::from_secs(1);
pub(crate) const MINUTE: Duration = Duration::from_secs(60);
pub(crate) const HOUR: Duration = Duration::from_secs(3_600);
pub(crate) const PASSWORD: &str = "correct horse";

/// A sealed secret of 32 bytes, as far as a server can tell.
pub(crate) fn sealed_secret() -> Blob {
    Blob(vec![1; 32 + limits::SEALING_OVERHEAD])
}

pub(crate) fn sealed_label() -> Blob {
    Blob(vec![2; 12 + limits::SEALING_OVERHEAD])
}

pub(crate) fn sealed_storage_key() -> Blob {
    Blob(vec![3; limits::SEALED_STORAGE_KEY])
}

/// Secret ids in a known order.
pub(crate) fn id(byte: u8) -> SecretId {
    SecretId([byte; 16])
}

pub(crate) fn store(byte: u8) -> Operation {
    Operation::Store {
        id: id(byte),
        origin: Origin::Generated,
        sealed_secret: sealed_secret(),
        sealed_label: sealed_label(),
    }
}

pub(crate) fn retrieve(byte: u8) -> Operation {
    Operation::Retrieve { id: id(byte), purpose: Purpose::Unspecified }
}

pub(crate) fn delete(byte: u8) -> Operation {
    Operation::Delete { id: id(byte) }
}

pub(crate) fn list(limit: u16) -> Operation {
    Operation::List { after: Nullable(None), limit }
}

pub(crate) fn audit(limit: u16) -> Operation {
    Operation::Audit { before: Nullable(None), limit }
}

pub(crate) fn complete_registration() -> Operation {
    Operation::CompleteRegistration { sealed_storage_key: sealed_storage_key() }
}

pub(crate) fn problem(problem: Problem) -> Answer {
    Answer::Problem { code: problem.code().to_owned() }
}

/// The ids on a page of the list.
pub(crate) fn listed(answer: &Answer) -> Vec<SecretId> {
    match answer {
        Answer::Listed { items, .. } => items.iter().map(|item| item.id).collect(),
        other => panic!("not a list: {other:?}"),
    }
}
