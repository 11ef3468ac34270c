//! What an operation costs: exchanges between client and server, round trips between server and Postgres, durable commits.
//!
//! Postgres counts itself (`pg_stat_statements`); the client's exchanges are counted where its bytes leave.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use diesel::sql_types::BigInt;
use diesel::{PgConnection, QueryableByName, RunQueryDsl, sql_query};
use lock_keeper_core::call::StartedCall;
use lock_keeper_core::transport::{HttpsTransport, Reply, Request, Transport, TransportFailure};
use lock_keeper_core::{Call, Env, LockKeeperClient, MemoryStore, NewSecret, ServerConfig, SessionOptions, password};
use lock_keeper_testbed::{Engine, Server};

/// HTTPS that counts its exchanges.
struct Counting {
    inner: HttpsTransport,
    exchanges: AtomicU32,
}

impl Transport for Counting {
    fn exchange(&self, request: &Request<'_>, call: &StartedCall) -> Result<Reply, TransportFailure> {
        self.exchanges.fetch_add(1, Ordering::SeqCst);
        self.inner.exchange(request, call)
    }
}

/// A client, a server on Postgres, and the counters on both sides.
struct Measured {
    client: LockKeeperClient,
    transport: Arc<Counting>,
    database: PgConnection,
    server: Server,
}

#[derive(Debug, PartialEq, Eq)]
struct Cost {
    exchanges: u32,
    round_trips: i64,
    durable_commits: i64,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    calls: i64,
    #[diesel(sql_type = BigInt)]
    writes: i64,
}

impl Measured {
    fn new() -> Self {
        let server = Server::start(Engine::Postgres);
        let mut database = server.database().expect("it is on Postgres").connect();
        sql_query("CREATE EXTENSION pg_stat_statements").execute(&mut database).expect("the cluster has it loaded");
        let config = ServerConfig::from_connect_json(server.connect_json().as_bytes()).unwrap();
        let transport = Arc::new(Counting { inner: HttpsTransport::new(&config), exchanges: AtomicU32::new(0) });
        let mut env = Env::new(&config, Arc::new(MemoryStore::default()));
        env.transport = Arc::clone(&transport) as Arc<dyn Transport>;
        Self { client: LockKeeperClient::new(config, env), transport, database, server }
    }

    /// Statements of this database: all of them, and those that wrote. Outside an explicit transaction each that wrote is a commit.
    fn counted(&mut self) -> Counted {
        sql_query(
            "SELECT coalesce(sum(calls), 0)::bigint AS calls, \
             coalesce(sum(calls) FILTER (WHERE wal_records > 0), 0)::bigint AS writes \
             FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid \
             WHERE d.datname = current_database() AND query NOT LIKE '%pg_stat_statements%'",
        )
        .get_result(&mut self.database)
        .expect("the counters can be read")
    }

    fn cost(&mut self, work: impl FnOnce(&LockKeeperClient)) -> Cost {
        let before = (self.transport.exchanges.load(Ordering::SeqCst), self.counted());
        work(&self.client);
        let after = (self.transport.exchanges.load(Ordering::SeqCst), self.counted());
        Cost {
            exchanges: after.0 - before.0,
            round_trips: after.1.calls - before.1.calls,
            durable_commits: after.1.writes - before.1.writes,
        }
    }
}

fn call() -> Call {
    Call::new(Duration::from_secs(120))
}

#[test]
fn a_store_costs_two_exchanges_two_commits_and_four_round_trips_and_the_first_after_an_unlock_three_three_and_six() {
    let mut measured = Measured::new();
    let registration = measured.cost(|client| {
        let registered =
            client.register("ada", password("correct horse").unwrap(), None, SessionOptions::default(), &call());
        drop(registered.unwrap());
    });
    assert_eq!(registration.exchanges, 5, "{registration:?}");

    // The connections of the pool are open and their statements prepared after a round.
    let warm = |client: &LockKeeperClient| {
        let session =
            client.open_session("ada", password("correct horse").unwrap(), SessionOptions::default(), &call());
        let session = session.unwrap();
        session.generate(NewSecret::default(), &call()).unwrap();
        session.generate(NewSecret::default(), &call()).unwrap();
        session
    };
    drop(warm(&measured.client));

    let mut session = None;
    let first = measured.cost(|client| {
        let opened = client.open_session("ada", password("correct horse").unwrap(), SessionOptions::default(), &call());
        let opened = opened.unwrap();
        opened.generate(NewSecret::default(), &call()).unwrap();
        session = Some(opened);
    });
    assert_eq!(first, Cost { exchanges: 3, round_trips: 6, durable_commits: 3 });

    let session = session.unwrap();
    let next = measured.cost(|_| {
        session.generate(NewSecret::default(), &call()).unwrap();
    });
    assert_eq!(next, Cost { exchanges: 2, round_trips: 4, durable_commits: 2 });

    // An attempt that ended meanwhile has to be moved into the log: one more query.
    let wrong = measured.client.open_session("ada", password("wrong").unwrap(), SessionOptions::default(), &call());
    assert!(wrong.is_err());
    measured.server.advance(Duration::from_secs(61));
    let moving = measured.cost(|_| {
        session.generate(NewSecret::default(), &call()).unwrap();
    });
    assert_eq!(moving, Cost { exchanges: 2, round_trips: 5, durable_commits: 2 });
}
