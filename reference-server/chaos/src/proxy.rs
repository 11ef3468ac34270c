//! A bad line between clients and server: it cuts, holds, half-closes and repeats connections.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::line::{Decide, Decisions, Line, Piece, lock};

/// What happens to one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// Nothing bad.
    Passes,
    /// It ends after so many bytes from the client.
    IsCutOnTheWayUp(usize),
    /// It ends after so many bytes from the server.
    IsCutOnTheWayDown(usize),
    /// Each piece that comes from the server is held for so long.
    IsSlow(Duration),
    /// After so many bytes the client is told that the server has said all, while its own bytes still go through.
    IsHalfClosed(usize),
    /// All that the client sends reaches the server once more, on a connection whose answers nobody reads.
    IsRepeated,
}

/// A line to one server. It forwards until it is dropped.
pub struct Proxy {
    line: Line,
    weather: Arc<Weather>,
}

#[derive(Default)]
struct Weather {
    /// What fates are drawn from; none while the weather is fair.
    storm: Mutex<Option<StdRng>>,
    harmed: AtomicU64,
}

impl Proxy {
    /// Listens on a free port of this machine. Until there is a [`Self::storm`] all goes through.
    ///
    /// # Panics
    /// Where no port is free.
    #[must_use]
    pub fn start(to: SocketAddr) -> Self {
        let weather = Arc::new(Weather::default());
        let above = Arc::clone(&weather);
        Self { line: Line::start(to, move || above.fate().decisions(to)), weather }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.line.address()
    }

    /// From now on each new connection has a fate, drawn from this seed.
    pub fn storm(&self, seed: u64) {
        *lock(&self.weather.storm) = Some(StdRng::seed_from_u64(seed));
    }

    /// From now on new connections get through.
    pub fn calm(&self) {
        *lock(&self.weather.storm) = None;
    }

    /// Cuts all connections that are open now.
    pub fn cut_all(&self) {
        self.line.cut_all();
    }

    /// How many connections had a fate that does harm.
    #[must_use]
    pub fn harmed(&self) -> u64 {
        self.weather.harmed.load(Ordering::SeqCst)
    }
}

impl Weather {
    fn fate(&self) -> Fate {
        let mut storm = lock(&self.storm);
        let Some(rng) = storm.as_mut() else { return Fate::Passes };
        // A handshake is some 1,500 bytes up and 1,700 down, a login's two exchanges are some 1,200 and 1,500 more.
        let fate = match rng.gen_range(0..9) {
            0 | 1 => Fate::IsCutOnTheWayUp(rng.gen_range(1..8_000)),
            2 | 3 => Fate::IsCutOnTheWayDown(rng.gen_range(1..8_000)),
            4 => Fate::IsSlow(Duration::from_millis(rng.gen_range(1..40))),
            5 => Fate::IsHalfClosed(rng.gen_range(1_000..8_000)),
            6 => Fate::IsRepeated,
            _ => Fate::Passes,
        };
        if fate != Fate::Passes {
            self.harmed.fetch_add(1, Ordering::SeqCst);
        }
        fate
    }
}

impl Fate {
    fn decisions(self, to: SocketAddr) -> Decisions {
        let passes = || -> Decide { Box::new(|_| Piece::Passes) };
        match self {
            Self::Passes => Decisions { up: passes(), down: passes() },
            Self::IsCutOnTheWayUp(after) => Decisions { up: cut(after), down: passes() },
            Self::IsCutOnTheWayDown(after) => Decisions { up: passes(), down: cut(after) },
            Self::IsSlow(wait) => Decisions { up: passes(), down: hold(wait) },
            Self::IsHalfClosed(after) => Decisions { up: passes(), down: close(after) },
            Self::IsRepeated => Decisions { up: repeat(to), down: passes() },
        }
    }
}

fn cut(after: usize) -> Decide {
    let mut left = after;
    Box::new(move |piece| {
        let length = piece.len();
        if length > left {
            return Piece::IsCutAt(left);
        }
        left -= length;
        Piece::Passes
    })
}

fn hold(wait: Duration) -> Decide {
    Box::new(move |_| {
        thread::sleep(wait);
        Piece::Passes
    })
}

fn close(after: usize) -> Decide {
    let mut passed = 0;
    Box::new(move |piece| {
        passed += piece.len();
        if passed > after { Piece::ClosesItsWay } else { Piece::Passes }
    })
}

fn repeat(to: SocketAddr) -> Decide {
    let mut again = TcpStream::connect(to).ok();
    Box::new(move |piece| {
        // The server ends it as soon as it finds that the handshake is an old one.
        if again.as_mut().is_some_and(|again| again.write_all(piece).is_err()) {
            again = None;
        }
        Piece::Passes
    })
}
