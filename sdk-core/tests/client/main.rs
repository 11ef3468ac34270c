//! The client as an app uses it, against a real server over TLS, on both engines.

mod fixture;
mod operations;
mod registration;
mod wire;
