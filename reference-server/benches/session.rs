//! Sessions of the real server (a login with a store beside KE3, over TLS, durable) against floors measured in the same run.
//!
//! Two floors: the server's share of OPAQUE alone, on one core; and two durable commits of one row, with as many clients.
//! Machines are shared and noisy, so the ratios count and not the times. The load comes from the same cores as the server,
//! its OPAQUE included; only Argon2 is left out.

#![allow(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use lock_keeper_protocol::cbor::Blob;
use lock_keeper_protocol::identity::{AccountName, Password, Realm, SecretId};
use lock_keeper_protocol::limits;
use lock_keeper_protocol::message::{Answer, Operation, Origin};
use lock_keeper_protocol::opaque::{self, Identities, RegistrationRecord, ServerSetup};
use lock_keeper_testbed::{Device, Engine, Server, Settings};
use rand::rngs::OsRng;

const RUN: Duration = Duration::from_secs(4);
const CLIENTS: [usize; 3] = [1, 8, 32];

fn main() {
    let opaque = opaque_alone();
    println!("OPAQUE alone, the server's KE2 and KE3 on one core   {opaque:>8.0} logins/s");
    let engines: &[Engine] = if std::env::var_os("LOCK_KEEPER_TEST_POSTGRES").is_some() {
        &[Engine::Sqlite, Engine::Postgres]
    } else {
        println!("Postgres is left out: `make bench` starts it");
        &[Engine::Sqlite]
    };
    println!(
        "{:<10}{:>8}{:>14}{:>20}{:>12}{:>14}",
        "engine", "clients", "sessions/s", "commit pairs/s", "of that", "of OPAQUE"
    );
    for engine in engines {
        for clients in CLIENTS {
            let floor = commit_pairs(*engine, clients);
            let sessions = sessions(*engine, clients);
            println!(
                "{:<10}{clients:>8}{sessions:>14.0}{floor:>20.0}{:>12.2}{:>14.2}",
                format!("{engine:?}"),
                sessions / floor,
                sessions / opaque
            );
        }
    }
}

/// Calls `work` on `clients` threads until the time is up; answers calls per second.
fn per_second<S: Send>(clients: usize, start: impl Fn(usize) -> S + Sync, work: impl Fn(&mut S) + Sync) -> f64 {
    let done = AtomicU64::new(0);
    let mut states: Vec<S> = (0..clients).map(&start).collect();
    let began = Instant::now();
    thread::scope(|scope| {
        for state in states.drain(..) {
            let (work, done) = (&work, &done);
            let mut state = state;
            // The state is moved into its thread, and dropped there.
            scope.spawn(move || {
                while began.elapsed() < RUN {
                    work(&mut state);
                    done.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    done.load(Ordering::Relaxed) as f64 / began.elapsed().as_secs_f64()
}

fn opaque_alone() -> f64 {
    let setup = ServerSetup::random(&mut OsRng);
    let record = RegistrationRecord::decoy(&mut OsRng);
    let (realm, account) = (Realm::new("bench.example").unwrap(), AccountName::prepare("ada").unwrap());
    let input = Password::prepare("correct horse").unwrap().input(&realm, &account);
    let identities = Identities { realm, account };
    let (_, ke1) = opaque::start_login(&mut OsRng, &input).unwrap();
    let began = Instant::now();
    let mut logins = 0_u32;
    while began.elapsed() < RUN / 2 {
        let started = opaque::answer_login(&mut OsRng, &setup, &record, &ke1, &[1; 32], &identities).unwrap();
        let _ = opaque::finish_login(&started.state, &[0; opaque::KE3]);
        logins += 1;
    }
    f64::from(logins) / began.elapsed().as_secs_f64()
}

fn sessions(engine: Engine, clients: usize) -> f64 {
    let mut settings = Settings { pool_size: 16, ..Settings::default() };
    settings.policy.secrets_per_account = i64::MAX;
    settings.policy.bytes_per_account = i64::MAX;
    let server = Server::start_with(engine, settings);
    let start = |client| Device::register(&server, &format!("person{client}"), "correct horse");
    per_second(clients, start, |device| {
        let operation = Operation::Store {
            id: SecretId::random(&mut OsRng),
            origin: Origin::Generated,
            sealed_secret: Blob(vec![1; 105]),
            sealed_label: Blob(vec![2; limits::SEALING_OVERHEAD + 12]),
        };
        let session = device.login_with(operation);
        assert!(matches!(session.first_answer(), Answer::Stored { .. }));
    })
}

/// Two durable commits of one row, each client on a row of its own.
fn commit_pairs(engine: Engine, clients: usize) -> f64 {
    match engine {
        Engine::Sqlite => sqlite_commit_pairs(clients),
        Engine::Postgres => postgres_commit_pairs(clients),
    }
}

fn sqlite_commit_pairs(clients: usize) -> f64 {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("floor.sqlite").display().to_string();
    let connect = || {
        let mut connection = SqliteConnection::establish(&path).unwrap();
        let pragmas = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;";
        connection.batch_execute(pragmas).unwrap();
        connection
    };
    connect().batch_execute("CREATE TABLE floor(id INTEGER PRIMARY KEY, n INTEGER)").unwrap();
    // One writer, as the server has.
    let writer = std::sync::Mutex::new(connect());
    per_second(
        clients,
        |client| client,
        |client| {
            for _ in 0..2 {
                let sql = format!("INSERT INTO floor VALUES ({client}, 1) ON CONFLICT (id) DO UPDATE SET n = n + 1");
                writer.lock().unwrap().batch_execute(&format!("BEGIN IMMEDIATE; {sql}; COMMIT")).unwrap();
            }
        },
    )
}

fn postgres_commit_pairs(clients: usize) -> f64 {
    let database = lock_keeper_testbed::postgres::Database::empty();
    let setup = "CREATE TABLE floor(id integer PRIMARY KEY, n integer) WITH (fillfactor = 50)";
    database.connect().batch_execute(setup).unwrap();
    let start = |client: usize| {
        let mut connection = database.connect();
        connection.batch_execute(&format!("INSERT INTO floor VALUES ({client}, 0)")).unwrap();
        (connection, client)
    };
    per_second(clients, start, |(connection, client)| {
        for _ in 0..2 {
            connection.batch_execute(&format!("UPDATE floor SET n = n + 1 WHERE id = {client}")).unwrap();
        }
    })
}
