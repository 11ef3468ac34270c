//! A database that is down or full: clear errors, 503, and recovery without a restart.

use lock_keeper_protocol::cbor::Blob;
use lock_keeper_protocol::identity::SecretId;
use lock_keeper_protocol::limits;
use lock_keeper_protocol::message::{Answer, Operation, Origin};
use lock_keeper_protocol::problem::Problem;
use lock_keeper_testbed::{Device, Engine, Reply, Server, Settings};

fn store(id: u8) -> Operation {
    Operation::Store {
        id: SecretId([id; 16]),
        origin: Origin::Imported,
        sealed_secret: Blob(vec![1; 200]),
        sealed_label: Blob(vec![2; limits::SEALING_OVERHEAD + 10]),
    }
}

fn assert_busy(reply: &Reply) {
    assert_eq!((reply.status, reply.problem()), (503, Some(Problem::Busy)));
    let seconds: u32 = reply.header("retry-after").expect("it says when to come again").parse().unwrap();
    assert!((1..=3).contains(&seconds), "jittered: {seconds}");
}

#[test]
fn while_postgres_is_down_every_request_is_a_503_and_when_it_is_back_the_same_frame_acts_once() {
    let server = Server::start_with(Engine::Postgres, Settings::with_operations(4));
    let mut ada = Device::register(&server, "ada", "correct horse");
    let mut session = ada.login();
    let database = server.database().expect("it is on Postgres");

    database.allow_connections(false);
    database.disconnect_all();
    assert_busy(&ada.guess());
    let frame = session.seal(store(1));
    assert_busy(&session.send(&frame));
    assert_eq!(ada.http.get("/v1/server").status, 200, "what needs no database is still answered");

    database.allow_connections(true);
    let answer = session.read(&frame, &session.send(&frame));
    assert!(matches!(answer, Answer::Stored { .. }), "{answer:?}");
    assert_eq!(session.send(&frame).success(), session.send(&frame).success(), "the kept answer, byte for byte");
    assert_eq!(session.request(store(1)), Answer::Problem { code: "secret-id-taken".into() });
}

#[test]
fn a_full_database_is_a_503_loses_nothing_and_takes_the_same_frame_when_there_is_room() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let server = Server::start_with(engine, Settings::with_operations(4));
        let mut ada = Device::register(&server, "ada", "correct horse");
        let mut session = ada.login();
        // What the engine itself says when the disk is full, for every new secret.
        match engine {
            Engine::Sqlite => server.execute(
                "CREATE TRIGGER full BEFORE INSERT ON secret BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END",
            ),
            Engine::Postgres => server.execute(
                "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
                 RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$; \
                 CREATE TRIGGER full_disk BEFORE INSERT ON secret FOR EACH ROW EXECUTE FUNCTION full_disk()",
            ),
        }
        let frame = session.seal(store(1));
        assert_busy(&session.send(&frame));
        server.execute(match engine {
            Engine::Sqlite => "DROP TRIGGER full",
            Engine::Postgres => "DROP TRIGGER full_disk ON secret",
        });
        let answer = session.read(&frame, &session.send(&frame));
        assert!(matches!(answer, Answer::Stored { .. }), "{engine:?}: {answer:?}");
    }
}
