//! The key server over real TLS, on both engines: a file for each route, and one for each theme that spans several.
//!
//! `testbed/src/lib.rs` says how to write a test here.

mod session_finish;
