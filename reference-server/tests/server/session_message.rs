//! `POST /v1/session/message`: frames that are sent again, late, changed or elsewhere.

use lock_keeper_protocol::message::{Answer, CBOR, FRAME, path};
use lock_keeper_protocol::problem::Problem;
use lock_keeper_testbed::{Device, RawClient, Reply, Server, Session, Settings, each_engine, each_engine_with};

use crate::samples::{PASSWORD, delete, id, list, listed, problem, retrieve, store};

/// A session for several operations.
fn with_session(test: impl Fn(&Server, Device, Session)) {
    each_engine_with(&Settings::with_operations(8), |server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let session = device.login();
        test(server, device, session);
    });
}

#[test]
fn a_frame_that_is_sent_again_gets_the_same_bytes_and_acts_once() {
    with_session(|_, mut device, mut session| {
        let frame = session.seal(store(1));
        let first = session.send(&frame);
        for _ in 0..3 {
            session.http.hang_up();
            assert_eq!(session.send(&frame).success(), first.success());
        }
        assert_eq!(listed(&session.request(list(10))), [id(1)]);
        // The login, the store, the list and the next login: one entry each.
        let size = session.welcome.head.size;
        assert_eq!(device.login().welcome.head.size, size + 3);
    });
}

#[test]
fn a_frame_that_is_sent_in_parallel_acts_once() {
    with_session(|server, mut device, mut session| {
        let frame = session.seal(store(1));
        let replies: Vec<Reply> = std::thread::scope(|scope| {
            let send = || RawClient::new(server).post(path::SESSION_MESSAGE, FRAME, frame.as_bytes());
            let calls: Vec<_> = (0..6).map(|_| scope.spawn(send)).collect();
            calls.into_iter().map(|call| call.join().unwrap()).collect()
        });
        for reply in &replies {
            assert_eq!(reply.success(), replies[0].success());
        }
        let size = session.welcome.head.size;
        assert_eq!(device.login().welcome.head.size, size + 2);
    });
}

#[test]
fn of_two_frames_with_one_number_one_is_taken() {
    with_session(|server, _, mut session| {
        let one = session.seal(store(1));
        session.take_back_the_last_number();
        let other = session.seal(store(2));
        let replies = std::thread::scope(|scope| {
            let send = |frame| {
                let http = RawClient::new(server);
                scope.spawn(move || http.post(path::SESSION_MESSAGE, FRAME, frame))
            };
            let racing = [send(one.as_bytes()), send(other.as_bytes())];
            racing.map(|call| call.join().unwrap())
        });
        let statuses = replies.map(|reply| reply.status);
        assert!(statuses == [200, 403] || statuses == [403, 200], "{statuses:?}");
        let expected = if statuses[0] == 200 { id(1) } else { id(2) };
        assert_eq!(listed(&session.request(list(10))), [expected]);
    });
}

#[test]
fn a_frame_that_is_replayed_after_a_later_one_is_refused() {
    with_session(|_, _, mut session| {
        let old = session.seal(store(1));
        let _ = session.send(&old).success();
        assert_eq!(session.request(delete(1)), Answer::Done);
        session.send(&old).assert_refused(Problem::FrameRefused);
        assert_eq!(listed(&session.request(list(10))), []);
    });
}

#[test]
fn frames_out_of_order_are_refused_until_their_turn_comes() {
    with_session(|_, _, mut session| {
        let (first, second, third) = (session.seal(store(1)), session.seal(store(2)), session.seal(store(3)));
        for late in [&third, &second] {
            session.send(late).assert_refused(Problem::FrameRefused);
        }
        for next in [&first, &second, &third] {
            let reply = session.send(next);
            assert!(matches!(session.read(next, &reply), Answer::Stored { .. }));
        }
    });
}

#[test]
fn the_servers_own_frame_sent_back_to_it_is_refused() {
    with_session(|_, _, mut session| {
        let frame = session.seal(store(1));
        let answer = session.send(&frame);
        session.send_bytes(answer.success()).assert_refused(Problem::FrameRefused);
        // Nor as a client's frame: the two directions have different keys.
        let mut turned = answer.success().to_vec();
        turned[1] = frame.as_bytes()[1];
        session.send_bytes(&turned).assert_refused(Problem::FrameRefused);
        assert_eq!(listed(&session.request(list(10))), [id(1)]);
    });
}

#[test]
fn frames_spliced_from_two_frames_are_refused() {
    with_session(|server, device, mut session| {
        let answered = session.seal(store(3));
        let answer = session.send(&answered).success().to_vec();
        let one = session.seal(store(1)).as_bytes().to_vec();
        session.take_back_the_last_number();
        let other = session.seal(store(2)).as_bytes().to_vec();
        let mut neighbour = device.another(server).login();
        let _ = neighbour.request(store(4));
        let elsewhere = neighbour.seal(store(1)).as_bytes().to_vec();
        assert!(one.len() == other.len() && one.len() == elsewhere.len());
        let pairs = [(&one, &other), (&one, &elsewhere), (&elsewhere, &one), (&one, &answer), (&answer, &one)];
        for (begin, end) in pairs {
            // Within the session id, before and after the sequence number and the nonce, within payload and tag; the last ones
            // counted from the end, as an answer has another length.
            let from_the_front = [2, 30, 51, 55, 79, 100].map(|cut| (cut, cut));
            let from_the_back = [48, 32, 1].map(|rest| (begin.len() - rest, end.len() - rest));
            for (cut, rest) in from_the_front.into_iter().chain(from_the_back) {
                let spliced = [&begin[..cut], &end[rest..]].concat();
                if ![&one, &other, &elsewhere].contains(&&spliced) {
                    session.send_bytes(&spliced).assert_refused(Problem::FrameRefused);
                }
            }
        }
        let _ = session.send_bytes(&one).success();
        let _ = neighbour.send_bytes(&elsewhere).success();
    });
}

#[test]
fn a_frame_of_another_session_is_refused_in_this_one() {
    with_session(|server, device, mut session| {
        let mut same_person = device.another(server).login();
        let mut other_person = Device::register(server, "bob", PASSWORD).login();
        for other in [&mut same_person, &mut other_person] {
            let mut frame = other.seal(store(9)).as_bytes().to_vec();
            frame[3..51].copy_from_slice(&session.id().0);
            session.send_bytes(&frame).assert_refused(Problem::FrameRefused);
        }
        assert_eq!(listed(&session.request(list(10))), []);
    });
}

#[test]
fn a_frame_that_was_changed_cut_or_extended_is_refused_and_the_session_goes_on() {
    with_session(|_, _, mut session| {
        let frame = session.seal(store(1)).as_bytes().to_vec();
        for position in (0..frame.len()).step_by(11).chain([frame.len() - 1]) {
            let mut flipped = frame.clone();
            flipped[position] ^= 1;
            session.send_bytes(&flipped).assert_refused(Problem::FrameRefused);
            session.send_bytes(&frame[..position]).assert_refused(Problem::FrameRefused);
        }
        session.send_bytes(&[frame.as_slice(), &[0]].concat()).assert_refused(Problem::FrameRefused);
        let _ = session.send_bytes(&frame).success();
        assert_eq!(listed(&session.request(list(10))), [id(1)]);
    });
}

#[test]
fn a_frame_of_an_unknown_session_looks_like_a_bad_one() {
    with_session(|_, _, mut session| {
        let frame = session.seal(store(1)).as_bytes().to_vec();
        let mut unknown = frame.clone();
        unknown[20] ^= 1;
        let mut bad = frame;
        bad[100] ^= 1;
        let (unknown, bad) = (session.send_bytes(&unknown), session.send_bytes(&bad));
        unknown.assert_refused(Problem::FrameRefused);
        bad.assert_refused(Problem::FrameRefused);
        assert_eq!(unknown.body.len(), bad.body.len());
    });
}

#[test]
fn frame_0_belongs_to_the_finish_alone() {
    each_engine(|server| {
        let mut device = Device::register(server, "ada", PASSWORD);
        let login = device.start_login();
        let opening = login.frame.clone();
        let reply = device.send_finish(&login);
        let session = device.welcome(login, &reply);
        session.send_bytes(&opening).assert_refused(Problem::FrameRefused);
    });
}

#[test]
fn a_session_of_another_epoch_answers_nothing() {
    with_session(|server, mut device, mut session| {
        let frame = session.seal(store(1));
        let _ = session.send(&frame).success();
        // What an operator does after a backup was restored.
        server.execute("UPDATE server_state SET epoch = epoch + 1");
        session.send(&frame).assert_refused(Problem::FrameRefused);
        let next = session.seal(list(10));
        session.send(&next).assert_refused(Problem::FrameRefused);
        assert_eq!(listed(&device.login().request(list(10))), [id(1)]);
    });
}

#[test]
fn a_malformed_message_is_declined_inside_the_channel_and_its_number_stays_free() {
    with_session(|_, _, mut session| {
        for payload in [Vec::new(), vec![0x82, 0x01], vec![0x80], b"hello".to_vec()] {
            let frame = session.seal_payload(payload);
            let reply = session.send(&frame);
            assert_eq!(session.read(&frame, &reply), problem(Problem::Malformed));
            session.take_back_the_last_number();
        }
        assert_eq!(listed(&session.request(list(10))), []);
    });
}

#[test]
fn a_body_of_another_media_type_is_no_frame() {
    with_session(|_, _, mut session| {
        let frame = session.seal(store(1));
        let reply = session.http.post(path::SESSION_MESSAGE, CBOR, frame.as_bytes());
        reply.assert_refused(Problem::Malformed);
        let _ = session.send(&frame).success();
    });
}

#[test]
fn one_session_goes_over_several_connections() {
    with_session(|server, _, mut session| {
        for byte in 1..=3 {
            session.http = RawClient::new(server);
            assert!(matches!(session.request(store(byte)), Answer::Stored { .. }));
        }
        session.http.hang_up();
        assert_eq!(listed(&session.request(list(10))), [id(1), id(2), id(3)]);
    });
}

#[test]
fn several_sessions_go_over_one_connection() {
    with_session(|server, device, mut first| {
        let (mut second, mut third) =
            (device.another(server).login(), Device::register(server, "bob", PASSWORD).login());
        let shared = RawClient::new(server);
        for session in [&mut first, &mut second, &mut third] {
            session.http = shared.clone();
        }
        let _ = first.request(store(1));
        let _ = third.request(store(2));
        assert_eq!(listed(&second.request(list(10))), [id(1)]);
        assert_eq!(listed(&third.request(list(10))), [id(2)]);
        assert_eq!(listed(&first.request(list(10))), [id(1)]);
        assert_eq!(shared.connections(), 1);
    });
}

#[test]
fn one_session_goes_over_two_servers_of_one_database() {
    with_session(|server, _, mut session| {
        let second = Server::beside(server);
        let _ = session.request(store(1));
        session.http = RawClient::new(&second);
        let frame = session.seal(store(2));
        let answer = session.send(&frame);
        session.http = RawClient::new(server);
        assert_eq!(session.send(&frame).success(), answer.success());
        assert_eq!(listed(&session.request(list(10))), [id(1), id(2)]);
    });
}

#[test]
fn a_session_and_its_last_answer_survive_a_restart() {
    with_session(|server, _, mut session| {
        let frame = session.seal(store(1));
        let answer = session.send(&frame);
        server.restart();
        assert_eq!(session.send(&frame).success(), answer.success());
        assert!(matches!(session.request(retrieve(1)), Answer::Retrieved(_)));
    });
}

#[test]
fn an_account_that_is_busy_does_every_frame_once() {
    with_session(|server, device, mut session| {
        // Each of these moves the one head of the account; who loses the race is done again.
        let mut others: Vec<Session> = (0..3).map(|_| device.another(server).login()).collect();
        others.push(session);
        std::thread::scope(|scope| {
            for (n, session) in (1..).zip(&mut others) {
                scope.spawn(move || {
                    for round in 0..4 {
                        let frame = session.seal(store(n * 16 + round));
                        let mut reply = session.send(&frame);
                        while reply.problem() == Some(Problem::Busy) {
                            reply = session.send(&frame);
                        }
                        assert!(matches!(session.read(&frame, &reply), Answer::Stored { .. }));
                    }
                });
            }
        });
        session = others.remove(0);
        assert_eq!(listed(&session.request(list(100))).len(), 16);
    });
}
