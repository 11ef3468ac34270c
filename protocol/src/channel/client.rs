use rand_core::CryptoRngCore;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::frame::{self, Frame, FrameRefused, Kind};
use super::{ChannelKeys, digest};
use crate::identity::SessionId;

/// The client's end of a channel: sends frame *n*, takes the answer to frame *n*, goes on to *n + 1*.
pub struct ClientChannel {
    keys: ChannelKeys,
    session: SessionId,
    next: u32,
}

/// A frame that was sealed for the server. It may be sent any number of times, over any connection.
#[derive(Clone)]
pub struct SentFrame {
    bytes: Vec<u8>,
    kind: Kind,
    sequence: u32,
}

impl SentFrame {
    /// What goes over the wire.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl ClientChannel {
    /// A channel before its first frame.
    #[must_use]
    pub fn new(keys: ChannelKeys, session: SessionId) -> Self {
        Self { keys, session, next: 0 }
    }

    /// The session's id.
    #[must_use]
    pub fn session(&self) -> SessionId {
        self.session
    }

    /// The number of the next frame.
    #[must_use]
    pub fn next_sequence(&self) -> u32 {
        self.next
    }

    /// Seals the next frame. Frame 0 is the opening, all others are messages.
    ///
    /// # Errors
    /// [`FrameRefused`] where the payload is too large for a frame.
    pub fn seal(
        &mut self,
        rng: &mut impl CryptoRngCore,
        payload: Zeroizing<Vec<u8>>,
    ) -> Result<SentFrame, FrameRefused> {
        let sequence = self.next;
        let kind = if sequence == 0 { Kind::Opening } else { Kind::Message };
        let frame = Frame { kind, session: self.session, sequence, answers: None, payload };
        let bytes = frame::seal(&frame, &self.keys.client, rng)?;
        self.next = sequence.checked_add(1).ok_or(FrameRefused)?;
        Ok(SentFrame { bytes, kind, sequence })
    }

    /// Opens the answer to `sent` and to nothing else.
    ///
    /// # Errors
    /// [`FrameRefused`] for whatever is not the server's answer to exactly this frame of this session.
    pub fn open(&self, sent: &SentFrame, answer: &[u8]) -> Result<Zeroizing<Vec<u8>>, FrameRefused> {
        let frame = frame::open(answer, &self.keys.server, true)?;
        let answers = frame.answers.ok_or(FrameRefused)?;
        let ours = frame.session == self.session && frame.sequence == sent.sequence && frame.kind == sent.kind;
        if ours && bool::from(answers.ct_eq(&digest(&sent.bytes))) { Ok(frame.payload) } else { Err(FrameRefused) }
    }
}
