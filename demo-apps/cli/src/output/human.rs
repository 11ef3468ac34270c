//! Outcomes and errors as a person reads them.

mod log;
mod secrets;

use std::fmt::Write;

use zeroize::Zeroizing;

use super::printable::printable;
use super::style::Style;
use super::{Report, Text};
use crate::failure::Failure;

/// Whole lines for standard output.
pub(super) fn report(report: &Report, style: Style) -> Text {
    let text = match report {
        Report::Registered { account } => done(style, &format!("{} is registered.", printable(account))),
        Report::Generated(info) => secrets::stored("Made and stored a secret", info, style),
        Report::Imported(info) => secrets::stored("Stored your secret", info, style),
        Report::Listed(infos) => secrets::list(infos, style),
        Report::Retrieved(retrieved) => return secrets::retrieved(retrieved, style),
        Report::Exported { out, bytes, parts, .. } => secrets::exported(out, bytes, parts, style),
        Report::Audited { entries, filtered } => log::table(entries, *filtered, style),
        Report::Deleted { id } => done(style, &format!("Secret {id} is deleted.")),
        Report::PasswordChanged { account } => {
            done(style, &format!("{} has a new password. Every secret is still there.", printable(account)))
        }
        Report::AccountDeleted { account } => {
            done(style, &format!("{} is deleted, with its secrets and its log.", printable(account)))
        }
        Report::Forgotten { account } => {
            done(style, &format!("This device knows nothing of {} any more.", printable(account)))
        }
        Report::Completions(script) => script.clone(),
    };
    Zeroizing::new(text)
}

/// What else is good to know, for someone who sits at a terminal.
pub(super) fn hint(report: &Report) -> Option<&'static str> {
    match report {
        Report::Registered { .. } => Some(
            "Remember the password: nobody can reset it, and without it the secrets are gone.\n\
             Next: lock-keeper generate NAME --label 'what it is for'",
        ),
        Report::Generated(_) | Report::Imported(_) => {
            Some("It was sealed on this device; the server cannot read it. Get it back with: lock-keeper retrieve")
        }
        Report::Retrieved(retrieved) if !retrieved.show && retrieved.out.is_none() => {
            Some("It was opened and is what was stored. Print it with --show, or write it to a file with --out.")
        }
        Report::Exported { .. } => Some("Whoever has this file has the secret."),
        Report::PasswordChanged { .. } => Some("Other devices ask for the new password from now on."),
        Report::Listed(infos) if infos.is_empty() => Some("Next: lock-keeper generate NAME"),
        _ => None,
    }
}

/// An error, and what to do now.
pub(super) fn failure(failure: &Failure, style: Style) -> String {
    let mut text = format!("{} {}", style.red("error:"), failure.message);
    let mut add = |line: &str| {
        // Writing into a String can't fail.
        let _ = write!(text, "\n  {line}");
    };
    if let Some(wait) = failure.retry_after {
        add(&format!("The wait is {}.", duration(wait.as_millis().div_ceil(1000) as u64)));
    }
    if failure.may_have_happened {
        add(&style.yellow("It may have happened all the same."));
    }
    if let Some(next) = &failure.next {
        add(&style.cyan(next));
    }
    if let Some(id) = &failure.request_id {
        add(&style.dim(&format!("The request's id in the server's log is {id}.")));
    }
    text
}

fn duration(seconds: u64) -> String {
    match seconds {
        1 => "1 second".to_owned(),
        0..120 => format!("{seconds} seconds"),
        120..7_200 => format!("{} minutes", seconds.div_ceil(60)),
        7_200..172_800 => format!("{} hours", seconds.div_ceil(3_600)),
        _ => format!("{} days", seconds.div_ceil(86_400)),
    }
}

fn done(style: Style, text: &str) -> String {
    format!("{} {text}\n", style.green("✓"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use lock_keeper_core::{Code, LockKeeperError};

    use super::*;

    #[test]
    fn an_error_says_what_how_long_and_what_now() {
        let error = LockKeeperError::from(Code::TooManyAttempts).with_retry_after(Some(Duration::from_secs(90)));
        let text = failure(&error.into(), Style::plain());
        assert_eq!(
            text,
            "error: There were too many attempts to log in.\n  The wait is 90 seconds.\n  \
             Wait, then try again. Trying earlier does not help."
        );
    }

    #[test]
    fn what_may_have_happened_is_said() {
        let error = LockKeeperError::from(Code::TimedOut).with_may_have_happened(true);
        assert!(failure(&error.into(), Style::plain()).contains("It may have happened"));
    }

    #[test]
    fn waits_are_told_in_units_that_fit() {
        for (seconds, text) in [(1, "1 second"), (30, "30 seconds"), (121, "3 minutes"), (900, "15 minutes")] {
            assert_eq!(duration(seconds), text);
        }
    }
}
