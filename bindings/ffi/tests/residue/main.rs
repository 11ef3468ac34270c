//! After `lock()` an app over the library for phones holds nothing of the account in its memory: `host.c` is such an app, and
//! calls what Swift and Kotlin call. It is stopped, and all that it can write to is searched, once.
//!
//! What the garbage collector of a JVM or a platform's own types keep is not looked at: an app in C has neither.
//!
//! The library and the key server are those that were built last: `cargo build --workspace`.

mod host;

use std::sync::Arc;

use lock_keeper_core::{
    Call, Env, LockKeeperClient, MemoryStore, Origin, Purpose, ServerConfig, SessionOptions, password,
};
use lock_keeper_testbed::residue::{Findings, Needle, Needles, Person, keys_of_people, search_memory};
use lock_keeper_testbed::{Engine, Program, ProgramSettings};

use host::{Host, built};

/// The secret that the app had made, from another device.
fn generated(person: &Person, program: &Program) -> Needle {
    let config = ServerConfig::from_connect_json(program.connect_json().as_bytes()).unwrap();
    let client = LockKeeperClient::new(config.clone(), Env::new(&config, Arc::new(MemoryStore::default())));
    let call = Call::default();
    let typed = password(&person.new_password).unwrap();
    let session = client.open_session(&person.name, typed, SessionOptions::default(), &call).unwrap();
    let listed = session.list(None, 10, &call).unwrap();
    let made = listed.iter().find(|info| info.origin == Origin::Generated).unwrap();
    Needle::bytes("a generated secret", session.retrieve(made.id, Purpose::Unspecified, &call).unwrap().bytes.expose())
}

#[test]
fn nothing_of_an_account_is_in_the_memory_of_an_app_over_the_library_for_phones_after_it_is_locked() {
    let program =
        Program::start(built("lock-keeper-server").to_str().unwrap(), Engine::Sqlite, &ProgramSettings::default());
    let person = Person::random();
    let mut host = Host::start(&person, &program.connect_json());
    host.is("unlocked");

    // Were the search blind, it would not see what an unlocked session and the app hold.
    let held = [
        person.new_input(&program.realm()),
        Needle::bytes("an imported secret", &person.secret),
        Needle::text("a label", &person.label),
    ];
    let found = search_memory(host.id(), &Needles::new(&held));
    for needle in &held {
        let raw = format!("{} (raw)", needle.what());
        assert!(found.iter().any(|finding| finding.starts_with(&raw)), "{raw} is not found: {found:?}");
    }

    // The keys are those of the app's sessions, and of no other's: nobody else has logged in yet.
    let mut all = keys_of_people(&program);
    assert_ne!(search_memory(host.id(), &Needles::new(&all)), Findings::new(), "no key of a session is found");
    all.push(generated(&person, &program));
    all.extend(person.secrets(&program.realm()));
    host.goes_on();
    host.is("locked");
    assert_eq!(search_memory(host.id(), &Needles::new(&all)), Findings::new(), "after lock()");

    // A locked session still says whose it is: docs/adr/0022-a-locked-session-says-whose-it-is.md.
    let name = Needles::new(&[person.name_needle()]);
    assert_ne!(search_memory(host.id(), &name), Findings::new());
    host.goes_on();
    host.is("dropped");
    assert_eq!(search_memory(host.id(), &name), Findings::new(), "after the session was dropped");
}
