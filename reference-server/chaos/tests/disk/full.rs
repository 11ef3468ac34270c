//! A disk that takes no more.

use lock_keeper_chaos::cluster::Cluster;
use lock_keeper_chaos::disk::Disk;
use lock_keeper_chaos::exhaustion::{ignoring_file_limits, limit_files};
use lock_keeper_chaos::server::Server;
use lock_keeper_chaos::site::Site;

use crate::{OPERATIONS, assert_busy, assert_recovered, begun, store};

#[test]
fn a_file_that_can_not_grow_is_a_503_loses_nothing_and_takes_the_same_frame_when_it_can() {
    let site = Site::new(None, OPERATIONS);
    let server = Server::start_by(ignoring_file_limits(), site.config().as_ref());
    let (mut ada, mut session) = begun(&site);

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
fn a_full_disk_under_sqlite_is_a_503_and_takes_the_same_frame_when_there_is_room() {
    let disk = Disk::of_mebibytes(16);
    let site = Site::new(Some(&format!("sqlite:{}", disk.path().join("database").display())), OPERATIONS);
    let server = site.serve();
    let (mut ada, mut session) = begun(&site);

    disk.fill();
    let frame = session.seal(store(2));
    for _ in 0..3 {
        assert_busy(&session.send(&frame));
        assert_busy(&ada.guess());
    }
    // Whether it is ready is asked with a small write, which may find room where a secret does not.
    assert_eq!(server.page("/health/live").0, 200);
    assert_eq!(ada.http.get("/v1/server").status, 200, "what needs no disk is still answered");

    disk.make_room();
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
    let (ada, mut session) = begun(&site);

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
fn a_full_tablespace_is_a_503_while_the_rest_goes_on_and_takes_the_same_frame_when_there_is_room() {
    let cluster = Cluster::start();
    let disk = Disk::of_mebibytes(32);
    cluster.sql(&format!("CREATE TABLESPACE small LOCATION '{}'", disk.directory_for_postgres().display()));
    cluster.sql("CREATE DATABASE on_a_small_disk TABLESPACE small");
    let (server, _) = cluster.url().rsplit_once('/').unwrap();
    let site = Site::new(Some(&format!("{server}/on_a_small_disk")), OPERATIONS);
    let server = site.serve();
    let (mut ada, mut session) = begun(&site);

    // The cluster's own log is on another disk, so Postgres goes on, and refuses each statement that needs a new page.
    disk.fill();
    let frame = session.seal(store(2));
    for _ in 0..3 {
        assert_busy(&session.send(&frame));
    }
    assert_eq!(server.page("/health/live").0, 200);
    assert_eq!(ada.http.get("/v1/server").status, 200, "what needs no disk is still answered");

    disk.make_room();
    assert_recovered(&mut session, &frame);
    assert_eq!(server.page("/health/ready").0, 200);
    let _ = ada.login();
    assert_eq!(server.kill(), [""; 0], "no answer of 500, no panic");
}
