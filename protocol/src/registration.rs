//! The client's registration as a state machine (`docs/protocol.md`, section 4): bodies in, bodies out.
//!
//! ```text
//! start ──► body for registration/start
//! started(answer) ──► ReadyRegistration: the server's key is checked, nothing was uploaded yet
//! finish_body() ──► body for registration/finish, which may be sent again
//! ```

use std::sync::Arc;

use rand_core::CryptoRngCore;

use crate::cbor::{self, Blob, Bytes, Malformed, Nullable};
use crate::identity::PasswordInput;
use crate::login::ServerKeyChanged;
use crate::message::{RegistrationFinish, RegistrationStart, RegistrationStarted};
use crate::opaque::{self, Identities, PUBLIC_KEY, PendingRegistration, RegistrationFailed, Stretch};

/// After `registration/start` was asked for.
pub struct StartedRegistration {
    identities: Identities,
    pending: PendingRegistration,
    body: Vec<u8>,
}

/// Why a registration ends on the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegistrationEnded {
    /// The answer is malformed, or the password could not be stretched.
    #[error(transparent)]
    Opaque(#[from] RegistrationFailed),
    /// The server's static public key is none of the pinned ones.
    #[error(transparent)]
    ServerKeyChanged(#[from] ServerKeyChanged),
}

/// Begins a registration.
///
/// # Errors
/// [`Malformed`], which does not happen with a password input.
pub fn start(
    rng: &mut impl CryptoRngCore,
    identities: Identities,
    input: &PasswordInput,
    ticket: Option<&[u8]>,
) -> Result<StartedRegistration, Malformed> {
    let (pending, request) = opaque::start_registration(rng, input)?;
    let body = cbor::encode(&RegistrationStart {
        name: identities.account.as_str().to_owned(),
        request: Bytes(request),
        ticket: Nullable(ticket.map(|ticket| Blob(ticket.to_vec()))),
    });
    Ok(StartedRegistration { identities, pending, body })
}

impl StartedRegistration {
    /// The body for `registration/start`.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Takes the answer, checks the server's key against the pins, and answers the body for `registration/finish`.
    ///
    /// # Errors
    /// [`RegistrationEnded`]; nothing was uploaded then.
    pub fn started(
        self,
        rng: &mut impl CryptoRngCore,
        answer: &[u8],
        pins: &[[u8; PUBLIC_KEY]],
        stretch: Arc<dyn Stretch>,
    ) -> Result<Vec<u8>, RegistrationEnded> {
        let started: RegistrationStarted = cbor::decode(answer).map_err(|_| RegistrationFailed::Malformed)?;
        let registered = self.pending.finish(rng, &started.response.0, &self.identities, stretch)?;
        ServerKeyChanged::check(&registered.server_public_key, pins)?;
        Ok(cbor::encode(&RegistrationFinish {
            registration_id: started.registration_id,
            upload: Bytes(registered.upload),
        }))
    }
}
