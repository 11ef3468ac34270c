//! One run: a server under load on one engine, faults in their order, and then the check.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use lock_keeper_core::{Env, LockKeeperClient, MemoryStore, ServerConfig, SessionOptions, password};
use lock_keeper_testbed::Engine;
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::check::{self, Verdict};
use crate::client::call;
use crate::clients::Clients;
use crate::cluster::Cluster;
use crate::guesser::{Guesser, Guesses, allowed};
use crate::history::History;
use crate::ledger::Ledger;
use crate::postgres_link::{Lose, PostgresLink};
use crate::proxy::Proxy;
use crate::report::Report;
use crate::schedule::{Fault, Step, steps};
use crate::server::{PATIENCE, Server};
use crate::site::{Operations, Site};

/// What a run is to be.
#[derive(Clone, Debug)]
pub struct Settings {
    /// On which engine.
    pub engine: Engine,
    /// What everything is drawn from.
    pub seed: u64,
    /// How many processes are killed.
    pub kills: usize,
    /// Clients that work at once.
    pub clients: usize,
    /// This crate's program.
    pub program: PathBuf,
    /// Ends the faults early.
    pub stop: Arc<AtomicBool>,
}

/// How long a piece of what Postgres says is held, and how many are: longer than the pool lets a request wait, all together.
const HELD: Duration = Duration::from_millis(50);
const HELD_PIECES: usize = 40;

/// A name that strangers guess at, and that has an owner.
const GUESSED: &str = "guessed";
const OWNERS_PASSWORD: &str = "the owner's own";

/// Everything that runs. Fields are dropped in this order.
struct Run {
    clients: Clients,
    server: Option<Server>,
    line: Proxy,
    database: Option<Database>,
    site: Site,
    rng: StdRng,
    history: History,
    faults: BTreeMap<Fault, usize>,
    findings: Vec<String>,
}

struct Database {
    link: PostgresLink,
    cluster: Cluster,
}

/// Runs it, and tells `progress` after each fault how many there were of how many.
///
/// # Panics
/// Where something does not come up again after a fault.
#[must_use]
pub fn run(settings: &Settings, progress: &dyn Fn(usize, usize)) -> Report {
    let began = Instant::now();
    let mut run = Run::start(settings);
    let owner = run.register_owner();
    let names = [GUESSED, "nobody"];
    let guessers = names.map(|name| Guesser::start(run.site.raw_client(), run.site.realm(), name));
    let steps = steps(settings.engine, settings.seed, settings.kills);
    for (n, step) in steps.iter().enumerate() {
        if settings.stop.load(Ordering::SeqCst) {
            break;
        }
        run.step(*step);
        progress(n + 1, steps.len());
    }
    let guesses = guessers.map(Guesser::end);
    run.clients.kill_all();
    run.line.calm();
    run.wait_until_well();
    run.check_guesses(&owner, &guesses);
    let mut report = run.check(settings, guesses);
    report.took = began.elapsed();
    report
}

impl Run {
    fn start(settings: &Settings) -> Self {
        let database = (settings.engine == Engine::Postgres).then(|| {
            let cluster = Cluster::start();
            Database { link: PostgresLink::before(cluster.url()), cluster }
        });
        let url = database.as_ref().map(|database| database.link.url(database.cluster.url()));
        let site = Site::new(url.as_deref(), Operations { per_session: 16, pool_size: 8 });
        let server = site.serve();
        let line = Proxy::start(site.address());
        let connects = [("straight.json", site.address().port()), ("line.json", line.address().port())];
        let connects = connects.map(|(name, port)| {
            std::fs::write(site.file(name), site.connect_json(port)).expect("the directory can be written");
            site.file(name)
        });
        line.storm(settings.seed);
        let dir = site.file("clients");
        let clients = Clients::start(&settings.program, dir, connects.to_vec(), settings.seed, settings.clients);
        Self {
            clients,
            server: Some(server),
            line,
            database,
            site,
            rng: StdRng::seed_from_u64(settings.seed),
            history: History::default(),
            faults: BTreeMap::new(),
            findings: Vec::new(),
        }
    }

    /// The owner of the name that is guessed at, on a device that has logged in.
    fn register_owner(&self) -> LockKeeperClient {
        let config = self.site.client_config();
        let owner = LockKeeperClient::new(config.clone(), self.memory(&config));
        let typed = password(OWNERS_PASSWORD).expect("it is one");
        owner.register(GUESSED, typed, None, SessionOptions::default(), &call()).expect("no fault has come yet");
        let typed = password(OWNERS_PASSWORD).expect("it is one");
        owner.open_session(GUESSED, typed, SessionOptions::default(), &call()).expect("no fault has come yet");
        owner
    }

    fn memory(&self, config: &ServerConfig) -> Env {
        Env::new(config, Arc::new(MemoryStore::default()))
    }

    /// Waits until the work goes on, and a moment more; then the fault comes.
    fn step(&mut self, step: Step) {
        self.wait_for_work();
        thread::sleep(step.after);
        *self.faults.entry(step.fault).or_default() += 1;
        if step.fault == Fault::KillClient {
            let hit = self.clients.kill_one(&mut self.rng);
            self.history.note(step.fault, Some(hit));
        } else {
            self.history.note(step.fault, None);
        }
        match step.fault {
            Fault::KillServer => self.kill_server(),
            Fault::CutClients => self.line.cut_all(),
            fault => self.harm_database(fault),
        }
        for name in self.clients.replace_ended() {
            self.findings.push(format!("{name}: its client is broken"));
        }
    }

    fn wait_for_work(&self) {
        let before = self.clients.written();
        let until = Instant::now() + PATIENCE;
        while self.clients.written() == before {
            assert!(Instant::now() < until, "nobody gets on with anything any more");
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// The last fault may still be felt.
    fn wait_until_well(&self) {
        let until = Instant::now() + PATIENCE;
        while self.server.as_ref().is_none_or(|server| server.page("/health/ready").0 != 200) {
            assert!(Instant::now() < until, "the server does not become ready any more");
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn kill_server(&mut self) {
        let server = self.server.take().expect("it is always started again");
        self.findings.extend(server.kill());
        self.server = Some(Server::supervise(self.site.config().as_ref()));
    }

    fn harm_database(&mut self, fault: Fault) {
        let Some(Database { link, cluster }) = &self.database else { return };
        match fault {
            Fault::KillBackend => cluster.kill_backend(&mut self.rng),
            Fault::KillCluster => {
                cluster.kill();
                cluster.again();
            }
            Fault::CutDatabase => link.cut_all(),
            Fault::HoldDatabase => link.hold(HELD, HELD_PIECES),
            Fault::LoseAnswer => link.lose(Lose::Answer, 1),
            Fault::LoseQuestion => link.lose(Lose::Question, 1),
            Fault::KillServer | Fault::KillClient | Fault::CutClients => {}
        }
    }

    fn check_guesses(&mut self, owner: &LockKeeperClient, guesses: &[Guesses; 2]) {
        for (name, guesses) in [GUESSED, "nobody"].iter().zip(guesses) {
            let allowed = allowed(guesses.took);
            if guesses.granted > allowed {
                self.findings.push(format!("{} guesses at {name} were answered of {allowed}", guesses.granted));
            }
        }
        let typed = password(OWNERS_PASSWORD).expect("it is one");
        if let Err(error) = owner.open_session(GUESSED, typed, SessionOptions::default(), &call()) {
            self.findings.push(format!("strangers have locked the owner out: {error}"));
        }
    }

    fn check(mut self, settings: &Settings, guesses: [Guesses; 2]) -> Report {
        let mut report = Report {
            engine: settings.engine,
            seed: settings.seed,
            faults: std::mem::take(&mut self.faults),
            harmed: self.line.harmed(),
            lost_writes: self.database.as_ref().map_or(0, |database| database.link.lost()),
            accounts: self.clients.names().len(),
            with_two_devices: 0,
            acknowledged: 0,
            unknown: 0,
            resolved: Vec::new(),
            secrets: 0,
            entries: 0,
            unlocked: 0,
            guesses,
            took: Duration::ZERO,
            findings: std::mem::take(&mut self.findings),
        };
        let (mut again, mut happened, mut not_happened) = (0, 0, 0);
        for (name, verdict, ledger) in self.verdicts() {
            report.acknowledged += ledger.acknowledged;
            report.unknown += ledger.unknown.all;
            again += ledger.unknown.acknowledged_again;
            happened += ledger.unknown.happened + verdict.unknown.0;
            not_happened += ledger.unknown.not_happened + verdict.unknown.1;
            report.secrets += verdict.secrets;
            report.entries += verdict.entries;
            report.unlocked += usize::from(verdict.unlocked);
            report.with_two_devices += usize::from(self.clients.second_journal(&name).is_some());
            if !verdict.findings.is_empty() {
                let mut journal = self.clients.journal(&name);
                journal.extend(self.clients.second_journal(&name).unwrap_or_default());
                report.findings.push(self.history.of(&name, &verdict, &journal));
            }
        }
        let reads = report.unknown.saturating_sub(again + happened + not_happened);
        report.resolved = vec![
            ("acknowledged when the same call was made again", again),
            ("had happened", happened),
            ("had not happened", not_happened),
            ("reads, which change nothing", reads),
        ];
        if let Some(server) = self.server.take() {
            report.findings.extend(server.kill());
        }
        report
    }

    /// Looks at every account, two at a time.
    fn verdicts(&self) -> Vec<(String, Verdict, Ledger)> {
        let unlock = |name: &str| self.site.run(&["account", "unlock", name, "--config", &self.site.config()]);
        let look = |name: &String| {
            let ledger = Ledger::of(&self.clients.journal(name));
            let ledger = match self.clients.second_journal(name) {
                Some(second) => ledger.and_second_device(Ledger::of(&second)),
                None => ledger,
            };
            let (first, second) = (self.clients.device(name), self.clients.second_device(name));
            let verdict = check::account((&first, second.as_ref()), name, &ledger, &unlock);
            (name.clone(), verdict, ledger)
        };
        let (first, second) = self.clients.names().split_at(self.clients.names().len() / 2);
        thread::scope(|scope| {
            let other = scope.spawn(|| second.iter().map(look).collect::<Vec<_>>());
            let mut verdicts: Vec<_> = first.iter().map(look).collect();
            verdicts.extend(other.join().expect("a check does not panic"));
            verdicts
        })
    }
}
