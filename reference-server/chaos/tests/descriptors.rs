//! A process that may open no descriptor more.

use std::sync::mpsc;
use std::thread;

use lock_keeper_chaos::exhaustion::{limit_descriptors, next_descriptor};
use lock_keeper_chaos::postgres_link::PostgresLink;
use lock_keeper_chaos::server::PATIENCE;
use lock_keeper_chaos::site::{Operations, Site};
use lock_keeper_protocol::cbor::Nullable;
use lock_keeper_protocol::message::{Answer, Operation};
use lock_keeper_protocol::problem::Problem;
use lock_keeper_testbed::Device;
use lock_keeper_testbed::postgres::Database;

const OPERATIONS: Operations = Operations { per_session: 64, pool_size: 4 };

const LIST: Operation = Operation::List { after: Nullable(None), limit: 10 };

#[test]
fn who_comes_when_no_descriptor_is_left_waits_and_those_who_are_in_are_served() {
    let site = Site::new(None, OPERATIONS);
    let server = site.serve();
    let mut ada = Device::over(site.raw_client(), site.realm(), "ada", "correct horse").registered();
    let mut session = ada.login();

    limit_descriptors(server.id(), Some(next_descriptor(server.id())));
    let (tell, told) = mpsc::channel();
    let late = site.raw_client();
    let waiting = thread::spawn(move || {
        let reply = late.get("/v1/server");
        tell.send(()).expect("the test waits for it");
        reply.status
    });
    for _ in 0..20 {
        assert!(matches!(session.request(LIST), Answer::Listed { .. }));
    }
    assert!(told.try_recv().is_err(), "there is no descriptor for it");

    limit_descriptors(server.id(), None);
    told.recv_timeout(PATIENCE).expect("it gets in without a restart");
    assert_eq!(waiting.join().unwrap(), 200);
    assert!(matches!(session.request(LIST), Answer::Listed { .. }));
    assert_eq!(server.kill(), [""; 0], "no answer of 500, no panic");
}

#[test]
fn a_database_that_can_not_be_reached_for_want_of_a_descriptor_is_a_503_until_there_is_one() {
    let database = Database::empty();
    let url = database.url();
    let link = PostgresLink::before(&url);
    let site = Site::new(Some(&link.url(&url)), OPERATIONS);
    let server = site.serve();
    let mut ada = Device::over(site.raw_client(), site.realm(), "ada", "correct horse").registered();
    let mut session = ada.login();

    limit_descriptors(server.id(), Some(3));
    link.cut_all();
    let frame = session.seal(LIST);
    session.send(&frame).assert_refused(Problem::Busy);
    ada.guess().assert_refused(Problem::Busy);

    limit_descriptors(server.id(), None);
    let answer = session.read(&frame, &session.send(&frame));
    assert!(matches!(answer, Answer::Listed { .. }));
    assert_eq!(server.kill(), [""; 0], "no answer of 500, no panic");
}
