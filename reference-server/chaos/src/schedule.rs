//! Which fault comes when. It follows from the seed alone.

use std::time::Duration;

use lock_keeper_testbed::Engine;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};

/// Something bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// SIGKILL of the server.
    KillServer,
    /// SIGKILL of a client; which one, the run draws.
    KillClient,
    /// SIGKILL of one process of Postgres that serves a connection.
    KillBackend,
    /// SIGKILL of all processes of Postgres.
    KillCluster,
    /// All connections through the bad line between clients and server are cut.
    CutClients,
    /// All connections between server and Postgres are cut.
    CutDatabase,
    /// What Postgres says next comes late.
    HoldDatabase,
    /// The next statement that writes is done, and its answer is lost.
    LoseAnswer,
    /// The next statement that writes is lost.
    LoseQuestion,
}

impl Fault {
    /// What the table calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::KillServer => "server killed",
            Self::KillClient => "client killed",
            Self::KillBackend => "Postgres: one process killed",
            Self::KillCluster => "Postgres: all processes killed",
            Self::CutClients => "clients' connections cut",
            Self::CutDatabase => "database's connections cut",
            Self::HoldDatabase => "database's answers held",
            Self::LoseAnswer => "commit done, its answer lost",
            Self::LoseQuestion => "commit lost on its way",
        }
    }

    /// Whether a process dies of it.
    #[must_use]
    pub fn kills(self) -> bool {
        matches!(self, Self::KillServer | Self::KillClient | Self::KillBackend | Self::KillCluster)
    }
}

/// A fault, and how long after the work went on it comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// What happens.
    pub fault: Fault,
    /// When.
    pub after: Duration,
}

/// All steps until so many processes were killed. Each kind of fault comes once before any comes twice by chance.
#[must_use]
pub fn steps(engine: Engine, seed: u64, kills: usize) -> Vec<Step> {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut left = kills;
    let mut steps = Vec::new();
    let weights = weights(engine);
    let mut each_once: Vec<Fault> = weights.iter().map(|(fault, _)| *fault).collect();
    each_once.shuffle(&mut rng);
    while left > 0 {
        let drawn =
            |rng: &mut StdRng| weights.choose_weighted(rng, |(_, weight)| *weight).ok().map(|(fault, _)| *fault);
        let Some(fault) = each_once.pop().or_else(|| drawn(&mut rng)) else { break };
        left -= usize::from(fault.kills());
        steps.push(Step { fault, after: Duration::from_millis(rng.gen_range(0..120)) });
    }
    steps
}

fn weights(engine: Engine) -> &'static [(Fault, u32)] {
    match engine {
        Engine::Sqlite => &[(Fault::KillServer, 55), (Fault::KillClient, 35), (Fault::CutClients, 10)],
        Engine::Postgres => &[
            (Fault::KillServer, 30),
            (Fault::KillClient, 25),
            (Fault::KillBackend, 10),
            (Fault::KillCluster, 5),
            (Fault::CutClients, 5),
            (Fault::CutDatabase, 5),
            (Fault::HoldDatabase, 5),
            (Fault::LoseAnswer, 15),
            (Fault::LoseQuestion, 5),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_faults_and_another_one_others() {
        let one = steps(Engine::Postgres, 7, 50);
        assert_eq!(one, steps(Engine::Postgres, 7, 50));
        assert_ne!(one, steps(Engine::Postgres, 8, 50));
        assert_eq!(one.iter().filter(|step| step.fault.kills()).count(), 50);
        let kinds = weights(Engine::Postgres).iter().map(|(fault, _)| *fault);
        assert!(kinds.into_iter().all(|kind| one.iter().any(|step| step.fault == kind)), "each comes");
    }
}
