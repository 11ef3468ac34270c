//! The Lock Keeper client for Swift and Kotlin: `sdk-core` translated by UniFFI, and nothing else.
//!
//! No app sees what is here. The hand-written faces in `bindings/swift` and `bindings/kotlin` stand on it; they have the public
//! names, so every exported type is called `Ffi…`, and nobody takes one for the other.
//!
//! - Every call blocks. The faces move it off the caller's thread and end it with an [`FfiCancelToken`](call::FfiCancelToken).
//! - Passwords and secrets cross as bytes, never as text. What comes in is only borrowed ([`values`] says why), and the
//!   global allocator (`allocator.rs`) wipes whatever is freed: UniFFI's own buffers too.
//! - What the app gives (store, observer, listeners) is a synchronous foreign trait; whatever it throws becomes a value
//!   ([`platform`]).
//! - A failure is one [`FfiError`](error::FfiError). A defect that panics reaches the faces as UniFFI's internal error.
//! - No exported method is called `close` or `destroy`: the generated Kotlin has those already.

mod allocator;
pub mod audit;
pub mod call;
pub mod client;
pub mod config;
pub mod error;
pub mod platform;
pub mod session;
pub mod unlock;
pub mod values;

uniffi::setup_scaffolding!();
