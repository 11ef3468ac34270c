//! The Lock Keeper client: register with a key server, open sessions, keep secrets on it that it cannot read.
//!
//! Everything here blocks; an app calls it from a thread of its own. What the platform gives (storage on the
//! device, transport, clock) comes in through [`Env`], and each call has a deadline, a cancel token and a
//! progress callback in its [`Call`].

pub mod call;
mod client;
pub mod clock;
pub mod config;
mod conversation;
mod device;
pub mod env;
pub mod error;
mod link;
pub mod local_store;
pub mod observer;
mod opening;
pub mod queue;
pub mod retry;
pub mod session;
mod stretching;
mod tls;
pub mod transport;
mod unlock;
mod unlocking;
pub mod vault;
pub mod wait;

pub use call::{Call, CancelToken, Phase, SessionOptions};
pub use client::{LockKeeperClient, password};
pub use clock::{Clock, SystemClock};
pub use config::{ProxyPolicy, ServerConfig, Trust};
pub use env::Env;
pub use error::{Advice, Code, LockKeeperError, RequestId, Result};
pub use local_store::{FileStore, LocalStore, MemoryStore, StoreFailure};
pub use lock_keeper_protocol::identity::{Password, SecretId};
pub use lock_keeper_protocol::message::{Origin, Purpose};
pub use observer::{Observer, Operation, OperationEvent};
pub use session::{
    AuditCursor, AuditEntry, AuditFilter, AuditKind, AuditPage, LockReason, NewSecret, Outcome, Secret, SecretInfo,
    Session,
};
pub use transport::{HttpsTransport, Transport};
pub use unlock::DeviceUnlock;
pub use vault::SecretBytes;
