//! A disk that takes no more, and a database that may not be written: 503, nothing lost, and recovery without a restart.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use lock_keeper_chaos::cluster::Cluster;
use lock_keeper_chaos::exhaustion::{ignoring_file_limits, limit_files};
use lock_keeper_chaos::server::{PATIENCE, Server};
use lock_keeper_chaos::site::{Operations, Site};
use lock_keeper_protocol::cbor::{Blob, Nullable};
use lock_keeper_protocol::channel::SentFrame;
use lock_keeper_protocol::identity::SecretId;
use lock_keeper_protocol::limits;
use lock_keeper_protocol::message::{Answer, Operation, Origin, Purpose};
use lock_keeper_protocol::problem::Problem;
use lock_keeper_testbed::{Device, Reply, Session};

const OPERATIONS: Operations = Operations { per_session: 64, pool_size: 4 };

fn device(site: &Site) -> Device {
    Device::over(site.raw_client(), site.realm(), "ada", "correct horse").registered()
}

fn store(id: u8) -> Operation {
    Operation::Store {
        id: SecretId([id; 16]),
        origin: Origin::Imported,
        sealed_secret: Blob(vec![id; 20_000]),
        sealed_label: Blob(vec![2; limits::SEALING_OVERHEAD + 10]),
    }
}

fn assert_busy(reply: &Reply) {
    reply.assert_refused(Problem::Busy);
    assert!(reply.retry_after().is_some_and(|seconds| (1..=3).contains(&seconds)), "it says when to come again");
}

/// What worked before works, and what was refused is taken when it is sent again, once.
fn assert_recovered(session: &mut Session, refused: &SentFrame) {
    let answer = session.read(refused, &session.send(refused));
    assert!(matches!(answer, Answer::Stored { .. }), "{answer:?}");
    for id in [1, 2] {
        let answer = session.request(Operation::Retrieve { id: SecretId([id; 16]), purpose: Purpose::Unspecified });
        assert!(matches!(answer, Answer::Retrieved(secret) if secret.sealed_secret.0 == vec![id; 20_000]));
    }
    let Answer::Listed { items, .. } = session.request(Operation::List { after: Nullable(None), limit: 10 }) else {
        panic!("it is a list");
    };
    assert_eq!(items.len(), 2);
}

#[test]
fn a_file_that_can_not_grow_is_a_503_loses_nothing_and_takes_the_same_frame_when_it_can() {
    let site = Site::new(None, OPERATIONS);
    let server = Server::start_by(ignoring_file_limits(), site.config().as_ref());
    let mut ada = device(&site);
    let mut session = ada.login();
    assert!(matches!(session.request(store(1)), Answer::Stored { .. }));

    limit_files(server.id(), Some(4_096));
    let frame = session.seal(store(2));
    for _ in 0..3 {
        assert_busy(&session.send(&frame));
        assert_busy(&ada.guess());
    }
    assert_eq!(server.page("/health/ready").0, 503, "it asks for no more requests");
    assert_eq!(server.page("/health/live").0, 200, "nobody has to kill it");
    assert_eq!(ada.http.get("/v1/server").status, 200, "what needs no disk is still answered");

    limit_files(server.id(), None);
    assert_recovered(&mut session, &frame);
    assert_eq!(server.page("/health/ready").0, 200);
    let _ = ada.login();
    assert_eq!(server.kill(), [""; 0], "no answer of 500, no panic");
}

#[test]
fn a_postgres_whose_disk_is_full_is_a_503_and_when_it_is_back_the_same_frame_acts_once() {
    let cluster = Cluster::start();
    let site = Site::new(Some(cluster.url()), OPERATIONS);
    let server = site.serve();
    let mut ada = device(&site);
    let mut session = ada.login();
    assert!(matches!(session.request(store(1)), Answer::Stored { .. }));

    // Its log can't be written, which is the end of Postgres: it stops at once, and does not come up again.
    cluster.fill_disk();
    let frame = session.seal(store(2));
    for _ in 0..3 {
        assert_busy(&session.send(&frame));
        assert_busy(&ada.guess());
    }
    assert_eq!(server.page("/health/ready").0, 503);
    cluster.kill();
    cluster.again();
    assert_recovered(&mut session, &frame);
    assert_eq!(server.page("/health/ready").0, 200);
    assert_eq!(server.kill(), [""; 0], "no answer of 500, no panic");
}

#[test]
fn a_postgres_that_may_only_be_read_is_a_503_and_takes_the_same_frame_when_it_may_be_written() {
    let cluster = Cluster::start();
    let site = Site::new(Some(cluster.url()), OPERATIONS);
    let server = site.serve();
    let mut ada = device(&site);
    let mut session = ada.login();
    assert!(matches!(session.request(store(1)), Answer::Stored { .. }));

    // As after a failover to a standby that was not promoted. It is told to all connections that are open.
    let mut operator = PgConnection::establish(cluster.url()).unwrap();
    operator.batch_execute("ALTER SYSTEM SET default_transaction_read_only = on").unwrap();
    operator.batch_execute("SELECT pg_reload_conf()").unwrap();
    let frame = session.seal(store(2));
    wait_for(|| server.page("/health/ready").0 == 503);
    assert_busy(&session.send(&frame));
    assert_busy(&ada.guess());

    operator.batch_execute("SET default_transaction_read_only = off").unwrap();
    operator.batch_execute("ALTER SYSTEM RESET default_transaction_read_only").unwrap();
    operator.batch_execute("SELECT pg_reload_conf()").unwrap();
    wait_for(|| server.page("/health/ready").0 == 200);
    wait_for(|| session.send(&frame).status == 200);
    assert_recovered(&mut session, &frame);
    assert_eq!(server.kill(), [""; 0], "no answer of 500, no panic");
}

/// Each process of Postgres takes a new setting when it comes to it.
fn wait_for(condition: impl Fn() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < until, "it never comes true");
        std::thread::sleep(Duration::from_millis(10));
    }
}
