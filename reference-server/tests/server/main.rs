//! The key server over real TLS, on both engines: a file for each route, and one for each theme that spans several.
//!
//! `testbed/src/lib.rs` says how to write a test here.

mod change_password;
mod guess_budget;
mod registration_finish;
mod registration_start;
mod sameness;
mod samples;
mod server_info;
mod session_finish;
mod session_limits;
mod session_message;
mod session_start;
