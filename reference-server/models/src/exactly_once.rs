//! Exactly once: a client sends frames over a network that loses, doubles and reorders, to two server processes with one database,
//! while processes and the client crash and another device of the account is at work.

mod rule;
mod server;

use std::collections::BTreeSet;

use stateright::{Model, Property};

use crate::search::{counterexample, holds};
use rule::Rule;
use server::{Answer, Database, Frame, Process};

/// Operations that the app asks for, one after the other.
const OPERATIONS: u8 = 3;
/// Sessions that the client opens at most: a second one after it crashed.
const SESSIONS: usize = 2;

/// What the app's side knows. Its memory goes with a crash; what the app was told stays.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Client {
    session: usize,
    /// The number of its next frame.
    next: u32,
    /// The frame whose answer it waits for.
    sent: Option<Frame>,
    /// How often it has sealed.
    sealed: u8,
    /// The operation that the app wants done now.
    operation: u8,
    crashed: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct World {
    client: Client,
    /// Frames on their way; each may arrive any number of times, or never.
    frames: BTreeSet<Frame>,
    /// Answers on their way, the same.
    answers: BTreeSet<Answer>,
    processes: [Process; 2],
    database: Database,
    /// Operations of which the app was told that they are done.
    acknowledged: BTreeSet<u8>,
    crashes_left: u8,
    others_left: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    TheClientSends,
    TheClientTakes(Answer),
    TheClientCrashes,
    Arrives { process: usize, frame: Frame },
    Commits { process: usize },
    CommitsAndLosesTheDatabase { process: usize },
    Answers { process: usize },
    Crashes { process: usize },
    AnotherDeviceWrites,
}

struct ExactlyOnce {
    rule: Rule,
    crashes: u8,
    others: u8,
}

impl Client {
    fn seal(&mut self) -> Frame {
        self.sealed += 1;
        Frame { session: self.session, sequence: self.next, operation: self.operation, sealing: self.sealed }
    }

    /// Sends the next frame, or the last one again, byte for byte.
    fn sends(&mut self, rule: Rule) -> Frame {
        let frame = match self.sent {
            Some(sent) if rule != Rule::SealsANumberTwice || self.sealed > 2 => sent,
            _ => self.seal(),
        };
        self.sent = Some(frame);
        frame
    }
}

impl Model for ExactlyOnce {
    type State = World;
    type Action = Step;

    fn init_states(&self) -> Vec<World> {
        vec![World {
            client: Client { session: 0, next: 1, sent: None, sealed: 0, operation: 0, crashed: false },
            frames: BTreeSet::new(),
            answers: BTreeSet::new(),
            processes: [Process::Idle, Process::Idle],
            database: Database::new(),
            acknowledged: BTreeSet::new(),
            crashes_left: self.crashes,
            others_left: self.others,
        }]
    }

    fn actions(&self, world: &World, steps: &mut Vec<Step>) {
        if world.client.operation < OPERATIONS {
            steps.push(Step::TheClientSends);
            if world.client.session + 1 < SESSIONS {
                steps.push(Step::TheClientCrashes);
            }
        }
        steps.extend(world.answers.iter().map(|answer| Step::TheClientTakes(*answer)));
        for (process, at) in world.processes.iter().enumerate() {
            match at {
                Process::Idle => {
                    steps.extend(world.frames.iter().map(|frame| Step::Arrives { process, frame: *frame }));
                }
                Process::Decided { .. } => steps.push(Step::Commits { process }),
                Process::Half { .. } => steps.push(Step::Commits { process }),
                Process::Answering(_) => steps.push(Step::Answers { process }),
            }
            if world.crashes_left > 0 && *at != Process::Idle {
                steps.push(Step::Crashes { process });
                if matches!(at, Process::Decided { .. }) {
                    steps.push(Step::CommitsAndLosesTheDatabase { process });
                }
            }
        }
        if world.others_left > 0 {
            steps.push(Step::AnotherDeviceWrites);
        }
    }

    fn next_state(&self, world: &World, step: Step) -> Option<World> {
        let mut next = world.clone();
        match step {
            Step::TheClientSends => {
                let frame = next.client.sends(self.rule);
                next.frames.insert(frame);
            }
            Step::TheClientTakes(answer) => next.takes(answer)?,
            Step::TheClientCrashes => {
                let Client { session, operation, sealed, .. } = next.client;
                next.client = Client { session: session + 1, next: 1, sent: None, sealed, operation, crashed: true };
            }
            Step::Arrives { process, frame } => {
                next.processes[process] = next.database.judge(self.rule, frame)?;
            }
            Step::Commits { process } => next.commits(self.rule, process)?,
            Step::CommitsAndLosesTheDatabase { process } => {
                // The outcome is unknown to the process: it does the work again from the read, on a fresh connection.
                let Process::Decided { frame, .. } = next.processes[process] else { return None };
                next.commits(self.rule, process)?;
                next.processes[process] = next.database.judge(self.rule, frame).unwrap_or(Process::Idle);
                next.crashes_left -= 1;
            }
            Step::Answers { process } => {
                let Process::Answering(answer) = next.processes[process] else { return None };
                next.answers.insert(answer);
                next.processes[process] = Process::Idle;
            }
            Step::Crashes { process } => {
                next.processes[process] = Process::Idle;
                next.crashes_left -= 1;
            }
            Step::AnotherDeviceWrites => {
                next.database.head += 1;
                next.others_left -= 1;
            }
        }
        next.processes.sort();
        (next != *world).then_some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(ONCE, |_, world: &World| world.database.acted.iter().all(|times| *times <= 1)),
            Property::always(LOGGED_ONCE, |_, world: &World| world.database.logged_once()),
            Property::always(ACKNOWLEDGED, |_, world: &World| {
                world.acknowledged.iter().all(|op| world.database.has(*op))
            }),
            Property::always(SAME_BYTES, |_, world: &World| world.answers_are_the_same()),
            Property::always(NOT_STUCK, |model: &Self, world: &World| world.client_can_go_on(model.rule)),
            Property::sometimes("all is acknowledged", |_, world: &World| {
                world.acknowledged.len() == usize::from(OPERATIONS)
            }),
            Property::sometimes("all is acknowledged after a crash of the client", |_, world: &World| {
                world.client.crashed && world.acknowledged.len() == usize::from(OPERATIONS)
            }),
        ]
    }
}

const ONCE: &str = "an operation acts at most once";
const LOGGED_ONCE: &str = "a frame is logged at most once";
const ACKNOWLEDGED: &str = "what is acknowledged has been done";
const SAME_BYTES: &str = "the same frame gets the same bytes";
const NOT_STUCK: &str = "a session is never stuck: the frame that the client sends again is answered";

impl World {
    /// Takes the answer to the frame that the client waits for, and no other.
    fn takes(&mut self, answer: Answer) -> Option<()> {
        if self.client.sent != Some(answer.frame) {
            return None;
        }
        self.acknowledged.insert(self.client.operation);
        self.client.sent = None;
        self.client.next += 1;
        self.client.operation += 1;
        Some(())
    }

    fn commits(&mut self, rule: Rule, process: usize) -> Option<()> {
        let (database, next) = self.database.clone().commit(rule, self.processes[process])?;
        self.database = database;
        self.processes[process] = next;
        Some(())
    }

    /// Every answer that was kept or is on its way, for each frame.
    fn answers_are_the_same(&self) -> bool {
        let answering = self.processes.iter().filter_map(|process| match process {
            Process::Answering(answer) => Some(*answer),
            _ => None,
        });
        let all: BTreeSet<Answer> = self.answers.iter().copied().chain(answering).collect();
        let frames: BTreeSet<Frame> = all.iter().map(|answer| answer.frame).collect();
        all.len() == frames.len()
    }

    /// If nothing else happened, the frame that the client sends now would get an answer that it takes.
    fn client_can_go_on(&self, rule: Rule) -> bool {
        if self.client.operation == OPERATIONS {
            return true;
        }
        let frame = self.client.clone().sends(rule);
        match self.database.judge(rule, frame) {
            Some(Process::Answering(answer)) => answer.frame == frame,
            Some(_) => true,
            None => false,
        }
    }
}

#[test]
fn each_operation_acts_once_whatever_is_lost_doubled_reordered_or_killed() {
    holds("exactly once", ExactlyOnce { rule: Rule::Product, crashes: 2, others: 2 });
}

#[test]
fn a_rule_that_is_wrong_in_one_way_is_found_out() {
    for (rule, property) in [
        (Rule::CommitsWhateverWasRead, LOGGED_ONCE),
        (Rule::KeepsTheAnswerInAnotherCommit, NOT_STUCK),
        (Rule::TakesTheNextNumberOnly, NOT_STUCK),
        (Rule::SealsANumberTwice, NOT_STUCK),
        (Rule::SealsTheAnswerAnew, SAME_BYTES),
        (Rule::StoresAnIdTwice, ONCE),
    ] {
        let steps = counterexample(ExactlyOnce { rule, crashes: 1, others: 0 }, property);
        assert!(!steps.is_empty(), "{rule:?}");
    }
}
