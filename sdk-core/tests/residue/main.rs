//! After `lock()` an app's process holds nothing of the account but its name: the process is stopped and its memory searched, once.
//! And what an app may write into its log holds nothing of it at any time.
//!
//! The app is a process of its own, `app.rs`, over this crate and an allocator that wipes what is freed: the one that the command line
//! has, and in the library for phones there is another. Without one, buffers of HTTP, TLS and CBOR stay behind as they were.
//!
//! The app tells how far it is on standard output, and goes on when it is told to on standard input.

mod app;
mod known;
mod process;
mod said;

use std::alloc::System;

use lock_keeper_testbed::residue::{Findings, Needles, Person, search_memory};
use lock_keeper_testbed::{Engine, Server};
use zeroizing_alloc::ZeroAlloc;

use known::{known, told};
use process::App;

#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

#[test]
fn nothing_of_an_account_is_in_memory_after_it_is_locked() {
    let server = Server::start(Engine::Sqlite);
    let person = Person::random();
    let mut app = App::start(&told(&person, &server));
    app.is(app::UNLOCKED);
    let known = known(&person, &server);
    let (held, all) = (Needles::new(&known.held()), Needles::new(&known.all()));

    // Were the search blind, it would not see what an unlocked session has to hold.
    let found = search_memory(app.id(), &held);
    for needle in known.held() {
        let raw = format!("{} (raw)", needle.what());
        assert!(found.iter().any(|finding| finding.starts_with(&raw)), "{raw} is not found: {found:?}");
    }
    assert_ne!(search_memory(app.id(), &Needles::new(&known.keys())), Findings::new(), "no key of a session is found");

    app.goes_on();
    app.is(app::LOCKED);
    assert_eq!(search_memory(app.id(), &all), Findings::new(), "after lock()");

    // A locked session still says whose it is: docs/adr/0022-a-locked-session-says-whose-it-is.md.
    let name = Needles::new(&[known.name()]);
    assert_ne!(search_memory(app.id(), &name), Findings::new());
    app.goes_on();
    app.is(app::DROPPED);
    assert_eq!(search_memory(app.id(), &name), Findings::new(), "after the session was dropped");
}

#[test]
fn a_panic_in_the_middle_of_a_call_prints_nothing_of_the_account() {
    let server = Server::start(Engine::Sqlite);
    let person = Person::random();
    let mut app = App::start_panicking(&told(&person, &server));
    app.is(app::UNLOCKED);
    let known = known(&person, &server);
    let mut needles = known.all();
    needles.push(known.name());
    let said = app.ends();
    assert!(said.contains(app::PANIC) && said.contains("stack backtrace"), "{said}");
    assert_eq!(Needles::new(&needles).in_bytes(said.as_bytes()), Findings::new(), "{said}");
}
