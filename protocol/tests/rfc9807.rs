//! RFC 9807's own test vectors (appendix C), run through the library with the group, the hash and the key exchange of
//! suite 1. They have the identity function where suite 1 has Argon2id, and another context, so the suite here is one of
//! the test's own; `vectors.rs` pins suite 1 itself.
//!
//! The library takes every random value from the generator that it is handed: that of the test hands out the vectors', all
//! of which must be asked for. Not to be seen from outside are the intermediate values (`auth_key`, `handshake_secret` and
//! the like).

#[path = "support/given.rs"]
mod given;

use std::collections::HashMap;

use given::Given;
use opaque_ke::ksf::Identity;
use opaque_ke::{
    CipherSuite, ClientLogin, ClientLoginFinishParameters, ClientRegistration, ClientRegistrationFinishParameters,
    CredentialFinalization, CredentialRequest, CredentialResponse, Identifiers, RegistrationRequest,
    RegistrationResponse, RegistrationUpload, Ristretto255, ServerLogin, ServerLoginParameters, ServerRegistration,
    ServerSetup, TripleDh,
};
use sha2::Sha512;

struct Suite;

impl CipherSuite for Suite {
    type OprfCs = Ristretto255;
    type KeyExchange = TripleDh<Ristretto255, Sha512>;
    type Ksf = Identity;
}

const CONTEXT: &[u8] = b"OPAQUE-POC";

/// The values of one vector.
struct Vector(HashMap<String, Vec<u8>>);

impl Vector {
    fn of(section: &str) -> Self {
        let text = include_str!("rfc9807/vectors.txt");
        let lines = text.lines().skip_while(|line| *line != format!("[{section}]")).skip(1);
        let mut values: HashMap<String, String> = HashMap::new();
        let mut name = String::new();
        for line in lines.take_while(|line| !line.is_empty()) {
            let value = match line.split_once(": ") {
                Some((next, value)) => {
                    name = next.to_owned();
                    value
                }
                None => line.trim(),
            };
            values.entry(name.clone()).or_default().push_str(value);
        }
        Self(values.into_iter().map(|(name, value)| (name, hex::decode(value).unwrap())).collect())
    }

    fn get(&self, name: &str) -> &[u8] {
        self.0.get(name).unwrap_or_else(|| panic!("no {name}"))
    }

    fn identifiers(&self) -> Identifiers<'_> {
        let identity = |name: &str| self.0.get(name).map(Vec::as_slice);
        Identifiers { client: identity("client_identity"), server: identity("server_identity") }
    }

    fn setup(&self) -> ServerSetup<Suite> {
        // The third part, a key for the library's own decoys, is not used where a record is given.
        let parts = [self.get("oprf_seed"), self.get("server_private_key"), self.get("server_public_key")];
        ServerSetup::deserialize(&parts.concat()).unwrap()
    }

    /// A blind as the generator has to hand it out: the library reduces 64 bytes.
    fn blind(&self, name: &str) -> Vec<u8> {
        [self.get(name), &[0; 32]].concat()
    }

    /// The server's answer to KE1, from a record.
    fn answer(&self, record: ServerRegistration<Suite>) -> (CredentialResponse<Suite>, ServerLogin<Suite>) {
        let mut rng = Given::of(&[
            // Drawn for the library's own decoy, which it makes and drops where a record is given.
            &[0; 64],
            self.get("masking_nonce"),
            self.get("server_keyshare_seed"),
            self.get("server_nonce"),
        ]);
        let started = ServerLogin::start(
            &mut rng,
            &self.setup(),
            Some(record),
            CredentialRequest::deserialize(self.get("KE1")).unwrap(),
            self.get("credential_identifier"),
            ServerLoginParameters { context: Some(CONTEXT), identifiers: self.identifiers() },
        )
        .unwrap();
        (started.message, started.state)
    }
}

#[track_caller]
fn assert_hex(got: impl AsRef<[u8]>, expected: &[u8]) {
    assert_eq!(hex::encode(got), hex::encode(expected));
}

fn registration_gives_the_vectors_record(vector: &Vector) {
    let password = vector.get("password");
    let mut rng = Given::of(&[&vector.blind("blind_registration")]);
    let started = ClientRegistration::<Suite>::start(&mut rng, password).unwrap();
    assert_hex(started.message.serialize(), vector.get("registration_request"));

    let request = RegistrationRequest::deserialize(vector.get("registration_request")).unwrap();
    let answered = ServerRegistration::start(&vector.setup(), request, vector.get("credential_identifier")).unwrap();
    assert_hex(answered.message.serialize(), vector.get("registration_response"));

    let mut rng = Given::of(&[vector.get("envelope_nonce")]);
    let response = RegistrationResponse::deserialize(vector.get("registration_response")).unwrap();
    let params = ClientRegistrationFinishParameters::new(vector.identifiers(), None);
    let registered = started.state.finish(&mut rng, password, response, params).unwrap();
    assert_hex(registered.message.serialize(), vector.get("registration_upload"));
    assert_hex(registered.export_key, vector.get("export_key"));
}

fn login_gives_the_vectors_keys(vector: &Vector) {
    let password = vector.get("password");
    let blind = vector.blind("blind_login");
    let mut rng = Given::of(&[&blind, vector.get("client_keyshare_seed"), vector.get("client_nonce")]);
    let client = ClientLogin::<Suite>::start(&mut rng, password).unwrap();
    assert_hex(client.message.serialize(), vector.get("KE1"));

    let upload = RegistrationUpload::deserialize(vector.get("registration_upload")).unwrap();
    let (ke2, server) = vector.answer(ServerRegistration::finish(upload));
    assert_hex(ke2.serialize(), vector.get("KE2"));

    let params = ClientLoginFinishParameters::new(Some(CONTEXT), vector.identifiers(), None);
    let ke2 = CredentialResponse::deserialize(vector.get("KE2")).unwrap();
    let finished = client.state.finish(&mut Given::of(&[]), password, ke2, params).unwrap();
    assert_hex(finished.message.serialize(), vector.get("KE3"));
    assert_hex(finished.export_key, vector.get("export_key"));
    assert_hex(finished.session_key, vector.get("session_key"));

    // The server's half of it, from its serialised state and without identities, as suite 1 does it.
    let server = ServerLogin::<Suite>::deserialize(&server.serialize()).unwrap();
    let ke3 = CredentialFinalization::deserialize(vector.get("KE3")).unwrap();
    let finished = server.finish(ke3, ServerLoginParameters::default()).unwrap();
    assert_hex(finished.session_key, vector.get("session_key"));
}

#[test]
fn a_registration_and_a_login_without_identities_are_those_of_c_1_1() {
    let vector = Vector::of("C.1.1");
    registration_gives_the_vectors_record(&vector);
    login_gives_the_vectors_keys(&vector);
}

#[test]
fn a_registration_and_a_login_with_identities_are_those_of_c_1_2() {
    let vector = Vector::of("C.1.2");
    registration_gives_the_vectors_record(&vector);
    login_gives_the_vectors_keys(&vector);
}

/// The decoy goes in as if it were a record, as the server here does it for an unknown name.
#[test]
fn an_answer_for_an_unknown_name_is_that_of_c_2_1() {
    let vector = Vector::of("C.2.1");
    let envelope = [0; 96];
    let decoy = [vector.get("client_public_key"), vector.get("masking_key"), &envelope].concat();
    let (ke2, _) = vector.answer(ServerRegistration::deserialize(&decoy).unwrap());
    assert_hex(ke2.serialize(), vector.get("KE2"));
}
