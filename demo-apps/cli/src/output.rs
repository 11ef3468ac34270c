//! What comes out of a command, for a person or for a script.
//!
//! With `--json`, standard output gets exactly one object, whether the command succeeded or failed, and standard error stays empty.
//! For a person, outcomes go to standard output; progress, warnings, hints and errors go to standard error.

mod human;
mod json;
mod printable;
pub(crate) mod style;

use std::io::{IsTerminal, Write, stderr, stdout};
use std::sync::Arc;

use lock_keeper_core::vault::ExportedSecret;
use lock_keeper_core::{AuditEntry, Secret, SecretBytes, SecretId, SecretInfo};
use zeroize::Zeroizing;

use crate::failure::{Failure, Trouble};
use crate::progress::Progress;
use style::Style;

/// What a command has done.
pub(crate) enum Report {
    Registered {
        account: String,
    },
    Generated(SecretInfo),
    Imported(SecretInfo),
    Listed(Vec<SecretInfo>),
    Retrieved(Retrieved),
    Exported {
        id: SecretId,
        out: String,
        bytes: SecretBytes,
        parts: ExportedSecret,
    },
    Audited {
        entries: Vec<AuditEntry>,
        filtered: bool,
    },
    Deleted {
        id: SecretId,
    },
    PasswordChanged {
        account: String,
    },
    AccountDeleted {
        account: String,
    },
    Forgotten {
        account: String,
    },
    /// A completion script: the same text either way.
    Completions(String),
}

/// A secret that came back, and what was asked to be done with it.
pub(crate) struct Retrieved {
    pub(crate) secret: Secret,
    pub(crate) show: bool,
    pub(crate) out: Option<String>,
}

/// Where a command's outcome goes.
pub(crate) struct Output {
    json: bool,
    out: Style,
    err: Style,
    progress: Option<Arc<Progress>>,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        let err = Style::of(&stderr());
        let shows_progress = !json && stderr().is_terminal();
        let progress = shows_progress.then(|| Arc::new(Progress::new(err)));
        Self { json, out: Style::of(&stdout()), err, progress }
    }

    /// The progress line, where a person is there to see it.
    pub(crate) fn progress(&self) -> Option<Arc<Progress>> {
        self.progress.clone()
    }

    /// Says what a command has done.
    pub(crate) fn report(&self, report: &Report) -> Result<(), Failure> {
        self.end_progress();
        if let Report::Completions(script) = report {
            return print(script.as_bytes());
        }
        if self.json {
            return print(&json::report(report));
        }
        print(human::report(report, self.out).as_bytes())?;
        // Beside an outcome that goes elsewhere a hint would say nothing.
        let is_watched = stdout().is_terminal() && stderr().is_terminal();
        if let Some(hint) = human::hint(report).filter(|_| is_watched) {
            self.complain(&self.err.dim(hint));
        }
        Ok(())
    }

    /// Says why it failed.
    pub(crate) fn failure(&self, failure: &Failure) {
        self.end_progress();
        if self.json {
            // Where standard output is gone, the exit code is all that is left to say.
            let _ = print(&json::failure(failure));
        } else {
            self.complain(&human::failure(failure, self.err));
        }
    }

    /// Says something that a person should know and that stops nothing.
    pub(crate) fn warn(&self, text: &str) {
        if !self.json {
            self.complain(&format!("{} {text}.", self.err.yellow("warning:")));
        }
    }

    fn complain(&self, text: &str) {
        // There is no third place to say that standard error is gone.
        let _ = writeln!(stderr(), "{text}");
    }

    fn end_progress(&self) {
        if let Some(progress) = &self.progress {
            progress.end();
        }
    }
}

/// Text that may hold a secret: wiped when dropped, and of a size that it never outgrows.
pub(crate) type Text = Zeroizing<String>;

fn print(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush()).map_err(|error| {
        let mut failure = Failure::new(Trouble::OutputUnwritable, format!("The outcome cannot be printed: {error}."));
        failure.may_have_happened = true;
        failure
    })
}
