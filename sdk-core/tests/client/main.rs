//! The client as an app uses it, against a real server over TLS, on both engines.

use std::time::Duration;

mod answers;
mod audit;
mod calls;
#[allow(dead_code, reason = "the tests of the transport need more of it")]
#[path = "../transport/certificates.rs"]
mod certificates;
mod connections;
mod deletion;
mod device_store;
mod device_unlock;
mod fixture;
mod forks;
mod guesses;
mod liar;
mod lies;
mod lock;
mod lost_answers;
mod operations;
mod password;
mod registration;
mod sizes;
#[allow(dead_code, reason = "the tests of the transport need more of it")]
#[path = "../transport/server.rs"]
mod stranger;
mod trust;
mod wire;

/// Longer than anything that a test waits for.
const LONG: Duration = Duration::from_secs(60);
