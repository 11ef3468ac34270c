//! What became of one account, held against what its client was told.

use std::collections::BTreeMap;

use lock_keeper_core::{
    AuditCursor, AuditEntry, AuditFilter, Code, DeviceUnlock, LockKeeperClient, LockKeeperError, NewSecret, Origin,
    Outcome, Purpose, Secret, SecretInfo, Session, password,
};

use crate::client::{call, options};
use crate::journal::Act;
use crate::ledger::{Entry, Known, Ledger, Open};

/// A page of a list that has room for all.
const ALL: u16 = 10_000;

/// What was found.
#[derive(Debug, Default)]
pub struct Verdict {
    /// What must not be.
    pub findings: Vec<String>,
    /// Calls whose outcome the client never learned: those that had happened, and those that had not.
    pub unknown: (usize, usize),
    /// Whether broken-off logins had spent its guesses, so that the operator had to unlock it.
    pub unlocked: bool,
    /// Secrets that were compared.
    pub secrets: usize,
    /// Entries of the log that were verified.
    pub entries: usize,
    /// The log, oldest entry first.
    pub log: Vec<String>,
}

/// An account under examination.
struct Check<'a> {
    client: &'a LockKeeperClient,
    second: Option<&'a LockKeeperClient>,
    name: &'a str,
    ledger: &'a Ledger,
    /// Puts the name's guess budget to zero, as an operator does.
    unlock: &'a dyn Fn(&str),
    verdict: Verdict,
}

/// Looks at an account with the stores of its own devices, the first and perhaps a second. The server must be well.
#[must_use]
pub fn account(
    (client, second): (&LockKeeperClient, Option<&LockKeeperClient>),
    name: &str,
    ledger: &Ledger,
    unlock: &dyn Fn(&str),
) -> Verdict {
    let mut check = Check { client, second, name, ledger, unlock, verdict: Verdict::default() };
    let broken = ledger.broken.iter().map(|what| format!("the client met what no fault explains: {what}"));
    check.verdict.findings.extend(broken);
    if let Err(error) = check.run() {
        check.find(format!("the check itself failed with {}: {error}", error.code.name()));
    }
    check.verdict
}

impl Check<'_> {
    fn find(&mut self, what: String) {
        self.verdict.findings.push(what);
    }

    fn run(&mut self) -> Result<(), LockKeeperError> {
        if self.ledger.passwords.is_empty() {
            // It never got as far as asking for an account.
            return Ok(());
        }
        let Some(session) = self.open()? else {
            match self.ledger.gone {
                Known::No => self.find("no password opens the account".to_owned()),
                Known::Perhaps => self.verdict.unknown.0 += 1,
                Known::Yes => {}
            }
            return self.register_again();
        };
        match self.ledger.gone {
            Known::Yes => self.find("the account was deleted, and is there".to_owned()),
            Known::Perhaps => self.verdict.unknown.1 += 1,
            Known::No => {}
        }
        self.compare(&session)?;
        self.count_in_log(&session)?;
        let stored = session.generate(NewSecret::default(), &call())?;
        if session.retrieve(stored.info.id, Purpose::Unspecified, &call())? != stored {
            self.find("a secret that was stored just now comes back changed".to_owned());
        }
        self.look_from_second(&stored)
    }

    /// The other device, with what it has seen so far, finds what the first one has just stored, and a log that verifies.
    fn look_from_second(&mut self, stored: &Secret) -> Result<(), LockKeeperError> {
        let Some(second) = self.second else { return Ok(()) };
        let opened = self.ledger.passwords.iter().find_map(|text| {
            let opened = password(text).and_then(|typed| second.open_session(self.name, typed, options(), &call()));
            Some(opened).filter(|opened| !opened.as_ref().is_err_and(|error| error.code == Code::WrongNameOrPassword))
        });
        let session = match opened {
            Some(Err(error)) if error.code == Code::TooManyAttempts => {
                self.unlock(&error);
                return self.look_from_second(stored);
            }
            Some(opened) => opened?,
            None => return Err(Code::WrongNameOrPassword.into()),
        };
        if session.retrieve(stored.info.id, Purpose::Unspecified, &call())? != *stored {
            self.find("the second device gets another secret than the first one has stored".to_owned());
        }
        if read_log(&session)?.len() <= self.verdict.entries {
            self.find("the second device sees an older log than the first one".to_owned());
        }
        Ok(())
    }

    /// Opens the account by whatever its client would try; none where nothing opens it.
    fn open(&mut self) -> Result<Option<Session>, LockKeeperError> {
        match self.try_open() {
            Err(error) if error.code == Code::TooManyAttempts => {
                self.unlock(&error);
                self.try_open()
            }
            opened => opened,
        }
    }

    /// A device whose logins were broken off has spent its guesses (ADR 0021). It must be told how long to wait: no wait is for ever.
    fn unlock(&mut self, refusal: &LockKeeperError) {
        if refusal.retry_after.is_none() {
            self.find("the account is shut, and nobody says for how long".to_owned());
        }
        self.verdict.unlocked = true;
        (self.unlock)(self.name);
    }

    fn try_open(&mut self) -> Result<Option<Session>, LockKeeperError> {
        if self.ledger.registered != Known::Yes {
            return self.register();
        }
        if let Some(bytes) = self.ledger.unlock.as_deref().and_then(|text| hex::decode(text).ok()) {
            match self.client.open_session_with(DeviceUnlock::from_bytes(&bytes)?, options(), &call()) {
                Err(error) if error.code == Code::DeviceUnlockStale => {}
                opened => {
                    self.changed(false);
                    return opened.map(Some);
                }
            }
        }
        for (n, text) in self.ledger.passwords.iter().enumerate() {
            match self.client.open_session(self.name, password(text)?, options(), &call()) {
                Err(error) if error.code == Code::WrongNameOrPassword => {}
                opened => {
                    self.changed(n == 0);
                    return opened.map(Some);
                }
            }
        }
        Ok(None)
    }

    /// Completes a registration that was never acknowledged: the same call again must succeed, or find the account complete.
    fn register(&mut self) -> Result<Option<Session>, LockKeeperError> {
        let Some(text) = self.ledger.passwords.first() else { return Ok(None) };
        match self.client.register(self.name, password(text)?, None, options(), &call()) {
            Err(error) if error.code == Code::AccountNameTaken => {
                self.verdict.unknown.0 += 1;
                self.client.open_session(self.name, password(text)?, options(), &call()).map(Some)
            }
            registered => {
                self.verdict.unknown.1 += 1;
                registered.map(Some)
            }
        }
    }

    fn changed(&mut self, newest: bool) {
        if let Some(Open { act: Act::ChangePassword { .. }, unknown: true }) = self.ledger.open {
            let (happened, not_happened) = &mut self.verdict.unknown;
            *(if newest { happened } else { not_happened }) += 1;
        }
    }

    /// A name whose account was deleted is free.
    fn register_again(&mut self) -> Result<(), LockKeeperError> {
        self.client.forget(self.name)?;
        let text = password("a new beginning")?;
        self.client.register(self.name, text, None, options(), &call()).map(drop)
    }

    /// Every secret that was acknowledged is there, unchanged; none that was never stored or was deleted.
    fn compare(&mut self, session: &Session) -> Result<(), LockKeeperError> {
        let listed: BTreeMap<String, SecretInfo> =
            session.list(None, ALL, &call())?.into_iter().map(|info| (info.id.to_string(), info)).collect();
        for (id, entry) in &self.ledger.secrets {
            let there = listed.get(id);
            let (stored, deleted) = (entry.stored, entry.deleted);
            if there.is_none() && stored == Known::Yes && deleted == Known::No {
                self.find(format!("the secret {id} was acknowledged, and is lost"));
            }
            if there.is_some() && stored == Known::No {
                self.find(format!("the secret {id} was refused as if nothing had happened, and is there"));
            }
            if there.is_some() && deleted == Known::Yes {
                self.find(format!("the secret {id} was deleted, and is there"));
            }
            if let Some(info) = there {
                self.compare_one(session, id, entry, info)?;
            }
        }
        let strangers = listed.keys().filter(|id| !self.ledger.secrets.contains_key(*id));
        let strangers: Vec<String> = strangers.map(|id| format!("nobody stored the secret {id}")).collect();
        self.verdict.findings.extend(strangers);
        Ok(())
    }

    fn compare_one(
        &mut self,
        session: &Session,
        id: &str,
        entry: &Entry,
        info: &SecretInfo,
    ) -> Result<(), LockKeeperError> {
        let secret = session.retrieve(info.id, Purpose::Unspecified, &call())?;
        self.verdict.secrets += 1;
        let origin = if entry.imported { Origin::Imported } else { Origin::Generated };
        let same = secret.info == *info
            && info.origin == origin
            && info.label.as_deref() == Some(&entry.sealed.label)
            && secret.bytes.len() == entry.sealed.length
            && entry.bytes.as_ref().is_none_or(|bytes| *bytes == hex::encode(secret.bytes.expose()));
        if !same {
            self.find(format!("the secret {id} is not the one that was stored"));
        }
        Ok(())
    }

    /// Counts in the whole log.
    fn count_in_log(&mut self, session: &Session) -> Result<(), LockKeeperError> {
        let entries = read_log(session)?;
        self.verdict.entries = entries.len();
        self.verdict.log = entries.iter().map(line).collect();
        self.count(&entries);
        Ok(())
    }
    fn count(&mut self, entries: &[AuditEntry]) {
        let mut done: BTreeMap<(&str, Option<String>), usize> = BTreeMap::new();
        for entry in entries.iter().filter(|entry| entry.outcome == Outcome::Succeeded) {
            *done.entry((entry.action, entry.secret.map(|id| id.to_string()))).or_default() += 1;
        }
        let times = |action, id: Option<&String>| done.get(&(action, id.cloned())).copied().unwrap_or_default();
        let mut findings = Vec::new();
        for (id, entry) in &self.ledger.secrets {
            let (own, other) = if entry.imported { ("import", "generate") } else { ("generate", "import") };
            let stored = times(own, Some(id));
            if !entry.stored.allows(stored) || times(other, Some(id)) > 0 {
                findings.push(format!("{own} of {id} ({:?}) stands {stored} times in the log", entry.stored));
            }
            let deleted = times("delete", Some(id));
            if !entry.deleted.allows(deleted) {
                findings.push(format!("delete of {id} ({:?}) stands {deleted} times in the log", entry.deleted));
            }
            if entry.stored == Known::Perhaps {
                let (happened, not_happened) = &mut self.verdict.unknown;
                *(if stored == 1 { happened } else { not_happened }) += 1;
            }
            let (read, logged) = (self.ledger.retrieved.get(id), times("retrieve_local_only", Some(id)));
            if read.is_some_and(|read| *read > logged) {
                findings.push(format!("{read:?} reads of {id} were acknowledged, and {logged} stand in the log"));
            }
        }
        let known = |id: &Option<String>| id.as_ref().is_some_and(|id| self.ledger.secrets.contains_key(id));
        for ((action, id), times) in &done {
            if matches!(*action, "generate" | "import" | "delete") && !known(id) {
                findings.push(format!("{action} of {id:?} stands {times} times in the log, and nobody asked for it"));
            }
        }
        let registered = times("complete_registration", None);
        if registered != 1 {
            findings.push(format!("the registration was completed {registered} times"));
        }
        let (changed, (least, perhaps)) = (times("password_changed", None), self.ledger.changes);
        if changed < least || changed > least + perhaps {
            findings.push(format!("{least} to {} changes of the password, and {changed} in the log", least + perhaps));
        }
        self.verdict.findings.append(&mut findings);
    }
}

/// The whole log, oldest entry first. To read it verifies chain and owner tags.
fn read_log(session: &Session) -> Result<Vec<AuditEntry>, LockKeeperError> {
    let mut entries = Vec::new();
    let mut next = Some(AuditCursor::newest());
    while let Some(cursor) = next {
        let page = session.audit(&AuditFilter::default(), cursor, &call())?;
        entries.extend(page.entries);
        next = page.next;
    }
    entries.reverse();
    Ok(entries)
}

fn line(entry: &AuditEntry) -> String {
    let secret = entry.secret.map(|id| id.to_string()).unwrap_or_default();
    format!("{:>5}  {:<24} {:<14} {secret}", entry.n, entry.action, entry.outcome.name())
}
