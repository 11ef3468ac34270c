//! What happened to an account, in the order of time: its client's journal among the faults, and then its log.

use std::fmt::Write;

use crate::check::Verdict;
use crate::journal::{self, Line, Note};
use crate::schedule::Fault;

/// The faults of a run.
#[derive(Debug, Default)]
pub struct History(Vec<Event>);

#[derive(Debug)]
struct Event {
    /// Milliseconds since the Unix epoch.
    at: u64,
    fault: Fault,
    /// Whose client it hit, where it hit one alone.
    client: Option<String>,
}

impl History {
    /// A fault comes now.
    pub fn note(&mut self, fault: Fault, client: Option<String>) {
        self.0.push(Event { at: journal::now(), fault, client });
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
        let hits = |event: &&Event| event.client.as_deref().is_none_or(|client| client == name);
        let faults = self.0.iter().filter(hits);
        events.extend(faults.map(|event| (event.at, format!("    *** {}", event.fault.name()))));
        events.sort_by_key(|(at, _)| *at);
        let _ = writeln!(text, "  milliseconds since its first line, and what it noted and what hit it:");
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
    match &line.note {
        Note::Unlock(_) => "keeps what opens the account".to_owned(),
        note => serde_json::to_string(note).unwrap_or_default(),
    }
}
