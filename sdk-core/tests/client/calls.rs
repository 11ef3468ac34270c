//! Deadline, cancel, progress and observer of a call.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use std::{panic, thread};

use lock_keeper_core::{
    Call, CancelToken, Code, Env, MemoryStore, NewSecret, Observer, Operation, OperationEvent, Phase, SecretId, Session,
};
use lock_keeper_testbed::{Engine, Server, each_engine};

use crate::fixture::{Device, call, code, error, generate, generate_as, log, retrieve, times_done};
use crate::wire::{Wire, config};

fn new(id: SecretId) -> NewSecret {
    NewSecret { id: Some(id), ..NewSecret::default() }
}

/// Holds an exchange until the test lets it go.
struct Gate(SyncSender<()>, Arc<Mutex<Receiver<()>>>);

impl Gate {
    fn new() -> Self {
        let (open, wait) = sync_channel(1);
        Self(open, Arc::new(Mutex::new(wait)))
    }

    fn hold(&self) -> impl Fn() + Send + Sync + 'static {
        let wait = Arc::clone(&self.1);
        move || wait.lock().unwrap().recv().unwrap()
    }

    fn open(&self) {
        self.0.send(()).unwrap();
    }
}

#[test]
fn a_call_tells_how_far_it_is() {
    let server = Server::start(Engine::Sqlite);
    let (device, wire) = Device::wired(&server);
    let phases = Arc::new(Mutex::new(Vec::new()));
    let caller = thread::current().id();
    let told = Arc::clone(&phases);
    let telling = call().with_progress(move |phase| {
        assert_ne!(thread::current().id(), caller, "never on the caller's thread");
        told.lock().unwrap().push(phase);
    });
    let taken = || std::mem::take(&mut *phases.lock().unwrap());

    let password = crate::fixture::secret("correct horse");
    let session = device.client.register("ada", password, None, Default::default(), &telling).unwrap();
    assert_eq!(taken(), [Phase::Connecting, Phase::Stretching, Phase::Connecting, Phase::Proving, Phase::Sending]);
    wire.lose_answers(1..2);
    session.generate(NewSecret::default(), &telling).unwrap();
    assert_eq!(taken(), [Phase::Connecting, Phase::Proving, Phase::Waiting { attempt: 1 }]);
}

#[test]
fn a_call_that_was_cancelled_before_it_began_sends_nothing() {
    let server = Server::start(Engine::Sqlite);
    let (device, wire) = Device::wired(&server);
    let session = device.register("ada", "correct horse").unwrap();
    let token = CancelToken::new();
    token.cancel();
    let (failed, exchanges) =
        wire.exchanges(|| session.generate(NewSecret::default(), &call().with_cancel(token)).map(drop));
    assert_eq!(code(failed), Code::Cancelled);
    assert!(exchanges.is_empty());
}

#[test]
fn a_call_that_is_cancelled_before_its_request_goes_out_has_not_happened() {
    each_engine(|server| {
        let (device, wire) = Device::wired(server);
        let session = device.register("ada", "correct horse").unwrap();
        for n in 0..2 {
            let (id, token) = (session.new_secret_id(), CancelToken::new());
            let cancel = token.clone();
            wire.before(n, move || cancel.cancel());
            let failed = error(session.generate(new(id), &call().with_cancel(token)));
            assert_eq!((failed.code, failed.may_have_happened), (Code::Cancelled, false), "{n}");
            // The next call waits for its turn, so the one before has come to its end.
            assert_eq!(code(retrieve(&session, id)), Code::SecretNotFound, "{n}");
        }
        assert_eq!(times_done(&session, "generate"), 0);
    });
}

#[test]
fn a_call_that_is_cancelled_after_its_request_went_out_is_finished_in_the_background() {
    each_engine(|server| {
        let (device, wire) = Device::wired(server);
        let session = device.register("ada", "correct horse").unwrap();
        let (id, token) = (session.new_secret_id(), CancelToken::new());
        let cancel = token.clone();
        let gate = Gate::new();
        let hold = gate.hold();
        wire.change(1, move |_| {
            cancel.cancel();
            hold();
        });
        let failed = error(session.generate(new(id), &call().with_cancel(token)));
        assert_eq!((failed.code, failed.may_have_happened), (Code::Cancelled, true));
        gate.open();
        let kept = retrieve(&session, id).unwrap();
        assert_eq!(generate_as(&session, id).unwrap(), kept, "the same call again finds it");
        assert_eq!(times_done(&session, "generate"), 1);
    });
}

#[test]
fn a_deadline_ends_a_call_and_says_truly_whether_it_may_have_happened() {
    let server = Server::start(Engine::Sqlite);
    let (device, wire) = Device::wired(&server);
    let session = device.register("ada", "correct horse").unwrap();
    let (_, exchanges) = wire.exchanges(|| {
        assert_eq!(code(session.generate(NewSecret::default(), &Call::new(Duration::ZERO))), Code::TimedOut);
    });
    assert!(exchanges.is_empty());

    for sent in [false, true] {
        let (id, gate) = (session.new_secret_id(), Gate::new());
        let hold = gate.hold();
        if sent {
            wire.change(1, move |_| hold())
        } else {
            wire.before(1, hold)
        }
        let failed = error(session.generate(new(id), &Call::new(Duration::from_millis(400))));
        assert_eq!((failed.code, failed.may_have_happened), (Code::TimedOut, sent));
        gate.open();
        assert_eq!(retrieve(&session, id).is_ok(), sent);
    }
}

#[test]
fn waiting_for_its_turn_counts_against_a_calls_deadline() {
    let server = Server::start(Engine::Sqlite);
    let (device, wire) = Device::wired(&server);
    let session = device.register("ada", "correct horse").unwrap();
    let gate = Gate::new();
    let (arrived, first_arrived) = sync_channel(1);
    let hold = gate.hold();
    wire.change(0, move |_| {
        arrived.send(()).unwrap();
        hold();
    });
    thread::scope(|scope| {
        let first = scope.spawn(|| generate(&session).map(drop));
        first_arrived.recv().unwrap();
        let began = Instant::now();
        let failed = error(session.list(None, 1, &Call::new(Duration::from_millis(50))));
        assert_eq!((failed.code, failed.may_have_happened), (Code::TimedOut, false));
        assert!(began.elapsed() < Duration::from_secs(30));
        gate.open();
        first.join().unwrap().unwrap();
    });
}

#[test]
fn a_session_is_used_from_many_threads() {
    each_engine(|server| {
        let session = Arc::new(Device::new(server).register("ada", "correct horse").unwrap());
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let session = Arc::clone(&session);
                thread::spawn(move || {
                    let made = generate(&session).unwrap();
                    assert_eq!(retrieve(&session, made.info.id).unwrap(), made);
                    session.delete(made.info.id, &call()).unwrap();
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert!(session.list(None, 100, &call()).unwrap().is_empty());
        assert!(log(&session).unwrap().len() > 24);
    });
}

#[test]
fn a_panic_in_the_apps_progress_costs_the_call_and_not_the_session() {
    let server = Server::start(Engine::Sqlite);
    let session = Device::new(&server).register("ada", "correct horse").unwrap();
    let panics = call().with_progress(|_| panic::panic_any("on purpose"));
    assert_eq!(code(session.generate(NewSecret::default(), &panics)), Code::Internal);
    generate(&session).unwrap();
}

/// Keeps what it hears.
#[derive(Default)]
struct Notes(Mutex<Vec<OperationEvent>>);

impl Observer for Notes {
    fn ended(&self, event: &OperationEvent) {
        self.0.lock().unwrap().push(event.clone());
    }
}

#[test]
fn the_observer_hears_how_each_operation_ended() {
    let server = Server::start(Engine::Sqlite);
    let (notes, wire) = (Arc::new(Notes::default()), Wire::to(&server));
    let config = config(&server);
    let env = Env {
        observer: Some(notes.clone()),
        transport: wire.clone(),
        ..Env::new(&config, Arc::new(MemoryStore::default()))
    };
    let device = Device::with(config, env);
    let session: Session = device.register("ada", "correct horse").unwrap();
    wire.lose_answers(1..2);
    let made = generate(&session).unwrap();
    session.delete(made.info.id, &call()).unwrap();
    error(retrieve(&session, made.info.id));
    session.lock();
    error(session.list(None, 1, &call()));

    let notes = notes.0.lock().unwrap();
    let heard: Vec<_> = notes.iter().map(|event| (event.op, event.attempts, event.code)).collect();
    assert_eq!(
        heard,
        [
            (Operation::Register, 1, None),
            (Operation::Generate, 2, None),
            (Operation::Delete, 1, None),
            (Operation::Retrieve, 1, Some(Code::SecretDeleted)),
            (Operation::List, 1, Some(Code::SessionLocked)),
        ]
    );
    assert!(notes[0].bytes > 1_000 && notes[4].bytes == 0);
}
