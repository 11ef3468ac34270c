//! The authenticated channel inside TLS (`docs/protocol.md`, section 6).
//!
//! Its keys come from the OPAQUE session key. A frame is `header ‖ payload ‖ tag`: the payload is encrypted with the header as
//! associated data, the tag is a MAC over both and is checked before anything else is looked at. Client frame *n* is
//! answered by server frame *n*; the answer names the digest of the frame that it answers. Nothing here depends on a
//! connection.

mod client;
mod frame;
mod keys;
mod server;
mod session;

pub use client::{ClientChannel, SentFrame};
pub use frame::{FrameRefused, Kind, frame_session};
pub use keys::{ChannelKeys, Transcript};
pub use server::{OpenedFrame, ServerChannel};
pub use session::{Refusal, ServerSession, Verdict};

use sha2::{Digest, Sha256};

/// SHA-256 of a whole frame (or of a whole body): how an answer names its request.
#[must_use]
pub fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
