//! A person's device, as the server sees it.

use std::sync::Arc;

use lock_keeper_protocol::audit::{self, ChainHead};
use lock_keeper_protocol::cbor::{self, Blob, Bytes, Nullable};
use lock_keeper_protocol::channel::{ChannelKeys, ClientChannel, SentFrame, Transcript};
use lock_keeper_protocol::identity::{AccountName, Password, PasswordInput, Realm, SessionId, UserId};
use lock_keeper_protocol::key::Key32;
use lock_keeper_protocol::limits;
use lock_keeper_protocol::message::{
    CBOR, Hello, Operation, RegistrationFinish, RegistrationStart, RegistrationStarted, Request, SessionFinish,
    SessionStart, SessionStarted, Welcome, path,
};
use lock_keeper_protocol::opaque::{self, Identities, KE1, KE3, LoginFailed, PendingLogin, PendingRegistration};
use rand::RngCore;
use rand::rngs::OsRng;

use crate::raw::{RawClient, Reply};
use crate::server::Server;
use crate::session::{Owner, Session};
use crate::stretch::Quick;

/// A device of one account.
pub struct Device {
    /// Its connection.
    pub http: RawClient,
    /// Who it logs in as, and where.
    pub identities: Identities,
    /// Its device cookie: random until a welcome has brought one.
    pub cookie: [u8; 64],
    /// The head of the log that it saw last.
    pub seen: Option<ChainHead>,
    /// The account's id, once a welcome has told it.
    pub user_id: Option<UserId>,
    /// The owner-tag key. A real client derives it from the storage key.
    pub tag_key: Key32,
    password: PasswordInput,
}

/// A login between `session/start` and `session/finish`. What goes into the body can be changed.
pub struct Login {
    /// The login's id.
    pub login_id: SessionId,
    /// KE3.
    pub ke3: [u8; KE3],
    /// Client frame 0.
    pub frame: Vec<u8>,
    keys: ChannelKeys,
    channel: ClientChannel,
    sent: SentFrame,
}

impl Device {
    /// A device on which nobody has registered or logged in yet. Nothing is sent.
    ///
    /// # Panics
    /// Where name or password can't be prepared.
    #[must_use]
    pub fn new(server: &Server, name: &str, password: &str) -> Self {
        Self::over(RawClient::new(server), server.realm(), name, password)
    }

    /// The same, of a server that is reached over this client and calls itself by this realm.
    ///
    /// # Panics
    /// As [`Self::new`].
    #[must_use]
    pub fn over(http: RawClient, realm: Realm, name: &str, password: &str) -> Self {
        let account = AccountName::prepare(name).expect("the name is good");
        let password = Password::prepare(password).expect("the password is good").input(&realm, &account);
        let mut cookie = [0; 64];
        OsRng.fill_bytes(&mut cookie);
        Self {
            http,
            identities: Identities { realm, account },
            cookie,
            seen: None,
            user_id: None,
            tag_key: Key32::random(&mut OsRng),
            password,
        }
    }

    /// A device that has registered its account and completed the registration.
    ///
    /// # Panics
    /// Where the server does not let it.
    #[must_use]
    pub fn register(server: &Server, name: &str, password: &str) -> Self {
        Self::new(server, name, password).registered()
    }

    /// This device, after it has registered its account and completed the registration.
    ///
    /// # Panics
    /// As [`Self::register`].
    #[must_use]
    pub fn registered(mut self) -> Self {
        self.register_pending();
        let mut session = self.login();
        let sealed_storage_key = Blob(vec![7; limits::SEALED_STORAGE_KEY]);
        let answer = session.request(Operation::CompleteRegistration { sealed_storage_key });
        assert_eq!(answer, lock_keeper_protocol::message::Answer::Done);
        self
    }

    /// Another device of the same person, which has seen nothing yet.
    #[must_use]
    pub fn another(&self, server: &Server) -> Self {
        let mut cookie = [0; 64];
        OsRng.fill_bytes(&mut cookie);
        Self {
            http: RawClient::new(server),
            identities: self.identities.clone(),
            cookie,
            seen: None,
            user_id: self.user_id,
            tag_key: self.tag_key.clone(),
            password: self.password.clone(),
        }
    }

    /// From now on it uses another password.
    ///
    /// # Panics
    /// Where the password can't be prepared.
    pub fn use_password(&mut self, password: &str) {
        let Identities { realm, account } = &self.identities;
        self.password = Password::prepare(password).expect("the password is good").input(realm, account);
    }

    // ── registration ────────────────────────────────────────────────────────────────────────────

    /// The body for `registration/start`.
    ///
    /// # Panics
    /// Never.
    #[must_use]
    pub fn registration_start(&self) -> (PendingRegistration, RegistrationStart) {
        let (pending, request) = opaque::start_registration(&mut OsRng, &self.password).expect("the input is good");
        let name = self.identities.account.as_str().to_owned();
        (pending, RegistrationStart { name, request: Bytes(request), ticket: Nullable(None) })
    }

    /// Starts a registration and answers the body for `registration/finish`.
    ///
    /// # Panics
    /// Where the server refuses.
    #[must_use]
    pub fn registration_finish(&self) -> RegistrationFinish {
        let (pending, start) = self.registration_start();
        let reply = self.http.post(path::REGISTRATION_START, CBOR, &cbor::encode(&start));
        let started: RegistrationStarted = cbor::decode(reply.success()).expect("the answer is one");
        let registered = pending
            .finish(&mut OsRng, &started.response.0, &self.identities, Arc::new(Quick))
            .expect("the response is one");
        RegistrationFinish { registration_id: started.registration_id, upload: Bytes(registered.upload) }
    }

    /// Makes a pending account.
    ///
    /// # Panics
    /// Where the server refuses.
    pub fn register_pending(&self) {
        let finish = self.registration_finish();
        let _ = self.http.post(path::REGISTRATION_FINISH, CBOR, &cbor::encode(&finish)).success();
    }

    // ── login ───────────────────────────────────────────────────────────────────────────────────

    /// The body for `session/start`.
    ///
    /// # Panics
    /// Never.
    #[must_use]
    pub fn session_start(&self) -> (PendingLogin, SessionStart) {
        let (pending, ke1) = opaque::start_login(&mut OsRng, &self.password).expect("the input is good");
        let name = self.identities.account.as_str().to_owned();
        let device_cookie = Bytes(self.cookie);
        (pending, SessionStart { name, ke1: Bytes(ke1), device_cookie, ticket: Nullable(None) })
    }

    /// Asks `session/start` and no more: what somebody does who only guesses.
    #[must_use]
    pub fn guess(&self) -> Reply {
        self.http.post(path::SESSION_START, CBOR, &cbor::encode(&self.session_start().1))
    }

    /// Starts a login and makes KE3, and frame 0 with a first request if there is one.
    ///
    /// # Errors
    /// [`LoginFailed`] where KE2 does not open: the password is wrong, or the name is not registered.
    ///
    /// # Panics
    /// Where the server refuses.
    pub fn try_start_login(&self, first: Option<Operation>) -> Result<Login, LoginFailed> {
        let (pending, start) = self.session_start();
        let reply = self.http.post(path::SESSION_START, CBOR, &cbor::encode(&start));
        let started: SessionStarted = cbor::decode(reply.success()).expect("the answer is one");
        self.prove(pending, &start.ke1.0, &started, first)
    }

    /// Makes KE3 and frame 0 of a login whose KE2 has come.
    ///
    /// # Errors
    /// As [`Self::try_start_login`].
    ///
    /// # Panics
    /// Where a first request does not fit into a frame.
    pub fn prove(
        &self,
        pending: PendingLogin,
        ke1: &[u8; KE1],
        started: &SessionStarted,
        first: Option<Operation>,
    ) -> Result<Login, LoginFailed> {
        let proven = pending.finish(&mut OsRng, &started.ke2.0, &self.identities, Arc::new(Quick))?;
        let transcript = Transcript::of(ke1, &started.ke2.0);
        let keys = ChannelKeys::derive(&proven.session_key, &started.login_id, &transcript, &proven.ke3);
        let mut channel = ClientChannel::new(keys.clone(), started.login_id);
        let request = first.map(|operation| self.first_request(&started.login_id, operation));
        let hello = Hello { seen: Nullable(self.seen), request: Nullable(request) };
        let sent = channel.seal(&mut OsRng, cbor::encode(&hello).into()).expect("the request fits into a frame");
        let frame = sent.as_bytes().to_vec();
        Ok(Login { login_id: started.login_id, ke3: proven.ke3, frame, keys, channel, sent })
    }

    /// The same for a password that is right.
    ///
    /// # Panics
    /// Where it is not, or the server refuses.
    #[must_use]
    pub fn start_login(&self) -> Login {
        self.try_start_login(None).expect("the password is right")
    }

    /// Sends `session/finish`.
    #[must_use]
    pub fn send_finish(&self, login: &Login) -> Reply {
        self.http.post(path::SESSION_FINISH, CBOR, &login.body())
    }

    /// Takes the welcome, and remembers what a device remembers.
    ///
    /// # Panics
    /// Where the answer is no welcome.
    #[must_use]
    pub fn welcome(&mut self, login: Login, reply: &Reply) -> Session {
        let payload = login.channel.open(&login.sent, reply.success()).expect("the server's frame verifies");
        let welcome: Welcome = cbor::decode(&payload).expect("it is a welcome");
        self.cookie = welcome.device_cookie.0;
        self.seen = Some(welcome.head);
        self.user_id = Some(welcome.user_id);
        let owner =
            Owner { realm: self.identities.realm.clone(), user_id: welcome.user_id, tag_key: self.tag_key.clone() };
        Session::open(self.http.clone(), owner, login.keys, login.channel, welcome)
    }

    /// Logs in.
    ///
    /// # Panics
    /// Where it does not succeed.
    #[must_use]
    pub fn login(&mut self) -> Session {
        let login = self.start_login();
        let reply = self.send_finish(&login);
        self.welcome(login, &reply)
    }

    /// Logs in with a first request that rides with KE3; its answer is in the session's welcome.
    ///
    /// # Panics
    /// Where it does not succeed.
    #[must_use]
    pub fn login_with(&mut self, operation: Operation) -> Session {
        let login = self.try_start_login(Some(operation)).expect("the password is right");
        let reply = self.send_finish(&login);
        self.welcome(login, &reply)
    }

    /// The head that this device would say it saw last.
    fn seen_or_first(&self, user_id: &UserId) -> ChainHead {
        let first = ChainHead { size: 0, chain: Bytes(audit::first(&self.identities.realm, user_id)) };
        self.seen.unwrap_or(first)
    }

    fn first_request(&self, session: &SessionId, operation: Operation) -> Request {
        // A device that was never welcomed can't know the id; the server can't tell.
        let user_id = self.user_id.unwrap_or(UserId([0; 32]));
        let owner = Owner { realm: self.identities.realm.clone(), user_id, tag_key: self.tag_key.clone() };
        owner.request(session, 0, self.seen_or_first(&user_id), operation)
    }
}

impl Login {
    /// Puts other bytes into frame 0, in the place of the hello.
    ///
    /// # Panics
    /// Where they don't fit.
    pub fn say(&mut self, payload: Vec<u8>) {
        let mut channel = ClientChannel::new(self.keys.clone(), self.login_id);
        self.sent = channel.seal(&mut OsRng, payload.into()).expect("the payload fits into a frame");
        self.frame = self.sent.as_bytes().to_vec();
        self.channel = channel;
    }

    /// The body for `session/finish`.
    #[must_use]
    pub fn body(&self) -> Vec<u8> {
        cbor::encode(&SessionFinish { login_id: self.login_id, ke3: Bytes(self.ke3), frame: Blob(self.frame.clone()) })
    }
}
