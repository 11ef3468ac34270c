//! What the two sides say (`docs/protocol.md`, sections 4, 5 and 7).
//!
//! Every type here is one CBOR array of fixed length; [`crate::cbor`] encodes and decodes it strictly. An enum is an
//! array of its number and an array of its fields.

mod answer;
mod exchange;
mod opening;
mod operation;

pub use answer::{Answer, AuditPage, LoggedEntry, Reply, RetrievedSecret, SecretListed};
pub use exchange::{
    RegistrationFinish, RegistrationFinished, RegistrationStart, RegistrationStarted, ServerInfo, SessionFinish,
    SessionStart, SessionStarted,
};
pub use opening::{Hello, SessionKind, SessionLimits, Welcome};
pub use operation::{ClientMessage, Continuation, Operation, Origin, Purpose, Request};

/// The paths of the HTTP binding.
pub mod path {
    /// Begins a registration.
    pub const REGISTRATION_START: &str = "/v1/registration/start";
    /// Finishes a registration.
    pub const REGISTRATION_FINISH: &str = "/v1/registration/finish";
    /// Begins a login.
    pub const SESSION_START: &str = "/v1/session/start";
    /// Finishes a login.
    pub const SESSION_FINISH: &str = "/v1/session/finish";
    /// Carries a frame.
    pub const SESSION_MESSAGE: &str = "/v1/session/message";
    /// What the server is.
    pub const SERVER: &str = "/v1/server";
}

/// The media type of a CBOR body.
pub const CBOR: &str = "application/cbor";
/// The media type of a frame.
pub const FRAME: &str = "application/vnd.lock-keeper.frame";
/// The media type of a problem document (RFC 9457).
pub const PROBLEM: &str = "application/problem+json";
