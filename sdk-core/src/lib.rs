//! The Lock Keeper client: register with a key server, open sessions, keep secrets on it that it cannot read.
//!
//! Everything here blocks; an app calls it from a thread of its own. What the platform gives (storage on the
//! device, transport, clock) comes in through `Env`, and each call has a deadline, a cancel token and a
//! progress callback in its `Call`.

pub mod error;

pub use error::{Advice, Code, LockKeeperError, RequestId, Result};
