use std::sync::Arc;

use opaque_ke::{
    ClientLogin, ClientLoginFinishParameters, ClientRegistration, ClientRegistrationFinishParameters,
    CredentialResponse, RegistrationResponse,
};
use rand_core::CryptoRngCore;

use super::stretch::{Stretch, StretchFailed};
use super::suite::{Stretcher, Suite1};
use super::{
    CONTEXT, Identities, KE1, KE2, KE3, PUBLIC_KEY, RECORD, REGISTRATION_REQUEST, REGISTRATION_RESPONSE, array,
};
use crate::cbor::Malformed;
use crate::identity::PasswordInput;
use crate::key::{Key, Key64};

/// The client's state between registration request and response.
pub struct PendingRegistration {
    state: ClientRegistration<Suite1>,
    input: PasswordInput,
}

/// What the client has at the end of the OPAQUE registration.
pub struct Registered {
    /// The registration record, to be uploaded.
    pub upload: [u8; RECORD],
    /// Known to the client alone; equal to that of each later login.
    pub export_key: Key64,
    /// The server's static public key, to be checked against the pins before anything is uploaded.
    pub server_public_key: [u8; PUBLIC_KEY],
}

/// Why a registration response led to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegistrationFailed {
    /// The response is not one.
    #[error("the registration response is malformed")]
    Malformed,
    /// The password could not be stretched.
    #[error(transparent)]
    Stretch(StretchFailed),
}

/// Begins a registration (RFC 9807, section 5.1).
///
/// # Errors
/// [`Malformed`] only where the password input hashes to no group element, which does not happen.
pub fn start_registration(
    rng: &mut impl CryptoRngCore,
    input: &PasswordInput,
) -> Result<(PendingRegistration, [u8; REGISTRATION_REQUEST]), Malformed> {
    let started = ClientRegistration::<Suite1>::start(rng, input.0.expose()).map_err(|_| Malformed)?;
    let pending = PendingRegistration { state: started.state, input: input.clone() };
    Ok((pending, array(&started.message.serialize())))
}

impl PendingRegistration {
    /// Finishes the registration with the server's response (64 bytes).
    ///
    /// # Errors
    /// [`RegistrationFailed`].
    pub fn finish(
        self,
        rng: &mut impl CryptoRngCore,
        response: &[u8; REGISTRATION_RESPONSE],
        identities: &Identities,
        stretch: Arc<dyn Stretch>,
    ) -> Result<Registered, RegistrationFailed> {
        let response = RegistrationResponse::deserialize(response).map_err(|_| RegistrationFailed::Malformed)?;
        let stretcher = Stretcher::new(stretch);
        let params = ClientRegistrationFinishParameters::new(identities.identifiers(), Some(&stretcher));
        let mut result = self
            .state
            .finish(rng, self.input.0.expose(), response, params)
            .map_err(|_| stretcher.failure().map_or(RegistrationFailed::Malformed, RegistrationFailed::Stretch))?;
        let export_key = Key::take(&mut result.export_key);
        let registered = Registered {
            upload: array(&result.message.serialize()),
            export_key,
            server_public_key: array(&result.server_s_pk.serialize()),
        };
        Ok(registered)
    }
}

/// The client's state between KE1 and KE2.
pub struct PendingLogin {
    state: ClientLogin<Suite1>,
    input: PasswordInput,
}

/// What the client has once KE2 has proven the server and opened the envelope.
pub struct ProvenLogin {
    /// KE3, to be sent only after the server's public key has been checked against the pins.
    pub ke3: [u8; KE3],
    /// The key that both sides share.
    pub session_key: Key64,
    /// Known to the client alone.
    pub export_key: Key64,
    /// The server's static public key as the envelope has it.
    pub server_public_key: [u8; PUBLIC_KEY],
}

/// Why KE2 led to no KE3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoginFailed {
    /// KE2 is not one.
    #[error("KE2 is malformed")]
    Malformed,
    /// The name is not registered or the password is wrong: the two can't be told apart.
    #[error("wrong name or password")]
    WrongNameOrPassword,
    /// The password could not be stretched.
    #[error(transparent)]
    Stretch(StretchFailed),
}

/// Begins a login (RFC 9807, section 6.1).
///
/// # Errors
/// [`Malformed`] only where the password input hashes to no group element, which does not happen.
pub fn start_login(
    rng: &mut impl CryptoRngCore,
    input: &PasswordInput,
) -> Result<(PendingLogin, [u8; KE1]), Malformed> {
    let started = ClientLogin::<Suite1>::start(rng, input.0.expose()).map_err(|_| Malformed)?;
    let pending = PendingLogin { state: started.state, input: input.clone() };
    Ok((pending, array(&started.message.serialize())))
}

impl PendingLogin {
    /// Opens KE2 (320 bytes) and makes KE3.
    ///
    /// # Errors
    /// [`LoginFailed`].
    pub fn finish(
        self,
        rng: &mut impl CryptoRngCore,
        ke2: &[u8; KE2],
        identities: &Identities,
        stretch: Arc<dyn Stretch>,
    ) -> Result<ProvenLogin, LoginFailed> {
        let response = CredentialResponse::deserialize(ke2).map_err(|_| LoginFailed::Malformed)?;
        let stretcher = Stretcher::new(stretch);
        let params = ClientLoginFinishParameters::new(Some(CONTEXT), identities.identifiers(), Some(&stretcher));
        let mut result = self.state.finish(rng, self.input.0.expose(), response, params).map_err(|_| {
            // With a wrong password the unmasked envelope is noise, so that any failure from there on is that failure.
            stretcher.failure().map_or(LoginFailed::WrongNameOrPassword, LoginFailed::Stretch)
        })?;
        let login = ProvenLogin {
            ke3: array(&result.message.serialize()),
            session_key: Key::take(&mut result.session_key),
            export_key: Key::take(&mut result.export_key),
            server_public_key: array(&result.server_s_pk.serialize()),
        };
        Ok(login)
    }
}
