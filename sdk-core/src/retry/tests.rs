use std::sync::Mutex;

use super::*;
use crate::call::Call;
use crate::error::Code;
use crate::tls::TlsRefusal;

const LONG: Duration = Duration::from_secs(60);
const ACTS: Request<'_> = Request {
    path: "/v1/session/message",
    body: Some(b"frame"),
    media_type: "application/cbor",
    limit: 100,
    acts: true,
};

fn answer(status: u16) -> Result<Reply, TransportFailure> {
    Ok(Reply { status, content_type: String::new(), retry_after: None, request_id: None, body: Vec::new() })
}

fn lost() -> Result<Reply, TransportFailure> {
    Err(TransportFailure::unknown(Cause::Unreachable))
}

fn unreachable() -> Result<Reply, TransportFailure> {
    Err(TransportFailure::not_sent(Cause::Unreachable))
}

/// Answers as scripted, and keeps what it was sent.
struct Script {
    outcomes: Mutex<Vec<Result<Reply, TransportFailure>>>,
    sent: Mutex<Vec<Vec<u8>>>,
}

impl Script {
    fn new(mut outcomes: Vec<Result<Reply, TransportFailure>>) -> Self {
        outcomes.reverse();
        Self { outcomes: Mutex::new(outcomes), sent: Mutex::default() }
    }

    fn sent(&self) -> Vec<Vec<u8>> {
        self.sent.lock().unwrap().clone()
    }
}

impl Transport for Script {
    fn exchange(&self, request: &Request<'_>, call: &StartedCall) -> Result<Reply, TransportFailure> {
        if request.acts && !call.begin_sending() {
            return Err(TransportFailure::not_sent(Cause::Cancelled));
        }
        self.sent.lock().unwrap().push(request.body.unwrap_or_default().to_vec());
        self.outcomes.lock().unwrap().pop().expect("the script has another outcome")
    }
}

fn run(script: &Script, resend: Resend) -> Result<Exchanged> {
    exchange(script, &ACTS, resend, &Call::new(LONG).start())
}

fn waits(trouble: Trouble, resend: Resend, attempts: u32) -> Option<Duration> {
    trouble.next_wait(resend, attempts, LONG, 0.0)
}

const LOST: Trouble = Trouble { may_have_arrived: true, invited: false, asked: None };

#[test]
fn a_lost_answer_is_asked_for_again_with_the_same_bytes() {
    let script = Script::new(vec![lost(), unreachable(), answer(200)]);
    let done = run(&script, Resend::Always).expect("the third attempt is answered");
    assert_eq!((done.reply.status, done.attempts), (200, 3));
    assert_eq!(script.sent(), vec![b"frame".to_vec(); 3]);
}

#[test]
fn a_request_of_which_each_arrival_counts_is_not_sent_again_when_it_may_have_arrived() {
    let script = Script::new(vec![unreachable(), lost()]);
    let error = run(&script, Resend::IfNotArrived).expect_err("it is lost");
    assert_eq!((error.code, error.may_have_happened), (Code::Offline, true));
    assert_eq!(script.sent().len(), 2);
}

#[test]
fn attempts_are_bounded() {
    let script = Script::new(vec![unreachable(), unreachable(), unreachable(), unreachable()]);
    let error = run(&script, Resend::Always).expect_err("nobody is there");
    assert_eq!((error.code, error.may_have_happened), (Code::Offline, false));
    assert_eq!(script.sent().len() as u32, MAX_ATTEMPTS);
}

#[test]
fn a_lost_first_attempt_is_remembered_when_the_later_ones_certainly_did_not_arrive() {
    let script = Script::new(vec![lost(), unreachable(), unreachable(), unreachable()]);
    assert!(run(&script, Resend::Always).expect_err("nobody is there").may_have_happened);
}

#[test]
fn a_busy_server_is_asked_again_and_then_believed() {
    let script = Script::new(vec![answer(503), answer(503), answer(503), answer(503)]);
    let done = run(&script, Resend::IfNotArrived).expect("503 is an answer");
    assert_eq!((done.reply.status, done.attempts), (503, MAX_ATTEMPTS));
}

#[test]
fn refusals_are_final() {
    for status in [200, 400, 403, 404, 409, 413, 429, 500] {
        assert_eq!(run(&Script::new(vec![answer(status)]), Resend::Always).expect("an answer").attempts, 1);
    }
    for cause in [
        Cause::Tls(TlsRefusal::UntrustedCertificate),
        Cause::Redirected,
        Cause::ReplyTooLarge,
        Cause::NotHttp,
        Cause::ProxyRefused,
    ] {
        let script = Script::new(vec![Err(TransportFailure::not_sent(cause))]);
        assert_eq!(run(&script, Resend::Always).expect_err("a failure").code, cause.code());
    }
}

#[test]
fn a_cancel_between_two_attempts_that_did_not_arrive_ends_the_call_with_nothing_done() {
    let call = Call::new(LONG);
    let token = call.cancel.clone();
    let call = call.with_progress(move |phase| {
        assert_eq!(phase, Phase::Waiting { attempt: 1 });
        token.cancel();
    });
    let script = Script::new(vec![unreachable()]);
    let error = exchange(&script, &ACTS, Resend::Always, &call.start()).expect_err("it was cancelled");
    assert_eq!((error.code, error.may_have_happened), (Code::Cancelled, false));
}

#[test]
fn a_request_that_does_not_act_never_may_have_happened() {
    let read = Request { acts: false, ..ACTS };
    let script = Script::new(vec![lost()]);
    let error = exchange(&script, &read, Resend::IfNotArrived, &Call::new(LONG).start()).expect_err("it is lost");
    assert!(!error.may_have_happened);
}

#[test]
fn what_an_earlier_request_of_the_call_did_is_not_forgotten() {
    let started = Call::new(LONG).start();
    exchange(&Script::new(vec![answer(200)]), &ACTS, Resend::Always, &started).expect("it is answered");
    let later = Script::new(vec![Err(TransportFailure::not_sent(Cause::NotHttp))]);
    assert!(exchange(&later, &ACTS, Resend::Always, &started).expect_err("a failure").may_have_happened);
    assert!(started.was_sent());
}

#[test]
fn waits_double_and_are_half_random() {
    let first = waits(LOST, Resend::Always, 1).expect("a wait");
    assert_eq!(first, FIRST_WAIT / 2);
    assert_eq!(waits(LOST, Resend::Always, 2), Some(first * 2));
    assert_eq!(waits(LOST, Resend::Always, 3), Some(first * 4));
    let longest = LOST.next_wait(Resend::Always, 1, LONG, 0.999_999).expect("a wait");
    assert!(longest > FIRST_WAIT.mul_f64(0.99) && longest <= FIRST_WAIT);
}

#[test]
fn what_the_server_asks_for_comes_on_top_and_too_much_is_left_to_the_app() {
    let asked = |seconds| Trouble { asked: Some(Duration::from_secs(seconds)), invited: true, ..LOST };
    assert_eq!(waits(asked(3), Resend::Always, 1), Some(Duration::from_secs(3) + FIRST_WAIT / 2));
    assert_eq!(waits(asked(11), Resend::Always, 1), None);
}

#[test]
fn there_is_no_attempt_for_which_no_time_is_left() {
    assert_eq!(LOST.next_wait(Resend::Always, 1, Duration::from_millis(100), 0.0), None);
    assert_eq!(LOST.next_wait(Resend::Always, 1, Duration::from_millis(200), 0.0), Some(FIRST_WAIT / 2));
}
