//! A database that becomes one that may only be read, while the server runs.

use lock_keeper_chaos::cluster::Cluster;
use lock_keeper_chaos::disk::Disk;
use lock_keeper_chaos::site::Site;

use crate::{OPERATIONS, assert_busy, assert_recovered, begun, store, wait_for};

#[test]
fn a_postgres_that_may_only_be_read_is_a_503_and_takes_the_same_frame_when_it_may_be_written() {
    let cluster = Cluster::start();
    let site = Site::new(Some(cluster.url()), OPERATIONS);
    let server = site.serve();
    let (ada, mut session) = begun(&site);

    // As after a failover to a standby that was not promoted. It is told to all connections that are open.
    cluster.sql("ALTER SYSTEM SET default_transaction_read_only = on");
    cluster.sql("SELECT pg_reload_conf()");
    let frame = session.seal(store(2));
    wait_for(|| server.page("/health/ready").0 == 503);
    assert_busy(&session.send(&frame));
    assert_busy(&ada.guess());

    cluster.sql("ALTER SYSTEM RESET default_transaction_read_only");
    cluster.sql("SELECT pg_reload_conf()");
    wait_for(|| server.page("/health/ready").0 == 200);
    wait_for(|| session.send(&frame).status == 200);
    assert_recovered(&mut session, &frame);
    assert_eq!(server.kill(), [""; 0], "no answer of 500, no panic");
}

#[test]
fn a_postgres_that_comes_back_as_a_standby_is_a_503_and_takes_the_same_frame_when_it_is_promoted() {
    let cluster = Cluster::start();
    let site = Site::new(Some(cluster.url()), OPERATIONS);
    let server = site.serve();
    let (ada, mut session) = begun(&site);

    cluster.again_as_standby();
    let frame = session.seal(store(2));
    wait_for(|| server.page("/health/ready").0 == 503);
    for _ in 0..3 {
        assert_busy(&session.send(&frame));
        assert_busy(&ada.guess());
    }

    cluster.promote();
    wait_for(|| server.page("/health/ready").0 == 200);
    wait_for(|| session.send(&frame).status == 200);
    assert_recovered(&mut session, &frame);
    assert_eq!(server.kill(), [""; 0], "no answer of 500, no panic");
}

#[test]
fn a_file_on_a_disk_that_fails_for_writing_is_a_503_and_has_lost_nothing_when_the_disk_is_mounted_again() {
    let disk = Disk::of_mebibytes(16);
    let site = Site::new(Some(&format!("sqlite:{}", disk.path().join("database").display())), OPERATIONS);
    let server = site.serve();
    let (ada, mut session) = begun(&site);

    disk.break_for_writing();
    let frame = session.seal(store(2));
    for _ in 0..3 {
        assert_busy(&session.send(&frame));
        assert_busy(&ada.guess());
    }
    assert_eq!(server.page("/health/ready").0, 503);
    assert_eq!(server.page("/health/live").0, 200);
    assert_eq!(server.kill(), [""; 0], "no answer of 500, no panic");

    disk.mend();
    let server = site.serve();
    assert_recovered(&mut session, &frame);
    assert_eq!(server.kill(), [""; 0], "no answer of 500, no panic");
}
