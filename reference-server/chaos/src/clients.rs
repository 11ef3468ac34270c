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
    device: Device,
    child: Child,
}

/// One of a person's devices.
#[derive(Clone)]
struct Device {
    name: String,
    second: bool,
}

/// Of so many people one has two devices.
const WITH_TWO_DEVICES: usize = 3;

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
        let two = self.names.len().is_multiple_of(WITH_TWO_DEVICES);
        self.names.push(name.clone());
        for second in [false, true].into_iter().take(if two { 2 } else { 1 }) {
            let device = Device { name: name.clone(), second };
            std::fs::create_dir_all(self.home(&device)).expect("the run's directory can be written");
            let child = self.spawn(&device);
            self.running.push(Running { device, child });
        }
    }

    fn spawn(&self, device: &Device) -> Child {
        let number: usize = device.name.trim_start_matches("person").parse().unwrap_or_default();
        // The two devices of a person have different lines and decisions.
        let connect = &self.connects[(number + usize::from(device.second)) % self.connects.len()];
        let seed = self.seed.wrapping_add(2 * number as u64 + u64::from(device.second));
        let mut command = Command::new(&self.program);
        command.args(["client", &device.name, &seed.to_string()]).arg(self.home(device)).arg(connect);
        if device.second {
            command.arg("--second-of").arg(self.home(&first(&device.name)));
        }
        command
            .stdin(Stdio::null())
            // A Ctrl-C is for the run alone.
            .process_group(0)
            .spawn()
            .expect("a client can be started")
    }

    /// Starts another person's client for each first device that has ended by itself. Answers the names of those that are broken.
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
                    ended += usize::from(!client.device.second);
                    match status.code() {
                        Some(GONE | SPENT) => {}
                        Some(BROKEN) => broken.push(client.device.name),
                        _ => panic!("the client of {} ended with {status}", client.device.name),
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
        let device = self.running[which].device.clone();
        end(&mut self.running[which].child);
        self.running[which].child = self.spawn(&device);
        device.name
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

    /// What a person's first device has written down.
    #[must_use]
    pub fn journal(&self, name: &str) -> Vec<Line> {
        journal::read(&self.home(&first(name)))
    }

    /// What the second one has written down, where there is one.
    #[must_use]
    pub fn second_journal(&self, name: &str) -> Option<Vec<Line>> {
        self.has_two(name).then(|| journal::read(&self.home(&second(name))))
    }

    /// How much all together have written down.
    #[must_use]
    pub fn written(&self) -> u64 {
        let devices = self.names.iter().flat_map(|name| [first(name), second(name)]);
        let sizes = devices.map(|device| std::fs::metadata(journal::file_in(&self.home(&device))));
        sizes.flatten().map(|metadata| metadata.len()).sum()
    }

    /// A client on a person's first device, over the best line.
    #[must_use]
    pub fn device(&self, name: &str) -> LockKeeperClient {
        client::client(&self.connects[0], &self.home(&first(name)))
    }

    /// The same on the second one, where there is one.
    #[must_use]
    pub fn second_device(&self, name: &str) -> Option<LockKeeperClient> {
        self.has_two(name).then(|| client::client(&self.connects[0], &self.home(&second(name))))
    }

    fn has_two(&self, name: &str) -> bool {
        self.home(&second(name)).is_dir()
    }

    fn home(&self, device: &Device) -> PathBuf {
        self.dir.join(if device.second { format!("{}.second", device.name) } else { device.name.clone() })
    }
}

fn first(name: &str) -> Device {
    Device { name: name.to_owned(), second: false }
}

fn second(name: &str) -> Device {
    Device { name: name.to_owned(), second: true }
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
