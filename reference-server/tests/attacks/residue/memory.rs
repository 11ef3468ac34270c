//! The memory of the server's process.
//!
//! It holds its own keys as long as it runs. What is a person's it holds while it answers them, and no longer.

use lock_keeper_protocol::cbor;
use lock_keeper_protocol::cbor::{Bytes, Nullable};
use lock_keeper_protocol::message::{CBOR, SessionStart, path};
use lock_keeper_testbed::residue::{
    Findings, Needles, Person, key_encryption_key, keys_of_people, search_memory, search_memory_until_clean,
};
use lock_keeper_testbed::{Engine, Held, Program};

use super::serve;
use super::work::works;

/// A request that names the account and of which the last byte does not come.
fn begin_login(program: &Program, person: &Person) -> Held {
    let start = SessionStart {
        name: person.name.clone(),
        ke1: Bytes([1; 96]),
        device_cookie: Bytes([2; 64]),
        ticket: Nullable(None),
    };
    let body = cbor::encode(&start);
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {CBOR}\r\ncontent-length: {}\r\n\r\n",
        path::SESSION_START,
        body.len()
    );
    program.client().send_and_hold(&[head.as_bytes(), &body[..body.len() - 1]].concat())
}

fn only_what_is_the_servers_own_stays(engine: Engine) {
    let program = serve(engine);
    let person = Person::random();
    let mut needles = works(&person, &program);
    needles.extend(keys_of_people(&program));
    needles.push(person.name_needle());
    let needles = Needles::new(&needles);

    // Were the search blind, it would neither see the key that the server needs nor the name in a request that is under way.
    let own = Needles::new(&[key_encryption_key(&program)]);
    assert!(!search_memory(program.id(), &own).is_empty());
    let request = begin_login(&program, &person);
    let mut found = search_memory(program.id(), &needles);
    for _ in 0..100 {
        if found.is_empty() {
            found = search_memory(program.id(), &needles);
        }
    }
    assert!(found.iter().any(|finding| finding.starts_with("the account's name (raw)")), "{found:?}");
    drop(request);

    assert_eq!(search_memory_until_clean(program.id(), &needles), Findings::new());
}

#[test]
fn a_server_on_sqlite_keeps_nothing_of_a_person_in_memory() {
    only_what_is_the_servers_own_stays(Engine::Sqlite);
}

#[test]
fn a_server_on_postgres_keeps_nothing_of_a_person_in_memory() {
    only_what_is_the_servers_own_stays(Engine::Postgres);
}
