//! X25519MLKEM768 for ring, which has X25519 alone (draft-ietf-tls-ecdhe-mlkem): ML-KEM-768 comes from `ml-kem`.
//!
//! The two secrets stand one after the other, so a defect of one leaves the other's strength. Only the client's side is here.

use std::fmt;

use ml_kem::kem::{Decapsulate, DecapsulationKey};
use ml_kem::{EncodedSizeUser, KemCore, MlKem768, MlKem768Params};
use rand_core::OsRng;
use rustls::crypto::ring::kx_group::X25519;
use rustls::crypto::{ActiveKeyExchange, CompletedKeyExchange, SharedSecret, SupportedKxGroup};
use rustls::ffdhe_groups::FfdheGroup;
use rustls::{Error, NamedGroup, PeerMisbehaved, ProtocolVersion};
use zeroize::Zeroizing;

/// Bytes of an ML-KEM-768 ciphertext (FIPS 203, table 3), the first part of the server's share. The rest is X25519's.
const CIPHERTEXT: usize = 1088;

/// The group that rustls calls by this name where aws-lc-rs is the provider.
pub(super) static X25519MLKEM768: &dyn SupportedKxGroup = &Hybrid;

struct Hybrid;

impl SupportedKxGroup for Hybrid {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        let classical = X25519.start()?;
        let (decapsulation_key, encapsulation_key) = MlKem768::generate(&mut OsRng);
        let share = [&encapsulation_key.as_bytes()[..], classical.pub_key()].concat();
        Ok(Box::new(Started { classical, decapsulation_key, share }))
    }

    /// What a server does. This is a client.
    fn start_and_complete(&self, _: &[u8]) -> Result<CompletedKeyExchange, Error> {
        Err(Error::General("X25519MLKEM768 is for clients here".to_owned()))
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        None
    }

    fn name(&self) -> NamedGroup {
        NamedGroup::X25519MLKEM768
    }

    fn usable_for_version(&self, version: ProtocolVersion) -> bool {
        version == ProtocolVersion::TLSv1_3
    }
}

impl fmt::Debug for Hybrid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("X25519MLKEM768")
    }
}

/// What the client keeps between its hello and the server's.
struct Started {
    classical: Box<dyn ActiveKeyExchange>,
    decapsulation_key: DecapsulationKey<MlKem768Params>,
    /// The encapsulation key (1184 bytes), and then X25519's public key (32 bytes).
    share: Vec<u8>,
}

impl ActiveKeyExchange for Started {
    fn complete(self: Box<Self>, server_share: &[u8]) -> Result<SharedSecret, Error> {
        let refused = || Error::from(PeerMisbehaved::InvalidKeyShare);
        let (ciphertext, point) = server_share.split_at_checked(CIPHERTEXT).ok_or_else(refused)?;
        let classical = self.classical.complete(point)?;
        let ciphertext = ciphertext.try_into().map_err(|_| refused())?;
        let post_quantum =
            Zeroizing::new(<[u8; 32]>::from(self.decapsulation_key.decapsulate(&ciphertext).map_err(|()| refused())?));
        Ok(SharedSecret::from([&post_quantum[..], classical.secret_bytes()].concat()))
    }

    /// A server that knows X25519 alone takes the share that is in this one already.
    fn hybrid_component(&self) -> Option<(NamedGroup, &[u8])> {
        Some((self.classical.group(), self.classical.pub_key()))
    }

    fn complete_hybrid_component(self: Box<Self>, server_share: &[u8]) -> Result<SharedSecret, Error> {
        self.classical.complete(server_share)
    }

    fn pub_key(&self) -> &[u8] {
        &self.share
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        None
    }

    fn group(&self) -> NamedGroup {
        NamedGroup::X25519MLKEM768
    }
}
