//! What there is to know about an account, as its owner knows it: some of it typed, some of it worked out.

use std::sync::Arc;

use hkdf::Hkdf;
use lock_keeper_core::vault::{MasterKey, Vault};
use lock_keeper_core::{
    Call, Env, LockKeeperClient, MemoryStore, Origin, Purpose, ServerConfig, SessionOptions, password,
};
use lock_keeper_protocol::cbor::Nullable;
use lock_keeper_protocol::identity::{AccountName, Password};
use lock_keeper_protocol::login;
use lock_keeper_protocol::message::{CBOR, Hello, path};
use lock_keeper_protocol::opaque::{Argon2id, Identities};
use lock_keeper_testbed::residue::{Needle, Person, keys_of_people};
use lock_keeper_testbed::{RawClient, Server};
use rand::rngs::OsRng;
use sha2::Sha512;

use crate::app::Told;

/// What an app that holds the account unlocked may have in memory, and after `lock()` may not.
pub(crate) struct Known {
    name: Needle,
    held: Vec<Needle>,
    keys: Vec<Needle>,
    all: Vec<Needle>,
}

impl Known {
    pub(crate) fn name(&self) -> Needle {
        self.name.clone()
    }

    /// What an unlocked session has to hold, and what the app has asked it for.
    pub(crate) fn held(&self) -> Vec<Needle> {
        self.held.clone()
    }

    /// The keys of the app's sessions that the server still knows: the last of them is in use.
    pub(crate) fn keys(&self) -> Vec<Needle> {
        self.keys.clone()
    }

    pub(crate) fn all(&self) -> Vec<Needle> {
        self.all.clone()
    }
}

/// What the app is told.
pub(crate) fn told(person: &Person, server: &Server) -> Told {
    Told {
        connect_json: server.connect_json(),
        name: person.name.clone(),
        password: person.password.clone(),
        new_password: person.new_password.clone(),
        wrong_password: person.wrong_password.clone(),
        label: person.label.clone(),
        secret: person.secret,
    }
}

/// After the app has done its work.
pub(crate) fn known(person: &Person, server: &Server) -> Known {
    // Those of the app's sessions and of no other's: nobody else has logged in yet.
    let keys = keys_of_people(server);
    let account = AccountName::prepare(&person.name).unwrap();
    let typed = Password::prepare(&person.new_password).unwrap().input(&server.realm(), &account);

    let http = RawClient::new(server);
    let identities = Identities { realm: server.realm(), account };
    let started = login::start(&mut OsRng, identities, &typed, &[9; 64]).unwrap();
    let answer = http.post(path::SESSION_START, CBOR, started.body());
    let proven = started.started(&mut OsRng, answer.success(), &[server.public_key()], Arc::new(Argon2id)).unwrap();
    let hello = Hello { seen: Nullable(None), request: Nullable(None) };
    let opening = proven.open(&mut OsRng, &hello).unwrap();
    let answer = http.post(path::SESSION_FINISH, CBOR, opening.body());
    let opened = opening.welcome(answer.success()).unwrap();
    let welcome = &opened.welcome;
    let sealed = &welcome.sealed_storage_key.0.as_ref().unwrap().0;
    let master = MasterKey::derive(&opened.export_key);
    let vault = Vault::open(&master, sealed, &server.realm(), &welcome.user_id, welcome.generation).unwrap();
    let mut master = [0; 32];
    let hkdf = Hkdf::<Sha512>::new(None, opened.export_key.expose());
    hkdf.expand(b"OPAQUE-derived Lock Keeper master key", &mut master).unwrap();

    let owner_tags = Needle::bytes("the key of owner tags", vault.owner_tag_key().expose());
    let mut all = person.secrets(&server.realm());
    all.extend(keys.iter().cloned());
    all.extend([
        owner_tags.clone(),
        Needle::bytes("the export key", opened.export_key.expose()),
        Needle::bytes("the master key", &master),
        Needle::bytes("a generated secret", &generated(person, server)),
    ]);
    let held = vec![
        person.new_input(&server.realm()),
        owner_tags,
        Needle::bytes("an imported secret", &person.secret),
        Needle::text("a label", &person.label),
    ];
    Known { name: person.name_needle(), held, keys, all }
}

/// The secret that the app had made, from another device.
fn generated(person: &Person, server: &Server) -> Vec<u8> {
    let config = ServerConfig::from_connect_json(server.connect_json().as_bytes()).unwrap();
    let client = LockKeeperClient::new(config.clone(), Env::new(&config, Arc::new(MemoryStore::default())));
    let call = Call::default();
    let typed = password(&person.new_password).unwrap();
    let session = client.open_session(&person.name, typed, SessionOptions::default(), &call).unwrap();
    let listed = session.list(None, 10, &call).unwrap();
    let made = listed.iter().find(|info| info.origin == Origin::Generated).unwrap();
    session.retrieve(made.id, Purpose::Unspecified, &call).unwrap().bytes.expose().to_vec()
}
