//! The link between server and Postgres, cut where it hurts most: between a commit and its answer.
//!
//! It forwards the bytes as they are, and reads in them (PostgreSQL's protocol 3.0, without TLS) which statement writes: the
//! server's statements that write commit by themselves, or with a `COMMIT` of their own.
//!
//! What it can do to a connection is to cut it and to hold it. Within one, TCP lets no byte come twice or out of order; whoever
//! forges that stands in the operator's network and has the database anyway. Between connections there is an order to
//! break: while one is held, the statements of others overtake it. The same statement twice is what the server itself sends on a
//! new connection, when it can't know what became of the first.

use std::collections::HashSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::line::{Decisions, Line, Piece, lock};

/// What becomes of a statement that writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lose {
    /// It never reaches the database.
    Question,
    /// It is done, and its answer never reaches the server.
    Answer,
}

/// A line before a Postgres server. It forwards until it is dropped.
pub struct PostgresLink {
    line: Line,
    losses: Arc<Losses>,
}

struct Losses {
    /// What becomes of so many statements that write, the next ones.
    armed: Mutex<(Lose, usize)>,
    /// How long so many pieces of what the database says are held, the next ones.
    held: Mutex<(Duration, usize)>,
    lost: AtomicU64,
}

impl PostgresLink {
    /// Listens on a free port of this machine, and forwards to the Postgres of a URL on another one.
    ///
    /// # Panics
    /// Where no port is free, or the URL has none.
    #[must_use]
    pub fn before(url: &str) -> Self {
        let (_, rest) = url.rsplit_once(':').expect("the URL has a port");
        let port: Option<u16> = rest.split('/').next().and_then(|port| port.parse().ok());
        let to = SocketAddr::from((Ipv4Addr::LOCALHOST, port.expect("the URL has a port")));
        let losses =
            Arc::new(Losses { armed: Mutex::new((Lose::Answer, 0)), held: Mutex::default(), lost: AtomicU64::new(0) });
        let known = Arc::clone(&losses);
        Self { line: Line::start(to, move || decisions(&known)), losses }
    }

    /// The URL of a database over this link.
    ///
    /// # Panics
    /// Where the URL has no port.
    #[must_use]
    pub fn url(&self, direct: &str) -> String {
        let (before, rest) = direct.rsplit_once(':').expect("the URL has a port");
        let database = rest.split_once('/').expect("the URL has a database").1;
        format!("{before}:{}/{database}?sslmode=disable&gssencmode=disable", self.line.address().port())
    }

    /// Cuts the connection of each of the next statements that write, so many times.
    pub fn lose(&self, lose: Lose, times: usize) {
        *lock(&self.losses.armed) = (lose, times);
    }

    /// Holds each of the next pieces of what the database says for so long, so many times.
    pub fn hold(&self, wait: Duration, times: usize) {
        *lock(&self.losses.held) = (wait, times);
    }

    /// How many statements that write were lost.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.losses.lost.load(Ordering::SeqCst)
    }

    /// Cuts all connections that are open now.
    pub fn cut_all(&self) {
        self.line.cut_all();
    }
}

impl Losses {
    /// How long this piece is held.
    fn wait(&self) -> Duration {
        let mut held = lock(&self.held);
        if held.1 == 0 {
            return Duration::ZERO;
        }
        held.1 -= 1;
        held.0
    }

    /// Whether this statement is one to lose.
    fn takes(&self, how: Lose) -> bool {
        let mut armed = lock(&self.armed);
        let takes = armed.0 == how && armed.1 > 0;
        if takes {
            armed.1 -= 1;
            self.lost.fetch_add(1, Ordering::SeqCst);
        }
        takes
    }
}

fn decisions(losses: &Arc<Losses>) -> Decisions {
    let (question, answer) = (Arc::clone(losses), Arc::clone(losses));
    // Whether the statement that the database works on writes.
    let writing = Arc::new(AtomicBool::new(false));
    let written = Arc::clone(&writing);
    let mut frontend = Frontend::default();
    Decisions {
        up: Box::new(move |piece| {
            let writes = frontend.writes(piece);
            writing.store(writes, Ordering::SeqCst);
            if writes && question.takes(Lose::Question) { Piece::IsCutAt(0) } else { Piece::Passes }
        }),
        down: Box::new(move |_| {
            thread::sleep(answer.wait());
            let answers_a_write = written.swap(false, Ordering::SeqCst);
            if answers_a_write && answer.takes(Lose::Answer) { Piece::IsCutAt(0) } else { Piece::Passes }
        }),
    }
}

/// Reads what libpq sends.
#[derive(Default)]
struct Frontend {
    received: Vec<u8>,
    started: bool,
    /// Names of prepared statements that write.
    writers: HashSet<Vec<u8>>,
    /// Whether one of them has run since the last `COMMIT` or `ROLLBACK`.
    wrote: bool,
}

impl Frontend {
    /// Takes bytes, and answers whether a statement that writes is begun in them.
    fn writes(&mut self, bytes: &[u8]) -> bool {
        self.received.extend_from_slice(bytes);
        let mut writes = false;
        while let Some((kind, body)) = self.message() {
            writes |= self.begins_write(kind, &body);
        }
        writes
    }

    /// The next whole message: its type (0 for the first one, which has none) and its body.
    fn message(&mut self) -> Option<(u8, Vec<u8>)> {
        let head = usize::from(self.started);
        let length = self.received.get(head..head + 4)?;
        let length = u32::from_be_bytes(length.try_into().ok()?) as usize;
        let whole = self.received.get(..head + length)?;
        let kind = if self.started { whole[0] } else { 0 };
        let body = whole.get(head + 4..)?.to_vec();
        self.received.drain(..head + length);
        self.started = true;
        Some((kind, body))
    }

    fn begins_write(&mut self, kind: u8, body: &[u8]) -> bool {
        let mut texts = body.split(|byte| *byte == 0);
        match kind {
            // Query: the SQL.
            b'Q' => {
                let sql = texts.next().unwrap_or_default();
                let commits = sql.starts_with(b"COMMIT");
                let ends = commits || sql == b"ROLLBACK";
                if ends { std::mem::take(&mut self.wrote) && commits } else { false }
            }
            // Parse: a name, the SQL. To prepare a statement is not yet to run it.
            b'P' => {
                let (Some(name), Some(sql)) = (texts.next(), texts.next()) else { return false };
                let sql = String::from_utf8_lossy(sql).to_ascii_uppercase();
                let writes = ["INSERT INTO", "UPDATE ", "DELETE FROM"].iter().any(|word| sql.contains(word));
                // Nobody waits for what the sweeper removes.
                if writes && !sql.contains("SKIP LOCKED") {
                    self.writers.insert(name.to_vec());
                }
                false
            }
            // Bind: a portal, the statement's name.
            b'B' => {
                let writes = texts.nth(1).is_some_and(|name| self.writers.contains(name));
                self.wrote |= writes;
                writes
            }
            _ => false,
        }
    }
}
