//! Whether a login takes longer for a name that is registered than for one that is not.
//!
//! As dudect does it (Reparaz, Balasch, Verbauwhede, 2017): both kinds of names in random order, many samples, and Welch's t on
//! all of them and on those below several percentiles, since the slow ones are mostly the machine's noise. Beyond |t| = 4.5 the
//! times are told apart. The server is the real one, over TLS on this machine, where a stranger on the network would see less.
//!
//! A test that finds nothing may be blind. So `registration/start`, which is known to tell a taken name, is measured in the same way
//! and has to be told apart.
//!
//! Ends with 1 where a login is told apart or the control is not.

#![allow(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::process::ExitCode;
use std::time::{Duration, Instant};

use lock_keeper_protocol::cbor::{self, Blob, Bytes};
use lock_keeper_protocol::message::{CBOR, SessionStarted, path};
use lock_keeper_testbed::{Device, Engine, RawClient, Reply, Server};
use rand::rngs::OsRng;
use rand::{Rng, RngCore};

/// Beyond it two kinds of times are different.
const THRESHOLD: f64 = 4.5;
/// Of each kind, unless `LOCK_KEEPER_SAMPLES` says another number.
const SAMPLES: usize = 4_000;
/// Names of each kind. Each takes four guesses, and then none for 30 days.
const NAMES: usize = 200;
const GUESSES: usize = 4;
/// Which part of the fastest samples is looked at.
const CROPS: [f64; 6] = [1.0, 0.99, 0.95, 0.9, 0.75, 0.5];
/// At first connections, caches and branch predictors are cold. So many of each kind do not count.
const WARM_UP: usize = 100;

fn main() -> ExitCode {
    let samples = std::env::var("LOCK_KEEPER_SAMPLES").ok().and_then(|text| text.parse().ok()).unwrap_or(SAMPLES);
    let engines: &[Engine] = if std::env::var_os(lock_keeper_testbed::postgres::URL_VARIABLE).is_some() {
        &[Engine::Sqlite, Engine::Postgres]
    } else {
        println!("Postgres is left out: `make bench` starts it");
        &[Engine::Sqlite]
    };
    println!("a login to a name that is registered, and to one that is not; |t| below {THRESHOLD} is no difference\n");
    println!("{:<10}{:<20}{:>6}{:>10}{:>16}{:>16}{:>9}", "engine", "", "crop", "samples", "registered", "not", "t");
    let mut good = true;
    for engine in engines {
        let names = Names::new(*engine);
        for (what, told_apart, measure) in [
            ("session/start", false, Names::start as Measure),
            ("session/finish", false, Names::finish),
            ("control: taken name", true, Names::registration_start),
        ] {
            let worst = report(*engine, what, &names.sample(samples, measure));
            if (worst > THRESHOLD) != told_apart {
                println!("{what} on {engine:?}: |t| is {worst:.1}");
                good = false;
            }
        }
    }
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// How long an exchange took for one name.
type Measure = fn(&Names, &Device) -> Duration;

/// Names of both kinds, none of which stands out by its form, its length or its place in the index.
struct Names {
    server: Server,
    /// One connection for all.
    http: RawClient,
    registered: Vec<Device>,
    not: Vec<Device>,
}

impl Names {
    fn new(engine: Engine) -> Self {
        let server = Server::start(engine);
        let http = RawClient::new(&server);
        let device = || {
            let mut device = Device::new(&server, &format!("{:016x}@example.org", OsRng.next_u64()), "a password");
            device.http = http.clone();
            device
        };
        let not = (0..NAMES).map(|_| device()).collect();
        let registered = (0..NAMES)
            .map(|_| {
                let name = device().identities.account;
                let mut owner = Device::register(&server, name.as_str(), "another password");
                let mut guesser = owner.another(&server);
                guesser.http = http.clone();
                guesser.use_password("a password");
                // What a first login has to write into the log is written.
                let _ = owner.login();
                guesser
            })
            .collect();
        Self { server, http, registered, not }
    }

    /// Times of both kinds in random order: registered, not.
    fn sample(&self, samples: usize, measure: Measure) -> [Vec<f64>; 2] {
        let mut times = [Vec::new(), Vec::new()];
        while times.iter().any(|kind| kind.len() < WARM_UP + samples) {
            for _ in 0..2 * NAMES * GUESSES {
                let kind = OsRng.gen_range(0..2);
                let names = [&self.registered, &self.not][kind];
                // In turn, so that no name has more guesses than it takes.
                let device = &names[times[kind].len() % NAMES];
                times[kind].push(measure(self, device).as_secs_f64() * 1e6);
            }
            self.forgive();
        }
        times.map(|kind| kind[WARM_UP..].to_vec())
    }

    /// Lets the budgets of all names drain, and has swept what a server sweeps each minute.
    fn forgive(&self) {
        self.server.advance(Duration::from_secs(31 * 24 * 3_600));
        while self.server.service().sweep().expect("the database is there") != Default::default() {}
    }

    fn post(&self, path: &str, body: &[u8], status: u16) -> (Reply, Duration) {
        let began = Instant::now();
        let reply = self.http.post(path, CBOR, body);
        let took = began.elapsed();
        assert_eq!(reply.status, status, "{path}: {reply:?}");
        (reply, took)
    }

    fn start(&self, device: &Device) -> Duration {
        self.post(path::SESSION_START, &cbor::encode(&device.session_start().1), 200).1
    }

    fn finish(&self, device: &Device) -> Duration {
        let started = self.post(path::SESSION_START, &cbor::encode(&device.session_start().1), 200).0;
        let login: SessionStarted = cbor::decode(started.success()).expect("it is a login");
        let body = cbor::encode(&(login.login_id, Bytes([7; 64]), Blob(vec![8; 300])));
        self.post(path::SESSION_FINISH, &body, 403).1
    }

    fn registration_start(&self, device: &Device) -> Duration {
        let body = cbor::encode(&device.registration_start().1);
        let began = Instant::now();
        let _ = self.http.post(path::REGISTRATION_START, CBOR, &body);
        began.elapsed()
    }
}

/// Prints a line for each crop; answers the greatest |t|.
fn report(engine: Engine, what: &str, [registered, not]: &[Vec<f64>; 2]) -> f64 {
    let mut pooled = [registered.as_slice(), not].concat();
    pooled.sort_by(f64::total_cmp);
    let mut worst: f64 = 0.0;
    for crop in CROPS {
        let limit = pooled[((pooled.len() - 1) as f64 * crop) as usize];
        let [registered, not] = [registered, not].map(|times| Sample::of(times, limit));
        let t = registered.welch_t(&not);
        let (samples, percent) = (registered.size + not.size, crop * 100.0);
        println!(
            "{:<10}{what:<20}{percent:>5}%{samples:>10}{:>13.1} µs{:>13.1} µs{t:>9.2}",
            format!("{engine:?}"),
            registered.mean,
            not.mean
        );
        worst = worst.max(t.abs());
    }
    println!();
    worst
}

struct Sample {
    size: f64,
    mean: f64,
    variance: f64,
}

impl Sample {
    /// Of the times up to a limit.
    fn of(times: &[f64], limit: f64) -> Self {
        let kept: Vec<f64> = times.iter().copied().filter(|time| *time <= limit).collect();
        let size = kept.len() as f64;
        let mean = kept.iter().sum::<f64>() / size;
        let variance = kept.iter().map(|time| (time - mean).powi(2)).sum::<f64>() / (size - 1.0);
        Self { size, mean, variance }
    }

    /// Welch's t: the difference of the means in units of what chance would make it.
    fn welch_t(&self, other: &Self) -> f64 {
        (self.mean - other.mean) / (self.variance / self.size + other.variance / other.size).sqrt()
    }
}
