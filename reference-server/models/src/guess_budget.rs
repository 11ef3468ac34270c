//! The guess budget: strangers, a thief with a device's cookie, the owner's device and the owner's new phone guess and log in over
//! several server processes, which crash between charge and answer, while time passes and the database's clock is set back.

mod bounds;
mod rule;

use lock_keeper_server::store::{BucketLimits, Budget};
use stateright::{Model, Property};

use crate::search::{counterexample, holds};
use rule::Rule;

/// Small numbers, so that all of them are reached. One tick is the time that a login may take.
const OF_STRANGERS: BucketLimits =
    BucketLimits { free: 2, short_decay: 3, first_wait: 1, longest_wait: 2, drain: 4, burst: 3 };
const OF_THE_DEVICE: BucketLimits =
    BucketLimits { free: 2, short_decay: 0, first_wait: 1, longest_wait: 2, drain: 4, burst: 3 };
/// Ticks after which an attempt can not be proven any more.
const LOGIN_LIFETIME: i64 = 1;
/// Ticks by which the database's clock is set back, once.
const SET_BACK: i64 = 2;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Bucket {
    Strangers,
    Device,
}

impl Bucket {
    fn limits(self) -> &'static BucketLimits {
        match self {
            Self::Strangers => &OF_STRANGERS,
            Self::Device => &OF_THE_DEVICE,
        }
    }
}

/// Who asks. Whoever brings no good cookie, or a forged one, is a stranger to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Caller {
    Stranger,
    Thief,
    OwnersDevice,
    OwnersNewPhone,
}

impl Caller {
    fn bucket(self) -> Bucket {
        match self {
            Self::Stranger | Self::OwnersNewPhone => Bucket::Strangers,
            Self::Thief | Self::OwnersDevice => Bucket::Device,
        }
    }

    fn knows_the_password(self) -> bool {
        matches!(self, Self::OwnersDevice | Self::OwnersNewPhone)
    }
}

/// A KE1 that a server process has taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Attempt {
    bucket: Bucket,
    caller: Caller,
    /// Ticks that had passed when it counted: when it came, or where another one was charged first that came later, then.
    at: i64,
    /// Good logins of its bucket before it was charged.
    logins: u8,
}

/// A `session/start` inside a server process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Request {
    /// It has read the rows and the clock. `allowed` is what the budget says at that moment, on which only a wrong rule decides.
    Read { attempt: Attempt, clock: i64, allowed: bool },
    /// The attempt is charged; KE2 has not left yet.
    Charged(Attempt),
}

/// What a single step can break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Wrong {
    ARefusalWasCharged,
    TheToldWaitWasNotTrue,
    TheDeviceWasLockedOutByOthers,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct World {
    /// Ticks that have passed.
    elapsed: i64,
    /// The database's clock.
    clock: i64,
    clock_was_set_back: bool,
    /// By [`Bucket`].
    budgets: [Budget; 2],
    /// Good logins, by [`Bucket`].
    logins: [u8; 2],
    /// When the last charge counted, by [`Bucket`].
    last_charge: [i64; 2],
    processes: Vec<Option<Request>>,
    /// Attempts that got KE2 and are not proven.
    answered: Vec<Attempt>,
    /// Attempts of the device's bucket that were charged and got nothing, as their process crashed.
    unanswered: Vec<Attempt>,
    wrong: Option<Wrong>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Asks(Caller),
    Decides { process: usize },
    Answers { process: usize },
    Crashes { process: usize },
    LogsIn(Attempt),
    TimePasses,
    TheClockIsSetBack,
}

/// How large the world is, and by which rule guesses are counted in it.
struct GuessBudget {
    rule: Rule,
    callers: &'static [Caller],
    processes: usize,
    ticks: i64,
    logins: u8,
    clock_is_set_back: bool,
}

impl World {
    /// All that was charged to a bucket and is not proven.
    fn charged_to(&self, bucket: Bucket) -> impl Iterator<Item = &Attempt> {
        let in_flight = self.processes.iter().filter_map(|process| match process {
            Some(Request::Charged(attempt)) => Some(attempt),
            _ => None,
        });
        self.answered.iter().chain(&self.unanswered).chain(in_flight).filter(move |attempt| attempt.bucket == bucket)
    }

    fn asks(&mut self, rule: Rule, caller: Caller) {
        let Some(process) = self.processes.iter().position(Option::is_none) else { return };
        let bucket = rule.bucket(caller);
        let attempt = Attempt { bucket, caller, at: self.elapsed, logins: 0 };
        let open = || self.budgets[bucket as usize].wait(bucket.limits(), self.clock) == 0;
        let allowed = rule.decides_when_it_reads() && open();
        if rule == Rule::AnswersBeforeItCharges && allowed {
            self.answered.push(attempt);
        }
        self.processes[process] = Some(Request::Read { attempt, clock: self.clock, allowed });
    }

    /// Decides and charges: one statement on Postgres, one transaction on SQLite, so nothing comes in between.
    fn decides(&mut self, rule: Rule, process: usize) {
        let Some(Request::Read { attempt, clock, allowed }) = self.processes[process].take() else { return };
        let limits = attempt.bucket.limits();
        let budget = self.budgets[attempt.bucket as usize];
        let allowed = if rule == Rule::DecidesByWhatWasRead { allowed } else { budget.wait(limits, clock) == 0 };
        if !allowed {
            return self.refuses(rule, attempt, clock);
        }
        self.budgets[attempt.bucket as usize] = budget.charged(limits, clock);
        let last = &mut self.last_charge[attempt.bucket as usize];
        *last = attempt.at.max(*last);
        let attempt = Attempt { at: *last, logins: self.logins[attempt.bucket as usize], ..attempt };
        if rule != Rule::AnswersBeforeItCharges {
            self.processes[process] = Some(Request::Charged(attempt));
        }
    }

    fn refuses(&mut self, rule: Rule, attempt: Attempt, clock: i64) {
        let before = self.budgets[attempt.bucket as usize];
        if rule == Rule::ChargesRefusals {
            self.budgets[attempt.bucket as usize] = before.charged(attempt.bucket.limits(), clock);
        }
        self.wrong = if self.budgets[attempt.bucket as usize] != before {
            Some(Wrong::ARefusalWasCharged)
        } else if self.reads_now(clock) && !bounds::wait_is_true(&before, attempt.bucket.limits(), clock) {
            Some(Wrong::TheToldWaitWasNotTrue)
        } else if attempt.caller == Caller::OwnersDevice && !bounds::device_has_spent_its_own(self) {
            Some(Wrong::TheDeviceWasLockedOutByOthers)
        } else {
            None
        };
    }

    /// Whoever read the clock earlier, or a clock that was set back, is told to wait a little less, and then refused once more.
    fn reads_now(&self, clock: i64) -> bool {
        clock == self.clock && clock == self.elapsed + SET_BACK
    }

    fn logs_in(&mut self, rule: Rule, attempt: Attempt) {
        let Some(place) = self.answered.iter().position(|answered| *answered == attempt) else { return };
        self.answered.remove(place);
        let limits = attempt.bucket.limits();
        let budget = &mut self.budgets[attempt.bucket as usize];
        *budget = budget.given_back(limits);
        if rule == Rule::GivesBackTwice {
            *budget = budget.given_back(limits);
        }
        if attempt.bucket == Bucket::Device {
            *budget = budget.forgiven();
        }
        if rule == Rule::ForgivesADeviceItsMonth && attempt.bucket == Bucket::Device {
            *budget = Budget::empty(self.clock);
        }
        self.logins[attempt.bucket as usize] += 1;
    }

    fn crashes(&mut self, process: usize) {
        let request = self.processes[process].take();
        self.unanswered.extend(request.and_then(|request| match request {
            Request::Charged(attempt) if attempt.bucket == Bucket::Device => Some(attempt),
            _ => None,
        }));
    }

    fn answers(&mut self, process: usize) {
        if let Some(Request::Charged(attempt)) = self.processes[process].take() {
            self.answered.push(attempt);
        }
    }

    /// Processes are alike, and so is the order of attempts of one moment.
    fn sorted(mut self) -> Self {
        self.processes.sort();
        self.answered.sort();
        self.unanswered.sort();
        self
    }
}

impl Model for GuessBudget {
    type State = World;
    type Action = Step;

    fn init_states(&self) -> Vec<World> {
        vec![World {
            elapsed: 0,
            clock: SET_BACK,
            clock_was_set_back: !self.clock_is_set_back,
            budgets: [Budget::empty(SET_BACK); 2],
            logins: [0; 2],
            last_charge: [0; 2],
            processes: vec![None; self.processes],
            answered: Vec::new(),
            unanswered: Vec::new(),
            wrong: None,
        }]
    }

    fn actions(&self, world: &World, steps: &mut Vec<Step>) {
        if world.processes.contains(&None) {
            steps.extend(self.callers.iter().map(|caller| Step::Asks(*caller)));
        }
        for (process, request) in world.processes.iter().enumerate() {
            match request {
                Some(Request::Read { .. }) => {
                    steps.extend([Step::Decides { process }, Step::Crashes { process }]);
                }
                Some(Request::Charged(_)) => steps.extend([Step::Answers { process }, Step::Crashes { process }]),
                None => {}
            }
        }
        if world.logins.iter().sum::<u8>() < self.logins {
            let in_time = |attempt: &&Attempt| world.elapsed - attempt.at <= LOGIN_LIFETIME;
            let proven = world.answered.iter().filter(|attempt| attempt.caller.knows_the_password()).filter(in_time);
            steps.extend(proven.map(|attempt| Step::LogsIn(*attempt)));
        }
        if world.elapsed < self.ticks {
            steps.push(Step::TimePasses);
        }
        // A request that had read the clock before would count by it: one guess more.
        if !world.clock_was_set_back && world.processes.iter().all(Option::is_none) {
            steps.push(Step::TheClockIsSetBack);
        }
    }

    fn next_state(&self, world: &World, step: Step) -> Option<World> {
        let mut next = World { wrong: None, ..world.clone() };
        match step {
            Step::Asks(caller) => next.asks(self.rule, caller),
            Step::Decides { process } => next.decides(self.rule, process),
            Step::Answers { process } => next.answers(process),
            Step::Crashes { process } => next.crashes(process),
            Step::LogsIn(attempt) => next.logs_in(self.rule, attempt),
            Step::TimePasses => {
                next.elapsed += 1;
                next.clock += 1;
            }
            Step::TheClockIsSetBack => {
                next.clock -= SET_BACK;
                next.clock_was_set_back = true;
            }
        }
        Some(next.sorted())
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let mut properties = vec![
            Property::always(IN_A_ROW, |_, world: &World| bounds::answers_in_a_row(world)),
            Property::always(IN_A_WINDOW, |_, world: &World| bounds::answers_in_any_window(world)),
            Property::always(REFUSALS, |_, world: &World| world.wrong != Some(Wrong::ARefusalWasCharged)),
            Property::always(WAIT, |_, world: &World| world.wrong != Some(Wrong::TheToldWaitWasNotTrue)),
            Property::always(DEVICE, |_, world: &World| world.wrong != Some(Wrong::TheDeviceWasLockedOutByOthers)),
            Property::sometimes("the level is what refuses", |_, world: &World| bounds::level_is_full(world)),
        ];
        if self.logins > 0 {
            properties.push(Property::sometimes("somebody logs in", |_, world: &World| world.logins != [0; 2]));
        }
        properties
    }
}

const IN_A_ROW: &str = "no more answers in a row than are free, and then one for each wait";
const IN_A_WINDOW: &str = "no more answers in any time than the level holds and drains";
const REFUSALS: &str = "a refusal is not charged";
const WAIT: &str = "the wait that is told is true, and no longer than the longest";
const DEVICE: &str = "a device is locked out only by what was charged to itself";

/// The world that the wrong rules are tried in.
fn small(rule: Rule) -> GuessBudget {
    GuessBudget {
        rule,
        callers: &[Caller::Stranger, Caller::OwnersDevice, Caller::OwnersNewPhone],
        processes: 2,
        ticks: 2,
        logins: 1,
        clock_is_set_back: false,
    }
}

#[test]
fn strangers_get_no_more_answers_than_the_budget_allows_in_any_order_of_guesses_and_crashes() {
    let callers = &[Caller::Stranger];
    let model =
        GuessBudget { rule: Rule::Product, callers, processes: 3, ticks: 6, logins: 0, clock_is_set_back: false };
    holds("guess budget: strangers, 3 processes, 6 ticks", model);
}

#[test]
fn a_login_among_strangers_takes_back_its_own_charge_alone() {
    let callers = &[Caller::Stranger, Caller::OwnersNewPhone];
    let model =
        GuessBudget { rule: Rule::Product, callers, processes: 2, ticks: 4, logins: 1, clock_is_set_back: false };
    holds("guess budget: strangers and the owner's new phone, 2 processes, 4 ticks, 1 login", model);
}

#[test]
fn a_device_gets_in_whatever_strangers_do_unless_its_own_bucket_is_spent() {
    let callers = &[Caller::Stranger, Caller::Thief, Caller::OwnersDevice];
    let model =
        GuessBudget { rule: Rule::Product, callers, processes: 2, ticks: 1, logins: 1, clock_is_set_back: false };
    holds("guess budget: strangers, a thief and the owner's device, 2 processes, 1 tick, 1 login", model);
}

#[test]
fn a_clock_that_is_set_back_grants_nothing() {
    let callers = &[Caller::Stranger];
    let model =
        GuessBudget { rule: Rule::Product, callers, processes: 2, ticks: 6, logins: 0, clock_is_set_back: true };
    holds("guess budget: strangers, 2 processes, 6 ticks, the clock set back once", model);
}

#[test]
fn a_rule_that_is_wrong_in_one_way_is_found_out() {
    for (rule, property) in [
        (Rule::DecidesByWhatWasRead, IN_A_ROW),
        (Rule::AnswersBeforeItCharges, IN_A_ROW),
        (Rule::GivesBackTwice, IN_A_ROW),
        (Rule::ChargesRefusals, REFUSALS),
        (Rule::OneBucketForAll, DEVICE),
    ] {
        let steps = counterexample(small(rule), property);
        assert!(!steps.is_empty(), "{rule:?}");
    }
}

/// Why logins that broke off stay charged (`docs/adr/0021`): whose they were, the device's login does not tell. In the same world
/// the product's rule holds, as `a_device_gets_in_whatever_strangers_do_unless_its_own_bucket_is_spent` sees.
#[test]
fn a_login_that_forgave_its_device_the_month_would_give_more_guesses_to_whoever_stole_the_cookie() {
    let callers = &[Caller::Stranger, Caller::Thief, Caller::OwnersDevice];
    let rule = Rule::ForgivesADeviceItsMonth;
    let model = GuessBudget { rule, callers, processes: 2, ticks: 1, logins: 1, clock_is_set_back: false };
    assert!(!counterexample(model, IN_A_WINDOW).is_empty());
}
