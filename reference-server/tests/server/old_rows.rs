//! Rows that were as they are put back once, by somebody who has the database: the server notices, or it grants nothing that the log
//! does not tell. What it does grant stands in section 4 of `docs/threat-model.md`.

use lock_keeper_protocol::audit::{Action, AttemptOutcome, AuditTampered, OperationOutcome};
use lock_keeper_protocol::message::{Answer, CBOR, path};
use lock_keeper_protocol::problem::Problem;
use lock_keeper_testbed::{Device, Server, Session, Settings, each_engine, each_engine_with};

use crate::audit::{attempts, operations, page, verifier, whole_log};
use crate::samples::{MINUTE, PASSWORD, audit, delete, id, list, listed, problem, retrieve, store};
use crate::tampering::{of, sql};

/// Keeps a copy of a table.
fn keep(server: &Server, table: &str) {
    server.execute(&format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}"));
}

/// Makes some rows of a table what they were when it was kept.
fn put_back(server: &Server, table: &str, rows: &str) {
    server.execute(&format!("DELETE FROM {table} WHERE {rows}"));
    server.execute(&format!("INSERT INTO {table} SELECT * FROM kept_{table} WHERE {rows}"));
}

fn row_of(server: &Server, session: &Session) -> String {
    format!("session = {}", sql(server, &session.id().0[32..]))
}

/// What a client says that reads the newest page of the log.
fn verdict(device: &mut Device) -> Result<(), AuditTampered> {
    let mut session = device.login();
    let mut verifier = verifier(device, &session);
    verifier.page(&page(session.request(audit(100)))).map(|_| ())
}

#[test]
fn a_used_attempt_that_is_put_back_opens_no_second_session() {
    each_engine(|server| {
        let mut ada = Device::register(server, "ada", PASSWORD);
        let login = ada.start_login();
        let (body, attempt) = (login.body(), format!("attempt = {}", sql(server, &login.login_id.0[32..])));
        keep(server, "attempt");
        let first = ada.send_finish(&login);
        let session = ada.welcome(login, &first);
        put_back(server, "attempt", &attempt);
        let again = ada.http.post(path::SESSION_FINISH, CBOR, &body);
        // The session bears the attempt's id. One engine answers what it answered before, the other finds the id taken.
        assert!(again.problem() == Some(Problem::Internal) || again.success() == first.success());
        server.execute(&format!("DELETE FROM attempt WHERE {attempt}"));
        assert_eq!(ada.login().welcome.head.size, session.welcome.head.size + 1, "it was one login");
    });
}

#[test]
fn a_login_that_is_done_twice_by_rows_that_were_put_back_stands_in_the_log_twice() {
    each_engine(|server| {
        let mut ada = Device::register(server, "ada", PASSWORD);
        let login = ada.try_start_login(Some(store(1))).expect("the password is right");
        let (body, attempt) = (login.body(), format!("attempt = {}", sql(server, &login.login_id.0[32..])));
        keep(server, "attempt");
        let first = ada.send_finish(&login);
        let session = ada.welcome(login, &first);
        server.execute(&format!("DELETE FROM session WHERE {}", row_of(server, &session)));
        put_back(server, "attempt", &attempt);
        let again = ada.http.post(path::SESSION_FINISH, CBOR, &body);
        assert_ne!(again.success(), first.success(), "nothing is left of the first one to be answered again");
        // The secret was stored once, and the request that came again is noticed by whoever reads the log.
        assert_eq!(listed(ada.login_with(list(10)).first_answer()), [id(1)]);
        assert_eq!(verdict(&mut ada), Err(AuditTampered::TagRepeated));
    });
}

#[test]
fn a_session_that_is_put_back_takes_its_frames_again_and_they_change_nothing_but_the_log() {
    each_engine_with(&Settings::with_operations(8), |server| {
        let mut ada = Device::register(server, "ada", PASSWORD);
        let mut session = ada.login();
        keep(server, "session");
        let (storing, deleting) = (session.seal(store(1)), session.seal(delete(1)));
        for frame in [&storing, &deleting] {
            let _ = session.send(frame).success();
        }
        put_back(server, "session", &row_of(server, &session));
        for frame in [&storing, &deleting] {
            let reply = session.send(frame);
            assert_eq!(session.read(frame, &reply), problem(Problem::SecretDeleted));
        }
        assert_eq!(listed(&ada.login().request(list(10))), []);
        assert_eq!(verdict(&mut ada), Err(AuditTampered::TagRepeated));
    });
}

#[test]
fn a_session_from_before_a_password_change_that_is_put_back_takes_nothing_more() {
    each_engine_with(&Settings::with_operations(4), |server| {
        let mut ada = Device::register(server, "ada", PASSWORD);
        let mut session = ada.another(server).login();
        keep(server, "session");
        let frame = session.seal(list(10));
        let _ = session.send(&frame).success();
        crate::change_password::change(&mut ada, "new password");
        put_back(server, "session", &row_of(server, &session));
        session.send(&frame).assert_refused(Problem::FrameRefused);
    });
}

#[test]
fn a_head_that_is_put_back_does_not_fit_its_log() {
    each_engine(|server| {
        let mut ada = Device::register(server, "ada", PASSWORD);
        let of_ada = of(server, &ada);
        keep(server, "account_head");
        let _ = ada.login();
        put_back(server, "account_head", &of_ada);
        let login = ada.start_login();
        ada.send_finish(&login).assert_refused(Problem::Internal);
        // The operator is told what it is.
        let refused = server.service().finish_login(&login.body()).expect_err("nothing was used up");
        assert_eq!(refused.cause.as_deref(), Some("the database is damaged: the log goes on beyond its head"));
    });
}

#[test]
fn an_account_and_a_head_from_before_a_password_change_do_not_fit_the_log() {
    each_engine(|server| {
        let mut ada = Device::register(server, "ada", PASSWORD);
        let of_ada = of(server, &ada);
        keep(server, "account");
        keep(server, "account_head");
        crate::change_password::change(&mut ada, "new password");
        put_back(server, "account", &of_ada);
        put_back(server, "account_head", &of_ada);
        ada.use_password(PASSWORD);
        let login = ada.start_login();
        ada.send_finish(&login).assert_refused(Problem::Internal);
    });
}

#[test]
fn a_deleted_secret_that_is_put_back_is_its_owners_alone_and_the_log_says_that_it_was_deleted() {
    each_engine_with(&Settings::with_operations(8), |server| {
        let (mut ada, mut bob) = (Device::register(server, "ada", PASSWORD), Device::register(server, "bob", PASSWORD));
        let mut session = ada.login();
        let _ = session.request(store(1));
        keep(server, "secret");
        assert_eq!(session.request(delete(1)), Answer::Done);
        put_back(server, "secret", &of(server, &ada));
        assert!(matches!(session.request(retrieve(1)), Answer::Retrieved(_)));
        assert_eq!(bob.login().request(retrieve(1)), problem(Problem::SecretNotFound));
        let deleted = (Action::Delete, OperationOutcome::Done, Some(id(1)));
        assert!(operations(&whole_log(&mut ada)).contains(&deleted));
    });
}

#[test]
fn a_budget_that_is_put_back_grants_its_guesses_again_and_the_log_shows_each() {
    each_engine(|server| {
        let mut ada = Device::register(server, "ada", PASSWORD);
        let of_ada = of(server, &ada);
        let stranger = Device::new(server, "ada", "a guess");
        keep(server, "attempt_budget");
        for _ in 0..2 {
            for _ in 0..5 {
                let _ = stranger.guess().success();
            }
            stranger.guess().assert_refused(Problem::TooManyAttempts);
            put_back(server, "attempt_budget", &of_ada);
        }
        server.advance(2 * MINUTE);
        let log = whole_log(&mut ada);
        let guesses = attempts(&log).into_iter().filter(|attempt| *attempt == (AttemptOutcome::NeverFinished, false));
        assert_eq!(guesses.count(), 10);
    });
}
