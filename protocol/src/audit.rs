//! The audit log: entries, hash chain, owner tags, and the verifier (`docs/protocol.md`, section 8).
//!
//! The server writes the log and could write anything. What a client can hold against it: the chain must extend what this
//! device saw before, every operation in it must carry a tag that only the owner could make, and each tag stands in it once.

mod chain;
mod entry;
mod owner_tag;
mod verifier;

pub use chain::{ChainHead, first, leaf, next};
pub use entry::{Action, AttemptOutcome, Entry, Event, OperationOutcome};
pub use owner_tag::{Tagged, owner_tag};
pub use verifier::{AuditTampered, AuditVerifier, VerifiedEntry, extend};
