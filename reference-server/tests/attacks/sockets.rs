//! What is served where.

use lock_keeper_testbed::{Engine, Program, ProgramSettings};

use crate::BINARY;

#[test]
fn health_and_metrics_are_not_where_clients_are() {
    let server = Program::start(BINARY, Engine::Sqlite, &ProgramSettings::default());
    for path in ["/health/live", "/health/ready", "/metrics"] {
        let reply = server.client().get(path);
        assert_eq!((reply.status, reply.body.as_slice()), (404, b"".as_slice()), "{path}");
    }
    // They are where operators are: this fails unless they are answered.
    let _ = server.metrics();
}
