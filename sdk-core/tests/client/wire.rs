//! The way between a device and its servers: counted, and broken where a test says so.

use std::ops::Range;
use std::sync::atomic::{AtomicIsize, Ordering};
use std::sync::{Arc, Mutex};

use lock_keeper_core::call::StartedCall;
use lock_keeper_core::transport::{Cause, Reply, Request, TransportFailure};
use lock_keeper_core::{HttpsTransport, ServerConfig, Transport};
use lock_keeper_testbed::Server;

/// Carries each exchange to the next of its servers, and does to it what the test has asked for.
pub(crate) struct Wire {
    servers: Vec<HttpsTransport>,
    sent: Mutex<Vec<String>>,
    rules: Mutex<Vec<Rule>>,
    logins: AtomicIsize,
    logins_at_once: AtomicIsize,
}

struct Rule {
    /// Which exchanges, counted from the first one of this wire.
    exchanges: Range<usize>,
    does: Does,
}

/// What happens to an exchange.
#[derive(Clone)]
enum Does {
    /// The server never gets the request.
    LoseRequest,
    /// The server never gets the request, and the client cannot know.
    Vanish,
    /// The server gets the request, and the connection breaks before the answer arrives.
    LoseAnswer,
    /// The device is cut off before the request leaves, in a way that makes the client give up at once.
    Cut,
    /// The server gets the request, and then the device is cut off in such a way.
    CutAfter,
    /// Before the request leaves.
    Before(Arc<dyn Fn() + Send + Sync>),
    /// After the answer has come, before the client sees it.
    Change(Arc<dyn Fn(&mut Reply) + Send + Sync>),
}

impl Wire {
    /// To one server.
    pub(crate) fn to(server: &Server) -> Arc<Self> {
        Self::among(&[server])
    }

    /// To several server processes in turn.
    pub(crate) fn among(servers: &[&Server]) -> Arc<Self> {
        let servers = servers.iter().map(|server| HttpsTransport::new(&config(server))).collect();
        Arc::new(Self {
            servers,
            sent: Mutex::default(),
            rules: Mutex::default(),
            logins: AtomicIsize::new(0),
            logins_at_once: AtomicIsize::new(0),
        })
    }

    /// How many exchanges there were.
    pub(crate) fn count(&self) -> usize {
        self.sent.lock().unwrap().len()
    }

    /// What `work` costs in exchanges, as the last parts of their paths.
    pub(crate) fn exchanges<T>(&self, work: impl FnOnce() -> T) -> (T, Vec<String>) {
        let before = self.count();
        let done = work();
        (done, self.sent.lock().unwrap()[before..].to_vec())
    }

    /// The most logins that were under way at the same time, where none of them broke off.
    pub(crate) fn most_logins_at_once(&self) -> isize {
        self.logins_at_once.load(Ordering::SeqCst)
    }

    /// The server never gets these exchanges, counted from the next one.
    pub(crate) fn lose_requests(&self, exchanges: Range<usize>) {
        self.rule(exchanges, Does::LoseRequest);
    }

    /// The server never gets these exchanges, counted from the next one, and the client cannot know.
    pub(crate) fn vanish(&self, exchanges: Range<usize>) {
        self.rule(exchanges, Does::Vanish);
    }

    /// The server's answers to these exchanges never arrive, counted from the next one.
    pub(crate) fn lose_answers(&self, exchanges: Range<usize>) {
        self.rule(exchanges, Does::LoseAnswer);
    }

    /// From the n-th exchange on, counted from the next one, the device is cut off. The client tries nothing again, so that no
    /// test waits for it.
    pub(crate) fn cut(&self, n: usize) {
        self.rule(n..usize::MAX, Does::Cut);
    }

    /// The same, but the n-th exchange still reaches the server.
    pub(crate) fn cut_after(&self, n: usize) {
        self.rule(n..n + 1, Does::CutAfter);
        self.rule(n + 1..usize::MAX, Does::Cut);
    }

    /// Does something before the n-th exchange from now leaves.
    pub(crate) fn before(&self, n: usize, work: impl Fn() + Send + Sync + 'static) {
        self.rule(n..n + 1, Does::Before(Arc::new(work)));
    }

    /// Changes the answer to the n-th exchange from now.
    pub(crate) fn change(&self, n: usize, work: impl Fn(&mut Reply) + Send + Sync + 'static) {
        self.rule(n..n + 1, Does::Change(Arc::new(work)));
    }

    /// From now on everything gets through.
    pub(crate) fn mend(&self) {
        self.rules.lock().unwrap().clear();
    }

    fn rule(&self, exchanges: Range<usize>, does: Does) {
        let from = self.count();
        let exchanges = from + exchanges.start..from.saturating_add(exchanges.end);
        self.rules.lock().unwrap().push(Rule { exchanges, does });
    }

    fn rules_of(&self, n: usize) -> Vec<Does> {
        let rules = self.rules.lock().unwrap();
        rules.iter().filter(|rule| rule.exchanges.contains(&n)).map(|rule| rule.does.clone()).collect()
    }

    fn note(&self, path: &str) -> usize {
        let mut sent = self.sent.lock().unwrap();
        sent.push(path.trim_start_matches("/v1/").to_owned());
        sent.len() - 1
    }

    /// A login is under way from its start to its finish.
    fn watch_logins(&self, path: &str, begins: bool) {
        if begins && path.ends_with("session/start") {
            let now = self.logins.fetch_add(1, Ordering::SeqCst) + 1;
            self.logins_at_once.fetch_max(now, Ordering::SeqCst);
        } else if !begins && path.ends_with("session/finish") {
            self.logins.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

impl Transport for Wire {
    fn exchange(&self, request: &Request<'_>, call: &StartedCall) -> Result<Reply, TransportFailure> {
        let n = self.note(request.path);
        let rules = self.rules_of(n);
        self.watch_logins(request.path, true);
        for does in &rules {
            match does {
                // A transport asks before what acts leaves the device.
                Does::Vanish if request.acts && !call.begin_sending() => {
                    return Err(TransportFailure::not_sent(Cause::Cancelled));
                }
                Does::LoseRequest => return Err(TransportFailure::not_sent(Cause::Unreachable)),
                Does::Vanish => return Err(TransportFailure::unknown(Cause::Unreachable)),
                Does::Cut => return Err(TransportFailure::not_sent(Cause::ProxyRefused)),
                Does::Before(work) => work(),
                Does::LoseAnswer | Does::CutAfter | Does::Change(_) => {}
            }
        }
        let answer = self.servers[n % self.servers.len()].exchange(request, call);
        self.watch_logins(request.path, false);
        let mut reply = answer?;
        for does in &rules {
            match does {
                Does::LoseAnswer => return Err(TransportFailure::unknown(Cause::Unreachable)),
                Does::CutAfter => return Err(TransportFailure::unknown(Cause::TimedOut)),
                Does::Change(work) => work(&mut reply),
                Does::LoseRequest | Does::Vanish | Does::Cut | Does::Before(_) => {}
            }
        }
        Ok(reply)
    }

    fn drop_connections(&self) {
        self.servers.iter().for_each(Transport::drop_connections);
    }
}

pub(crate) fn config(server: &Server) -> ServerConfig {
    ServerConfig::from_connect_json(server.connect_json().as_bytes()).unwrap()
}
