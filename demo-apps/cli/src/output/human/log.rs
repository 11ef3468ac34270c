use std::fmt::Write;

use lock_keeper_core::{AuditEntry, Outcome};

use crate::moment;
use crate::output::style::Style;

/// What the library has checked before it hands out an entry, whatever the filter lets through.
const VERIFIED: &str = "The whole log is verified: an unbroken chain that extends what this device saw last,\n  \
                        and every operation in it was asked for with this account's own key.";

/// The log in columns, newest first, and that it was verified.
pub(super) fn table(entries: &[AuditEntry], filtered: bool, style: Style) -> String {
    let mut text = String::new();
    if !entries.is_empty() {
        let head = format!("{:>5}  {:<19}  {:<28}  {:<14}  SECRET ID", "N", "TIME (UTC)", "WHAT", "OUTCOME");
        add(&mut text, &style.bold(head.trim_end()));
    }
    for entry in entries {
        add(&mut text, row(entry, style).trim_end());
    }
    let count = if entries.len() == 1 { "1 entry".to_owned() } else { format!("{} entries", entries.len()) };
    let shown = if filtered { " shown" } else { "" };
    add(&mut text, &format!("{} {count}{shown}. {VERIFIED}", style.green("✓")));
    text
}

fn row(entry: &AuditEntry, style: Style) -> String {
    let outcome = format!("{:<14}", outcome(entry.outcome));
    let outcome = if entry.outcome == Outcome::Succeeded { outcome } else { style.yellow(&outcome) };
    let secret = entry.secret.map(|id| style.cyan(&id.to_string())).unwrap_or_default();
    format!("{:>5}  {}  {:<28}  {outcome}  {secret}", entry.n, moment::readable(entry.at), what(entry))
}

fn what(entry: &AuditEntry) -> String {
    let action = entry.action.replace('_', " ");
    match (entry.known_device, entry.count) {
        (Some(true), _) => format!("{action} from a known device"),
        (Some(false), _) => format!("{action} from a new device"),
        (None, 1) => action,
        (None, count) => format!("{action}, {count} times"),
    }
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Succeeded => "succeeded",
        Outcome::Refused => "refused",
        Outcome::NeverFinished => "never finished",
        _ => "unknown",
    }
}

fn add(text: &mut String, line: &str) {
    // Writing into a String can't fail.
    let _ = writeln!(text, "{line}");
}
