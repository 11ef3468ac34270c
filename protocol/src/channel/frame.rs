use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::Mac;
use rand_core::CryptoRngCore;
use zeroize::Zeroizing;

use super::keys::DirectionKeys;
use crate::identity::SessionId;
use crate::limits;

/// Bytes of a client frame's header: version, direction, kind, session id, sequence number, nonce.
const CLIENT_HEADER: usize = 1 + 1 + 1 + 48 + 4 + 24;
/// Bytes of a server frame's header: the same and the digest of the frame that it answers.
const SERVER_HEADER: usize = CLIENT_HEADER + 32;
/// Bytes of the tag.
const TAG: usize = 32;
/// Bytes that the encryption adds to the payload.
const AEAD_TAG: usize = 16;
/// The direction byte of a client frame.
const FROM_CLIENT: u8 = 1;
/// The direction byte of a server frame.
const FROM_SERVER: u8 = 2;

/// What a frame holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// Frame 0: hello or welcome.
    Opening = 1,
    /// Any later frame: request and answer.
    Message = 2,
}

/// A frame was refused. There is one reason for the outside: whoever sent it learns nothing more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the frame is refused")]
pub struct FrameRefused;

/// A frame before it is sealed, or after it was opened.
pub(super) struct Frame {
    pub(super) kind: Kind,
    pub(super) session: SessionId,
    pub(super) sequence: u32,
    /// In a server frame, the digest of the client frame that it answers.
    pub(super) answers: Option<[u8; 32]>,
    pub(super) payload: Zeroizing<Vec<u8>>,
}

/// The session id that a client frame claims, so that its keys can be found. Nothing is verified yet.
///
/// # Errors
/// [`FrameRefused`] where this can't be a client frame at all.
pub fn frame_session(bytes: &[u8]) -> Result<SessionId, FrameRefused> {
    let plausible = bytes.len() <= limits::FRAME
        && bytes.len() >= CLIENT_HEADER + AEAD_TAG + TAG
        && bytes[0] == limits::PROTOCOL_VERSION
        && bytes[1] == FROM_CLIENT;
    if plausible { bytes[3..51].try_into().map(SessionId).map_err(|_| FrameRefused) } else { Err(FrameRefused) }
}

/// Payload bytes that fit into a frame of either direction.
pub(super) const LARGEST_PAYLOAD: usize = limits::FRAME - SERVER_HEADER - AEAD_TAG - TAG;

/// Encrypts and tags a frame.
pub(super) fn seal(frame: &Frame, keys: &DirectionKeys, rng: &mut impl CryptoRngCore) -> Result<Vec<u8>, FrameRefused> {
    if frame.payload.len() > LARGEST_PAYLOAD {
        return Err(FrameRefused);
    }
    let mut nonce = [0; 24];
    rng.fill_bytes(&mut nonce);
    let mut bytes = header(frame, &nonce);
    let cipher = XChaCha20Poly1305::new(keys.encryption.expose().into());
    let payload = Payload { msg: &frame.payload, aad: &bytes };
    let sealed = cipher.encrypt(XNonce::from_slice(&nonce), payload).map_err(|_| FrameRefused)?;
    bytes.extend_from_slice(&sealed);
    let tag = keys.mac.hmac().chain_update(&bytes).finalize().into_bytes();
    bytes.extend_from_slice(&tag);
    Ok(bytes)
}

fn header(frame: &Frame, nonce: &[u8; 24]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(SERVER_HEADER + frame.payload.len() + AEAD_TAG + TAG);
    let direction = if frame.answers.is_some() { FROM_SERVER } else { FROM_CLIENT };
    bytes.extend_from_slice(&[limits::PROTOCOL_VERSION, direction, frame.kind as u8]);
    bytes.extend_from_slice(&frame.session.0);
    bytes.extend_from_slice(&frame.sequence.to_be_bytes());
    bytes.extend_from_slice(nonce);
    if let Some(digest) = &frame.answers {
        bytes.extend_from_slice(digest);
    }
    bytes
}

/// Checks the tag, then everything else, then decrypts.
pub(super) fn open(bytes: &[u8], keys: &DirectionKeys, from_server: bool) -> Result<Frame, FrameRefused> {
    let header_length = if from_server { SERVER_HEADER } else { CLIENT_HEADER };
    if bytes.len() < header_length + AEAD_TAG + TAG || bytes.len() > limits::FRAME {
        return Err(FrameRefused);
    }
    let (signed, tag) = bytes.split_at(bytes.len() - TAG);
    keys.mac.hmac().chain_update(signed).verify_slice(tag).map_err(|_| FrameRefused)?;
    let (header, sealed) = signed.split_at(header_length);
    let direction = if from_server { FROM_SERVER } else { FROM_CLIENT };
    if header[0] != limits::PROTOCOL_VERSION || header[1] != direction {
        return Err(FrameRefused);
    }
    let cipher = XChaCha20Poly1305::new(keys.encryption.expose().into());
    let nonce = XNonce::from_slice(&header[55..79]);
    let payload = cipher.decrypt(nonce, Payload { msg: sealed, aad: header }).map_err(|_| FrameRefused)?;
    Ok(Frame {
        kind: kind(header[2])?,
        session: header[3..51].try_into().map(SessionId).map_err(|_| FrameRefused)?,
        sequence: header[51..55].try_into().map(u32::from_be_bytes).map_err(|_| FrameRefused)?,
        answers: if from_server { Some(header[79..].try_into().map_err(|_| FrameRefused)?) } else { None },
        payload: Zeroizing::new(payload),
    })
}

fn kind(byte: u8) -> Result<Kind, FrameRefused> {
    match byte {
        1 => Ok(Kind::Opening),
        2 => Ok(Kind::Message),
        _ => Err(FrameRefused),
    }
}
