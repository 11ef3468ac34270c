//! The client as an app uses it, against a real server over TLS, on both engines.

mod calls;
mod connections;
mod deletion;
mod device_unlock;
mod fixture;
mod guesses;
mod lock;
mod lost_answers;
mod operations;
mod password;
mod registration;
mod wire;
