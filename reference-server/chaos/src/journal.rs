//! What a client writes down before and after each call, as an app does that wants to survive its own death.
//!
//! A line is one JSON object, written by one system call, so that a client that is killed leaves whole lines behind. What
//! stands in it as acknowledged was acknowledged.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// One line.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Line {
    /// When, in milliseconds since the Unix epoch.
    pub at: u64,
    /// What was written down.
    pub note: Note,
}

/// What a client notes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// A process of the client begins.
    Started,
    /// It is about to make this call.
    Begins(Act),
    /// The call has succeeded.
    Acknowledged(Found),
    /// The call has failed.
    Failed {
        /// The code's stable name.
        code: String,
        /// Whether the error said that it may have happened.
        may_have_happened: bool,
    },
    /// A call whose outcome was not known has happened after all, or has not.
    FoundOut {
        /// Which of the two.
        happened: bool,
    },
    /// What opens the account without its password from now on, in hexadecimal digits.
    Unlock(String),
    /// Broken-off logins have spent the guesses of this device: it has to wait, or somebody has to unlock the name.
    Spent,
    /// Something that no fault explains.
    Broken(String),
}

/// A call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Registers the account.
    Register {
        /// Its password.
        password: String,
    },
    /// Has a secret made.
    Generate(Sealed),
    /// Brings a secret.
    Import(Sealed),
    /// Fetches a secret.
    Retrieve {
        /// Its id.
        id: String,
    },
    /// Lists all secrets.
    List,
    /// Reads the newest page of the log.
    Audit,
    /// Deletes a secret.
    Delete {
        /// Its id.
        id: String,
    },
    /// Changes the password.
    ChangePassword {
        /// The new one.
        new: String,
    },
    /// Deletes the account.
    DeleteAccount,
}

/// A secret that is to be stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// Its id, drawn before the call.
    pub id: String,
    /// Its length in bytes.
    pub length: usize,
    /// Its label.
    pub label: String,
}

/// What a call has brought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// Nothing but success.
    Done,
    /// A secret, in hexadecimal digits.
    Secret(String),
}

/// A client's journal, open for writing.
pub struct Journal(File);

impl Journal {
    /// Opens it, or makes it.
    ///
    /// # Panics
    /// Where the file can't be written.
    #[must_use]
    pub fn open(home: &Path) -> Self {
        let file = OpenOptions::new().create(true).append(true).open(file_in(home));
        Self(file.expect("the client's directory can be written"))
    }

    /// Adds a line.
    ///
    /// # Panics
    /// Where it can't be written.
    pub fn note(&mut self, note: Note) {
        let mut line = serde_json::to_vec(&Line { at: now(), note }).expect("a note is JSON");
        line.push(b'\n');
        self.0.write_all(&line).expect("the journal can be written");
    }
}

/// The journal's file in a client's directory.
#[must_use]
pub fn file_in(home: &Path) -> PathBuf {
    home.join("journal")
}

/// All whole lines of a client's journal; none where it has not begun.
///
/// # Panics
/// Where a line that is whole is not one of a journal.
#[must_use]
pub fn read(home: &Path) -> Vec<Line> {
    let text = std::fs::read_to_string(file_in(home)).unwrap_or_default();
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    whole.lines().map(|line| serde_json::from_str(line).expect("it is a line of a journal")).collect()
}

/// Milliseconds since the Unix epoch.
#[must_use]
pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
