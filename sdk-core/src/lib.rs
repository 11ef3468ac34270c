//! The Lock Keeper client: register with a key server, open sessions, keep secrets on it that it cannot read.
//!
//! Everything here blocks; an app calls it from a thread of its own. What the platform gives (storage on the
//! device, transport, clock) comes in through [`Env`], and each call has a deadline, a cancel token and a
//! progress callback in its [`Call`].

pub mod call;
pub mod clock;
pub mod config;
pub mod env;
pub mod error;
pub mod local_store;
pub mod observer;
pub mod retry;
mod tls;
pub mod transport;
pub mod wait;

pub use call::{Call, CancelToken, Phase, SessionOptions};
pub use clock::{Clock, SystemClock};
pub use config::{ProxyPolicy, ServerConfig, Trust};
pub use env::Env;
pub use error::{Advice, Code, LockKeeperError, RequestId, Result};
pub use local_store::{FileStore, LocalStore, MemoryStore, StoreFailure};
pub use observer::{Observer, Operation, OperationEvent};
pub use transport::{HttpsTransport, Transport};
