//! What happened to an account, in the order of time: its client's journal among the faults, and then its log.

use std::fmt::Write;

use crate::check::Verdict;
use crate::journal::{self, Line};
use crate::schedule::Fault;

/// The faults of a run, in milliseconds since the Unix epoch.
#[derive(Debug, Default)]
pub struct History(Vec<(u64, Fault)>);

impl History {
    /// A fault comes now.
    pub fn note(&mut self, fault: Fault) {
        self.0.push((journal::now(), fault));
    }

    /// What was found about an account, and its history.
    #[must_use]
    pub fn of(&self, name: &str, verdict: &Verdict, journal: &[Line]) -> String {
        let mut text = format!("{name}:\n");
        for finding in &verdict.findings {
            let _ = writeln!(text, "  * {finding}");
        }
        let first = journal.first().map_or(0, |line| line.at);
        let mut events: Vec<(u64, String)> = journal.iter().map(|line| (line.at, said(line))).collect();
        events.extend(self.0.iter().map(|(at, fault)| (*at, format!("    *** {}", fault.name()))));
        events.sort_by_key(|(at, _)| *at);
        let _ = writeln!(text, "  milliseconds since its first line, and what it noted or what happened to everybody:");
        for (at, event) in events.iter().filter(|(at, _)| *at >= first) {
            let _ = writeln!(text, "  {:>8}  {event}", at - first);
        }
        let _ = writeln!(text, "  its log on the server:");
        for line in &verdict.log {
            let _ = writeln!(text, "  {line}");
        }
        text
    }
}

fn said(line: &Line) -> String {
    serde_json::to_string(&line.note).unwrap_or_default()
}
