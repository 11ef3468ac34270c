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
use lock_keeper_testbed::residue::Needle;
use lock_keeper_testbed::{RawClient, Server};
use rand::RngCore;
use rand::rngs::OsRng;
use sha2::Sha512;

use crate::app::Told;

/// A person whom no other test knows.
pub(crate) struct Person {
    name: String,
    password: String,
    new_password: String,
    wrong_password: String,
    label: String,
    secret: [u8; 40],
}

/// What an app that holds the account unlocked may have in memory, and after `lock()` may not.
pub(crate) struct Known {
    name: Needle,
    held: Vec<Needle>,
    more: Vec<Needle>,
}

impl Known {
    pub(crate) fn name(&self) -> Needle {
        self.name.clone()
    }

    /// What an unlocked session has to hold, and what the app has asked it for.
    pub(crate) fn held(&self) -> Vec<Needle> {
        self.held.clone()
    }

    pub(crate) fn all(&self) -> Vec<Needle> {
        [self.held.as_slice(), &self.more].concat()
    }
}

fn random_text(what: &str) -> String {
    format!("{what}.{:016x}.{:016x}", OsRng.next_u64(), OsRng.next_u64())
}

impl Person {
    pub(crate) fn random() -> Self {
        let mut secret = [0; 40];
        OsRng.fill_bytes(&mut secret);
        Self {
            name: random_text("ada"),
            password: random_text("correct horse"),
            new_password: random_text("battery staple"),
            wrong_password: random_text("a wrong guess"),
            label: random_text("key of the front door"),
            secret,
        }
    }

    pub(crate) fn told(&self, server: &Server) -> Told {
        Told {
            connect_json: server.connect_json(),
            name: self.name.clone(),
            password: self.password.clone(),
            new_password: self.new_password.clone(),
            wrong_password: self.wrong_password.clone(),
            label: self.label.clone(),
            secret: self.secret,
        }
    }

    /// After the app has done its work.
    pub(crate) fn known(&self, server: &Server) -> Known {
        let account = AccountName::prepare(&self.name).unwrap();
        let input = |text: &str| Password::prepare(text).unwrap().input(&server.realm(), &account);
        let typed = input(&self.new_password);

        let http = RawClient::new(server);
        let identities = Identities { realm: server.realm(), account: account.clone() };
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

        Known {
            name: Needle::text("the account's name", &self.name),
            held: vec![
                Needle::bytes("the input of the second password", typed.0.expose()),
                Needle::bytes("the key of owner tags", vault.owner_tag_key().expose()),
                Needle::bytes("an imported secret", &self.secret),
                Needle::text("a label", &self.label),
            ],
            more: vec![
                Needle::text("the first password", &self.password),
                Needle::text("the second password", &self.new_password),
                Needle::text("a wrong password", &self.wrong_password),
                Needle::bytes("the input of the first password", input(&self.password).0.expose()),
                Needle::bytes("the input of a wrong password", input(&self.wrong_password).0.expose()),
                Needle::bytes("the export key", opened.export_key.expose()),
                Needle::bytes("the master key", &master),
                Needle::bytes("a generated secret", &self.generated(server)),
            ],
        }
    }

    /// The secret that the app had made, from another device.
    fn generated(&self, server: &Server) -> Vec<u8> {
        let config = ServerConfig::from_connect_json(server.connect_json().as_bytes()).unwrap();
        let client = LockKeeperClient::new(config.clone(), Env::new(&config, Arc::new(MemoryStore::default())));
        let call = Call::default();
        let typed = password(&self.new_password).unwrap();
        let session = client.open_session(&self.name, typed, SessionOptions::default(), &call).unwrap();
        let listed = session.list(None, 10, &call).unwrap();
        let made = listed.iter().find(|info| info.origin == Origin::Generated).unwrap();
        session.retrieve(made.id, Purpose::Unspecified, &call).unwrap().bytes.expose().to_vec()
    }
}
