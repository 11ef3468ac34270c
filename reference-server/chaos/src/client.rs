//! One person's device as a process of its own: it works on one account until it is killed, and goes on where it was when
//! it is started again.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use lock_keeper_core::{
    AuditCursor, AuditFilter, Call, Code, DeviceUnlock, Env, FileStore, LockKeeperClient, LockKeeperError, NewSecret,
    Purpose, Result, SecretBytes, ServerConfig, Session, SessionOptions, password,
};
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::journal::{self, Act, Found, Journal, Note, Sealed};
use crate::ledger::{Known, Ledger, Open, bytes_of};
use crate::plan::Plan;

/// How long a call may take: longer than any outage of a run.
const DEADLINE: Duration = Duration::from_secs(30);

/// Who a client is, and where its server.
#[derive(Clone, Debug)]
pub struct Who {
    /// A directory of its own, with its store and its journal.
    pub home: PathBuf,
    /// The account's name.
    pub name: String,
    /// The file that an app reads to connect.
    pub connect: PathBuf,
    /// What its decisions are drawn from.
    pub seed: u64,
    /// Where it is the second device of its person: the directory of the first, which alone registers the account, changes
    /// its password and deletes it. What the person knows, both know.
    pub second_of: Option<PathBuf>,
}

/// Why a client has ended by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It has deleted its account.
    Gone,
    /// Broken-off logins have spent its guesses.
    Spent,
    /// Something happened that no fault explains. The journal says what.
    Broken,
}

/// A client at work.
struct Device {
    who: Who,
    client: LockKeeperClient,
    journal: Journal,
    ledger: Ledger,
    plan: Plan,
}

/// Works until the client ends by itself, or is killed.
///
/// # Panics
/// Where its files can't be read or written.
#[must_use]
pub fn work(who: Who) -> End {
    let lines = journal::read(&who.home);
    let mut journal = Journal::open(&who.home);
    journal.note(Note::Started);
    // Each process has decisions of its own, which follow from the seed and from how many there were before.
    let started = lines.iter().filter(|line| line.note == Note::Started).count() as u64;
    let rng = StdRng::seed_from_u64(who.seed.wrapping_add(started.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
    let ledger = Ledger::of(&lines);
    // The process before this one was killed on its way out.
    if ledger.gone == Known::Yes {
        return End::Gone;
    }
    if ledger.spent {
        return End::Spent;
    }
    let client = client(&who.connect, &who.home);
    let plan = Plan::new(rng, who.second_of.is_some());
    let mut device = Device { who, client, journal, ledger, plan };
    loop {
        match device.live() {
            Ok(()) => {}
            Err(Trouble::Passing | Trouble::Shut) => thread::sleep(Duration::from_millis(50)),
            Err(Trouble::End(end)) => return end,
        }
    }
}

/// A client of the server, with a store in its own directory.
///
/// # Panics
/// Where the file does not say how to connect.
#[must_use]
pub fn client(connect: &Path, home: &Path) -> LockKeeperClient {
    let json = std::fs::read(connect).expect("the file is there");
    let config = ServerConfig::from_connect_json(&json).expect("it says how to connect");
    let env = Env::new(&config, Arc::new(FileStore::new(home.join("store"))));
    LockKeeperClient::new(config, env)
}

/// Sessions never lock by themselves here.
#[must_use]
pub fn options() -> SessionOptions {
    SessionOptions { lock_after_idle: None, lock_in_background_after: None }
}

/// A call with the deadline of all calls here.
#[must_use]
pub fn call() -> Call {
    Call::new(DEADLINE)
}

/// What keeps a client from going on.
enum Trouble {
    /// It begins anew: the fault will pass.
    Passing,
    /// The other device has changed the password or deleted the account, so this session is of no use any more.
    Shut,
    End(End),
}

impl Device {
    /// Opens the account, registers it where it is new, and works in one session until something goes wrong.
    fn live(&mut self) -> Result<(), Trouble> {
        let session = match self.first_device() {
            Some(first) => self.open_beside(&first)?,
            None if self.must_register() => self.register()?,
            None => self.open()?,
        };
        self.keep_unlock(&session);
        for _ in 0..self.plan.calls_of_a_session() {
            let open = self.ledger.open.clone().filter(|open| open.unknown).map(|open| open.act);
            let again = open.filter(|act| self.plan.tries_again(act));
            let act = again.unwrap_or_else(|| self.plan.next(&session, &self.ledger));
            match self.attempt(&session, &act) {
                // The session outlives the fault, unless nobody knows any more what opens the account.
                Err(Trouble::Passing) if !matches!(act, Act::ChangePassword { .. } | Act::DeleteAccount) => {}
                attempted => attempted?,
            }
            thread::sleep(self.plan.pause());
        }
        Ok(())
    }

    /// What opens the account without Argon2id, so that the load is on the server and not on this machine's memory.
    fn keep_unlock(&mut self, session: &Session) {
        if let Ok(unlock) = session.device_unlock() {
            self.note(Note::Unlock(hex::encode(unlock.to_bytes().expose())));
        }
    }

    /// Where this is the second device: what the first one has written down by now.
    fn first_device(&self) -> Option<Ledger> {
        self.who.second_of.as_deref().map(|first| Ledger::of(&journal::read(first)))
    }

    fn must_register(&self) -> bool {
        self.ledger.registered != Known::Yes
    }

    fn register(&mut self) -> Result<Session, Trouble> {
        let first = self.ledger.passwords.first().cloned();
        let text = first.unwrap_or_else(|| self.plan.password());
        self.note(Note::Begins(Act::Register { password: text.clone() }));
        let typed = password(&text).map_err(|error| self.trouble(&error))?;
        match self.client.register(&self.who.name, typed, None, options(), &call()) {
            Ok(session) => {
                self.note(Note::Acknowledged(Found::Done));
                Ok(session)
            }
            // It had been completed before this process heard of it: the name is this client's own.
            Err(error) if error.code == Code::AccountNameTaken => {
                let session = self.open_with(&text)?;
                self.note(Note::FoundOut { happened: true });
                Ok(session)
            }
            Err(error) => Err(self.failed(&error)),
        }
    }

    /// Opens the account with what was kept, or else with the passwords that it may have.
    fn open(&mut self) -> Result<Session, Trouble> {
        if let Some((session, newest)) = self.try_open(&self.ledger.passwords.clone())? {
            self.settle(newest);
            return Ok(session);
        }
        if let Some(Open { act: Act::DeleteAccount, unknown: true }) = self.ledger.open {
            self.note(Note::FoundOut { happened: true });
            return Err(Trouble::End(End::Gone));
        }
        self.note(Note::Broken("no password opens the account any more".to_owned()));
        Err(Trouble::End(End::Broken))
    }

    /// Opens the account that the first device has registered, with the passwords that its person may have given it meanwhile.
    fn open_beside(&mut self, first: &Ledger) -> Result<Session, Trouble> {
        if first.registered != Known::Yes {
            return Err(Trouble::Passing);
        }
        if let Some((session, _)) = self.try_open(&first.passwords)? {
            return Ok(session);
        }
        // The first device may have changed the password since it was asked for it, or be about to delete the account.
        Err(if first.gone == Known::No { Trouble::Passing } else { Trouble::End(End::Gone) })
    }

    /// Tries what was kept and then the passwords; answers also whether the first of them was it.
    fn try_open(&mut self, passwords: &[String]) -> Result<Option<(Session, bool)>, Trouble> {
        if let Some(unlock) = self.ledger.unlock.as_deref().and_then(|text| hex::decode(text).ok()) {
            let unlock = DeviceUnlock::from_bytes(&unlock).map_err(|error| self.trouble(&error))?;
            match self.client.open_session_with(unlock, options(), &call()) {
                Ok(session) => return Ok(Some((session, false))),
                Err(error) if error.code == Code::DeviceUnlockStale => {}
                Err(error) => return Err(self.trouble(&error)),
            }
        }
        for (n, text) in passwords.iter().enumerate() {
            let typed = password(text).map_err(|error| self.trouble(&error))?;
            match self.client.open_session(&self.who.name, typed, options(), &call()) {
                Ok(session) => return Ok(Some((session, n == 0))),
                Err(error) if error.code == Code::WrongNameOrPassword => {}
                Err(error) => return Err(self.trouble(&error)),
            }
        }
        Ok(None)
    }

    fn open_with(&mut self, text: &str) -> Result<Session, Trouble> {
        let typed = password(text).map_err(|error| self.trouble(&error))?;
        self.client.open_session(&self.who.name, typed, options(), &call()).map_err(|error| self.trouble(&error))
    }

    /// The account is open, which tells what became of a change of password or a deletion: `newest` is whether the password
    /// of the change has opened it.
    fn settle(&mut self, newest: bool) {
        match self.ledger.open.clone() {
            Some(Open { act: Act::ChangePassword { .. }, unknown: true }) => {
                self.note(Note::FoundOut { happened: newest });
            }
            Some(Open { act: Act::DeleteAccount, unknown: true }) => self.note(Note::FoundOut { happened: false }),
            _ => {}
        }
    }

    fn attempt(&mut self, session: &Session, act: &Act) -> Result<(), Trouble> {
        let before = self.ledger.open.clone().is_some_and(|open| open.unknown && open.act == *act);
        self.note(Note::Begins(act.clone()));
        match self.perform(session, act) {
            Ok(found) => {
                self.note(Note::Acknowledged(found));
                match act {
                    Act::DeleteAccount => Err(Trouble::End(End::Gone)),
                    Act::ChangePassword { .. } => {
                        self.keep_unlock(session);
                        Ok(())
                    }
                    _ => Ok(()),
                }
            }
            // An earlier sending has done it.
            Err(error) if before && error.code == Code::SecretDeleted && matches!(act, Act::Delete { .. }) => {
                self.note(Note::FoundOut { happened: true });
                Ok(())
            }
            Err(error) => Err(self.failed(&error)),
        }
    }

    fn perform(&self, session: &Session, act: &Act) -> Result<Found> {
        let id = |id: &str| id.parse().map_err(|_| LockKeeperError::new(Code::Internal));
        match act {
            Act::Generate(Sealed { id: text, length, label }) => {
                let new = NewSecret { id: Some(id(text)?), label: Some(label.clone()), bytes: *length };
                let secret = session.generate(new, &call())?;
                Ok(Found::Secret(hex::encode(secret.bytes.expose())))
            }
            Act::Import(sealed) => {
                let bytes = hex::decode(bytes_of(sealed)).unwrap_or_default();
                let bytes = SecretBytes::from(&bytes[..]);
                session.import_secret(bytes, Some(&sealed.label), Some(id(&sealed.id)?), &call())?;
                Ok(Found::Done)
            }
            Act::Retrieve { id: text } => {
                let secret = session.retrieve(id(text)?, Purpose::LocalOnly, &call())?;
                Ok(Found::Secret(hex::encode(secret.bytes.expose())))
            }
            Act::List => session.list(None, 1_000, &call()).map(|_| Found::Done),
            Act::Audit => session.audit(&AuditFilter::default(), AuditCursor::newest(), &call()).map(|_| Found::Done),
            Act::Delete { id: text } => session.delete(id(text)?, &call()).map(|()| Found::Done),
            Act::ChangePassword { new } => {
                let old = password(self.ledger.passwords.last().map_or("", String::as_str))?;
                session.change_password(old, password(new)?, &call()).map(|()| Found::Done)
            }
            Act::DeleteAccount => {
                let own = password(self.ledger.passwords.last().map_or("", String::as_str))?;
                session.delete_account(own, &call()).map(|()| Found::Done)
            }
            Act::Register { .. } => Err(Code::Internal.into()),
        }
    }

    /// A call that was noted has failed.
    fn failed(&mut self, error: &LockKeeperError) -> Trouble {
        let (code, may_have_happened) = (error.code.name().to_owned(), error.may_have_happened);
        self.note(Note::Failed { code, may_have_happened });
        self.trouble(error)
    }

    /// What a failure means: that of a fault passes.
    fn trouble(&mut self, error: &LockKeeperError) -> Trouble {
        match error.code {
            Code::Offline | Code::TimedOut | Code::ServerBusy | Code::OutcomeUnknown => Trouble::Passing,
            Code::PasswordChanged | Code::WrongNameOrPassword | Code::SessionLocked if self.who.second_of.is_some() => {
                Trouble::Shut
            }
            Code::TooManyAttempts => {
                self.note(Note::Spent);
                Trouble::End(End::Spent)
            }
            _ => {
                self.note(Note::Broken(format!("{}: {error}", error.code.name())));
                Trouble::End(End::Broken)
            }
        }
    }

    fn note(&mut self, note: Note) {
        self.journal.note(note.clone());
        self.ledger.learn(&note);
    }
}
