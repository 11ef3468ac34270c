//! Frames that are sent twice, late, too early, at the same time and over connections that break, to a server that is killed
//! meanwhile: each acts once.

use std::thread;
use std::time::{Duration, Instant};

use lock_keeper_chaos::proxy::Proxy;
use lock_keeper_chaos::server::Server;
use lock_keeper_chaos::site::{Operations, Site};
use lock_keeper_protocol::cbor::{Blob, Nullable};
use lock_keeper_protocol::channel::SentFrame;
use lock_keeper_protocol::identity::SecretId;
use lock_keeper_protocol::limits;
use lock_keeper_protocol::message::{Answer, FRAME, Operation, Origin, path};
use lock_keeper_testbed::{Device, RawClient, Reply, Session};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

const STORES: u8 = 40;

fn store(id: u8) -> Operation {
    Operation::Store {
        id: SecretId([id; 16]),
        origin: Origin::Imported,
        sealed_secret: Blob(vec![1; 200]),
        sealed_label: Blob(vec![2; limits::SEALING_OVERHEAD + 10]),
    }
}

/// What is done to a frame before its answer is taken.
struct Mischief<'a> {
    site: &'a Site,
    line: &'a Proxy,
    rng: StdRng,
    /// Frames that were answered before.
    old: Vec<Vec<u8>>,
}

impl Mischief<'_> {
    /// Sends it, and other things, in ways that no honest client would.
    fn play(&mut self, server: Server, session: &mut Session, frame: &SentFrame) -> Server {
        match self.rng.gen_range(0..6) {
            0 => self.over_a_bad_line(frame.as_bytes()),
            1 => self.at_the_same_time(frame.as_bytes()),
            2 => self.send_and_hang_up(frame.as_bytes()),
            3 => {
                // The next one before this one: refused, and its number is given to another frame later.
                let early = session.seal(Operation::List { after: Nullable(None), limit: 1 });
                assert_ne!(session.send(&early).status, 200, "it is not its turn");
                session.take_back_the_last_number();
            }
            4 => {
                // The last one would be answered again, as it should; those before it must not be.
                let send = |bytes: &Vec<u8>| session.send_bytes(bytes).status;
                let older = self.old.iter().rev().skip(1);
                assert!(older.map(send).all(|status| status != 200), "a later frame was taken");
            }
            _ => {
                self.send_and_hang_up(frame.as_bytes());
                assert_eq!(server.kill(), [""; 0], "no answer of 500, no panic");
                return self.site.serve();
            }
        }
        server
    }

    fn over_a_bad_line(&mut self, frame: &[u8]) {
        self.line.storm(self.rng.r#gen());
        let request = RawClient::post_of(path::SESSION_MESSAGE, FRAME, frame);
        for _ in 0..4 {
            let http = self.site.raw_client_over(self.line.address());
            if http.try_exchange(&request).is_some_and(|reply| reply.status == 200) {
                return;
            }
        }
    }

    fn at_the_same_time(&self, frame: &[u8]) {
        let send = || self.site.raw_client().post(path::SESSION_MESSAGE, FRAME, frame);
        let replies = thread::scope(|scope| {
            let senders: Vec<_> = (0..4).map(|_| scope.spawn(send)).collect();
            senders.into_iter().map(|sender| sender.join().unwrap()).collect::<Vec<_>>()
        });
        let bodies: Vec<_> = replies.iter().filter(|reply| reply.status == 200).map(|reply| &reply.body).collect();
        assert!(!bodies.is_empty() && bodies.windows(2).all(|two| two[0] == two[1]), "all get the same bytes");
    }

    fn send_and_hang_up(&self, frame: &[u8]) {
        let request = RawClient::post_of(path::SESSION_MESSAGE, FRAME, frame);
        self.site.raw_client().send_and_hang_up(&request);
    }
}

/// A server that is busy with what came before says so with 503, and gets the same frame again, as it does from a client.
fn send_until_answered(session: &Session, frame: &SentFrame) -> Reply {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let reply = session.send(frame);
        if reply.status != 503 || Instant::now() > deadline {
            return reply;
        }
    }
}

fn each_frame_acts_once(site: &Site) {
    let mut server = site.serve();
    let line = Proxy::start(site.address());
    let mut device = Device::over(site.raw_client(), site.realm(), "ada", "correct horse").registered();
    let mut session = device.login();
    let entries = session.welcome.head.size;
    let seed = rand::random();
    let mut mischief = Mischief { site, line: &line, rng: StdRng::seed_from_u64(seed), old: Vec::new() };
    for id in 0..STORES {
        let frame = session.seal(store(id));
        server = mischief.play(server, &mut session, &frame);
        let answer = session.read(&frame, &send_until_answered(&session, &frame));
        assert!(matches!(answer, Answer::Stored { .. }), "seed {seed}, frame {id}: {answer:?}");
        mischief.old.push(frame.as_bytes().to_vec());
        if mischief.old.len() > 3 {
            mischief.old.remove(0);
        }
    }
    let Answer::Listed { items, .. } = session.request(Operation::List { after: Nullable(None), limit: 100 }) else {
        panic!("it is a list");
    };
    assert_eq!(items.len(), usize::from(STORES), "seed {seed}");
    let Answer::Audited(page) = session.request(Operation::Audit { before: Nullable(None), limit: 1 }) else {
        panic!("it is a page of the log");
    };
    // One for each store, and the two looks.
    assert_eq!(page.head.0.unwrap().size, entries + u64::from(STORES) + 2, "seed {seed}");
    assert_eq!(server.kill(), [""; 0], "no answer of 500, no panic");
}

#[test]
fn frames_on_bad_ways_act_once_on_sqlite() {
    each_frame_acts_once(&Site::new(None, Operations { per_session: 64, pool_size: 4 }));
}

#[test]
fn frames_on_bad_ways_act_once_on_postgres() {
    let database = lock_keeper_testbed::postgres::Database::empty();
    each_frame_acts_once(&Site::new(Some(&database.url()), Operations { per_session: 64, pool_size: 4 }));
}
