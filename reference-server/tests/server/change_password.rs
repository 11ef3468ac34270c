//! Changing the password: *begin*, and the *commit* that alone has an effect.

use std::sync::Arc;

use lock_keeper_protocol::audit::{Action, OperationOutcome};
use lock_keeper_protocol::cbor::{self, Blob, Bytes};
use lock_keeper_protocol::identity::Password;
use lock_keeper_protocol::message::{Answer, ClientMessage, Continuation, Operation};
use lock_keeper_protocol::opaque::{self, RECORD};
use lock_keeper_protocol::problem::Problem;
use lock_keeper_testbed::{Device, Quick, Session, Settings, each_engine, each_engine_with};
use rand::rngs::OsRng;

use crate::samples::{PASSWORD, list, listed, problem, retrieve, sealed_storage_key, store};

/// Begins a change in an open session and answers the record for the new password.
fn begin(session: &mut Session, device: &Device, new: &str) -> [u8; RECORD] {
    let identities = &device.identities;
    let input = Password::prepare(new).unwrap().input(&identities.realm, &identities.account);
    let (pending, request) = opaque::start_registration(&mut OsRng, &input).unwrap();
    let answer = session.request(Operation::BeginPasswordChange { request: Bytes(request) });
    let Answer::PasswordChangeBegun { response } = answer else { panic!("not begun: {answer:?}") };
    pending.finish(&mut OsRng, &response.0, identities, Arc::new(Quick)).unwrap().upload
}

/// The commit, for the next frame of the session.
fn commit(session: &Session, upload: [u8; RECORD]) -> Continuation {
    Continuation::CommitPasswordChange {
        upload: Bytes(upload),
        sealed_storage_key: sealed_storage_key(),
        generation: session.welcome.generation,
        seen: session.welcome.head,
        owner_tag: Bytes(session.next_tag(Action::PasswordChanged, None)),
    }
}

/// Changes the password of an account, and the device's with it.
pub(crate) fn change(device: &mut Device, new: &str) {
    let mut session = device.login();
    let upload = begin(&mut session, device, new);
    let commit = commit(&session, upload);
    assert_eq!(session.go_on(commit), Answer::Done);
    device.use_password(new);
}

#[test]
fn the_new_password_opens_everything_and_the_old_one_nothing() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let kept = device.login_with(store(1)).welcome;
        change(&mut device, "new password");
        let session = device.login_with(retrieve(1));
        assert!(matches!(session.first_answer(), Answer::Retrieved(_)));
        assert_eq!(session.welcome.generation, kept.generation + 1);
        assert_eq!(session.welcome.user_id, kept.user_id);
        device.use_password(PASSWORD);
        assert!(device.try_start_login(None).is_err());
    });
}

#[test]
fn begin_alone_changes_nothing() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let mut session = device.login();
        let _ = begin(&mut session, &device, "new password");
        let _ = device.login();
        device.use_password("new password");
        assert!(device.try_start_login(None).is_err());
    });
}

#[test]
fn other_sessions_end_and_answer_nothing_more() {
    each_engine_with(&Settings::with_operations(4), |server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let mut other = device.another(server).login();
        let frame = other.seal(list(1));
        let reply = other.send(&frame);
        let _ = other.read(&frame, &reply);
        change(&mut device, "new password");
        other.send(&frame).assert_refused(Problem::FrameRefused);
        let next = other.seal(list(1));
        other.send(&next).assert_refused(Problem::FrameRefused);
    });
}

#[test]
fn the_session_that_changed_the_password_goes_on() {
    each_engine_with(&Settings::with_operations(3), |server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let mut session = device.login();
        let upload = begin(&mut session, &device, "new password");
        let commit = commit(&session, upload);
        assert_eq!(session.go_on(commit), Answer::Done);
        assert!(matches!(session.request(store(1)), Answer::Stored { .. }));
        assert_eq!(listed(&session.request(list(1))), [crate::samples::id(1)]);
    });
}

#[test]
fn a_commit_that_is_sent_again_gets_the_same_answer_and_changes_nothing_more() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let mut session = device.login();
        let generation = session.welcome.generation;
        let upload = begin(&mut session, &device, "new password");
        let commit = commit(&session, upload);
        let frame = session.seal_continuation(commit);
        let first = session.send(&frame);
        assert_eq!(session.read(&frame, &first), Answer::Done);
        session.http.hang_up();
        assert_eq!(session.send(&frame).success(), first.success());
        device.use_password("new password");
        assert_eq!(device.login().welcome.generation, generation + 1);
        // Even after a login with the new password.
        assert_eq!(session.send(&frame).success(), first.success());
    });
}

#[test]
fn a_begin_that_is_sent_again_gets_the_same_response() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let mut session = device.login();
        let input = Password::prepare("new").unwrap().input(&device.identities.realm, &device.identities.account);
        let (_, request) = opaque::start_registration(&mut OsRng, &input).unwrap();
        let frame = session.seal(Operation::BeginPasswordChange { request: Bytes(request) });
        assert_eq!(session.send(&frame).success(), session.send(&frame).success());
    });
}

#[test]
fn a_commit_for_another_generation_is_refused() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        for wrong in [|generation: u64| generation + 1, |generation: u64| generation.wrapping_sub(1)] {
            let mut session = device.login();
            let upload = begin(&mut session, &device, "new password");
            let Continuation::CommitPasswordChange { sealed_storage_key, generation, seen, owner_tag, .. } =
                commit(&session, upload)
            else {
                unreachable!("it is a commit")
            };
            let generation = wrong(generation);
            let upload = Bytes(upload);
            let commit = Continuation::CommitPasswordChange { upload, sealed_storage_key, generation, seen, owner_tag };
            assert_eq!(session.go_on(commit), problem(Problem::GenerationMismatch));
        }
        let _ = device.login();
    });
}

#[test]
fn a_bad_password_change_is_refused_and_changes_nothing() {
    each_engine_with(&Settings::with_operations(4), |server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let mut session = device.login();
        let no_element = Operation::BeginPasswordChange { request: Bytes([0xff; 32]) };
        assert_eq!(session.request(no_element), problem(Problem::Malformed));

        for (upload, sealed_storage_key) in [
            (Some([0xff; RECORD]), sealed_storage_key()),
            (None, Blob(vec![3; sealed_storage_key().0.len() - 1])),
            (None, Blob(vec![3; sealed_storage_key().0.len() + 1])),
        ] {
            let good = begin(&mut session, &device, "new password");
            let commit = Continuation::CommitPasswordChange {
                upload: Bytes(upload.unwrap_or(good)),
                sealed_storage_key,
                generation: session.welcome.generation,
                seen: session.welcome.head,
                owner_tag: Bytes([0; 32]),
            };
            assert_eq!(session.go_on(commit), problem(Problem::Malformed));
        }
        let _ = device.login();
    });
}

/// A message with a byte string of it made longer or shorter, and its length with it: well-formed CBOR.
fn with_another_length(message: &[u8], bytes: &[u8], other: &[u8]) -> Vec<u8> {
    let field = |bytes: &[u8]| [&[0x58, u8::try_from(bytes.len()).expect("it is short")], bytes].concat();
    let (before, after) = (field(bytes), field(other));
    let at = message.windows(before.len()).position(|part| part == before).expect("it is in the message");
    [&message[..at], &after, &message[at + before.len()..]].concat()
}

/// Sends a message with bytes behind an OPAQUE message in it, and with one that is cut: both are declined, and nothing happens.
fn declined_longer_and_shorter(session: &mut Session, message: &ClientMessage, opaque: &[u8]) {
    let encoded = cbor::encode(message);
    assert_eq!(with_another_length(&encoded, opaque, opaque), encoded);
    for other in
        [[opaque, &[0]].concat(), [opaque, opaque].concat()[..255.min(2 * opaque.len())].to_vec(), opaque[1..].to_vec()]
    {
        let frame = session.seal_payload(with_another_length(&encoded, opaque, &other));
        let reply = session.send(&frame);
        assert_eq!(session.read(&frame, &reply), problem(Problem::Malformed), "{} bytes", other.len());
        session.take_back_the_last_number();
    }
}

#[test]
fn bytes_behind_the_request_or_the_upload_of_a_password_change_are_refused() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let mut session = device.login();
        let input =
            Password::prepare("new password").unwrap().input(&device.identities.realm, &device.identities.account);
        let (_, request) = opaque::start_registration(&mut OsRng, &input).unwrap();
        let begin_message = session.next_request(Operation::BeginPasswordChange { request: Bytes(request) });
        declined_longer_and_shorter(&mut session, &begin_message, &request);
        let upload = begin(&mut session, &device, "new password");
        let commit_message = ClientMessage::Continuation(commit(&session, upload));
        declined_longer_and_shorter(&mut session, &commit_message, &upload);
        // It was the length: the same commit is good as it is.
        let commit = commit(&session, upload);
        assert_eq!(session.go_on(commit), Answer::Done);
        device.use_password("new password");
        let _ = device.login();
    });
}

#[test]
fn a_commit_without_its_begin_is_refused() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let mut session = device.login();
        let commit = commit(&session, [7; RECORD]);
        assert_eq!(session.go_on(commit), problem(Problem::SessionClosed));
        let _ = device.login();
    });
}

#[test]
fn a_change_has_one_commit() {
    each_engine_with(&Settings::with_operations(4), |server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let mut session = device.login();
        let upload = begin(&mut session, &device, "new password");
        let first = commit(&session, upload);
        assert_eq!(session.go_on(first), Answer::Done);
        let second = commit(&session, upload);
        assert_eq!(session.go_on(second), problem(Problem::SessionClosed));
    });
}

#[test]
fn of_two_changes_at_the_same_time_one_happens() {
    each_engine(|server| {
        let mut one = Device::register(server, "ada", PASSWORD);
        let mut other = one.another(server);
        let (mut first, mut second) = (one.login(), other.login());
        let of_first = begin(&mut first, &one, "password one");
        let of_second = begin(&mut second, &other, "password two");
        let (of_first, of_second) = (commit(&first, of_first), commit(&second, of_second));
        let (of_first, of_second) = (first.seal_continuation(of_first), second.seal_continuation(of_second));
        let (first, second) = std::thread::scope(|scope| {
            let racing = (scope.spawn(|| first.send(&of_first)), scope.spawn(|| second.send(&of_second)));
            (racing.0.join().unwrap(), racing.1.join().unwrap())
        });
        let statuses = [first.status, second.status];
        assert!(statuses == [200, 403] || statuses == [403, 200], "{statuses:?}");
        one.use_password(if first.status == 200 { "password one" } else { "password two" });
        let _ = one.login();
    });
}

#[test]
fn a_password_change_is_in_the_log_as_begun_and_as_done() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        change(&mut device, "new password");
        let log = crate::audit::operations(&crate::audit::whole_log(&mut device));
        let done = |action| (action, OperationOutcome::Done, None);
        assert_eq!(log[1..3], [done(Action::PasswordChanged), done(Action::ChangePassword)]);
    });
}
