//! Answers that are lost on their way: each call acts once, or says truly that it may have happened.

use lock_keeper_core::{AuditCursor, AuditFilter, Code, NewSecret, Result, SecretBytes, SecretId, Session};
use lock_keeper_testbed::{Server, each_engine};

use crate::fixture::{
    Device, call, code, each_engine_and_length, error, generate, log, one_engine, retrieve, secret, times_done,
};

/// Makes one call of a session.
type Operate = Box<dyn Fn(&Session) -> Result<()>>;

/// An operation on an account, and how the log calls it.
struct Trial {
    action: &'static str,
    /// Makes the call ready that will lose an answer; calls of it again are the same call.
    ready: fn(&Session) -> Operate,
}

const TRIALS: [Trial; 6] = [
    Trial { action: "generate", ready: generates },
    Trial { action: "import", ready: imports },
    Trial { action: "delete", ready: deletes },
    Trial { action: "retrieve", ready: retrieves },
    Trial { action: "list", ready: |_| Box::new(|session| session.list(None, 10, &call()).map(drop)) },
    Trial { action: "audit", ready: |_| Box::new(|session| newest_page(session).map(drop)) },
];

fn generates(session: &Session) -> Operate {
    let id = session.new_secret_id();
    Box::new(move |session| session.generate(NewSecret { id: Some(id), ..NewSecret::default() }, &call()).map(drop))
}

fn imports(session: &Session) -> Operate {
    let id = session.new_secret_id();
    let bytes = || SecretBytes::from(&b"brought"[..]);
    Box::new(move |session| session.import_secret(bytes(), Some("label"), Some(id), &call()).map(drop))
}

fn deletes(session: &Session) -> Operate {
    let id = generate(session).unwrap().info.id;
    Box::new(move |session| session.delete(id, &call()))
}

fn retrieves(session: &Session) -> Operate {
    let id = generate(session).unwrap().info.id;
    Box::new(move |session| retrieve(session, id).map(drop))
}

fn newest_page(session: &Session) -> Result<usize> {
    session.audit(&AuditFilter::default(), AuditCursor::newest(), &call()).map(|page| page.entries.len())
}

#[test]
fn whichever_answer_is_lost_the_frame_is_sent_again_and_every_operation_acts_once() {
    each_engine_and_length(|server| {
        let (device, wire) = Device::wired(server);
        let session = device.register("ada", "correct horse").unwrap();
        for trial in &TRIALS {
            let (_, exchanges) = wire.exchanges(|| (trial.ready)(&session)(&session).unwrap());
            for n in 0..exchanges.len().min(2) {
                let operate = (trial.ready)(&session);
                let before = times_done(&session, trial.action);
                wire.lose_answers(n..n + 1);
                operate(&session).unwrap();
                let own = usize::from(trial.action == "audit");
                let done = times_done(&session, trial.action) - before - own;
                assert_eq!(done, 1, "{}, answer {n} lost", trial.action);
            }
        }
    });
}

#[test]
fn a_registration_gets_through_whichever_of_its_answers_is_lost() {
    one_engine(|server| {
        for n in 0..5 {
            let (device, wire) = Device::wired(server);
            wire.lose_answers(n..n + 1);
            let session = device.register(&format!("ada{n}"), "correct horse").unwrap();
            assert_eq!(times_done(&session, "complete_registration"), 1, "answer {n} lost");
        }
    });
}

#[test]
fn a_call_that_is_cut_off_says_truly_whether_it_may_have_happened_and_the_same_call_again_is_safe() {
    each_engine(|server| {
        let (device, wire) = Device::wired(server);
        let session = device.register("ada", "correct horse").unwrap();
        // Exchange 0 is session/start; with exchange 1 the request goes out.
        for (n, arrives, may_have_happened) in [(0, true, false), (1, false, false), (1, true, true)] {
            for trial in &TRIALS[..3] {
                let operate = (trial.ready)(&session);
                let before = times_done(&session, trial.action);
                if arrives {
                    wire.cut_after(n)
                } else {
                    wire.cut(n)
                };
                assert_eq!(error(operate(&session)).may_have_happened, may_have_happened, "{} {n}", trial.action);
                wire.mend();
                let done = times_done(&session, trial.action) - before;
                assert_eq!(done, usize::from(may_have_happened), "{} {n}", trial.action);
                let again = operate(&session);
                if trial.action == "delete" && may_have_happened {
                    assert_eq!(code(again), Code::SecretDeleted);
                } else {
                    again.unwrap();
                }
                assert_eq!(times_done(&session, trial.action) - before, 1, "{} {n}", trial.action);
            }
        }
    });
}

#[test]
fn a_read_that_is_cut_off_never_says_that_something_may_have_happened() {
    let server = Server::start(lock_keeper_testbed::Engine::Sqlite);
    let (device, wire) = Device::wired(&server);
    let session = device.register("ada", "correct horse").unwrap();
    for trial in &TRIALS[3..] {
        for n in 0..2 {
            let operate = (trial.ready)(&session);
            wire.cut_after(n);
            assert!(!error(operate(&session)).may_have_happened, "{} {n}", trial.action);
            wire.mend();
            operate(&session).unwrap();
        }
    }
}

#[test]
fn of_a_deletion_whose_every_answer_is_lost_the_next_call_learns_that_it_is_done() {
    each_engine(|server| {
        let (device, wire) = Device::wired(server);
        let session = device.register("ada", "correct horse").unwrap();
        wire.cut_after(2);
        assert!(error(session.delete_account(secret("correct horse"), &call())).may_have_happened);
        wire.mend();
        assert!(!session.is_locked(), "it is not known yet");
        session.delete_account(secret("correct horse"), &call()).unwrap();
        assert!(session.is_locked());
        device.register("ada", "another horse").unwrap();
    });
}

#[test]
fn of_a_deletion_that_never_arrived_the_next_call_does_it() {
    one_engine(|server| {
        let (device, wire) = Device::wired(server);
        let session = device.register("ada", "correct horse").unwrap();
        for n in 0..3 {
            wire.cut(n);
            assert!(!error(session.delete_account(secret("correct horse"), &call())).may_have_happened);
            wire.mend();
            generate(&session).unwrap();
        }
        session.delete_account(secret("correct horse"), &call()).unwrap();
    });
}

#[test]
fn a_device_that_is_offline_hears_so_after_a_few_attempts_and_spends_no_guess() {
    let server = Server::start(lock_keeper_testbed::Engine::Sqlite);
    let (device, wire) = Device::wired(&server);
    let session = device.register("ada", "correct horse").unwrap();
    wire.lose_requests(0..usize::MAX);
    let (failed, exchanges) = wire.exchanges(|| error(generate(&session)));
    assert_eq!((failed.code, failed.may_have_happened), (Code::Offline, false));
    assert_eq!(exchanges, ["session/start"; 4]);
    wire.mend();
    let attempts = log(&session).unwrap().iter().filter(|entry| entry.action == "login").count();
    assert_eq!(attempts, 2, "the registration's and this one's");
}

#[test]
fn the_id_that_the_app_saved_makes_a_retry_safe_after_its_process_died() {
    each_engine(|server| {
        let (device, wire) = Device::wired(server);
        let session = device.register("ada", "correct horse").unwrap();
        let (made, brought) = (session.new_secret_id(), session.new_secret_id());
        let generates = |session: &Session, bytes, label: Option<&str>| {
            let label = label.map(str::to_owned);
            session.generate(NewSecret { id: Some(made), label, bytes }, &call())
        };
        let imports = |session: &Session, bytes: &[u8], label: Option<&str>, id: SecretId| {
            session.import_secret(SecretBytes::from(bytes), label, Some(id), &call())
        };
        wire.cut_after(1);
        error(generates(&session, 16, Some("label")));
        wire.mend();
        wire.cut_after(1);
        error(imports(&session, b"brought", None, brought));
        wire.mend();
        drop(session);

        let session = device.restarted(server, wire).open("ada", "correct horse").unwrap();
        let again = generates(&session, 16, Some("label")).unwrap();
        assert_eq!(retrieve(&session, made).unwrap(), again);
        assert_eq!(imports(&session, b"brought", None, brought).unwrap().id, brought);
        assert_eq!(times_done(&session, "generate") + times_done(&session, "import"), 2);

        // Anything else under a used id is another secret.
        assert_eq!(code(generates(&session, 17, Some("label"))), Code::SecretIdTaken);
        assert_eq!(code(generates(&session, 16, Some("another"))), Code::SecretIdTaken);
        assert_eq!(code(generates(&session, 16, None)), Code::SecretIdTaken);
        assert_eq!(code(imports(&session, b"changed", None, brought)), Code::SecretIdTaken);
        assert_eq!(code(imports(&session, b"brought", Some("label"), brought)), Code::SecretIdTaken);
        assert_eq!(code(imports(&session, again.bytes.expose(), Some("label"), made)), Code::SecretIdTaken);

        session.delete(made, &call()).unwrap();
        assert_eq!(code(generates(&session, 16, Some("label"))), Code::SecretDeleted);
        assert_eq!(code(session.delete(made, &call())), Code::SecretDeleted);
        assert_eq!(code(session.delete(session.new_secret_id(), &call())), Code::SecretNotFound);
    });
}
