//! When a session locks, and what that ends.

use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use lock_keeper_core::{Clock, Code, Env, LockReason, MemoryStore, Session, SessionOptions};
use lock_keeper_testbed::{Engine, Server};

use crate::fixture::{Device, FakeClock, call, code, generate, generate_as, one_engine, retrieve, secret};
use crate::wire::{Wire, config};

const NEVER: SessionOptions = SessionOptions { lock_after_idle: None, lock_in_background_after: None };

/// A device on which time goes on when the test says so.
struct Timed {
    device: Device,
    clock: Arc<FakeClock>,
    wire: Arc<Wire>,
}

impl Timed {
    fn new(server: &Server) -> Self {
        let (clock, wire) = (Arc::new(FakeClock::default()), Wire::to(server));
        let config = config(server);
        let env = Env {
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            transport: wire.clone(),
            ..Env::new(&config, Arc::new(MemoryStore::default()))
        };
        Self { device: Device::with(config, env), clock, wire }
    }

    fn register(&self, name: &str, options: SessionOptions) -> Session {
        self.device.client.register(name, secret("correct horse"), None, options, &call()).unwrap()
    }
}

/// Hears why the session has locked.
fn listen(session: &Session) -> Receiver<LockReason> {
    let (tell, told) = channel();
    // A test that fails drops its end before the session locks, and should end with its own words.
    session.on_lock(move |reason| {
        let _ = tell.send(reason);
    });
    told
}

#[test]
fn a_session_that_is_locked_sends_nothing_and_gives_nothing_out() {
    let server = Server::start(Engine::Sqlite);
    let (device, wire) = Device::wired(&server);
    let session = device.register("ada", "correct horse").unwrap();
    let kept = generate(&session).unwrap();
    let told = listen(&session);
    session.lock();
    session.lock();
    assert!(session.is_locked());
    let ((), exchanges) = wire.exchanges(|| {
        assert_eq!(code(retrieve(&session, kept.info.id)), Code::SessionLocked);
        assert_eq!(code(generate(&session)), Code::SessionLocked);
        assert_eq!(code(session.list(None, 1, &call())), Code::SessionLocked);
        assert_eq!(code(session.delete(kept.info.id, &call())), Code::SessionLocked);
        assert_eq!(code(session.device_unlock()), Code::SessionLocked);
        assert_eq!(code(session.delete_account(secret("correct horse"), &call())), Code::SessionLocked);
    });
    assert!(exchanges.is_empty());
    assert_eq!(told.try_iter().collect::<Vec<_>>(), [LockReason::Requested]);
    assert_eq!(session.account(), "ada");
}

#[test]
fn a_session_locks_after_five_minutes_without_use() {
    let server = Server::start(Engine::Sqlite);
    let timed = Timed::new(&server);
    let session = timed.register("ada", SessionOptions::default());
    let told = listen(&session);
    for _ in 0..3 {
        timed.clock.advance(Duration::from_secs(299));
        generate(&session).unwrap();
    }
    timed.clock.advance(Duration::from_secs(300));
    assert_eq!(code(generate(&session)), Code::SessionLocked);
    assert_eq!(told.try_iter().collect::<Vec<_>>(), [LockReason::Idle]);
    assert_eq!(session.lock_reason(), Some(LockReason::Idle));
}

#[test]
fn a_session_locks_when_the_app_stays_in_the_background() {
    let server = Server::start(Engine::Sqlite);
    let timed = Timed::new(&server);
    let session = timed.register("ada", SessionOptions::default());
    let told = listen(&session);
    session.entered_background();
    timed.clock.advance(Duration::from_secs(29));
    session.entered_foreground();
    timed.clock.advance(Duration::from_secs(29));
    generate(&session).unwrap();

    session.entered_background();
    // A call made in the background does not start the time anew, and neither does hearing of the background twice.
    timed.clock.advance(Duration::from_secs(20));
    generate(&session).unwrap();
    session.entered_background();
    timed.clock.advance(Duration::from_secs(10));
    session.entered_foreground();
    assert_eq!(told.try_iter().collect::<Vec<_>>(), [LockReason::Background]);
    assert_eq!(code(generate(&session)), Code::SessionLocked);
}

#[test]
fn a_session_that_shall_never_lock_by_itself_does_not() {
    let server = Server::start(Engine::Sqlite);
    let timed = Timed::new(&server);
    let session = timed.register("ada", NEVER);
    session.entered_background();
    timed.clock.advance(Duration::from_secs(365 * 24 * 3600));
    assert!(!session.is_locked());
    generate(&session).unwrap();
}

#[test]
fn a_session_that_is_dropped_locks_and_one_that_listens_late_hears_it_at_once() {
    let server = Server::start(Engine::Sqlite);
    let device = Device::new(&server);
    let session = device.register("ada", "correct horse").unwrap();
    let told = listen(&session);
    drop(session);
    assert_eq!(told.try_recv(), Ok(LockReason::Requested));

    let session = device.open("ada", "correct horse").unwrap();
    session.lock();
    assert_eq!(listen(&session).try_recv(), Ok(LockReason::Requested));
}

#[test]
fn a_lock_in_the_middle_of_a_call_stops_it_before_it_acts_and_lets_it_finish_after() {
    one_engine(|server| {
        let (device, wire) = Device::wired(server);
        let lock_from = |wire: &Wire, before: bool| {
            let handle = Arc::new(OnceLock::<Arc<Session>>::new());
            let held = Arc::clone(&handle);
            let lock = move || held.get().unwrap().lock();
            // The request goes out with the second exchange.
            if before {
                wire.before(1, lock)
            } else {
                wire.change(1, move |_| lock())
            }
            handle
        };

        let session = Arc::new(device.register("ada", "correct horse").unwrap());
        let id = session.new_secret_id();
        lock_from(&wire, true).set(Arc::clone(&session)).unwrap();
        let stopped = generate_as(&session, id);
        let stopped = stopped.map(drop).unwrap_err();
        assert_eq!((stopped.code, stopped.may_have_happened), (Code::SessionLocked, false));
        wire.mend();
        let session = Arc::new(device.open("ada", "correct horse").unwrap());
        assert_eq!(code(retrieve(&session, id)), Code::SecretNotFound);

        lock_from(&wire, false).set(Arc::clone(&session)).unwrap();
        let finished = generate_as(&session, id).unwrap();
        assert!(session.is_locked());
        wire.mend();
        let session = device.open("ada", "correct horse").unwrap();
        assert_eq!(retrieve(&session, id).unwrap(), finished);
    });
}

#[test]
fn calls_that_wait_in_the_line_when_the_session_locks_are_not_sent() {
    let server = Server::start(Engine::Sqlite);
    let (device, wire) = Device::wired(&server);
    let session = device.register("ada", "correct horse").unwrap();
    let (arrived, first_arrived) = channel();
    let (let_go, held) = channel::<()>();
    let (arrived, held) = (std::sync::Mutex::new(arrived), std::sync::Mutex::new(held));
    wire.change(1, move |_| {
        arrived.lock().unwrap().send(()).unwrap();
        held.lock().unwrap().recv().unwrap();
    });
    let (sent, exchanges) = wire.exchanges(|| {
        std::thread::scope(|scope| {
            let first = scope.spawn(|| generate(&session).map(drop));
            first_arrived.recv().unwrap();
            let others: Vec<_> = (0..3).map(|_| scope.spawn(|| generate(&session).map(drop))).collect();
            session.lock();
            let_go.send(()).unwrap();
            let others: Vec<_> = others.into_iter().map(|other| code(other.join().unwrap())).collect();
            assert_eq!(others, [Code::SessionLocked; 3]);
            first.join().unwrap()
        })
    });
    sent.unwrap();
    assert_eq!(exchanges.len(), 2);
}

#[test]
fn a_session_of_the_protocol_that_is_too_old_is_not_tried() {
    let server = Server::start_with(Engine::Sqlite, lock_keeper_testbed::Settings::with_operations(16));
    let timed = Timed::new(&server);
    let session = timed.register("ada", NEVER);
    generate(&session).unwrap();
    timed.clock.advance(Duration::from_secs(118));
    let (_, exchanges) = timed.wire.exchanges(|| generate(&session).unwrap());
    assert_eq!(exchanges, ["session/start", "session/finish"]);
}
