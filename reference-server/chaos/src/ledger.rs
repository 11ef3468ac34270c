//! What follows from a journal: what must be on the server, what must not, and what may be either.

use std::collections::BTreeMap;

use crate::journal::{Act, Found, Line, Note, Sealed};

/// Whether something happened, as far as the client was told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Known {
    /// It was never asked for, or each time it failed in a way that says that nothing happened.
    #[default]
    No,
    /// The last word is that it may have happened.
    Perhaps,
    /// It was acknowledged.
    Yes,
}

impl Known {
    /// Whether so many times is what can be true.
    #[must_use]
    pub fn allows(self, times: usize) -> bool {
        match self {
            Self::No => times == 0,
            Self::Perhaps => times <= 1,
            Self::Yes => times == 1,
        }
    }

    fn learn(&mut self, news: Self) {
        // What may have happened once may still have, whatever becomes of a later call.
        if news == Self::Yes || *self == Self::No {
            *self = news;
        }
    }
}

/// A secret that a client has asked for.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What was asked for.
    pub sealed: Sealed,
    /// Whether the app brought it.
    pub imported: bool,
    /// Its bytes in hexadecimal digits, once they were acknowledged.
    pub bytes: Option<String>,
    /// Whether it was stored.
    pub stored: Known,
    /// Whether it was deleted.
    pub deleted: Known,
}

/// A call without a certain outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// The call.
    pub act: Act,
    /// Whether it has ended without telling, be it by an error or by the death of the client.
    pub unknown: bool,
}

/// What became of calls whose outcome was not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unknown {
    /// How many there were.
    pub all: usize,
    /// The same call, made again, was acknowledged.
    pub acknowledged_again: usize,
    /// The client has found out that it had happened.
    pub happened: usize,
    /// The client has found out that it had not.
    pub not_happened: usize,
}

/// What a client knows of its account.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// Whether the account was registered.
    pub registered: Known,
    /// Whether it was deleted.
    pub gone: Known,
    /// The passwords that may open it, the most likely one first.
    pub passwords: Vec<String>,
    /// What opens it without a password, in hexadecimal digits.
    pub unlock: Option<String>,
    /// Its secrets.
    pub secrets: BTreeMap<String, Entry>,
    /// Changes of the password that were acknowledged, and those that perhaps happened.
    pub changes: (usize, usize),
    /// Calls that were acknowledged.
    pub acknowledged: usize,
    /// Calls whose outcome was not known at some time, and what became of them.
    pub unknown: Unknown,
    /// Reads of secrets that were acknowledged, for each id.
    pub retrieved: BTreeMap<String, usize>,
    /// The call that was made last, while it has no outcome or may have happened.
    pub open: Option<Open>,
    /// The device has to wait.
    pub spent: bool,
    /// What no fault explains.
    pub broken: Vec<String>,
}

impl Ledger {
    /// Reads a journal.
    #[must_use]
    pub fn of(lines: &[Line]) -> Self {
        let mut ledger = Self::default();
        for line in lines {
            ledger.learn(&line.note);
        }
        // A process that was killed left its call without an outcome.
        ledger.outcome_unknown();
        ledger
    }

    /// What both devices of a person know together: this is the one that registered the account.
    #[must_use]
    pub fn and_second_device(mut self, second: Self) -> Self {
        self.secrets.extend(second.secrets);
        // A device reads only what it has stored itself.
        self.retrieved.extend(second.retrieved);
        self.acknowledged += second.acknowledged;
        self.unknown.all += second.unknown.all;
        self.unknown.acknowledged_again += second.unknown.acknowledged_again;
        self.broken.extend(second.broken);
        self
    }

    /// Takes one more note.
    pub fn learn(&mut self, note: &Note) {
        match note {
            Note::Started => self.outcome_unknown(),
            Note::Begins(act) => {
                self.asked(act);
                let again = self.open.take().is_some_and(|open| open.unknown && open.act == *act);
                self.open = Some(Open { act: act.clone(), unknown: again });
            }
            Note::Acknowledged(found) => {
                if let Some(open) = self.open.take() {
                    self.acknowledged += 1;
                    self.unknown.acknowledged_again += usize::from(open.unknown);
                    self.found(&open.act, found);
                    self.ended(&open.act, Known::Yes);
                }
            }
            Note::Failed { may_have_happened: true, .. } => self.outcome_unknown(),
            // What may have happened before this call still may have.
            Note::Failed { may_have_happened: false, .. } => self.open = self.open.take().filter(|open| open.unknown),
            Note::FoundOut { happened } => self.found_out(*happened),
            Note::Unlock(bytes) => self.unlock = Some(bytes.clone()),
            Note::Spent => self.spent = true,
            Note::Broken(what) => self.broken.push(what.clone()),
        }
    }

    fn outcome_unknown(&mut self) {
        if let Some(open) = self.open.as_mut().filter(|open| !open.unknown) {
            open.unknown = true;
            let act = open.act.clone();
            self.unknown.all += 1;
            self.ended(&act, Known::Perhaps);
        }
    }

    fn found_out(&mut self, happened: bool) {
        let Some(Open { act, .. }) = self.open.take() else { return };
        if happened {
            self.unknown.happened += 1;
            self.ended(&act, Known::Yes);
            return;
        }
        self.unknown.not_happened += 1;
        match &act {
            Act::ChangePassword { new } => {
                self.changes.1 -= usize::from(self.passwords.first() == Some(new));
                self.passwords.retain(|password| password != new);
            }
            Act::DeleteAccount => self.gone = Known::No,
            _ => {}
        }
    }

    fn asked(&mut self, act: &Act) {
        let (sealed, imported) = match act {
            Act::Generate(sealed) => (sealed, false),
            Act::Import(sealed) => (sealed, true),
            _ => return,
        };
        let bytes = imported.then(|| bytes_of(sealed));
        let entry = Entry { sealed: sealed.clone(), imported, bytes, stored: Known::No, deleted: Known::No };
        self.secrets.entry(sealed.id.clone()).or_insert(entry);
    }

    fn found(&mut self, act: &Act, found: &Found) {
        match (act, found) {
            (Act::Generate(sealed), Found::Secret(bytes)) => {
                if let Some(entry) = self.secrets.get_mut(&sealed.id) {
                    entry.bytes = Some(bytes.clone());
                }
            }
            (Act::Retrieve { id }, _) => *self.retrieved.entry(id.clone()).or_default() += 1,
            _ => {}
        }
    }

    fn ended(&mut self, act: &Act, news: Known) {
        match act {
            Act::Register { password } => {
                self.registered.learn(news);
                self.passwords = vec![password.clone()];
            }
            Act::Generate(sealed) | Act::Import(sealed) => {
                if let Some(entry) = self.secrets.get_mut(&sealed.id) {
                    entry.stored.learn(news);
                }
            }
            Act::Delete { id } => {
                if let Some(entry) = self.secrets.get_mut(id) {
                    entry.deleted.learn(news);
                }
            }
            Act::ChangePassword { new } => self.changed(new, news),
            Act::DeleteAccount => self.gone.learn(news),
            Act::Retrieve { .. } | Act::List | Act::Audit => {}
        }
    }

    fn changed(&mut self, new: &str, news: Known) {
        match news {
            Known::No => {}
            Known::Perhaps => {
                if self.passwords.first().is_none_or(|first| first != new) {
                    self.changes.1 += 1;
                    self.passwords.insert(0, new.to_owned());
                }
            }
            Known::Yes => {
                self.changes.1 -= usize::from(self.passwords.len() > 1);
                self.changes.0 += 1;
                self.passwords = vec![new.to_owned()];
            }
        }
    }
}

/// The bytes of a secret that a client brings, in hexadecimal digits: they follow from its id, so that a process that was
/// started again brings the same.
#[must_use]
pub fn bytes_of(sealed: &Sealed) -> String {
    let digits = sealed.id.chars().cycle();
    digits.take(2 * sealed.length).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger(notes: Vec<Note>) -> Ledger {
        let lines: Vec<Line> = notes.into_iter().map(|note| Line { at: 0, note }).collect();
        Ledger::of(&lines)
    }

    fn generates() -> Note {
        Note::Begins(Act::Generate(Sealed { id: "a5".repeat(16), length: 32, label: String::new() }))
    }

    fn failed(may_have_happened: bool) -> Note {
        Note::Failed { code: "offline".to_owned(), may_have_happened }
    }

    fn done() -> Note {
        Note::Acknowledged(Found::Done)
    }

    fn changes(new: &str) -> Note {
        Note::Begins(Act::ChangePassword { new: new.to_owned() })
    }

    fn registered() -> Vec<Note> {
        vec![Note::Started, Note::Begins(Act::Register { password: "old".to_owned() }), done()]
    }

    fn stored(notes: Vec<Note>) -> (Known, Unknown) {
        let ledger = ledger(notes);
        (ledger.secrets.values().next().unwrap().stored, ledger.unknown)
    }

    #[test]
    fn what_was_acknowledged_must_be_there_once_and_what_failed_without_effect_must_not() {
        assert_eq!(stored(vec![generates(), done()]).0, Known::Yes);
        assert_eq!(stored(vec![generates(), failed(false)]).0, Known::No);
        let allowed = |known: Known| [0, 1, 2].map(|times| known.allows(times));
        assert_eq!(allowed(Known::Yes), [false, true, false]);
        assert_eq!(allowed(Known::No), [true, false, false]);
        assert_eq!(allowed(Known::Perhaps), [true, true, false]);
    }

    #[test]
    fn what_may_have_happened_or_was_cut_short_by_death_may_have_happened_for_ever_unless_it_is_acknowledged() {
        let one = Unknown { all: 1, ..Unknown::default() };
        assert_eq!(stored(vec![generates(), failed(true)]), (Known::Perhaps, one));
        assert_eq!(stored(vec![generates()]), (Known::Perhaps, one));
        assert_eq!(stored(vec![generates(), Note::Started, generates(), failed(false)]), (Known::Perhaps, one));
        let again = Unknown { acknowledged_again: 1, ..one };
        assert_eq!(stored(vec![generates(), Note::Started, generates(), done()]), (Known::Yes, again));
    }

    #[test]
    fn after_a_change_of_unknown_outcome_both_passwords_may_open_the_account_until_it_is_found_out() {
        let passwords = |more: Vec<Note>| {
            let ledger = ledger([registered(), more].concat());
            (ledger.passwords, ledger.changes)
        };
        let text = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        assert_eq!(passwords(vec![changes("new"), done()]), (text(&["new"]), (1, 0)));
        assert_eq!(passwords(vec![changes("new"), failed(false)]), (text(&["old"]), (0, 0)));
        assert_eq!(passwords(vec![changes("new"), failed(true)]), (text(&["new", "old"]), (0, 1)));
        let found_out = |happened| vec![changes("new"), failed(true), Note::Started, Note::FoundOut { happened }];
        assert_eq!(passwords(found_out(true)), (text(&["new"]), (1, 0)));
        assert_eq!(passwords(found_out(false)), (text(&["old"]), (0, 0)));
    }
}
