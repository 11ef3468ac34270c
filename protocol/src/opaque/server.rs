use opaque_ke::{
    CredentialFinalization, CredentialRequest, RegistrationRequest, RegistrationUpload, ServerLogin,
    ServerLoginParameters, ServerRegistration,
};
use rand_core::CryptoRngCore;

use super::suite::Suite1;
use super::{
    CONTEXT, Identities, KE1, KE2, KE3, LOGIN_STATE, PUBLIC_KEY, RECORD, REGISTRATION_REQUEST, REGISTRATION_RESPONSE,
    SERVER_SETUP, array,
};
use crate::cbor::Malformed;
use crate::key::{Key, Key64};

/// The server's long-term OPAQUE secrets: OPRF seed and static key pair (RFC 9807, section 5). Losing them loses every account.
pub struct ServerSetup(opaque_ke::ServerSetup<Suite1>);

impl ServerSetup {
    /// A fresh setup.
    pub fn random(rng: &mut impl CryptoRngCore) -> Self {
        Self(opaque_ke::ServerSetup::new(rng))
    }

    /// Reads a setup of exactly 128 bytes.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        if bytes.len() != SERVER_SETUP {
            return Err(Malformed);
        }
        opaque_ke::ServerSetup::deserialize(bytes).map(Self).map_err(|_| Malformed)
    }

    /// The setup's 128 bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Key<SERVER_SETUP> {
        Key::take(&mut self.0.serialize())
    }

    /// The static public key, which clients pin.
    #[must_use]
    pub fn public_key(&self) -> [u8; PUBLIC_KEY] {
        array(&self.0.keypair().public().serialize())
    }
}

/// A registration record: what the server keeps of a password. 192 bytes that are known to be well formed.
#[derive(Clone)]
pub struct RegistrationRecord([u8; RECORD]);

impl RegistrationRecord {
    /// Takes a client's upload, or a record that was kept.
    ///
    /// # Errors
    /// [`Malformed`] where it is not exactly 192 bytes of a well-formed record.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let record: [u8; RECORD] = bytes.try_into().map_err(|_| Malformed)?;
        RegistrationUpload::<Suite1>::deserialize(&record).map_err(|_| Malformed)?;
        Ok(Self(record))
    }

    /// The record's 192 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; RECORD] {
        &self.0
    }

    /// A record that nobody knows a password for: a random client key, random envelope and masking key.
    #[must_use]
    pub fn decoy(rng: &mut impl CryptoRngCore) -> Self {
        let client_public_key = ServerSetup::random(rng).public_key();
        let mut record = [0; RECORD];
        rng.fill_bytes(&mut record[PUBLIC_KEY..]);
        record[..PUBLIC_KEY].copy_from_slice(&client_public_key);
        Self(record)
    }
}

/// Answers a registration request (RFC 9807, section 5.2).
///
/// # Errors
/// [`Malformed`] where the request is no group element.
pub fn respond_to_registration(
    setup: &ServerSetup,
    request: &[u8; REGISTRATION_REQUEST],
    credential_identifier: &[u8; 32],
) -> Result<[u8; REGISTRATION_RESPONSE], Malformed> {
    let request = RegistrationRequest::deserialize(request).map_err(|_| Malformed)?;
    let started =
        ServerRegistration::<Suite1>::start(&setup.0, request, credential_identifier).map_err(|_| Malformed)?;
    Ok(array(&started.message.serialize()))
}

/// What the server has after KE1.
pub struct StartedLogin {
    /// KE2, to be sent only after the attempt has been charged.
    pub ke2: [u8; KE2],
    /// The state that KE3 needs; good for one use.
    pub state: Key<LOGIN_STATE>,
}

/// Answers KE1 (RFC 9807, section 6.2). For a name that is not registered, `record` is a decoy: there is no other path.
///
/// # Errors
/// [`Malformed`] where KE1 is not one.
pub fn start_login(
    rng: &mut impl CryptoRngCore,
    setup: &ServerSetup,
    record: &RegistrationRecord,
    ke1: &[u8; KE1],
    credential_identifier: &[u8; 32],
    identities: &Identities,
) -> Result<StartedLogin, Malformed> {
    let record = ServerRegistration::<Suite1>::deserialize(&record.0).map_err(|_| Malformed)?;
    let request = CredentialRequest::deserialize(ke1).map_err(|_| Malformed)?;
    let started =
        ServerLogin::start(rng, &setup.0, Some(record), request, credential_identifier, parameters(identities))
            .map_err(|_| Malformed)?;
    Ok(StartedLogin { ke2: array(&started.message.serialize()), state: Key::take(&mut started.state.serialize()) })
}

/// KE3 does not prove the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("KE3 does not verify")]
pub struct KeyExchangeRefused;

/// Checks KE3 (RFC 9807, section 6.4.4) and answers the session key. 3DH needs no identities here: KE2's MAC covers them.
///
/// # Errors
/// [`KeyExchangeRefused`].
pub fn finish_login(state: &Key<LOGIN_STATE>, ke3: &[u8; KE3]) -> Result<Key64, KeyExchangeRefused> {
    let state = ServerLogin::<Suite1>::deserialize(state.expose()).map_err(|_| KeyExchangeRefused)?;
    let ke3 = CredentialFinalization::deserialize(ke3).map_err(|_| KeyExchangeRefused)?;
    let mut result = state.finish(ke3, ServerLoginParameters::default()).map_err(|_| KeyExchangeRefused)?;
    let session_key = Key::take(&mut result.session_key);
    Ok(session_key)
}

fn parameters(identities: &Identities) -> ServerLoginParameters<'_, '_> {
    ServerLoginParameters { context: Some(CONTEXT), identifiers: identities.identifiers() }
}
