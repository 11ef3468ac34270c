use std::sync::{Arc, Mutex};

use lock_keeper_protocol::identity::{AccountName, Password, PasswordInput, Realm};
use lock_keeper_protocol::key::Key64;
use lock_keeper_protocol::opaque::{
    Argon2id, CONTEXT, Identities, RegistrationRecord, ServerSetup, Stretch, StretchFailed, answer_login, finish_login,
    respond_to_registration, start_login, start_registration,
};
use serde_json::json;

use crate::given::Given;
use crate::vector_file::{check, fixed, scalar};

/// Suite 1's stretching, which remembers what went in and what came out.
#[derive(Default)]
struct Watched(Mutex<Vec<(Key64, Key64)>>);

impl Stretch for Watched {
    fn stretch(&self, oprf_output: &Key64) -> Result<Key64, StretchFailed> {
        let stretched = Argon2id.stretch(oprf_output)?;
        self.0.lock().unwrap().push((oprf_output.clone(), stretched.clone()));
        Ok(stretched)
    }
}

/// A server whose long-term secrets are fixed.
fn setup() -> ServerSetup {
    let decoy_key = scalar("the library's decoy key");
    ServerSetup::random(&mut Given::of(&[&scalar("server key"), &fixed::<64>("OPRF seed"), &decoy_key]))
}

fn identities() -> Identities {
    Identities { realm: Realm::new("keys.example").unwrap(), account: AccountName::prepare("ada").unwrap() }
}

fn input() -> PasswordInput {
    let identities = identities();
    Password::prepare("correct horse battery staple").unwrap().input(&identities.realm, &identities.account)
}

#[test]
fn a_registration_and_a_login_in_suite_1_are_those_of_the_vectors() {
    let (setup, identities, input) = (setup(), identities(), input());
    let stretch = Arc::new(Watched::default());
    let credential_identifier = fixed::<32>("credential identifier");
    let blind_registration = scalar("blind of the registration");
    let envelope_nonce = fixed::<32>("envelope nonce");

    let (pending, request) = start_registration(&mut Given::of(&[&blind_registration]), &input).unwrap();
    let response = respond_to_registration(&setup, &request, &credential_identifier).unwrap();
    let registered =
        pending.finish(&mut Given::of(&[&envelope_nonce]), &response, &identities, stretch.clone()).unwrap();
    assert_eq!(registered.server_public_key, setup.public_key());

    let blind_login = scalar("blind of the login");
    let client_keyshare_seed = fixed::<32>("client key share");
    let client_nonce = fixed::<32>("client nonce");
    let masking_nonce = fixed::<32>("masking nonce");
    let server_keyshare_seed = fixed::<32>("server key share");
    let server_nonce = fixed::<32>("server nonce");

    let mut rng = Given::of(&[&blind_login, &client_keyshare_seed, &client_nonce]);
    let (pending, ke1) = start_login(&mut rng, &input).unwrap();
    let record = RegistrationRecord::from_bytes(&registered.upload).unwrap();
    // The library draws 64 bytes for a decoy of its own, which it drops.
    let mut rng = Given::of(&[&[0; 64], &masking_nonce, &server_keyshare_seed, &server_nonce]);
    let answer = answer_login(&mut rng, &setup, &record, &ke1, &credential_identifier, &identities).unwrap();
    let proven = pending.finish(&mut Given::of(&[]), &answer.ke2, &identities, stretch.clone()).unwrap();
    let session_key = finish_login(&answer.state, &proven.ke3).unwrap();
    assert_eq!(session_key, proven.session_key);
    assert_eq!(registered.export_key, proven.export_key);

    let stretched = stretch.0.lock().unwrap();
    assert!(stretched.len() == 2 && stretched[0] == stretched[1]);
    let secrets = setup.to_bytes();
    check(
        "opaque",
        &json!({
            "protocol": "docs/protocol.md, section 3.1",
            "what": "a registration and a login in suite 1; names as in RFC 9807, appendix C. Key share seeds go into \
                     DeriveDiffieHellmanKeyPair; blinds and private keys are scalars, little-endian",
            "suite": 1,
            "context": String::from_utf8_lossy(CONTEXT),
            "server_identity": identities.realm.as_str(),
            "client_identity": identities.account.as_str(),
            "password": hex::encode(input.0.expose()),
            "oprf_seed": hex::encode(&secrets.expose()[..64]),
            "server_private_key": hex::encode(&secrets.expose()[64..96]),
            "server_public_key": hex::encode(setup.public_key()),
            "credential_identifier": hex::encode(credential_identifier),
            "registration": {
                "blind": hex::encode(&blind_registration[..32]),
                "envelope_nonce": hex::encode(envelope_nonce),
                "registration_request": hex::encode(request),
                "registration_response": hex::encode(response),
                "registration_upload": hex::encode(registered.upload),
            },
            "stretching": {
                "oprf_output": hex::encode(stretched[0].0.expose()),
                "stretched": hex::encode(stretched[0].1.expose()),
            },
            "login": {
                "blind": hex::encode(&blind_login[..32]),
                "client_keyshare_seed": hex::encode(client_keyshare_seed),
                "client_nonce": hex::encode(client_nonce),
                "masking_nonce": hex::encode(masking_nonce),
                "server_keyshare_seed": hex::encode(server_keyshare_seed),
                "server_nonce": hex::encode(server_nonce),
                "ke1": hex::encode(ke1),
                "ke2": hex::encode(answer.ke2),
                "ke3": hex::encode(proven.ke3),
                "session_key": hex::encode(session_key.expose()),
                "export_key": hex::encode(proven.export_key.expose()),
            },
        }),
    );
}
