//! What a client does next. It follows from its seed, and from what it has stored so far.

use std::time::Duration;

use lock_keeper_core::Session;
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IteratorRandom;

use crate::journal::{Act, Sealed};
use crate::ledger::{Known, Ledger};

/// A secret of a client has so many bytes at most; most have fewer.
const LARGEST: usize = 2_048;

/// Draws decisions.
pub struct Plan {
    rng: StdRng,
    second_device: bool,
}

impl Plan {
    /// Decisions from this generator. A second device leaves password and account as they are.
    #[must_use]
    pub fn new(rng: StdRng, second_device: bool) -> Self {
        Self { rng, second_device }
    }

    /// The next call.
    pub fn next(&mut self, session: &Session, ledger: &Ledger) -> Act {
        match self.rng.gen_range(0..1_000) {
            0..=349 => Act::Generate(self.sealed(session)),
            350..=599 => Act::Import(self.sealed(session)),
            600..=799 => self.stored(ledger).map_or(Act::List, |id| Act::Retrieve { id }),
            800..=849 => Act::List,
            850..=889 => Act::Audit,
            890..=984 => self.stored(ledger).map_or(Act::Audit, |id| Act::Delete { id }),
            _ if self.second_device => Act::List,
            985..=996 => Act::ChangePassword { new: self.password() },
            _ => Act::DeleteAccount,
        }
    }

    /// Whether a call whose outcome is not known is made again. Half of the stores are left alone, so that it must be told
    /// from the server alone what became of them.
    pub fn tries_again(&mut self, act: &Act) -> bool {
        match act {
            Act::Generate(_) | Act::Import(_) => self.rng.gen_bool(0.5),
            Act::Delete { .. } => true,
            _ => false,
        }
    }

    /// How many calls are made before the account is opened anew.
    pub fn calls_of_a_session(&mut self) -> usize {
        self.rng.gen_range(10..60)
    }

    /// How long to rest between two calls.
    pub fn pause(&mut self) -> Duration {
        Duration::from_millis(self.rng.gen_range(0..30))
    }

    /// A password.
    pub fn password(&mut self) -> String {
        format!("correct horse {:016x}", self.rng.r#gen::<u64>())
    }

    fn sealed(&mut self, session: &Session) -> Sealed {
        let length = if self.rng.gen_bool(0.1) { self.rng.gen_range(1..=LARGEST) } else { 32 };
        Sealed { id: session.new_secret_id().to_string(), length, label: format!("label {}", self.rng.r#gen::<u16>()) }
    }

    fn stored(&mut self, ledger: &Ledger) -> Option<String> {
        let stored =
            ledger.secrets.iter().filter(|(_, entry)| entry.stored == Known::Yes && entry.deleted == Known::No);
        stored.map(|(id, _)| id.clone()).choose(&mut self.rng)
    }
}
