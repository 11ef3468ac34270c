//! The clients of a run: processes of this crate's own program, replaced when they end.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use lock_keeper_core::LockKeeperClient;
use rand::Rng;
use rand::rngs::StdRng;

use crate::client::{self, End};
use crate::journal::{self, Line};

/// Exit codes of a client that has ended by itself.
const GONE: i32 = 10;
const SPENT: i32 = 11;
const BROKEN: i32 = 12;

/// The code with which a client's process ends.
#[must_use]
pub fn exit_code(end: End) -> u8 {
    let code = match end {
        End::Gone => GONE,
        End::Spent => SPENT,
        End::Broken => BROKEN,
    };
    code as u8
}

/// How clients are started, and where they live.
pub struct Clients {
    program: PathBuf,
    dir: PathBuf,
    /// Files with which they connect: some go straight to the server, some over a bad line.
    connects: Vec<PathBuf>,
    seed: u64,
    running: Vec<Running>,
    /// Names of all accounts, those of clients that have ended too.
    names: Vec<String>,
}

struct Running {
    name: String,
    child: Child,
}

impl Clients {
    /// Starts so many.
    ///
    /// # Panics
    /// Where they can't be started.
    #[must_use]
    pub fn start(program: &Path, dir: PathBuf, connects: Vec<PathBuf>, seed: u64, count: usize) -> Self {
        let (running, names) = (Vec::new(), Vec::new());
        let mut clients = Self { program: program.to_owned(), dir, connects, seed, running, names };
        (0..count).for_each(|_| clients.add());
        clients
    }

    fn add(&mut self) {
        let name = format!("person{}", self.names.len());
        std::fs::create_dir_all(self.home(&name)).expect("the run's directory can be written");
        self.names.push(name.clone());
        let child = self.spawn(&name);
        self.running.push(Running { name, child });
    }

    fn spawn(&self, name: &str) -> Child {
        let number: u64 = name.trim_start_matches("person").parse().unwrap_or_default();
        let connect = &self.connects[number as usize % self.connects.len()];
        Command::new(&self.program)
            .args(["client", name, &self.seed.wrapping_add(number).to_string()])
            .arg(self.home(name))
            .arg(connect)
            .stdin(Stdio::null())
            // A Ctrl-C is for the run alone.
            .process_group(0)
            .spawn()
            .expect("a client can be started")
    }

    /// Starts another client for each that has ended by itself. Answers the names of those that are broken.
    ///
    /// # Panics
    /// Where one ended as none does by itself.
    pub fn replace_ended(&mut self) -> Vec<String> {
        let mut broken = Vec::new();
        let running = std::mem::take(&mut self.running);
        let mut ended = 0;
        for mut client in running {
            match client.child.try_wait().expect("it is our child") {
                None => self.running.push(client),
                Some(status) => {
                    ended += 1;
                    match status.code() {
                        Some(GONE | SPENT) => {}
                        Some(BROKEN) => broken.push(client.name),
                        _ => panic!("the client of {} ended with {status}", client.name),
                    }
                }
            }
        }
        (0..ended).for_each(|_| self.add());
        broken
    }

    /// Kills one with SIGKILL and starts it again. Answers its name.
    ///
    /// # Panics
    /// Where it can't be started.
    pub fn kill_one(&mut self, rng: &mut StdRng) -> String {
        let which = rng.gen_range(0..self.running.len());
        let name = self.running[which].name.clone();
        end(&mut self.running[which].child);
        self.running[which].child = self.spawn(&name);
        name
    }

    /// Kills all.
    pub fn kill_all(&mut self) {
        self.running.iter_mut().for_each(|client| end(&mut client.child));
        self.running.clear();
    }

    /// Names of all accounts that there ever were.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// What a client has written down.
    #[must_use]
    pub fn journal(&self, name: &str) -> Vec<Line> {
        journal::read(&self.home(name))
    }

    /// How much all together have written down.
    #[must_use]
    pub fn written(&self) -> u64 {
        let sizes = self.names.iter().map(|name| std::fs::metadata(journal::file_in(&self.home(name))));
        sizes.flatten().map(|metadata| metadata.len()).sum()
    }

    /// A client on the device of that name, over the best line.
    #[must_use]
    pub fn device(&self, name: &str) -> LockKeeperClient {
        client::client(&self.connects[0], &self.home(name))
    }

    fn home(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }
}

impl Drop for Clients {
    fn drop(&mut self) {
        self.kill_all();
    }
}

fn end(child: &mut Child) {
    // It may have ended by itself.
    let _ = child.kill();
    let _ = child.wait();
}
