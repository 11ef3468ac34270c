//! What must come of each request: the protocol in a hundred lines, without a byte of cryptography.

use std::collections::{BTreeMap, HashMap};

use lock_keeper_protocol::identity::SessionId;
use lock_keeper_protocol::limits;
use lock_keeper_protocol::message::SessionKind;
use lock_keeper_protocol::problem::Problem;

use crate::network::{About, Asked, Sent};
use crate::servers::LIMITS;

const REGISTRATION_IDLE: i64 = 60_000;

/// What the server must say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// A good answer, and the request has its effect.
    Answered,
    /// The very bytes that it got before, and no effect.
    SameBytes(Vec<u8>),
    /// A good frame that says `session-closed`, and no effect.
    Closed,
    Refused(Problem),
}

/// How an operation ends that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Done,
    Problem(Problem),
}

#[derive(Clone, Debug)]
pub(crate) struct Account {
    made_by: usize,
    made_at: i64,
    pub(crate) active: bool,
    pub(crate) generation: u64,
    pub(crate) password: u32,
    /// Secrets that were stored; whether they are still there.
    pub(crate) secrets: BTreeMap<u8, bool>,
    /// Every operation, in the order in which it was taken.
    pub(crate) log: Vec<(SessionId, u32)>,
}

#[derive(Clone, Debug)]
struct Attempt {
    at: i64,
    /// Of the account at that time, if there was one.
    generation: Option<u64>,
    password: Option<u32>,
    used: bool,
}

#[derive(Clone, Debug)]
struct Session {
    person: usize,
    registration: bool,
    generation: u64,
    opened_at: i64,
    used_at: i64,
    finish: usize,
    next: u32,
    last: usize,
    last_answer: Vec<u8>,
    operations_left: u32,
    change_begun: bool,
    ended: bool,
}

#[derive(Default)]
pub(crate) struct Model {
    pub(crate) accounts: [Option<Account>; 2],
    attempts: HashMap<SessionId, Attempt>,
    sessions: HashMap<SessionId, Session>,
    outcomes: HashMap<usize, Outcome>,
}

impl Session {
    fn idle_at(&self) -> i64 {
        self.used_at + if self.registration { REGISTRATION_IDLE } else { i64::from(LIMITS.idle) * 1_000 }
    }

    fn admits(&self, asked: Asked, now: i64) -> bool {
        let begins = match asked {
            Asked::CommitChange { .. } => self.change_begun,
            _ => self.operations_left > 0,
        };
        begins && now < self.idle_at()
    }
}

impl Model {
    pub(crate) fn expect(&self, number: usize, sent: &Sent, now: i64) -> Expected {
        let account = self.accounts[sent.person].as_ref();
        match sent.about {
            About::RegistrationStart if account.is_some() => Expected::Refused(Problem::AccountNameTaken),
            About::RegistrationStart | About::SessionStart => Expected::Answered,
            About::RegistrationFinish { id_made_at, .. } => self.expect_registration(number, account, id_made_at, now),
            About::SessionFinish { session, .. } => self.expect_login(number, account, &session, now),
            About::Frame { session, sequence, asked } => {
                self.expect_frame(number, account, &session, sequence, asked, now)
            }
        }
    }

    fn expect_registration(&self, number: usize, account: Option<&Account>, id_made_at: i64, now: i64) -> Expected {
        if now >= id_made_at + i64::from(limits::REGISTRATION_ID_LIFETIME) * 1_000 {
            return Expected::Refused(Problem::RegistrationRefused);
        }
        match account {
            None => Expected::Answered,
            Some(made) if made.made_by == number && now < made.made_at + i64::from(limits::FINISH_AGAIN) * 1_000 => {
                Expected::Answered
            }
            Some(_) => Expected::Refused(Problem::AccountNameTaken),
        }
    }

    fn expect_login(&self, number: usize, account: Option<&Account>, id: &SessionId, now: i64) -> Expected {
        let refused = Expected::Refused(Problem::LoginRefused);
        if let Some(open) = self.sessions.get(id) {
            let again = open.finish == number
                && !open.ended
                && open.next == 1
                && now < open.opened_at + i64::from(limits::FINISH_AGAIN) * 1_000;
            return if again { Expected::SameBytes(open.last_answer.clone()) } else { refused };
        }
        let Some(attempt) = self.attempts.get(id) else { return refused };
        let in_time = now < attempt.at + i64::from(limits::LOGIN_LIFETIME) * 1_000;
        let current = account.is_some_and(|account| attempt.generation == Some(account.generation));
        if in_time && current && !attempt.used { Expected::Answered } else { refused }
    }

    fn expect_frame(
        &self,
        number: usize,
        account: Option<&Account>,
        id: &SessionId,
        sequence: u32,
        asked: Asked,
        now: i64,
    ) -> Expected {
        let refused = Expected::Refused(Problem::FrameRefused);
        let (Some(session), Some(account)) = (self.sessions.get(id), account) else { return refused };
        let lives = !session.ended && now < session.opened_at + i64::from(limits::SESSION_LIFETIME) * 1_000;
        if !lives || session.generation != account.generation {
            refused
        } else if session.last == number {
            Expected::SameBytes(session.last_answer.clone())
        } else if sequence != session.next {
            refused
        } else if session.admits(asked, now) {
            Expected::Answered
        } else {
            Expected::Closed
        }
    }

    /// A request has its effect.
    pub(crate) fn took(&mut self, number: usize, sent: &Sent, answer: &[u8], login: Option<SessionId>, now: i64) {
        match sent.about {
            About::RegistrationStart => {}
            About::RegistrationFinish { password, .. } => self.register(number, sent.person, password, now),
            About::SessionStart => {
                let account = self.accounts[sent.person].as_ref();
                let (generation, password) = account.map(|account| (account.generation, account.password)).unzip();
                let attempt = Attempt { at: now, generation, password, used: false };
                self.attempts.extend(login.map(|login| (login, attempt)));
            }
            About::SessionFinish { session, first } => self.log_in(number, sent.person, session, first, answer, now),
            About::Frame { session, sequence, asked } => {
                self.take_frame(number, sent.person, session, sequence, asked, answer, now);
            }
        }
    }

    /// A KE3 or a frame 0 was refused: the attempt is used up.
    pub(crate) fn failed(&mut self, session: &SessionId) {
        self.attempts.entry(*session).and_modify(|attempt| attempt.used = true);
    }

    fn register(&mut self, number: usize, person: usize, password: u32, now: i64) {
        self.accounts[person].get_or_insert_with(|| Account {
            made_by: number,
            made_at: now,
            active: false,
            generation: 0,
            password,
            secrets: BTreeMap::new(),
            log: Vec::new(),
        });
    }

    fn log_in(&mut self, number: usize, person: usize, id: SessionId, first: Option<Asked>, answer: &[u8], now: i64) {
        let Some(account) = &self.accounts[person] else { return };
        let session = Session {
            person,
            registration: !account.active,
            generation: account.generation,
            opened_at: now,
            used_at: now,
            finish: number,
            next: 1,
            last: number,
            last_answer: answer.to_vec(),
            operations_left: if account.active { LIMITS.operations } else { 1 } - u32::from(first.is_some()),
            change_begun: false,
            ended: false,
        };
        self.sessions.insert(id, session);
        if let Some(asked) = first {
            self.act(person, number, id, 0, asked);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a frame is this much")]
    fn take_frame(
        &mut self,
        number: usize,
        person: usize,
        id: SessionId,
        sequence: u32,
        asked: Asked,
        answer: &[u8],
        now: i64,
    ) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let continues = matches!(asked, Asked::CommitChange { .. });
        session.operations_left -= u32::from(!continues);
        session.change_begun = asked == Asked::BeginChange;
        session.next += 1;
        session.used_at = now;
        session.last = number;
        session.last_answer = answer.to_vec();
        self.act(person, number, id, sequence, asked);
    }

    /// What an operation changes, and its entry in the log.
    fn act(&mut self, person: usize, number: usize, id: SessionId, sequence: u32, asked: Asked) {
        let Some(account) = &mut self.accounts[person] else { return };
        account.log.push((id, sequence));
        let outcome = match asked {
            Asked::List | Asked::Audit | Asked::BeginChange => Outcome::Done,
            Asked::Complete if account.active => Outcome::Problem(Problem::OperationNotAllowed),
            Asked::Complete => {
                account.active = true;
                Outcome::Done
            }
            Asked::Store(n) => store(&mut account.secrets, n),
            Asked::Delete(n) => delete(&mut account.secrets, n),
            Asked::CommitChange { generation, password } => {
                account.generation = generation + 1;
                account.password = password;
                self.end_sessions(person, id);
                Outcome::Done
            }
        };
        self.outcomes.insert(number, outcome);
    }

    /// A change of password ends the other sessions; its own goes on.
    fn end_sessions(&mut self, person: usize, own: SessionId) {
        for (id, session) in self.sessions.iter_mut().filter(|(_, session)| session.person == person) {
            session.ended |= *id != own;
            session.generation += u64::from(*id == own);
        }
    }

    /// How the operation of a request ended, once it was taken.
    pub(crate) fn outcome(&self, number: usize) -> Option<Outcome> {
        self.outcomes.get(&number).copied()
    }

    /// Whether this password was the account's when the login began.
    pub(crate) fn was_right(&self, login: &SessionId, password: u32) -> bool {
        self.attempts.get(login).is_some_and(|attempt| attempt.password == Some(password))
    }

    /// Kind and generation of a session.
    pub(crate) fn session(&self, id: &SessionId) -> Option<(SessionKind, u64)> {
        let kind = |registration| if registration { SessionKind::Registration } else { SessionKind::Request };
        self.sessions.get(id).map(|session| (kind(session.registration), session.generation))
    }
}

fn store(secrets: &mut BTreeMap<u8, bool>, n: u8) -> Outcome {
    match secrets.get(&n) {
        None => {
            secrets.insert(n, true);
            Outcome::Done
        }
        Some(true) => Outcome::Problem(Problem::SecretIdTaken),
        Some(false) => Outcome::Problem(Problem::SecretDeleted),
    }
}

fn delete(secrets: &mut BTreeMap<u8, bool>, n: u8) -> Outcome {
    match secrets.get_mut(&n) {
        None => Outcome::Problem(Problem::SecretNotFound),
        Some(there) if *there => {
            *there = false;
            Outcome::Done
        }
        Some(_) => Outcome::Problem(Problem::SecretDeleted),
    }
}
