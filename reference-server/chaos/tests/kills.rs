//! Hundreds of kills of servers, databases and clients under load: nothing is lost, nothing acts twice, nothing is stuck.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use lock_keeper_chaos::run::{Settings, run};
use lock_keeper_testbed::Engine;

/// Runs with a seed of this run's own, or with that of a run that failed: `LOCK_KEEPER_CHAOS_SEED=7 cargo test -p lock-keeper-chaos`.
#[expect(clippy::print_stdout, reason = "a test that fails says its seed")]
fn survives(engine: Engine, kills: usize) {
    let given = std::env::var("LOCK_KEEPER_CHAOS_SEED").map(|seed| seed.parse().expect("a seed is a number"));
    let seed = given.unwrap_or_else(|_| rand::random());
    println!("{engine:?}, seed {seed}");
    let program = PathBuf::from(env!("CARGO_BIN_EXE_lock-keeper-chaos"));
    let stop = Arc::new(AtomicBool::new(false));
    let report = run(&Settings { engine, seed, kills, clients: 5, program, stop }, &|_, _| {});
    println!("{report}");
    report.assert_good();
    assert_eq!(report.kills(), kills);
    assert!(report.acknowledged > kills, "the work went on between the faults: {report}");
}

#[test]
fn kills_on_sqlite_lose_nothing_and_nothing_acts_twice() {
    survives(Engine::Sqlite, 180);
}

#[test]
fn kills_and_lost_commits_on_postgres_lose_nothing_and_nothing_acts_twice() {
    survives(Engine::Postgres, 100);
}
