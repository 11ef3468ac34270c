//! The load generator: honest devices without Argon2, in a process of their own that takes orders from the bench.

use std::io::{BufRead, stdin};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use lock_keeper_protocol::cbor::{self, Blob, Bytes};
use lock_keeper_protocol::identity::{Realm, SecretId};
use lock_keeper_protocol::limits;
use lock_keeper_protocol::message::{CBOR, Operation, Origin, SessionStart, SessionStarted, path};
use lock_keeper_protocol::opaque::PendingLogin;
use lock_keeper_testbed::{Device, RawClient, Reply};
use rand::rngs::OsRng;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde::{Deserialize, Serialize};

use crate::cpu;

/// How many register at once.
const REGISTERING: usize = 8;
/// How long a client waits that was turned away: shorter than the server asks for, so that it does not lie idle.
const AGAIN: Duration = Duration::from_millis(20);

/// What makes this program the load generator.
pub(crate) const ARGUMENT: &str = "--load";

/// The server, and how many people use it.
#[derive(Serialize, Deserialize)]
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    pub(crate) certificate: PathBuf,
    pub(crate) realm: String,
    pub(crate) clients: usize,
    pub(crate) accounts_each: usize,
}

/// What is to be done.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Order {
    /// How many of the clients take part.
    pub(crate) clients: usize,
    pub(crate) work: Work,
    pub(crate) until: Until,
    /// In a second; none is a closed loop: each client goes on when its answer has come.
    pub(crate) rate: Option<f64>,
    /// How many KE1 are made before it begins, so that their price is not the server's.
    pub(crate) ahead: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Work {
    /// A login.
    Login,
    /// A login with a store that rides with KE3.
    LoginAndStore,
    /// `GET /v1/server`: an exchange without any work behind it.
    Nothing,
    /// The same over a new connection.
    Handshake,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) enum Until {
    Seconds(f64),
    Done(u64),
}

/// How it went.
#[derive(Serialize, Deserialize)]
pub(crate) struct Outcome {
    pub(crate) done: u64,
    pub(crate) seconds: f64,
    /// Milliseconds from the intended start to the end: half, nine in ten, 99 in a hundred took no longer; the longest.
    pub(crate) latency: [f64; 4],
    /// Requests that were turned away with 503, and sent again.
    pub(crate) busy: u64,
    /// Processor time of the generator itself, seconds.
    pub(crate) cpu: f64,
}

/// One connection and the people who use it, each with KE1s made ahead.
struct Lane {
    http: RawClient,
    people: Vec<(Device, Vec<(PendingLogin, SessionStart)>)>,
    turn: usize,
    busy: u64,
}

/// Takes a target and then orders from standard input, line by line, and prints how each went.
#[expect(clippy::print_stdout, reason = "the bench reads it")]
pub(crate) fn run() {
    let mut lines = stdin().lock().lines().map(|line| line.expect("the bench writes text"));
    let target: Target = serde_json::from_str(&lines.next().expect("a target comes first")).expect("it is one");
    let mut lanes = register(&target);
    println!("ready");
    for line in lines {
        let order: Order = serde_json::from_str(&line).expect("it is an order");
        let outcome = carry_out(&mut lanes[..order.clients], &order);
        println!("{}", serde_json::to_string(&outcome).expect("numbers can be written"));
    }
}

/// Everybody registers, eight at a time: fewer than the server has connections to its database.
fn register(target: &Target) -> Vec<Lane> {
    let authority = CertificateDer::from_pem_file(&target.certificate).expect("the certificate is there");
    let lane = |client: usize| {
        let http = RawClient::at(target.address, authority.clone());
        let person = |number: usize| {
            let realm = Realm::new(&target.realm).expect("it is one");
            let device = Device::over(http.clone(), realm, &format!("person{client}x{number}"), "correct horse");
            (device.registered(), Vec::new())
        };
        Lane { people: (0..target.accounts_each).map(person).collect(), http, turn: 0, busy: 0 }
    };
    let clients: Vec<usize> = (0..target.clients).collect();
    thread::scope(|scope| {
        let each = clients.len().div_ceil(REGISTERING);
        let lanes = |clients: &[usize]| clients.iter().map(|&client| lane(client)).collect::<Vec<_>>();
        let threads: Vec<_> = clients.chunks(each).map(|clients| scope.spawn(move || lanes(clients))).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("everybody may register")).collect()
    })
}

fn carry_out(lanes: &mut [Lane], order: &Order) -> Outcome {
    let people = lanes.iter().map(|lane| lane.people.len()).sum::<usize>().max(1);
    let each = order.ahead.div_ceil(people);
    thread::scope(|scope| {
        for lane in lanes.iter_mut() {
            scope.spawn(move || lane.prepare(each));
        }
    });
    let next = &AtomicU64::new(0);
    let (used, began) = (cpu::of_this_process(), Instant::now());
    let mut latencies: Vec<Duration> = thread::scope(|scope| {
        let clients: Vec<_> =
            lanes.iter_mut().map(|lane| scope.spawn(move || one_client(lane, order, next, began))).collect();
        clients.into_iter().flat_map(|client| client.join().expect("the server answers")).collect()
    });
    let seconds = began.elapsed().as_secs_f64();
    latencies.sort_unstable();
    let at = |share: f64| {
        let place = (share * latencies.len() as f64) as usize;
        latencies.get(place.min(latencies.len().saturating_sub(1))).map_or(0.0, |took| took.as_secs_f64() * 1_000.0)
    };
    Outcome {
        done: latencies.len() as u64,
        seconds,
        busy: lanes.iter_mut().map(|lane| std::mem::take(&mut lane.busy)).sum(),
        latency: [at(0.5), at(0.9), at(0.99), at(1.0)],
        cpu: (cpu::of_this_process() - used).as_secs_f64(),
    }
}

/// Works until the order is done. In an open loop each piece of work has a time at which it should begin, whoever does it, and
/// its latency counts from then.
fn one_client(lane: &mut Lane, order: &Order, next: &AtomicU64, began: Instant) -> Vec<Duration> {
    let mut latencies = Vec::new();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let start = order.rate.map(|rate| Duration::from_secs_f64(number as f64 / rate));
        let over = match order.until {
            Until::Seconds(seconds) => start.unwrap_or_else(|| began.elapsed()).as_secs_f64() >= seconds,
            Until::Done(most) => number >= most,
        };
        if over {
            return latencies;
        }
        if let Some(early) = start.and_then(|start| start.checked_sub(began.elapsed())) {
            thread::sleep(early);
        }
        let intended = start.unwrap_or_else(|| began.elapsed());
        lane.work(order.work);
        latencies.push(began.elapsed().saturating_sub(intended));
    }
}

impl Lane {
    fn prepare(&mut self, each: usize) {
        for (device, ahead) in &mut self.people {
            while ahead.len() < each {
                ahead.push(device.session_start());
            }
        }
    }

    fn work(&mut self, work: Work) {
        match work {
            Work::Login => self.log_in(None),
            Work::LoginAndStore => self.log_in(Some(a_store())),
            Work::Nothing => drop(self.http.get(path::SERVER).success().to_vec()),
            Work::Handshake => {
                self.http.hang_up();
                drop(self.http.get(path::SERVER).success().to_vec());
            }
        }
    }

    fn log_in(&mut self, first: Option<Operation>) {
        self.turn = (self.turn + 1) % self.people.len();
        let (device, ahead) = &mut self.people[self.turn];
        let (pending, mut start) = ahead.pop().unwrap_or_else(|| device.session_start());
        start.device_cookie = Bytes(device.cookie);
        let start_body = cbor::encode(&start);
        let reply = answered(&mut self.busy, || self.http.post(path::SESSION_START, CBOR, &start_body));
        let started: SessionStarted = cbor::decode(reply.success()).expect("the answer is one");
        let login = device.prove(pending, &start.ke1.0, &started, first).expect("the password is right");
        let reply = answered(&mut self.busy, || device.send_finish(&login));
        drop(device.welcome(login, &reply));
    }
}

/// Sends the same bytes until the server has room for them, as a client may.
fn answered(busy: &mut u64, send: impl Fn() -> Reply) -> Reply {
    loop {
        let reply = send();
        if reply.status != 503 {
            return reply;
        }
        *busy += 1;
        thread::sleep(AGAIN);
    }
}

/// A secret of 32 bytes with a label of 12, as the core seals them.
fn a_store() -> Operation {
    Operation::Store {
        id: SecretId::random(&mut OsRng),
        origin: Origin::Generated,
        sealed_secret: Blob(vec![1; limits::SEALING_OVERHEAD + 32]),
        sealed_label: Blob(vec![2; limits::SEALING_OVERHEAD + 12]),
    }
}
