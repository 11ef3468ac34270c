//! What a Lock Keeper client and a key server must agree on, and nothing else.
//!
//! This crate is pure: no I/O, no clock, no storage, no global randomness (callers hand in a
//! generator). Both sides of the protocol are state machines over bytes, so that a test can drive
//! them through any order of events without a socket. The normative text is `docs/protocol.md`;
//! section numbers in this crate's documentation point there.
//!
//! | module | what it holds | section |
//! |---|---|---|
//! | [`identity`] | account names, passwords, ids | 2 |
//! | [`opaque`] | OPAQUE (RFC 9807) behind types of ours | 3 |
//! | [`registration`], [`login`] | the client's two exchanges before a session is open | 4, 5 |
//! | [`channel`] | key schedule, frames, resending | 6 |
//! | [`message`] | what is said inside TLS and inside the channel | 4, 5, 7 |
//! | [`audit`] | entries, hash chain, owner tags, the verifier | 8 |
//! | [`problem`] | the errors that both sides share | 9 |
//! | [`limits`] | every limit as one constant | 10 |

// A panic's message goes to the log, and these would put into it what they stumbled over.
#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::string_slice, clippy::panic))]

pub mod audit;
pub mod cbor;
pub mod channel;
pub mod identity;
pub mod key;
pub mod limits;
pub mod login;
pub mod message;
pub mod opaque;
pub mod problem;
pub mod registration;

pub use rand_core::{CryptoRng, CryptoRngCore, RngCore};
