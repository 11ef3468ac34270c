//! A disk that takes no more, and a database that may not be written: 503, nothing lost, and nothing done twice.

mod full;
mod read_only;

use std::time::{Duration, Instant};

use lock_keeper_chaos::server::PATIENCE;
use lock_keeper_chaos::site::{Operations, Site};
use lock_keeper_protocol::cbor::{Blob, Nullable};
use lock_keeper_protocol::channel::SentFrame;
use lock_keeper_protocol::identity::SecretId;
use lock_keeper_protocol::limits;
use lock_keeper_protocol::message::{Answer, Operation, Origin, Purpose};
use lock_keeper_protocol::problem::Problem;
use lock_keeper_testbed::{Device, Reply, Session};

pub(crate) const OPERATIONS: Operations = Operations { per_session: 64, pool_size: 4 };

/// A device whose session has stored a first secret.
pub(crate) fn begun(site: &Site) -> (Device, Session) {
    let mut ada = Device::over(site.raw_client(), site.realm(), "ada", "correct horse").registered();
    let mut session = ada.login();
    assert!(matches!(session.request(store(1)), Answer::Stored { .. }));
    (ada, session)
}

pub(crate) fn store(id: u8) -> Operation {
    Operation::Store {
        id: SecretId([id; 16]),
        origin: Origin::Imported,
        sealed_secret: Blob(vec![id; 20_000]),
        sealed_label: Blob(vec![2; limits::SEALING_OVERHEAD + 10]),
    }
}

pub(crate) fn assert_busy(reply: &Reply) {
    reply.assert_refused(Problem::Busy);
    assert!(reply.retry_after().is_some_and(|seconds| (1..=3).contains(&seconds)), "it says when to come again");
}

/// What worked before works, and what was refused is taken when it is sent again, once.
pub(crate) fn assert_recovered(session: &mut Session, refused: &SentFrame) {
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

/// Each process of Postgres takes a new setting when it comes to it.
pub(crate) fn wait_for(condition: impl Fn() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < until, "it never comes true");
        std::thread::sleep(Duration::from_millis(10));
    }
}
