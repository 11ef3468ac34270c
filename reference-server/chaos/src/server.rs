//! The key server's program as a process that can be killed.
//!
//! The testbed's `Program` is such a process too, but one that is born with its database and goes with it. Here a process dies
//! and another one takes its place, on the same port and over whatever database (or bad line to one) the run has prepared: what
//! outlives it is a [`Site`](crate::site::Site). It may also end by itself where its database is away, and what it says is read
//! while it lives, since a run may last for hours.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::line::lock;

/// How long something may take that should happen at once, on a machine that is busy.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// How many of its last lines are kept.
const KEPT_LINES: usize = 200;

/// A key server that runs. It is killed when the value is dropped.
pub struct Server {
    child: Child,
    /// Where health and metrics are.
    operations: SocketAddr,
    log: Arc<Mutex<Log>>,
}

/// What a server has said.
#[derive(Default)]
struct Log {
    last: VecDeque<String>,
    defects: Vec<String>,
}

impl Server {
    /// Starts the program and waits until it serves.
    ///
    /// # Panics
    /// Where it ends first.
    #[must_use]
    pub fn start(config: &Path) -> Self {
        Self::start_by(Command::new(program()), config)
    }

    /// The same with a command that runs the program in a special way.
    ///
    /// # Panics
    /// As [`Self::start`].
    #[must_use]
    pub fn start_by(command: Command, config: &Path) -> Self {
        Self::try_start(command, config).unwrap_or_else(|said| panic!("the server does not serve:\n{said}"))
    }

    /// Starts it again and again until it serves, as a supervisor does: it ends by itself where the database is away.
    ///
    /// # Panics
    /// Where it never comes to serve.
    #[must_use]
    pub fn supervise(config: &Path) -> Self {
        let until = Instant::now() + PATIENCE;
        loop {
            match Self::try_start(Command::new(program()), config) {
                Ok(server) => return server,
                Err(said) => assert!(Instant::now() < until, "the server does not serve any more:\n{said}"),
            }
        }
    }

    /// Answers what it has said, where it has ended.
    fn try_start(mut command: Command, config: &Path) -> Result<Self, String> {
        command.arg("serve").arg("--config").arg(config).env("RUST_BACKTRACE", "1");
        // A Ctrl-C is for the run alone, which ends it in its own time.
        command.process_group(0);
        let spawned = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut child = spawned.expect("the program can be run");
        let log = Arc::new(Mutex::new(Log::default()));
        let (said, says) = mpsc::channel();
        let stderr = child.stderr.take().expect("it is piped");
        read_log(stderr, Arc::clone(&log), said);
        let mut server = Self { child, operations: SocketAddr::from(([127, 0, 0, 1], 0)), log };
        // Two addresses: first that of health and metrics, then that of the key server.
        for operations in [true, false] {
            match says.recv_timeout(PATIENCE) {
                Ok(address) if operations => server.operations = address,
                Ok(_) => {}
                Err(_) => return Err(server.last_lines()),
            }
        }
        Ok(server)
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills it with SIGKILL and waits for its end.
    ///
    /// # Panics
    /// Where it had ended by itself: nobody asked it to.
    pub fn kill(mut self) -> Vec<String> {
        let ended = self.child.try_wait().expect("it is our child");
        assert!(ended.is_none(), "the server ended by itself ({ended:?}):\n{}", self.last_lines());
        self.child.kill().expect("it is our child");
        self.child.wait().expect("it is our child");
        self.defects()
    }

    /// Lines of its log that no fault explains: an answer of 500, a panic.
    #[must_use]
    pub fn defects(&self) -> Vec<String> {
        lock(&self.log).defects.clone()
    }

    /// The last lines of its log.
    #[must_use]
    pub fn last_lines(&self) -> String {
        lock(&self.log).last.iter().map(|line| format!("{line}\n")).collect()
    }

    /// Status and body of a page for operators, such as `/health/ready`.
    ///
    /// # Panics
    /// Where it does not answer.
    #[must_use]
    pub fn page(&self, path: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.operations).expect("it listens for operators");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout can be set");
        write!(stream, "GET {path} HTTP/1.1\r\nhost: operations\r\nconnection: close\r\n\r\n").expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("it speaks HTTP");
        (status, answer.split_once("\r\n\r\n").expect("a head ends").1.to_owned())
    }

    /// A counter of its metrics; 0 where it was not touched yet.
    ///
    /// # Panics
    /// As [`Self::page`].
    #[must_use]
    pub fn counter(&self, name: &str) -> u64 {
        let metrics = self.page("/metrics").1;
        let value = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value.map_or(0, |value| value.trim().parse().expect("a counter is a number"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads the log on a thread until the process ends, and sends each address that it names.
fn read_log(stderr: ChildStderr, log: Arc<Mutex<Log>>, said: Sender<SocketAddr>) {
    std::thread::spawn(move || {
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            let event: Value = serde_json::from_str(&line).unwrap_or_default();
            if let Some(address) = event["address"].as_str().and_then(|address| address.parse().ok()) {
                // After the start nobody listens any more.
                let _ = said.send(address);
            }
            let mut log = lock(&log);
            if event["status"] == 500 || line.contains("panicked at") {
                log.defects.push(line.clone());
            }
            if log.last.len() == KEPT_LINES {
                log.last.pop_front();
            }
            log.last.push_back(line);
        }
    });
}

/// The server's program, which is built into the same directory as this one: `cargo build --workspace --bins`.
///
/// # Panics
/// Where it was not built.
#[must_use]
pub fn program() -> PathBuf {
    let own = std::env::current_exe().expect("a process has a file");
    // A test lies one directory further down than a program.
    let beside = own.ancestors().skip(1).take(2).map(|directory| directory.join("lock-keeper-server"));
    beside.into_iter().find(|file| file.is_file()).expect("the server is built: cargo build --workspace --bins")
}
