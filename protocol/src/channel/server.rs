use rand_core::CryptoRngCore;
use zeroize::Zeroizing;

use super::frame::{self, Frame, FrameRefused, Kind};
use super::{ChannelKeys, digest};
use crate::identity::SessionId;

/// The server's end of a channel. It holds no position: that is the database's ([`super::ServerSession`]).
pub struct ServerChannel {
    keys: ChannelKeys,
    session: SessionId,
}

/// A client frame that verified.
pub struct OpenedFrame {
    /// Its number.
    pub sequence: u32,
    /// Opening or message.
    pub kind: Kind,
    /// SHA-256 of the whole frame.
    pub digest: [u8; 32],
    /// What it says.
    pub payload: Zeroizing<Vec<u8>>,
}

impl ServerChannel {
    /// The channel of a session.
    #[must_use]
    pub fn new(keys: ChannelKeys, session: SessionId) -> Self {
        Self { keys, session }
    }

    /// Opens a client frame of this session.
    ///
    /// # Errors
    /// [`FrameRefused`], one error for every reason. The session lives on.
    pub fn open(&self, bytes: &[u8]) -> Result<OpenedFrame, FrameRefused> {
        let frame = frame::open(bytes, &self.keys.client, false)?;
        if frame.session != self.session || (frame.sequence == 0) != (frame.kind == Kind::Opening) {
            return Err(FrameRefused);
        }
        Ok(OpenedFrame { sequence: frame.sequence, kind: frame.kind, digest: digest(bytes), payload: frame.payload })
    }

    /// Seals the answer to a frame.
    ///
    /// # Errors
    /// [`FrameRefused`] where the payload is too large for a frame.
    pub fn answer(
        &self,
        rng: &mut impl CryptoRngCore,
        to: &OpenedFrame,
        payload: Zeroizing<Vec<u8>>,
    ) -> Result<Vec<u8>, FrameRefused> {
        let frame =
            Frame { kind: to.kind, session: self.session, sequence: to.sequence, answers: Some(to.digest), payload };
        frame::seal(&frame, &self.keys.server, rng)
    }
}
