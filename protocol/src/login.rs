//! The client's login as a state machine (`docs/protocol.md`, section 5): bodies in, bodies out.
//!
//! ```text
//! start ──► body for session/start
//! started(answer) ──► ProvenSession: KE2's MAC, the envelope and the pin have verified
//! open(hello) ──► body for session/finish, which may be sent again
//! welcome(answer) ──► the channel is open
//! ```

use std::sync::Arc;

use rand_core::CryptoRngCore;
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

use crate::cbor::{self, Blob, Bytes, Malformed, Nullable};
use crate::channel::{ChannelKeys, ClientChannel, FrameRefused, SentFrame, Transcript};
use crate::identity::{PasswordInput, SessionId};
use crate::key::Key64;
use crate::message::{Hello, SessionFinish, SessionStart, SessionStarted, Welcome};
use crate::opaque::{self, Identities, KE1, KE3, LoginFailed, PUBLIC_KEY, PendingLogin, Stretch};

/// The server's static public key is none of the pinned ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the server's OPAQUE public key is none of the pinned ones")]
pub struct ServerKeyChanged;

impl ServerKeyChanged {
    /// Checks a key against all pins, in constant time.
    pub(crate) fn check(key: &[u8; PUBLIC_KEY], pins: &[[u8; PUBLIC_KEY]]) -> Result<(), Self> {
        let pinned = pins.iter().fold(Choice::from(0), |found, pin| found | pin.ct_eq(key));
        if bool::from(pinned) { Ok(()) } else { Err(Self) }
    }
}

/// Why a login ends on the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoginEnded {
    /// KE2 is malformed or does not open with this password, or the password could not be stretched.
    #[error(transparent)]
    Opaque(#[from] LoginFailed),
    /// KE2 opens, but the server is another one.
    #[error(transparent)]
    ServerKeyChanged(#[from] ServerKeyChanged),
}

/// After `session/start` was asked for.
pub struct StartedLogin {
    identities: Identities,
    pending: PendingLogin,
    ke1: [u8; KE1],
    body: Vec<u8>,
}

/// Begins a login. `device_cookie` is 64 random bytes where the device has none.
///
/// # Errors
/// [`Malformed`], which does not happen with a password input.
pub fn start(
    rng: &mut impl CryptoRngCore,
    identities: Identities,
    input: &PasswordInput,
    device_cookie: &[u8; 64],
) -> Result<StartedLogin, Malformed> {
    let (pending, ke1) = opaque::start_login(rng, input)?;
    let body = cbor::encode(&SessionStart {
        name: identities.account.as_str().to_owned(),
        ke1: Bytes(ke1),
        device_cookie: Bytes(*device_cookie),
        ticket: Nullable(None),
    });
    Ok(StartedLogin { identities, pending, ke1, body })
}

impl StartedLogin {
    /// The body for `session/start`.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Takes the answer: verifies KE2, opens the envelope, checks the server's key against the pins.
    ///
    /// # Errors
    /// [`LoginEnded`]; no KE3 exists outside this method then.
    pub fn started(
        self,
        rng: &mut impl CryptoRngCore,
        answer: &[u8],
        pins: &[[u8; PUBLIC_KEY]],
        stretch: Arc<dyn Stretch>,
    ) -> Result<ProvenSession, LoginEnded> {
        let started: SessionStarted = cbor::decode(answer).map_err(|_| LoginFailed::Malformed)?;
        let login = self.pending.finish(rng, &started.ke2.0, &self.identities, stretch)?;
        ServerKeyChanged::check(&login.server_public_key, pins)?;
        let transcript = Transcript::of(&self.ke1, &started.ke2.0);
        let keys = ChannelKeys::derive(&login.session_key, &started.login_id, &transcript, &login.ke3);
        Ok(ProvenSession {
            ke3: login.ke3,
            export_key: login.export_key,
            channel: ClientChannel::new(keys, started.login_id),
        })
    }
}

/// The server is proven to the client; the client is not yet proven to the server.
pub struct ProvenSession {
    ke3: [u8; KE3],
    export_key: Key64,
    channel: ClientChannel,
}

impl ProvenSession {
    /// The session's id, which the owner tag of a first request covers.
    #[must_use]
    pub fn session(&self) -> SessionId {
        self.channel.session()
    }

    /// Puts the hello into frame 0.
    ///
    /// # Errors
    /// [`FrameRefused`] where the hello is too large for a frame.
    pub fn open(mut self, rng: &mut impl CryptoRngCore, hello: &Hello) -> Result<OpeningSession, FrameRefused> {
        let frame = self.channel.seal(rng, Zeroizing::new(cbor::encode(hello)))?;
        let body = cbor::encode(&SessionFinish {
            login_id: self.channel.session(),
            ke3: Bytes(self.ke3),
            frame: Blob(frame.as_bytes().to_vec()),
        });
        Ok(OpeningSession { export_key: self.export_key, channel: self.channel, frame, body })
    }
}

/// After `session/finish` was asked for.
pub struct OpeningSession {
    export_key: Key64,
    channel: ClientChannel,
    frame: SentFrame,
    body: Vec<u8>,
}

/// A session that is open: both sides are proven to each other.
pub struct OpenedSession {
    /// The OPAQUE export key, known to the client alone.
    pub export_key: Key64,
    /// The channel, at frame 1.
    pub channel: ClientChannel,
    /// What the server said.
    pub welcome: Welcome,
}

impl OpeningSession {
    /// The body for `session/finish`. The same body may be sent again.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Takes the answer: server frame 0.
    ///
    /// # Errors
    /// [`FrameRefused`] where it does not verify or is not a welcome.
    pub fn welcome(self, answer: &[u8]) -> Result<OpenedSession, FrameRefused> {
        let payload = self.channel.open(&self.frame, answer)?;
        let welcome: Welcome = cbor::decode(&payload).map_err(|_| FrameRefused)?;
        Ok(OpenedSession { export_key: self.export_key, channel: self.channel, welcome })
    }
}
