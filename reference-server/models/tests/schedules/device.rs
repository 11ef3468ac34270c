//! A person's device: the protocol's client machines, and what it keeps on its flash.

use std::sync::Arc;

use lock_keeper_protocol::audit::{self, Action, ChainHead, Tagged, owner_tag};
use lock_keeper_protocol::cbor::{self, Blob, Bytes, Nullable};
use lock_keeper_protocol::channel::{ClientChannel, SentFrame};
use lock_keeper_protocol::identity::{Password, PasswordInput, SecretId, SessionId, UserId};
use lock_keeper_protocol::key::{Key32, Key64};
use lock_keeper_protocol::limits;
use lock_keeper_protocol::login::{self, LoginEnded, OpenedSession, OpeningSession, StartedLogin};
use lock_keeper_protocol::message::{
    Answer, ClientMessage, Continuation, Hello, Operation, Origin, RegistrationStarted, Reply, Request, SessionKind,
    Welcome,
};
use lock_keeper_protocol::opaque::{self, Identities, LoginFailed, PendingRegistration, Stretch, StretchFailed};
use lock_keeper_protocol::registration::{self, StartedRegistration};
use rand::rngs::OsRng;

use crate::network::{About, Asked};
use crate::step::Wish;

/// Argon2 would take nearly all of the time, and no schedule changes it.
struct Quick;

impl Stretch for Quick {
    fn stretch(&self, oprf_output: &Key64) -> Result<Key64, StretchFailed> {
        Ok(oprf_output.clone())
    }
}

/// Where a device is. All of it is memory.
#[expect(clippy::large_enum_variant, reason = "there are five of them")]
pub(crate) enum Machine {
    Idle,
    Registering(StartedRegistration),
    Registered,
    Starting(StartedLogin),
    Opening(OpeningSession),
    Open(Box<Conversation>),
}

/// A session that is open, as the client sees it.
pub(crate) struct Conversation {
    pub(crate) channel: ClientChannel,
    pub(crate) kind: SessionKind,
    pub(crate) generation: u64,
    pub(crate) sent: Option<(SentFrame, Asked)>,
    changing: Option<(PendingRegistration, [u8; 64], u32)>,
    begun: Option<(PendingRegistration, u32)>,
}

pub(crate) struct Device {
    pub(crate) identities: Identities,
    pub(crate) machine: Machine,
    /// The request that is not answered yet.
    pub(crate) waits_for: Option<usize>,
    /// On the flash.
    pub(crate) cookie: [u8; 64],
    pub(crate) seen: Option<ChainHead>,
    pub(crate) user_id: Option<UserId>,
    /// It has seen its account complete, so that a request can ride with KE3.
    active: bool,
    /// What the person types here.
    pub(crate) password: u32,
    pins: [[u8; 32]; 1],
}

/// What came of an answer that the device was waiting for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Took {
    Welcomed {
        kind: SessionKind,
        generation: u64,
        first: Option<Answer>,
    },
    Told(Asked, Answer),
    /// It is not the answer that it waits for.
    Refused,
}

/// The same for all devices of all people. Real ones derive it from the storage key.
pub(crate) fn tag_key() -> Key32 {
    Key32::init(|key| *key = [8; 32])
}

pub(crate) fn secret_id(n: u8) -> SecretId {
    SecretId([n + 1; 16])
}

pub(crate) fn operation(asked: Asked, change: Option<[u8; 32]>) -> Operation {
    match asked {
        Asked::Complete => {
            Operation::CompleteRegistration { sealed_storage_key: Blob(vec![7; limits::SEALED_STORAGE_KEY]) }
        }
        Asked::Store(n) => Operation::Store {
            id: secret_id(n),
            origin: Origin::Generated,
            sealed_secret: Blob(vec![n; 105]),
            sealed_label: Blob(vec![n; 90]),
        },
        Asked::Delete(n) => Operation::Delete { id: secret_id(n) },
        Asked::List => Operation::List { after: Nullable(None), limit: 100 },
        Asked::Audit => Operation::Audit { before: Nullable(None), limit: 100 },
        Asked::BeginChange | Asked::CommitChange { .. } => {
            Operation::BeginPasswordChange { request: Bytes(change.unwrap_or_default()) }
        }
    }
}

impl Device {
    pub(crate) fn new(identities: Identities, public_key: [u8; 32]) -> Self {
        Self {
            identities,
            machine: Machine::Idle,
            waits_for: None,
            cookie: [1; 64],
            seen: None,
            user_id: None,
            active: false,
            password: 0,
            pins: [public_key],
        }
    }

    /// Loses its memory.
    pub(crate) fn die(&mut self) {
        self.machine = Machine::Idle;
        self.waits_for = None;
    }

    fn input(&self, password: u32) -> PasswordInput {
        let Identities { realm, account } = &self.identities;
        Password::prepare(&format!("password {password}")).expect("it is one").input(realm, account)
    }

    /// Begins to register.
    pub(crate) fn register(&mut self) -> (About, Vec<u8>) {
        let started = registration::start(&mut OsRng, self.identities.clone(), &self.input(self.password), None);
        let started = started.expect("the input is one");
        let body = started.body().to_vec();
        self.machine = Machine::Registering(started);
        (About::RegistrationStart, body)
    }

    /// Takes the answer to `registration/start`, and makes the body of `registration/finish`.
    pub(crate) fn finish_registration(&mut self, answer: &[u8], id_made_at: i64) -> (About, Vec<u8>) {
        let Machine::Registering(started) = std::mem::replace(&mut self.machine, Machine::Registered) else {
            unreachable!("it waits for this answer");
        };
        assert!(cbor::decode::<RegistrationStarted>(answer).is_ok());
        let body = started.started(&mut OsRng, answer, &self.pins, Arc::new(Quick)).expect("the server is ours");
        (About::RegistrationFinish { id_made_at, password: self.password }, body)
    }

    /// Begins to log in.
    pub(crate) fn log_in(&mut self) -> (About, Vec<u8>) {
        let started = login::start(&mut OsRng, self.identities.clone(), &self.input(self.password), &self.cookie);
        let started = started.expect("the input is one");
        let body = started.body().to_vec();
        self.machine = Machine::Starting(started);
        (About::SessionStart, body)
    }

    /// Takes KE2, and makes the body of `session/finish`. What is wished rides with it where the device knows its account.
    ///
    /// # Errors
    /// Why there is no KE3.
    pub(crate) fn prove(&mut self, answer: &[u8], wish: Wish) -> Result<(About, Vec<u8>), LoginEnded> {
        let Machine::Starting(started) = std::mem::replace(&mut self.machine, Machine::Idle) else {
            unreachable!("it waits for this answer");
        };
        let proven = started.started(&mut OsRng, answer, &self.pins, Arc::new(Quick))?;
        let session = proven.session();
        let first = match wish {
            Wish::Store(n) if self.active => Some(Asked::Store(n)),
            Wish::Delete(n) if self.active => Some(Asked::Delete(n)),
            _ => None,
        };
        let request = first.map(|asked| self.request(session, 0, operation(asked, None)));
        let hello = Hello { seen: Nullable(self.seen), request: Nullable(request) };
        let opening = proven.open(&mut OsRng, &hello).expect("it fits into a frame");
        let body = opening.body().to_vec();
        self.machine = Machine::Opening(opening);
        Ok((About::SessionFinish { session, first }, body))
    }

    /// Seals the next frame.
    pub(crate) fn ask(&mut self, wish: Wish, new_password: u32) -> (About, Vec<u8>) {
        let Machine::Open(mut talk) = std::mem::replace(&mut self.machine, Machine::Idle) else {
            unreachable!("it has a session");
        };
        let (session, sequence) = (talk.channel.session(), talk.channel.next_sequence());
        let (asked, message) = self.message(&mut talk, wish, new_password);
        let sent = talk.channel.seal(&mut OsRng, cbor::encode(&message).into()).expect("it fits into a frame");
        let body = sent.as_bytes().to_vec();
        talk.sent = Some((sent, asked));
        self.machine = Machine::Open(talk);
        (About::Frame { session, sequence, asked }, body)
    }

    fn message(&self, talk: &mut Conversation, wish: Wish, new_password: u32) -> (Asked, ClientMessage) {
        let (session, sequence) = (talk.channel.session(), talk.channel.next_sequence());
        if let Some((pending, response, password)) = talk.changing.take() {
            let registered = pending.finish(&mut OsRng, &response, &self.identities, Arc::new(Quick));
            let asked = Asked::CommitChange { generation: talk.generation, password };
            let seen = self.seen_or_first();
            let commit = Continuation::CommitPasswordChange {
                upload: Bytes(registered.expect("the response is one").upload),
                sealed_storage_key: Blob(vec![7; limits::SEALED_STORAGE_KEY]),
                generation: talk.generation,
                seen,
                owner_tag: Bytes(self.tag(session, sequence, Action::PasswordChanged, None, seen)),
            };
            return (asked, ClientMessage::Continuation(commit));
        }
        let mut change = None;
        let asked = match wish {
            _ if talk.kind == SessionKind::Registration => Asked::Complete,
            Wish::Register | Wish::LogIn => Asked::List,
            Wish::Store(n) => Asked::Store(n),
            Wish::Delete(n) => Asked::Delete(n),
            Wish::ChangePassword => {
                let begun = opaque::start_registration(&mut OsRng, &self.input(new_password));
                let (pending, request) = begun.expect("the input is one");
                talk.begun = Some((pending, new_password));
                change = Some(request);
                Asked::BeginChange
            }
        };
        (asked, ClientMessage::Request(self.request(session, sequence, operation(asked, change))))
    }

    /// Takes the welcome that it waits for.
    pub(crate) fn welcome(&mut self, answer: &[u8]) -> Took {
        let Machine::Opening(opening) = std::mem::replace(&mut self.machine, Machine::Idle) else {
            unreachable!("it waits for this answer");
        };
        let Ok(OpenedSession { channel, welcome, .. }) = opening.welcome(answer) else { return Took::Refused };
        let Welcome { kind, user_id, generation, head, device_cookie, answer, .. } = welcome;
        self.cookie = device_cookie.0;
        self.seen = Some(head);
        self.user_id = Some(user_id);
        self.active = kind == SessionKind::Request;
        let talk = Conversation { channel, kind, generation, sent: None, changing: None, begun: None };
        self.machine = Machine::Open(Box::new(talk));
        Took::Welcomed { kind, generation, first: answer.0 }
    }

    /// Takes the answer to its frame.
    pub(crate) fn reply(&mut self, answer: &[u8]) -> Took {
        let Machine::Open(talk) = &mut self.machine else { unreachable!("it waits for this answer") };
        let Some((sent, asked)) = &talk.sent else { return Took::Refused };
        let Ok(payload) = talk.channel.open(sent, answer) else { return Took::Refused };
        let reply: Reply = cbor::decode(&payload).expect("a server sends messages");
        let asked = *asked;
        talk.sent = None;
        if let Answer::PasswordChangeBegun { response } = &reply.answer {
            talk.changing = talk.begun.take().map(|(pending, password)| (pending, response.0, password));
        }
        if let Asked::CommitChange { password, .. } = asked {
            talk.generation += 1;
            self.password = password;
        }
        if talk.kind == SessionKind::Registration && reply.answer == Answer::Done {
            self.machine = Machine::Idle;
        }
        self.seen = self.seen.map(|seen| audit::extend(seen, &reply.leaves.0).expect("leaves are whole"));
        Took::Told(asked, reply.answer)
    }

    fn seen_or_first(&self) -> ChainHead {
        self.seen.expect("it was welcomed before")
    }

    pub(crate) fn request(&self, session: SessionId, frame: u32, operation: Operation) -> Request {
        let seen = self.seen_or_first();
        let tag = self.tag(session, frame, operation.action(), operation.secret(), seen);
        Request { seen, owner_tag: Bytes(tag), operation }
    }

    fn tag(
        &self,
        session: SessionId,
        frame: u32,
        action: Action,
        secret: Option<SecretId>,
        seen: ChainHead,
    ) -> [u8; 32] {
        let user_id = self.user_id.unwrap_or(UserId([0; 32]));
        let realm = &self.identities.realm;
        owner_tag(&tag_key(), &Tagged { realm, user_id: &user_id, session: &session, frame, action, secret, seen })
    }
}

/// Whether the login ended since the password is wrong, or the answer another one's.
pub(crate) fn is_wrong_password(ended: &LoginEnded) -> bool {
    *ended == LoginEnded::Opaque(LoginFailed::WrongNameOrPassword)
}
