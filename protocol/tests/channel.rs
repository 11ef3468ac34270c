//! The channel's keys and frames, apart from the login that leads to them.

use std::collections::HashSet;

use lock_keeper_protocol::channel::{ChannelKeys, ClientChannel, FrameRefused, SentFrame, ServerChannel, Transcript};
use lock_keeper_protocol::identity::SessionId;
use lock_keeper_protocol::key::Key64;
use rand::rngs::OsRng;

const SESSION: SessionId = SessionId([7; 48]);

fn derived(session_key: u8, session: SessionId, messages: u8, ke3: u8) -> ChannelKeys {
    let session_key = Key64::init(|bytes| *bytes = [session_key; 64]);
    ChannelKeys::derive(&session_key, &session, &Transcript([messages; 64]), &[ke3; 64])
}

fn keys() -> ChannelKeys {
    derived(1, SESSION, 2, 3)
}

/// Both ends of a session, with a frame that was sent and its answer.
struct Asked {
    client: ClientChannel,
    server: ServerChannel,
    sent: SentFrame,
    answer: Vec<u8>,
}

impl Asked {
    /// `number` is the frame's: 0 is the hello, which the welcome answers.
    fn new(session_key: u8, session: SessionId, number: u32) -> Self {
        let keys = || derived(session_key, session, 2, 3);
        let (mut client, server) = (ClientChannel::new(keys(), session), ServerChannel::new(keys(), session));
        for _ in 0..number {
            client.seal(&mut OsRng, Vec::new().into()).unwrap();
        }
        let sent = client.seal(&mut OsRng, b"what is asked".to_vec().into()).unwrap();
        let frame = server.open(sent.as_bytes()).unwrap();
        let answer = server.answer(&mut OsRng, &frame, b"what is answered".to_vec().into()).unwrap();
        Self { client, server, sent, answer }
    }

    fn client_refuses(&self, answer: &[u8]) -> bool {
        self.client.open(&self.sent, answer).err() == Some(FrameRefused)
    }

    fn server_refuses(&self, frame: &[u8]) -> bool {
        self.server.open(frame).err() == Some(FrameRefused)
    }
}

#[test]
fn each_session_direction_and_purpose_has_keys_of_its_own() {
    let sessions = [
        keys(),
        derived(9, SESSION, 2, 3),
        derived(1, SessionId([8; 48]), 2, 3),
        derived(1, SESSION, 9, 3),
        derived(1, SESSION, 2, 9),
    ];
    let all: Vec<[u8; 128]> = sessions.iter().map(|keys| *keys.to_bytes().expose()).collect();
    let different: HashSet<&[u8]> = all.iter().flat_map(|bytes| bytes.chunks(32)).collect();
    assert_eq!(different.len(), 4 * sessions.len(), "keys that differ");
}

#[test]
fn a_frame_shows_nothing_of_its_payload() {
    let (mut client, server) = (ClientChannel::new(keys(), SESSION), ServerChannel::new(keys(), SESSION));
    let payload = b"what is said inside the channel";
    let shown = |frame: &[u8]| frame.windows(8).any(|window| payload.windows(8).any(|said| said == window));
    let sent = client.seal(&mut OsRng, payload.to_vec().into()).unwrap();
    assert!(!shown(sent.as_bytes()), "the request");
    let frame = server.open(sent.as_bytes()).unwrap();
    let answer = server.answer(&mut OsRng, &frame, payload.to_vec().into()).unwrap();
    assert!(!shown(&answer), "the answer");
    assert_eq!(client.open(&sent, &answer).unwrap().as_slice(), payload);
}

#[test]
fn an_answer_to_another_frame_of_the_same_number_is_refused() {
    let server = ServerChannel::new(keys(), SESSION);
    // Before a backup was restored the client had said something else with this number.
    let (mut before, mut now) = (ClientChannel::new(keys(), SESSION), ClientChannel::new(keys(), SESSION));
    let old = before.seal(&mut OsRng, b"old".to_vec().into()).unwrap();
    let new = now.seal(&mut OsRng, b"new".to_vec().into()).unwrap();
    let old_answer = server.answer(&mut OsRng, &server.open(old.as_bytes()).unwrap(), Vec::new().into()).unwrap();
    assert_eq!(now.open(&new, &old_answer).err(), Some(FrameRefused));
    assert!(before.open(&old, &old_answer).is_ok());
}

#[test]
fn an_answer_is_refused_when_any_bit_of_it_is_flipped_or_it_is_cut_or_extended() {
    for number in [0, 1, 7] {
        let asked = Asked::new(1, SESSION, number);
        for position in 0..asked.answer.len() {
            for bit in 0..8 {
                let mut flipped = asked.answer.clone();
                flipped[position] ^= 1 << bit;
                assert!(asked.client_refuses(&flipped), "answer {number}, bit {bit} of byte {position}");
            }
            assert!(asked.client_refuses(&asked.answer[..position]), "answer {number}, cut at {position}");
        }
        for extended in [[asked.answer.as_slice(), &[0]].concat(), [&[0], asked.answer.as_slice()].concat()] {
            assert!(asked.client_refuses(&extended), "answer {number}, a byte too many");
        }
        assert!(!asked.client_refuses(&asked.answer));
    }
}

#[test]
fn whatever_is_put_together_from_two_frames_is_refused_by_both_sides() {
    // Another session of the same keys is what a server would have that gave one id to two logins, or the other way round.
    let asked = Asked::new(1, SESSION, 1);
    let others = [Asked::new(1, SESSION, 1), Asked::new(1, SESSION, 2), Asked::new(9, SessionId([8; 48]), 1)];
    let genuine = [asked.sent.as_bytes(), &asked.answer];
    let foreign = others.iter().flat_map(|other| [other.sent.as_bytes(), &other.answer]);
    let all: Vec<&[u8]> = genuine.into_iter().chain(foreign).collect();
    let mut spliced = 0;
    for head in &all {
        for tail in &all {
            // With what follows cut off at the same place, and, as frames and answers differ in length, with the same rest.
            let rests = (0..=tail.len()).map(|rest| tail.len() - rest);
            let cuts =
                (0..=head.len()).flat_map(|cut| [(cut, cut), (cut, (tail.len() + cut).saturating_sub(head.len()))]);
            for (end, begin) in cuts.chain(rests.map(|begin| (head.len(), begin))) {
                let Some(rest) = tail.get(begin..) else { continue };
                let frame = [&head[..end], rest].concat();
                if !all.contains(&frame.as_slice()) {
                    assert!(asked.client_refuses(&frame), "{end} bytes and all from {begin} on, at the client");
                    assert!(asked.server_refuses(&frame), "{end} bytes and all from {begin} on, at the server");
                    spliced += 1;
                }
            }
        }
    }
    assert!(spliced > 10_000, "{spliced}");
}

#[test]
fn a_frame_of_another_session_or_number_is_refused_by_both_sides() {
    let asked = Asked::new(1, SESSION, 1);
    // The same id with other keys, and other ids with the keys that follow from them.
    for (session_key, session) in [(9, SESSION), (1, SessionId([8; 48])), (9, SessionId([8; 48]))] {
        let other = Asked::new(session_key, session, 1);
        assert!(asked.server_refuses(other.sent.as_bytes()));
        assert!(asked.client_refuses(&other.answer));
    }
    for number in [0, 2] {
        assert!(asked.client_refuses(&Asked::new(1, SESSION, number).answer), "the answer to frame {number}");
    }
}

#[test]
fn a_frame_that_is_sent_back_to_its_sender_is_refused_also_as_the_other_sides() {
    let asked = Asked::new(1, SESSION, 1);
    let (frame, answer) = (asked.sent.as_bytes(), asked.answer.as_slice());
    assert!(asked.client_refuses(frame) && asked.server_refuses(answer));
    // With the direction turned, and with a header of the other side's length.
    let turned = |bytes: &[u8], like: &[u8]| [&bytes[..1], &like[1..2], &bytes[2..]].concat();
    let (frame, answer) = (turned(frame, answer), turned(answer, frame));
    assert!(asked.client_refuses(&frame) && asked.server_refuses(&answer));
    let digest = &asked.answer[79..111];
    assert!(asked.client_refuses(&[&frame[..79], digest, &frame[79..]].concat()));
    assert!(asked.server_refuses(&[&answer[..79], &answer[111..]].concat()));
}
