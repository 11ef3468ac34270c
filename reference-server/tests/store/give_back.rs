//! What a good login leaves of a bucket. SQLite's rows are the work of `Budget`, which the models look at in every order of
//! events; what Postgres computes inside its statement is held against them here.

use diesel::sql_types::{BigInt, Binary};
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use lock_keeper_server::store::{BucketLimits, Charge, NewAttempt, STRANGERS};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::fixture::{Fixture, Place};
use crate::samples::{DEVICE_LIMITS, STRANGER_LIMITS, key};

const LEVELS: &str = "SELECT bucket, short_level, short_at, level, level_at FROM attempt_budget ORDER BY bucket";
const OWN_DEVICE: u8 = 1;
const SECOND_DEVICE: u8 = 2;

#[derive(Debug, PartialEq, QueryableByName)]
struct Levels {
    #[diesel(sql_type = Binary)]
    bucket: Vec<u8>,
    #[diesel(sql_type = BigInt)]
    short_level: i64,
    #[diesel(sql_type = BigInt)]
    short_at: i64,
    #[diesel(sql_type = BigInt)]
    level: i64,
    #[diesel(sql_type = BigInt)]
    level_at: i64,
}

fn levels(f: &Fixture) -> Vec<Levels> {
    match &f.place {
        Place::Postgres(database) => sql_query(LEVELS).load(&mut database.connect()).unwrap(),
        Place::Sqlite(_) => sql_query(LEVELS).load(&mut f.file()).unwrap(),
    }
}

/// Starts a login at a time that is the same on both engines.
fn start_at(f: &Fixture, attempt: u8, bucket: [u8; 32], limits: BucketLimits, now: i64) -> Charge {
    f.run(&key(1), |c| {
        let row = c.read_start(&key(1), &bucket)?;
        c.charge(&NewAttempt {
            account: key(1),
            attempt: [attempt; 16],
            now,
            expires_at: i64::MAX,
            decoded: row.decoded,
            user_id: row.user_id,
            generation: row.generation,
            bucket,
            limits,
            sealed_state: vec![4; 168],
        })
    })
    .unwrap()
}

#[test]
fn both_engines_leave_the_same_of_a_bucket_after_a_good_login() {
    let engines = [Fixture::sqlite(), Fixture::postgres()];
    let mut now = engines[0].now();
    for f in &engines {
        f.register(key(1));
        for device in [OWN_DEVICE, SECOND_DEVICE] {
            start_at(f, device, STRANGERS, STRANGER_LIMITS, now);
            f.finish_with(&key(1), device, device, |login| login.now = now).unwrap();
        }
    }
    let buckets =
        [(STRANGERS, STRANGER_LIMITS), ([OWN_DEVICE; 32], DEVICE_LIMITS), ([SECOND_DEVICE; 32], DEVICE_LIMITS)];
    let mut rng = StdRng::seed_from_u64(7);
    let mut logins = 0;
    for attempt in 10..=100u8 {
        // Back at times, as a clock may go, and at times for so long that a bucket has drained.
        now += if rng.gen_bool(0.05) { 300_000_000 } else { rng.gen_range(-60_000..1_200_000) };
        let (bucket, limits) = buckets[rng.gen_range(0..3)];
        let answers = [0, 1].map(|engine| start_at(&engines[engine], attempt, bucket, limits, now));
        assert_eq!(answers[0], answers[1], "attempt {attempt}");
        // Sometimes the login is of a device whose cookie is not the one that was charged, as after a lost cookie.
        let device = if rng.gen_bool(0.2) { SECOND_DEVICE } else { OWN_DEVICE };
        if answers[0] == Charge::Granted && rng.gen_bool(0.6) {
            logins += 1;
            now += rng.gen_range(0..20_000);
            for f in &engines {
                f.finish_with(&key(1), attempt, device, |login| login.now = now).unwrap();
            }
        }
        assert_eq!(levels(&engines[0]), levels(&engines[1]), "attempt {attempt}");
    }
    assert!(logins > 15, "{logins}");
}
