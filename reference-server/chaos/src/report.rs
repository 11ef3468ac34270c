//! What a run has come to, for people.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use lock_keeper_testbed::Engine;

use crate::guesser::{Guesses, allowed};
use crate::schedule::Fault;

/// The sum of a run.
#[derive(Debug)]
pub struct Report {
    /// On which engine.
    pub engine: Engine,
    /// What everything was drawn from.
    pub seed: u64,
    /// How often each fault came.
    pub faults: BTreeMap<Fault, usize>,
    /// Connections between clients and server that the bad line has harmed.
    pub harmed: u64,
    /// Statements that write that were lost, or whose answer was.
    pub lost_writes: u64,
    /// Accounts that there were.
    pub accounts: usize,
    /// Those of them that had two devices at work.
    pub with_two_devices: usize,
    /// Calls that were acknowledged.
    pub acknowledged: usize,
    /// Calls whose outcome was not known at some time.
    pub unknown: usize,
    /// How those became known, in words.
    pub resolved: Vec<(&'static str, usize)>,
    /// Secrets that were compared with what was stored, at the end.
    pub secrets: usize,
    /// Entries of logs that were verified, at the end.
    pub entries: usize,
    /// Accounts whose device had to be unlocked, as broken-off logins had spent its guesses.
    pub unlocked: usize,
    /// What strangers got for their guesses, at a name that is registered and at one that is not.
    pub guesses: [Guesses; 2],
    /// How long it took, the check included.
    pub took: Duration,
    /// What must not be, with the history of its account.
    pub findings: Vec<String>,
}

impl Report {
    /// How many processes were killed.
    #[must_use]
    pub fn kills(&self) -> usize {
        self.faults.iter().filter(|(fault, _)| fault.kills()).map(|(_, times)| times).sum()
    }

    /// # Panics
    /// Where something was found that must not be. Says what, and the seed.
    pub fn assert_good(&self) {
        assert!(self.findings.is_empty(), "{self}\n{}", self.findings.join("\n\n"));
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:?}, seed {}, {:.1} s", self.engine, self.seed, self.took.as_secs_f64())?;
        let mut row = |what: &str, value: &dyn fmt::Display| writeln!(f, "  {what:<46} {value:>9}");
        for (fault, times) in &self.faults {
            row(fault.name(), times)?;
        }
        row("connections harmed by the bad line", &self.harmed)?;
        row("writing statements lost or unanswered", &self.lost_writes)?;
        row("accounts", &self.accounts)?;
        row("  with two devices at work", &self.with_two_devices)?;
        row("calls acknowledged", &self.acknowledged)?;
        row("calls whose outcome was not known", &self.unknown)?;
        for (how, times) in &self.resolved {
            row(&format!("  {how}"), times)?;
        }
        row("secrets compared", &self.secrets)?;
        row("entries of logs verified", &self.entries)?;
        row("devices unlocked by the operator", &self.unlocked)?;
        for (name, guesses) in ["registered", "unknown"].iter().zip(&self.guesses) {
            row(&format!("guesses at a name that is {name}: answered"), &guesses.granted)?;
            row("  allowed", &allowed(guesses.took))?;
            row("  turned away", &guesses.refused)?;
            row("  lost", &guesses.lost)?;
        }
        row("findings", &self.findings.len())
    }
}
