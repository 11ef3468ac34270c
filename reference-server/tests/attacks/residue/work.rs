//! What a person does with an account, and everything that is secret about it.

use std::sync::Arc;

use lock_keeper_core::{
    AuditCursor, AuditFilter, Call, Code, Env, LockKeeperClient, MemoryStore, NewSecret, Purpose, ServerConfig,
    SessionOptions, password,
};
use lock_keeper_protocol::identity::{AccountName, Password};
use lock_keeper_testbed::Program;
use lock_keeper_testbed::residue::Needle;
use rand::RngCore;
use rand::rngs::OsRng;

/// A person whom no other test knows.
pub(crate) struct Person {
    pub(crate) name: String,
    password: String,
    new_password: String,
    wrong_password: String,
    label: String,
    imported: [u8; 40],
}

fn random_text(what: &str) -> String {
    format!("{what}.{:016x}.{:016x}", OsRng.next_u64(), OsRng.next_u64())
}

impl Person {
    pub(crate) fn random() -> Self {
        let mut imported = [0; 40];
        OsRng.fill_bytes(&mut imported);
        Self {
            name: random_text("ada"),
            password: random_text("correct horse"),
            new_password: random_text("battery staple"),
            wrong_password: random_text("a wrong guess"),
            label: random_text("key of the front door"),
            imported,
        }
    }

    fn client(program: &Program) -> LockKeeperClient {
        let config = ServerConfig::from_connect_json(program.connect_json().as_bytes()).unwrap();
        let env = Env::new(&config, Arc::new(MemoryStore::default()));
        LockKeeperClient::new(config, env)
    }

    /// Does everything that can be done with an account but to delete it, from two devices. Answers what is secret about it. No
    /// connection stays open.
    pub(crate) fn works(&self, program: &Program) -> Vec<Needle> {
        let call = Call::default();
        let typed = |text: &str| password(text).unwrap();
        let options = SessionOptions::default;

        let first = Self::client(program);
        let session = first.register(&self.name, typed(&self.password), None, options(), &call).unwrap();
        let new = NewSecret { label: Some(self.label.clone()), ..NewSecret::default() };
        let generated = session.generate(new, &call).unwrap();
        let imported = session.import_secret(self.imported.as_slice().into(), Some(&self.label), None, &call).unwrap();
        assert!(session.retrieve(imported.id, Purpose::LocalOnly, &call).unwrap().bytes.expose() == self.imported);
        let _ = session.export(generated.info.id, &call).unwrap();
        assert_eq!(session.list(None, 10, &call).unwrap().len(), 2);
        session.change_password(typed(&self.password), typed(&self.new_password), &call).unwrap();
        assert!(!session.audit(&AuditFilter::default(), AuditCursor::newest(), &call).unwrap().entries.is_empty());
        session.delete(imported.id, &call).unwrap();
        session.lock();

        let second = Self::client(program);
        let refused = second.open_session(&self.name, typed(&self.wrong_password), options(), &call);
        assert_eq!(refused.err().map(|error| error.code), Some(Code::WrongNameOrPassword));
        let session = second.open_session(&self.name, typed(&self.new_password), options(), &call).unwrap();
        let found = session.retrieve(generated.info.id, Purpose::Export, &call).unwrap();
        assert!(found.bytes == generated.bytes);
        session.lock();

        let mut needles = self.secrets(program);
        needles.push(Needle::bytes("a generated secret", generated.bytes.expose()));
        needles
    }

    /// The account's name, which the server has to know while it answers.
    pub(crate) fn name(&self) -> Needle {
        Needle::text("the account's name", &self.name)
    }

    fn secrets(&self, program: &Program) -> Vec<Needle> {
        let account = AccountName::prepare(&self.name).unwrap();
        let input = |text: &str| *Password::prepare(text).unwrap().input(&program.realm(), &account).0.expose();
        vec![
            Needle::text("the first password", &self.password),
            Needle::text("the second password", &self.new_password),
            Needle::text("a wrong password", &self.wrong_password),
            Needle::bytes("the input of the first password", &input(&self.password)),
            Needle::bytes("the input of the second password", &input(&self.new_password)),
            Needle::text("a label", &self.label),
            Needle::bytes("an imported secret", &self.imported),
        ]
    }
}
