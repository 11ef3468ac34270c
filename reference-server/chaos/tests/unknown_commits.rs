//! The link to Postgres is cut between a commit's sending and its answer: the server finds out, and it has happened once.

use std::sync::Arc;

use lock_keeper_chaos::postgres_link::{Lose, PostgresLink};
use lock_keeper_chaos::server::Server;
use lock_keeper_chaos::site::{Operations, Site};
use lock_keeper_protocol::audit::Action;
use lock_keeper_protocol::cbor::{self, Blob, Bytes, Nullable};
use lock_keeper_protocol::channel::SentFrame;
use lock_keeper_protocol::identity::{Password, SecretId};
use lock_keeper_protocol::limits;
use lock_keeper_protocol::message::{Answer, CBOR, Continuation, Operation, Origin, path};
use lock_keeper_protocol::opaque;
use lock_keeper_protocol::problem::Problem;
use lock_keeper_testbed::postgres::Database;
use lock_keeper_testbed::{Device, Quick, Session};
use rand::rngs::OsRng;

/// A server whose link to its database the test has in its hands.
struct Bench {
    server: Server,
    site: Site,
    link: PostgresLink,
    _database: Database,
}

impl Bench {
    fn new() -> Self {
        let database = Database::empty();
        let url = database.url();
        let link = PostgresLink::before(&url);
        let site = Site::new(Some(&link.url(&url)), Operations { per_session: 64, pool_size: 4 });
        let server = site.serve();
        Self { server, site, link, _database: database }
    }

    fn device(&self, name: &str) -> Device {
        Device::over(self.site.raw_client(), self.site.realm(), name, "correct horse")
    }

    /// Does something while so many statements that write are lost, and sees that they were.
    fn losing<T>(&self, lose: Lose, times: usize, work: impl FnOnce() -> T) -> T {
        let before = (self.link.lost(), self.unknown_commits());
        self.link.lose(lose, times);
        let done = work();
        let lost = (self.link.lost() - before.0, self.unknown_commits() - before.1);
        assert_eq!(lost.0, times as u64, "so many were lost on the way");
        assert!(lost.1 >= 1, "the server counts a commit of unknown outcome:\n{}", self.server.last_lines());
        done
    }

    fn unknown_commits(&self) -> u64 {
        self.server.counter("lock_keeper_store_unknown_commits_total")
    }
}

const BOTH: [Lose; 2] = [Lose::Question, Lose::Answer];

fn store(id: u8) -> Operation {
    Operation::Store {
        id: SecretId([id; 16]),
        origin: Origin::Imported,
        sealed_secret: Blob(vec![1; 200]),
        sealed_label: Blob(vec![2; limits::SEALING_OVERHEAD + 10]),
    }
}

/// How many secrets there are, and how many entries the log has.
fn state(session: &mut Session) -> (usize, u64) {
    let Answer::Listed { items, .. } = session.request(Operation::List { after: Nullable(None), limit: 100 }) else {
        panic!("it is a list");
    };
    let Answer::Audited(page) = session.request(Operation::Audit { before: Nullable(None), limit: 1 }) else {
        panic!("it is a page of the log");
    };
    (items.len(), page.head.0.unwrap().size)
}

#[test]
fn a_frame_whose_commit_is_lost_is_answered_and_has_acted_once() {
    let bench = Bench::new();
    let mut device = bench.device("ada").registered();
    let mut session = device.login();
    for (n, lose) in BOTH.into_iter().enumerate() {
        let (secrets, entries) = state(&mut session);
        let answer = bench.losing(lose, 1, || session.request(store(n as u8)));
        assert!(matches!(answer, Answer::Stored { .. }), "{lose:?}: {answer:?}");
        // One entry for the store, two for the look at it.
        assert_eq!(state(&mut session), (secrets + 1, entries + 3), "{lose:?}");
    }
}

#[test]
fn a_frame_whose_commit_is_lost_again_and_again_is_a_503_and_sent_again_it_acts_once() {
    let bench = Bench::new();
    let mut device = bench.device("ada").registered();
    let mut session = device.login();
    let (secrets, entries) = state(&mut session);
    let frame = session.seal(store(1));
    let reply = bench.losing(Lose::Question, 2, || session.send(&frame));
    reply.assert_refused(Problem::Busy);
    let answer = session.read(&frame, &session.send(&frame));
    assert!(matches!(answer, Answer::Stored { .. }), "{answer:?}");
    assert_eq!(state(&mut session), (secrets + 1, entries + 3));
}

#[test]
fn a_login_whose_commit_is_lost_opens_one_session_and_does_its_request_once() {
    let bench = Bench::new();
    let mut device = bench.device("ada").registered();
    for (n, lose) in BOTH.into_iter().enumerate() {
        let (secrets, entries) = state(&mut device.login());
        let login = device.try_start_login(Some(store(n as u8))).ok().unwrap();
        let reply = bench.losing(lose, 1, || device.send_finish(&login));
        assert_eq!(device.send_finish(&login).success(), reply.success(), "the same body gets the same bytes");
        let mut session = device.welcome(login, &reply);
        assert!(matches!(session.first_answer(), Answer::Stored { .. }));
        // The login, its store, and the look at it.
        assert_eq!(state(&mut session), (secrets + 1, entries + 4), "{lose:?}");
    }
}

#[test]
fn a_charge_whose_commit_is_lost_is_never_forgotten() {
    let bench = Bench::new();
    let device = bench.device("nobody");
    // Five guesses are free. What was charged without an answer is charged: two rows for one guess.
    let reply = bench.losing(Lose::Answer, 1, || device.guess());
    assert_eq!(reply.status, 200);
    let answered = (0..5).take_while(|_| device.guess().status == 200).count();
    assert_eq!(answered, 3, "2 of 5 were charged for the first answer");
    assert_eq!(device.guess().problem(), Some(Problem::TooManyAttempts));

    let device = bench.device("nobody-else");
    let reply = bench.losing(Lose::Question, 1, || device.guess());
    assert_eq!(reply.status, 200);
    let answered = (0..6).take_while(|_| device.guess().status == 200).count();
    assert_eq!(answered, 4, "what never arrived was not charged");
}

#[test]
fn a_registration_whose_commit_is_lost_makes_one_account() {
    let bench = Bench::new();
    for lose in BOTH {
        let mut device = bench.device(&format!("{lose:?}"));
        let finish = cbor::encode(&device.registration_finish());
        let reply = bench.losing(lose, 1, || device.http.post(path::REGISTRATION_FINISH, CBOR, &finish));
        assert_eq!(reply.status, 200, "{lose:?}: {:?}", reply.problem());
        let mut session = device.login();
        let sealed_storage_key = Blob(vec![7; limits::SEALED_STORAGE_KEY]);
        let completes = Operation::CompleteRegistration { sealed_storage_key };
        assert_eq!(bench.losing(lose, 1, || session.request(completes)), Answer::Done);
        let mut session = device.login();
        // Two logins, the completion, the look.
        assert_eq!(state(&mut session), (0, 5), "{lose:?}");
    }
}

#[test]
fn a_deletion_whose_commit_is_lost_is_answered_and_the_name_is_free() {
    let bench = Bench::new();
    for lose in BOTH {
        let mut device = bench.device(&format!("{lose:?}")).registered();
        let mut session = device.login();
        session.request(store(1));
        let answer = bench.losing(lose, 1, || session.request(Operation::Delete { id: SecretId([1; 16]) }));
        assert_eq!(answer, Answer::Done, "{lose:?}");
        assert_eq!(bench.losing(lose, 1, || session.request(Operation::DeleteAccount)), Answer::Done, "{lose:?}");
        device.seen = None;
        let mut session = device.registered().login();
        assert_eq!(state(&mut session).0, 0, "{lose:?}");
    }
}

/// Begins a change of the password, and seals the frame that commits it.
fn sealed_password_change(device: &Device, session: &mut Session, new: &str) -> SentFrame {
    let identities = &device.identities;
    let input = Password::prepare(new).unwrap().input(&identities.realm, &identities.account);
    let (pending, request) = opaque::start_registration(&mut OsRng, &input).unwrap();
    let answer = session.request(Operation::BeginPasswordChange { request: Bytes(request) });
    let Answer::PasswordChangeBegun { response } = answer else { panic!("it is not begun: {answer:?}") };
    let finished = pending.finish(&mut OsRng, &response.0, identities, Arc::new(Quick)).unwrap();
    session.seal_continuation(Continuation::CommitPasswordChange {
        upload: Bytes(finished.upload),
        sealed_storage_key: Blob(vec![8; limits::SEALED_STORAGE_KEY]),
        generation: session.welcome.generation,
        seen: session.welcome.head,
        owner_tag: Bytes(session.next_tag(Action::PasswordChanged, None)),
    })
}

#[test]
fn a_change_of_the_password_whose_commit_is_lost_has_happened_once_or_not_at_all() {
    let bench = Bench::new();
    // Lost twice, it is lost for the server too, until the client sends the frame again.
    for (name, lose, times) in [("ada", Lose::Question, 1), ("bob", Lose::Answer, 1), ("cem", Lose::Question, 2)] {
        let mut device = bench.device(name).registered();
        let mut session = device.login();
        session.request(store(1));
        let change = sealed_password_change(&device, &mut session, "another password");
        let mut reply = bench.losing(lose, times, || session.send(&change));
        if times == 2 {
            reply.assert_refused(Problem::Busy);
            let old = device.login();
            assert_eq!(old.welcome.generation, session.welcome.generation, "{name}: nothing has happened");
            reply = session.send(&change);
        }
        assert_eq!(session.read(&change, &reply), Answer::Done, "{name}");
        assert_eq!(session.send(&change).success(), reply.success(), "{name}: the same frame gets the same bytes");

        assert!(device.try_start_login(None).is_err(), "{name}: the old password opens nothing");
        device.use_password("another password");
        let mut new = device.login();
        assert_eq!(new.welcome.generation, session.welcome.generation + 1, "{name}: it was changed once");
        assert_eq!(state(&mut new).0, 1, "{name}: no secret was touched");
    }
}
