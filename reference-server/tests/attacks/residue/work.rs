//! What a person does with an account, and everything that is secret about it.

use std::sync::Arc;

use lock_keeper_core::{
    AuditCursor, AuditFilter, Call, Code, Env, LockKeeperClient, MemoryStore, NewSecret, Purpose, ServerConfig,
    SessionOptions, password,
};
use lock_keeper_testbed::Program;
use lock_keeper_testbed::residue::{Needle, Person};

fn client(program: &Program) -> LockKeeperClient {
    let config = ServerConfig::from_connect_json(program.connect_json().as_bytes()).unwrap();
    let env = Env::new(&config, Arc::new(MemoryStore::default()));
    LockKeeperClient::new(config, env)
}

/// Does everything that can be done with an account but to delete it, from two devices. Answers what is secret about it. No
/// connection stays open.
pub(crate) fn works(person: &Person, program: &Program) -> Vec<Needle> {
    let call = Call::default();
    let typed = |text: &str| password(text).unwrap();
    let options = SessionOptions::default;

    let first = client(program);
    let session = first.register(&person.name, typed(&person.password), None, options(), &call).unwrap();
    let new = NewSecret { label: Some(person.label.clone()), ..NewSecret::default() };
    let generated = session.generate(new, &call).unwrap();
    let imported = session.import_secret(person.secret.as_slice().into(), Some(&person.label), None, &call).unwrap();
    assert!(session.retrieve(imported.id, Purpose::LocalOnly, &call).unwrap().bytes.expose() == person.secret);
    let _ = session.export(generated.info.id, &call).unwrap();
    assert_eq!(session.list(None, 10, &call).unwrap().len(), 2);
    session.change_password(typed(&person.password), typed(&person.new_password), &call).unwrap();
    assert!(!session.audit(&AuditFilter::default(), AuditCursor::newest(), &call).unwrap().entries.is_empty());
    session.delete(imported.id, &call).unwrap();
    session.lock();

    let second = client(program);
    let refused = second.open_session(&person.name, typed(&person.wrong_password), options(), &call);
    assert_eq!(refused.err().map(|error| error.code), Some(Code::WrongNameOrPassword));
    let session = second.open_session(&person.name, typed(&person.new_password), options(), &call).unwrap();
    let found = session.retrieve(generated.info.id, Purpose::Export, &call).unwrap();
    assert!(found.bytes == generated.bytes);
    session.lock();

    let mut needles = person.secrets(&program.realm());
    needles.push(Needle::bytes("a generated secret", generated.bytes.expose()));
    needles
}
