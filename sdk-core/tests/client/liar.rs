//! A key server in memory, of one account, that can be made to lie in the middle of the channel.
//!
//! It speaks the protocol as a real one does; it has no budget, no limits and no disk. A test changes what it keeps, or what it
//! says, as only its operator could.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};

use lock_keeper_core::call::StartedCall;
use lock_keeper_core::transport::{Cause, Reply as HttpReply, Request as HttpRequest, TransportFailure};
use lock_keeper_core::{Env, MemoryStore, ServerConfig, Transport, Trust};
use lock_keeper_protocol::audit::{self, AttemptOutcome, ChainHead, Entry, Event, OperationOutcome};
use lock_keeper_protocol::cbor::{self, Blob, Bytes, Nullable};
use lock_keeper_protocol::channel::{ChannelKeys, ServerChannel, Transcript};
use lock_keeper_protocol::identity::{AccountName, Realm, SecretId, SessionId, UserId};
use lock_keeper_protocol::key::Key;
use lock_keeper_protocol::limits;
use lock_keeper_protocol::message::{
    Answer, AuditPage, CBOR, ClientMessage, Continuation, FRAME, Hello, LoggedEntry, Operation, RegistrationFinish,
    RegistrationFinished, RegistrationStart, RegistrationStarted, Reply, Request, RetrievedSecret, SecretListed,
    SessionFinish, SessionKind, SessionLimits, SessionStart, SessionStarted, Welcome, path,
};
use lock_keeper_protocol::opaque::{self, Identities, LOGIN_STATE, RegistrationRecord, ServerSetup};
use lock_keeper_protocol::problem::Problem;
use rand::RngCore;
use rand::rngs::OsRng;

use crate::fixture::Device;

const REALM: &str = "liar.test";

/// What the server keeps of its account; a clone of it is a backup.
#[derive(Clone)]
pub(crate) struct Kept {
    record: RegistrationRecord,
    pub(crate) user_id: UserId,
    pub(crate) generation: u64,
    pub(crate) sealed_storage_key: Option<Vec<u8>>,
    pub(crate) log: Vec<LoggedEntry>,
    pub(crate) secrets: BTreeMap<SecretId, RetrievedSecret>,
}

type LieInWelcome = Arc<dyn Fn(&mut Welcome) + Send + Sync>;
type LieInReply = Arc<dyn Fn(&mut Reply) + Send + Sync>;
type LieInBytes = Arc<dyn Fn(&mut Vec<u8>) + Send + Sync>;

/// The server.
pub(crate) struct Liar {
    realm: Realm,
    setup: ServerSetup,
    credential_id: [u8; 32],
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    name: String,
    kept: Option<Kept>,
    attempts: HashMap<SessionId, (Key<LOGIN_STATE>, Transcript)>,
    sessions: HashMap<SessionId, ChannelKeys>,
    welcome: Option<LieInWelcome>,
    reply: Option<LieInReply>,
    bytes: Option<LieInBytes>,
}

impl Liar {
    pub(crate) fn new() -> Arc<Self> {
        let mut credential_id = [0; 32];
        OsRng.fill_bytes(&mut credential_id);
        let setup = ServerSetup::random(&mut OsRng);
        Arc::new(Self { realm: Realm::new(REALM).unwrap(), setup, credential_id, state: Mutex::default() })
    }

    /// A device that has seen nothing yet.
    pub(crate) fn device(self: &Arc<Self>) -> Device {
        let keys = [self.setup.public_key()];
        let config = ServerConfig::new("https://liar.test", REALM, &keys, Trust::platform()).unwrap();
        let transport = Arc::clone(self) as Arc<dyn Transport>;
        let env = Env { transport, ..Env::new(&config, Arc::new(MemoryStore::default())) };
        Device::with(config, env)
    }

    /// A copy of all that it keeps.
    pub(crate) fn back_up(&self) -> Kept {
        self.state().kept.clone().unwrap()
    }

    /// Goes back to what it kept then.
    pub(crate) fn restore(&self, kept: Kept) {
        self.state().kept = Some(kept);
    }

    /// Changes what it keeps.
    pub(crate) fn change(&self, work: impl FnOnce(&mut Kept)) {
        work(self.state().kept.as_mut().unwrap());
    }

    /// From now on its welcomes lie.
    pub(crate) fn lie_in_welcomes(&self, lie: impl Fn(&mut Welcome) + Send + Sync + 'static) {
        self.state().welcome = Some(Arc::new(lie));
    }

    /// From now on its answers lie, in welcomes too.
    pub(crate) fn lie_in_answers(&self, lie: impl Fn(&mut Answer) + Send + Sync + Clone + 'static) {
        let in_welcome = lie.clone();
        let mut state = self.state();
        state.welcome = Some(Arc::new(move |welcome| welcome.answer.0.iter_mut().for_each(&in_welcome)));
        state.reply = Some(Arc::new(move |reply| lie(&mut reply.answer)));
    }

    /// From now on what goes with its answers lies, and is told truly in welcomes.
    pub(crate) fn lie_in_replies(&self, lie: impl Fn(&mut Reply) + Send + Sync + 'static) {
        self.state().reply = Some(Arc::new(lie));
    }

    /// From now on it says in its replies what no type can.
    pub(crate) fn lie_in_bytes_of_replies(&self, lie: impl Fn(&mut Vec<u8>) + Send + Sync + 'static) {
        self.state().bytes = Some(Arc::new(lie));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn identities(&self, name: &str) -> Identities {
        Identities { realm: self.realm.clone(), account: AccountName::from_prepared(name).unwrap() }
    }

    fn answer(&self, to: &str, body: &[u8]) -> Result<(&'static str, Vec<u8>), Problem> {
        let mut state = self.state();
        match to {
            path::REGISTRATION_START => {
                let start: RegistrationStart = cbor::decode(body).unwrap();
                if state.kept.is_some() {
                    return Err(Problem::AccountNameTaken);
                }
                state.name.clone_from(&start.name);
                let response =
                    opaque::respond_to_registration(&self.setup, &start.request.0, &self.credential_id).unwrap();
                let started = RegistrationStarted { registration_id: Blob(vec![0; 64]), response: Bytes(response) };
                Ok((CBOR, cbor::encode(&started)))
            }
            path::REGISTRATION_FINISH => {
                let finish: RegistrationFinish = cbor::decode(body).unwrap();
                state.kept = Some(Kept::new(&finish.upload.0));
                Ok((CBOR, cbor::encode(&RegistrationFinished {})))
            }
            path::SESSION_START => Ok((CBOR, self.start(&mut state, body))),
            path::SESSION_FINISH => Ok((FRAME, self.finish(&mut state, body))),
            _ => self.message(&mut state, body).map(|answer| (FRAME, answer)),
        }
    }

    fn start(&self, state: &mut State, body: &[u8]) -> Vec<u8> {
        let start: SessionStart = cbor::decode(body).unwrap();
        let identities = self.identities(&start.name);
        let record = &state.kept.as_ref().unwrap().record;
        let started =
            opaque::answer_login(&mut OsRng, &self.setup, record, &start.ke1.0, &self.credential_id, &identities);
        let started = started.unwrap();
        let mut id = SessionId([0; 48]);
        OsRng.fill_bytes(&mut id.0);
        state.attempts.insert(id, (started.state, Transcript::of(&start.ke1.0, &started.ke2)));
        cbor::encode(&SessionStarted { login_id: id, ke2: Bytes(started.ke2) })
    }

    fn finish(&self, state: &mut State, body: &[u8]) -> Vec<u8> {
        let finish: SessionFinish = cbor::decode(body).unwrap();
        let (attempt, transcript) = state.attempts.remove(&finish.login_id).unwrap();
        let session_key = opaque::finish_login(&attempt, &finish.ke3.0).unwrap();
        let keys = ChannelKeys::derive(&session_key, &finish.login_id, &transcript, &finish.ke3.0);
        let channel = ServerChannel::new(keys.clone(), finish.login_id);
        let frame = channel.open(&finish.frame.0).unwrap();
        let hello: Hello = cbor::decode(&frame.payload).unwrap();
        state.sessions.insert(finish.login_id, keys);

        let kept = state.kept.as_mut().unwrap();
        let session = Nullable(Some(finish.login_id));
        kept.append(Event::Attempt { outcome: AttemptOutcome::Succeeded, known_device: false, session });
        let active = kept.sealed_storage_key.clone();
        let answer = hello.request.0.map(|request| self.perform(kept, finish.login_id, 0, request));
        let mut welcome = Welcome {
            kind: if active.is_some() { SessionKind::Request } else { SessionKind::Registration },
            user_id: kept.user_id,
            generation: kept.generation,
            sealed_storage_key: Nullable(active.map(Blob)),
            limits: SessionLimits { operations: 16, idle: 120, total: 900 },
            head: self.head(kept),
            leaves: Blob(hello.seen.0.map(|seen| kept.leaves(seen.size)).unwrap_or_default()),
            device_cookie: Bytes([7; 64]),
            answer: Nullable(answer),
        };
        if let Some(lie) = &state.welcome {
            lie(&mut welcome);
        }
        channel.answer(&mut OsRng, &frame, cbor::encode(&welcome).into()).unwrap()
    }

    fn message(&self, state: &mut State, body: &[u8]) -> Result<Vec<u8>, Problem> {
        let session = lock_keeper_protocol::channel::frame_session(body).unwrap();
        let keys = state.sessions.get(&session).ok_or(Problem::FrameRefused)?;
        let channel = ServerChannel::new(keys.clone(), session);
        let frame = channel.open(body).unwrap();
        let kept = state.kept.as_mut().unwrap();
        let before = kept.log.len() as u64;
        let message = cbor::decode(&frame.payload).unwrap();
        let seen = match &message {
            ClientMessage::Request(request) => Some(request.seen.size),
            ClientMessage::Continuation(Continuation::CommitPasswordChange { seen, .. }) => Some(seen.size),
            ClientMessage::Continuation(_) => None,
        };
        let answer = match message {
            ClientMessage::Request(request) => self.perform(kept, session, frame.sequence, request),
            ClientMessage::Continuation(next) => self.go_on(kept, session, frame.sequence, next),
        };
        let leaves = if seen == Some(before) { kept.leaves(before) } else { Vec::new() };
        let mut reply = Reply { answer, leaves: Blob(leaves) };
        if let Some(lie) = &state.reply {
            lie(&mut reply);
        }
        let mut bytes = cbor::encode(&reply);
        if let Some(lie) = &state.bytes {
            lie(&mut bytes);
        }
        Ok(channel.answer(&mut OsRng, &frame, bytes.into()).unwrap())
    }

    fn perform(&self, kept: &mut Kept, session: SessionId, frame: u32, request: Request) -> Answer {
        kept.append(Event::Operation {
            action: request.operation.action(),
            outcome: OperationOutcome::Done,
            secret: Nullable(request.operation.secret()),
            session,
            frame,
            seen: request.seen,
            owner_tag: request.owner_tag,
        });
        match request.operation {
            Operation::CompleteRegistration { sealed_storage_key } => {
                kept.sealed_storage_key = Some(sealed_storage_key.0);
                Answer::Done
            }
            Operation::Store { id, origin, sealed_secret, sealed_label } => {
                kept.secrets.insert(id, RetrievedSecret { origin, created_at: 1, sealed_secret, sealed_label });
                Answer::Stored { created_at: 1 }
            }
            Operation::Retrieve { id, .. } => match kept.secrets.get(&id) {
                Some(secret) => Answer::Retrieved(secret.clone()),
                None => Answer::Problem { code: Problem::SecretNotFound.code().to_owned() },
            },
            Operation::List { .. } => Answer::Listed { items: kept.secrets.iter().map(listed).collect(), more: false },
            Operation::Audit { before, .. } => Answer::Audited(self.page(kept, before.0)),
            Operation::BeginPasswordChange { request } => {
                let response = opaque::respond_to_registration(&self.setup, &request.0, &self.credential_id).unwrap();
                Answer::PasswordChangeBegun { response: Bytes(response) }
            }
            Operation::Delete { .. } | Operation::DeleteAccount => Answer::Done,
        }
    }

    fn go_on(&self, kept: &mut Kept, session: SessionId, frame: u32, next: Continuation) -> Answer {
        match next {
            Continuation::List { .. } => Answer::Listed { items: Vec::new(), more: false },
            Continuation::Audit { before, .. } => Answer::Audited(self.page(kept, Some(before))),
            Continuation::Links { from, .. } => Answer::Links { leaves: Blob(kept.leaves(from)) },
            Continuation::CommitPasswordChange { upload, sealed_storage_key, seen, owner_tag, .. } => {
                kept.record = RegistrationRecord::from_bytes(&upload.0).unwrap();
                kept.sealed_storage_key = Some(sealed_storage_key.0);
                kept.generation += 1;
                let (action, outcome) = (audit::Action::PasswordChanged, OperationOutcome::Done);
                let secret = Nullable(None);
                kept.append(Event::Operation { action, outcome, secret, session, frame, seen, owner_tag });
                Answer::Done
            }
        }
    }

    fn page(&self, kept: &Kept, before: Option<u64>) -> AuditPage {
        let end = before.map_or(kept.log.len(), |before| before as usize);
        let from = end.saturating_sub(limits::AUDIT_PAGE);
        AuditPage {
            head: Nullable(before.is_none().then(|| self.head(kept))),
            from: from as u64,
            before: self.head_at(kept, from).chain,
            entries: kept.log[from..end].iter().rev().cloned().collect(),
        }
    }

    fn head(&self, kept: &Kept) -> ChainHead {
        self.head_at(kept, kept.log.len())
    }

    fn head_at(&self, kept: &Kept, size: usize) -> ChainHead {
        let first = ChainHead { size: 0, chain: Bytes(audit::first(&self.realm, &kept.user_id)) };
        let leaves: Vec<u8> = kept.log[..size].iter().flat_map(leaf).collect();
        audit::extend(first, &leaves).unwrap()
    }
}

impl Kept {
    fn new(upload: &[u8]) -> Self {
        Self {
            record: RegistrationRecord::from_bytes(upload).unwrap(),
            user_id: UserId::random(&mut OsRng),
            generation: 1,
            sealed_storage_key: None,
            log: Vec::new(),
            secrets: BTreeMap::new(),
        }
    }

    /// Writes into the log whatever the server likes.
    pub(crate) fn append(&mut self, event: Event) {
        let mut salt = [0; 16];
        OsRng.fill_bytes(&mut salt);
        let entry = Blob(Entry { at: 1, event }.encode());
        self.log.push(LoggedEntry { salt: Bytes(salt), entry });
    }

    /// Changes an entry, or takes it out of the log and puts it back in as it pleases.
    pub(crate) fn event(&self, n: usize) -> Event {
        Entry::decode(&self.log[n].entry.0).unwrap().event
    }

    pub(crate) fn set_event(&mut self, n: usize, event: Event) {
        self.log[n].entry = Blob(Entry { at: 1, event }.encode());
    }

    fn leaves(&self, from: u64) -> Vec<u8> {
        let from = usize::try_from(from).unwrap().min(self.log.len());
        self.log[from..].iter().take(limits::WELCOME_LEAVES).flat_map(leaf).collect()
    }
}

fn leaf(logged: &LoggedEntry) -> [u8; 32] {
    audit::leaf(&logged.salt.0, &logged.entry.0)
}

fn listed((id, secret): (&SecretId, &RetrievedSecret)) -> SecretListed {
    let RetrievedSecret { origin, created_at, sealed_label, .. } = secret.clone();
    SecretListed { id: *id, origin, created_at, sealed_label }
}

impl Transport for Liar {
    fn exchange(&self, request: &HttpRequest<'_>, call: &StartedCall) -> Result<HttpReply, TransportFailure> {
        if request.acts && !call.begin_sending() {
            return Err(TransportFailure::not_sent(Cause::Cancelled));
        }
        let (status, content_type, body) = match self.answer(request.path, request.body.unwrap_or_default()) {
            Ok((media_type, body)) => (200, media_type, body),
            Err(problem) => {
                let document = format!("{{\"code\":\"{}\"}}", problem.code());
                (problem.status(), "application/problem+json", document.into_bytes())
            }
        };
        let content_type = content_type.to_owned();
        Ok(HttpReply { status, content_type, retry_after: None, request_id: None, body })
    }
}
