//! What the client waits for: Argon2, exchanges, bytes.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use lock_keeper_core::call::StartedCall;
use lock_keeper_core::transport::{Reply, Request, TransportFailure};
use lock_keeper_core::{
    AuditCursor, AuditFilter, Call, Env, HttpsTransport, LockKeeperClient, MemoryStore, NewSecret, Phase, Purpose,
    SecretBytes, ServerConfig, Session, SessionOptions, Transport, password,
};
use lock_keeper_protocol::key::Key64;
use lock_keeper_protocol::message::{CBOR, path};
use lock_keeper_protocol::opaque::{Argon2id, Stretch};
use lock_keeper_testbed::{Engine, Server};
use serde_json::{Value, json};

use crate::relay::{Passed, Relay};
use crate::sessions::median;
use crate::table::{Table, heading, remark};

const TIMES: usize = 5;
const PASSWORD: &str = "correct horse";

/// HTTPS that counts its exchanges.
struct Counting {
    inner: HttpsTransport,
    exchanges: AtomicU64,
}

impl Transport for Counting {
    fn exchange(&self, request: &Request<'_>, call: &StartedCall) -> Result<Reply, TransportFailure> {
        self.exchanges.fetch_add(1, Ordering::SeqCst);
        self.inner.exchange(request, call)
    }
}

/// A client on a counted way to its server.
struct Counter {
    client: LockKeeperClient,
    transport: Arc<Counting>,
    relay: Relay,
    stretchings: Arc<AtomicU64>,
}

/// What one operation took.
#[derive(Clone, Copy)]
struct Cost {
    exchanges: u64,
    stretchings: u64,
    passed: Passed,
    milliseconds: f64,
}

/// Measures against a server of this process; answers the figures.
pub(crate) fn measure() -> Value {
    let server = Server::start(Engine::Sqlite);
    let counter = Counter::before(&server);
    let argon2 = median((0..TIMES).map(|_| stretching()));
    let handshake = counter.handshake();
    let costs = costs(&counter);

    heading(
        "The client",
        &format!(
            "Argon2id alone takes {argon2:.0} ms here. Bytes are those on the wire, TLS records and HTTP heads too; the handshake of\n\
             a new connection is apart: {} bytes up and {} down. Sessions have one request, the default.",
            handshake.up, handshake.down
        ),
    );
    let mut table = Table::new(&["operation", "exchanges", "Argon2", "bytes up", "bytes down", "ms", "of Argon2"]);
    for (name, cost) in &costs {
        table.row(vec![
            (*name).to_owned(),
            cost.exchanges.to_string(),
            cost.stretchings.to_string(),
            cost.passed.up.to_string(),
            cost.passed.down.to_string(),
            format!("{:.1}", cost.milliseconds),
            format!("{:.2}", cost.milliseconds / argon2),
        ]);
    }
    table.print();
    remark("A second request of an unlocked session logs in anew, and pays no Argon2.");
    let rows: Vec<Value> = costs.iter().map(|(name, cost)| cost.figures(name)).collect();
    json!({ "argon2_ms": argon2, "handshake": { "up": handshake.up, "down": handshake.down }, "operations": rows })
}

fn stretching() -> f64 {
    let output = Key64::init(|bytes| *bytes = [7; 64]);
    let began = Instant::now();
    black_box(Argon2id.stretch(&output).expect("there is memory"));
    began.elapsed().as_secs_f64() * 1_000.0
}

fn costs(counter: &Counter) -> Vec<(&'static str, Cost)> {
    let mut costs = Vec::new();
    let registered = counter.cost(|call| {
        let options = SessionOptions::default();
        drop(
            counter.client.register("ada", password(PASSWORD).expect("it is good"), None, options, call).expect("free"),
        );
    });
    costs.push(("register", registered));
    let mut opened = Vec::new();
    let mut session = None;
    for _ in 0..TIMES {
        opened.push(counter.cost(|call| session = Some(counter.open(call))));
    }
    costs.push(("open_session", middle(opened)));
    let session = session.expect("one was opened");
    let generate = |call: &Call| session.generate(NewSecret::default(), call).expect("there is room");
    costs.push(("generate, the first after it", counter.cost(|call| drop(generate(call)))));
    let second = (0..TIMES).map(|_| counter.cost(|call| drop(generate(call)))).collect();
    costs.push(("generate, a second one", middle(second)));
    let id = generate(&call(counter)).info.id;
    let mut each = |name: &'static str, work: &dyn Fn(&Session, &Call)| {
        costs.push((name, counter.cost(|call| work(&session, call))));
    };
    each("import_secret", &|session, call| {
        drop(session.import_secret(SecretBytes::from(&[1; 32][..]), None, None, call).expect("there is room"));
    });
    each("retrieve", &|session, call| drop(session.retrieve(id, Purpose::LocalOnly, call).expect("it is there")));
    each("export", &|session, call| drop(session.export(id, call).expect("it is there")));
    each("list", &|session, call| drop(session.list(None, 100, call).expect("it can be listed")));
    each("delete", &|session, call| session.delete(id, call).expect("it is there"));
    each("audit, one page", &|session, call| {
        drop(session.audit(&AuditFilter::default(), AuditCursor::newest(), call).expect("it verifies"));
    });
    each("change_password", &|session, call| {
        let (old, new) = (password(PASSWORD), password("battery staple"));
        session.change_password(old.expect("it is good"), new.expect("it is good"), call).expect("it is right");
    });
    each("delete_account", &|session, call| {
        session.delete_account(password("battery staple").expect("it is good"), call).expect("it is right");
    });
    costs
}

/// The one of middle duration; the counts are the same in all.
fn middle(mut costs: Vec<Cost>) -> Cost {
    costs.sort_by(|one, other| one.milliseconds.total_cmp(&other.milliseconds));
    costs[costs.len() / 2]
}

fn call(counter: &Counter) -> Call {
    let stretchings = Arc::clone(&counter.stretchings);
    Call::new(Duration::from_secs(120)).with_progress(move |phase| {
        if phase == Phase::Stretching {
            stretchings.fetch_add(1, Ordering::SeqCst);
        }
    })
}

impl Counter {
    fn before(server: &Server) -> Self {
        let relay = Relay::before(server.address());
        let mut connect: Value = serde_json::from_str(&server.connect_json()).expect("it is JSON");
        connect["url"] = format!("https://localhost:{}", relay.port).into();
        let config = ServerConfig::from_connect_json(connect.to_string().as_bytes()).expect("it is one");
        let transport = Arc::new(Counting { inner: HttpsTransport::new(&config), exchanges: AtomicU64::new(0) });
        let mut env = Env::new(&config, Arc::new(MemoryStore::default()));
        env.transport = Arc::clone(&transport) as Arc<dyn Transport>;
        Self { client: LockKeeperClient::new(config, env), transport, relay, stretchings: Arc::default() }
    }

    /// The bytes of a first exchange, less those of the same one over the connection that is then open.
    fn handshake(&self) -> Passed {
        let ask = || {
            let request = Request { path: path::SERVER, body: None, media_type: CBOR, limit: 4_096, acts: false };
            let before = self.relay.passed();
            self.transport.exchange(&request, &Call::default().start()).expect("the server answers");
            self.relay.passed().since(&before)
        };
        let (first, second) = (ask(), ask());
        assert_eq!((first.connections, second.connections), (1, 0));
        first.since(&Passed { connections: 0, ..second })
    }

    fn open(&self, call: &Call) -> Session {
        let password = password(PASSWORD).expect("it is good");
        self.client.open_session("ada", password, SessionOptions::default(), call).expect("it is right")
    }

    fn cost(&self, work: impl FnOnce(&Call)) -> Cost {
        let call = call(self);
        let read = |counter: &AtomicU64| counter.load(Ordering::SeqCst);
        let before = (read(&self.transport.exchanges), read(&self.stretchings), self.relay.passed());
        let began = Instant::now();
        work(&call);
        let milliseconds = began.elapsed().as_secs_f64() * 1_000.0;
        let passed = self.relay.passed().since(&before.2);
        assert_eq!(passed.connections, 0, "the bytes of a handshake are counted apart");
        Cost {
            exchanges: read(&self.transport.exchanges) - before.0,
            stretchings: read(&self.stretchings) - before.1,
            passed,
            milliseconds,
        }
    }
}

impl Cost {
    fn figures(&self, name: &str) -> Value {
        json!({
            "operation": name, "exchanges": self.exchanges, "stretchings": self.stretchings,
            "up": self.passed.up, "down": self.passed.down, "ms": self.milliseconds,
        })
    }
}
