//! The key server over real TLS, on both engines: a file for each route, one for each operation, and one for each theme that
//! spans several.
//!
//! `testbed/src/lib.rs` says how to write a test here.

mod audit;
mod bodies;
mod change_password;
mod complete_registration;
mod coverage;
mod delete;
mod delete_account;
mod guess_budget;
mod inside_the_channel;
mod list;
mod moved_rows;
mod old_rows;
mod registration_finish;
mod registration_start;
mod retrieve;
mod rotation;
mod sameness;
mod samples;
mod sealed_columns;
mod server_info;
mod session_finish;
mod session_limits;
mod session_message;
mod session_start;
mod store;
mod tampering;
