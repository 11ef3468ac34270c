//! The Lock Keeper reference key server: a library for any actix-web app, and the binary `lock-keeper-server` over it.
//!
//! Data goes one way: bytes → `http` → [`service`] → [`store`] and back. `http` knows no SQL, `service` knows no HTTP, and
//! only `store` knows the database. [`KeyServer`] is what a host mounts.

// A panic's message goes to the log, and these would put into it what they stumbled over.
#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::string_slice, clippy::panic))]

pub mod config;
mod http;
mod key_server;
pub mod keys;
mod secret_file;
pub mod service;
pub mod store;
pub mod telemetry;
pub mod tls;

pub use key_server::{KeyServer, RequestLimits};
