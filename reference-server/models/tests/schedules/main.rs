//! Random schedules of devices that register, log in, store, delete and change passwords, over a network that loses, doubles and
//! reorders, to two server processes with one database that crash, against a small model of what must come of it.
//!
//! Both sides are the real ones: the protocol's client machines, and the server's service over SQLite, which takes and answers
//! bodies. Only the transport is the schedule's. A schedule that fails is made as short as it can be, printed as sentences, and
//! kept in `regressions.txt`, which each run begins with.

mod device;
mod look;
mod model;
mod network;
mod servers;
mod step;
mod world;

use proptest::prelude::*;
use proptest::test_runner::{FileFailurePersistence, TestRunner};

use servers::Servers;
use step::Schedule;
use world::World;

/// How many schedules are tried where `PROPTEST_CASES` does not say.
const SCHEDULES: u32 = 120;

#[test]
fn what_was_acknowledged_is_there_exactly_once_whatever_is_lost_doubled_reordered_or_killed() {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(SCHEDULES);
    let kept = FileFailurePersistence::Direct("tests/schedules/regressions.txt");
    let config = ProptestConfig {
        cases,
        failure_persistence: Some(Box::new(kept)),
        source_file: Some(file!()),
        max_shrink_iters: 2_000,
        ..ProptestConfig::default()
    };
    let servers = Servers::start();
    let held = TestRunner::new(config).run(&any::<Schedule>(), |schedule| World::new(&servers).live(&schedule));
    held.unwrap_or_else(|failure| panic!("{failure}"));
}
