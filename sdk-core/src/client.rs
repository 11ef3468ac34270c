//! A key server as an app sees it: register, open a session, forget.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use lock_keeper_protocol::identity::{AccountName, AccountNameInvalid, Password, PasswordInput, PasswordInvalid};
use lock_keeper_protocol::message::SessionKind;
use lock_keeper_protocol::opaque::{Identities, RegistrationFailed};
use lock_keeper_protocol::registration::{self, RegistrationEnded};
use rand::rngs::OsRng;

use crate::call::{Call, Phase, SessionOptions, StartedCall};
use crate::config::ServerConfig;
use crate::env::Env;
use crate::error::{Code, LockKeeperError, Result};
use crate::link::{Exchange, Link, Meter, violation};
use crate::observer::{Operation, OperationEvent};
use crate::opening::stretch_error;
use crate::session::Session;
use crate::stretching::{Stretched, Stretching};
use crate::unlock::DeviceUnlock;
use crate::unlocking::{Credentials, Home, Unlocked};
use crate::wait;

/// One key server. `new` does no I/O; calls may come from any thread.
#[derive(Clone)]
pub struct LockKeeperClient {
    home: Arc<Home>,
}

impl LockKeeperClient {
    /// A client of the configured key server.
    #[must_use]
    pub fn new(config: ServerConfig, env: Env) -> Self {
        Self { home: Arc::new(Home { config, env }) }
    }

    /// Creates the account, or completes one that this password half-made. The person cannot reset the password.
    ///
    /// Five exchanges and one Argon2id (64 MiB). `ticket` is reserved: no server takes one today.
    ///
    /// # Errors
    /// [`Code::AccountNameInvalid`], [`Code::PasswordInvalid`], [`Code::AccountNameTaken`], [`Code::RegistrationClosed`],
    /// [`Code::TicketRefused`], [`Code::ServerIdentityChanged`], and those of every call over the network. [`Code::RolledBack`]
    /// where this device knows an account of that name and the server does not; where the person has deleted it on another device,
    /// [`LockKeeperClient::forget`] comes first.
    pub fn register(
        &self,
        account: &str,
        password: Password,
        ticket: Option<&[u8]>,
        options: SessionOptions,
        call: &Call,
    ) -> Result<Session> {
        let account = account_name(account)?;
        let ticket = ticket.map(<[u8]>::to_vec);
        let input = password.input(self.home.config.realm(), &account);
        self.run(Operation::Register, call, options, move |home, link, started| {
            // A store that cannot be read now ends the call before anything is sent.
            let known = home.slot(&account).read()?.is_some();
            let registration = Registration { home, link, call: started, account: &account, input: &input, known };
            let remembered = registration.run(ticket.as_deref())?;
            let new = remembered.is_some();
            let credentials = Credentials { remembered, ..Credentials::typed(input) };
            match home.unlock(link, started, &account, credentials) {
                Ok((unlocked, SessionKind::Registration)) => Ok((account, unlocked)),
                // The registration was completed, but nobody heard of it.
                Ok((unlocked, SessionKind::Request)) if new || home.slot(&account).is_registering()? => {
                    Ok((account, unlocked))
                }
                Ok(_) => Err(Code::AccountNameTaken.into()),
                // It is somebody else's, or this password's no more.
                Err(error) if !new && matches!(error.code, Code::WrongNameOrPassword | Code::TooManyAttempts) => {
                    Err(Code::AccountNameTaken.into())
                }
                // The pending account is there, whatever has stopped its completion.
                Err(error) => {
                    let may_have_happened = error.may_have_happened || new;
                    Err(error.with_may_have_happened(may_have_happened))
                }
            }
        })
    }

    /// Unlocks the account by its password: one Argon2id (64 MiB), two round trips.
    ///
    /// # Errors
    /// [`Code::WrongNameOrPassword`], [`Code::TooManyAttempts`] with the time to wait, [`Code::ServerIdentityChanged`],
    /// [`Code::RolledBack`], [`Code::DataTampered`], [`Code::StoreCorrupt`], and those of every call over the network.
    pub fn open_session(
        &self,
        account: &str,
        password: Password,
        options: SessionOptions,
        call: &Call,
    ) -> Result<Session> {
        let account = account_name(account)?;
        let input = password.input(self.home.config.realm(), &account);
        self.run(Operation::OpenSession, call, options, move |home, link, started| {
            let (unlocked, _) = home.unlock(link, started, &account, Credentials::typed(input))?;
            Ok((account, unlocked))
        })
    }

    /// Unlocks the account without Argon2id, so that an app extension can.
    ///
    /// # Errors
    /// [`Code::DeviceUnlockStale`] after a password change or for another server; else as [`LockKeeperClient::open_session`].
    pub fn open_session_with(&self, unlock: DeviceUnlock, options: SessionOptions, call: &Call) -> Result<Session> {
        if unlock.realm != *self.home.config.realm() {
            return Err(Code::DeviceUnlockStale.into());
        }
        self.run(Operation::OpenSession, call, options, move |home, link, started| {
            let DeviceUnlock { account, input, stretched, .. } = unlock;
            let credentials = Credentials { input, remembered: Some(stretched), may_stretch: false };
            let (unlocked, _) = home.unlock(link, started, &account, credentials).map_err(|error| {
                if error.code == Code::WrongNameOrPassword { Code::DeviceUnlockStale.into() } else { error }
            })?;
            Ok((account, unlocked))
        })
    }

    /// Removes all that this device knows of an account: cookie, pin, head of the audit log. The account itself stays.
    ///
    /// # Errors
    /// [`Code::AccountNameInvalid`], [`Code::StoreUnavailable`].
    pub fn forget(&self, account: &str) -> Result<()> {
        self.home.slot(&account_name(account)?).remove()
    }

    /// Drops the connections that are kept open; an app calls it when it is suspended. Calls under way go on.
    pub fn drop_connections(&self) {
        self.home.env.transport.drop_connections();
    }

    fn run(
        &self,
        op: Operation,
        call: &Call,
        options: SessionOptions,
        work: impl FnOnce(&Home, &Link<'_>, &Arc<StartedCall>) -> Result<(AccountName, Unlocked)> + Send + 'static,
    ) -> Result<Session> {
        self.home.config.trust().check()?;
        let home = Arc::clone(&self.home);
        let (account, unlocked) = observed(&self.home, op, call, move |started, meter| {
            let link = home.link(started, meter);
            work(&home, &link, started)
        })?;
        // Not before the app hears of it: what a cancelled call finishes in the background, nobody hears of. A note that
        // stays behind makes a later `register` of this account's owner a login, and nothing worse.
        let _ = self.home.slot(&account).end_registration();
        Ok(Session::new(Arc::clone(&self.home), account, unlocked, options))
    }
}

impl fmt::Debug for LockKeeperClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LockKeeperClient")
    }
}

/// Runs a call on a thread of its own and tells the observer how it ended.
pub(crate) fn observed<T: Send + 'static>(
    home: &Home,
    op: Operation,
    call: &Call,
    work: impl FnOnce(&Arc<StartedCall>, &Meter) -> Result<T> + Send + 'static,
) -> Result<T> {
    let began = Instant::now();
    let meter = Arc::new(Meter::default());
    let own = Arc::clone(&meter);
    let result = wait::run(&call.start(), move |started| work(started, &own));
    if let Some(observer) = &home.env.observer {
        let code = result.as_ref().err().map(|error| error.code);
        observer.ended(&OperationEvent::new(op, began.elapsed(), meter.bytes(), meter.attempts(), code));
    }
    result
}

/// The two exchanges of the registration.
struct Registration<'a> {
    home: &'a Home,
    link: &'a Link<'a>,
    call: &'a Arc<StartedCall>,
    account: &'a AccountName,
    input: &'a PasswordInput,
    /// This device has a record of an account of that name.
    known: bool,
}

impl Registration<'_> {
    /// Answers the stretching that a login right after can use; none where the name is taken.
    fn run(&self, ticket: Option<&[u8]>) -> Result<Option<Stretched>> {
        self.call.report(Phase::Connecting);
        let config = &self.home.config;
        let identities = Identities { realm: config.realm().clone(), account: self.account.clone() };
        let started = registration::start(&mut OsRng, identities, self.input, ticket).map_err(|_| Code::Internal)?;
        let Some(answer) = self.post(Exchange::REGISTRATION_START, started.body())? else { return Ok(None) };
        if self.known {
            return Err(Code::RolledBack.into());
        }
        let stretching = Stretching::new(None, true, self.call);
        let body = started
            .started(&mut OsRng, &answer, config.server_public_keys(), stretching.clone())
            .map_err(|ended| ended_error(self.link, ended))?;
        let finished = self.post(Exchange::REGISTRATION_FINISH, &body)?;
        Ok(finished.and_then(|_| stretching.take_used()))
    }

    /// The answer; none where the name is taken.
    fn post(&self, exchange: Exchange, body: &[u8]) -> Result<Option<Vec<u8>>> {
        match self.link.post_or_fail(exchange, body) {
            Err(error) if error.code == Code::AccountNameTaken => Ok(None),
            answer => answer.map(Some),
        }
    }
}

fn ended_error(link: &Link<'_>, ended: RegistrationEnded) -> LockKeeperError {
    match ended {
        RegistrationEnded::Opaque(RegistrationFailed::Malformed) => violation("the registration response is malformed"),
        RegistrationEnded::Opaque(RegistrationFailed::Stretch(failure)) => stretch_error(link, failure),
        RegistrationEnded::ServerKeyChanged(_) => Code::ServerIdentityChanged.into(),
    }
}

/// Prepares an account name.
pub(crate) fn account_name(text: &str) -> Result<AccountName> {
    AccountName::prepare(text).map_err(|invalid| {
        LockKeeperError::new(Code::AccountNameInvalid).with_detail(match invalid {
            AccountNameInvalid::Empty => "it is empty",
            AccountNameInvalid::TooLong => "it has more than 254 bytes",
            AccountNameInvalid::NotAllowed | AccountNameInvalid::NotPrepared => {
                "it has a character that is not allowed"
            }
        })
    })
}

/// Prepares a password that a person typed.
///
/// # Errors
/// [`Code::PasswordInvalid`].
pub fn password(text: &str) -> Result<Password> {
    Password::prepare(text).map_err(|invalid| {
        LockKeeperError::new(Code::PasswordInvalid).with_detail(match invalid {
            PasswordInvalid::Empty => "it is empty",
            PasswordInvalid::TooLong => "it has more than 1024 bytes",
            PasswordInvalid::NotAllowed => "it has a character that is not allowed",
        })
    })
}
