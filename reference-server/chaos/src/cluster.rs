//! A Postgres cluster of the run's own, whose processes can be killed.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rustix::process::{Pid, Signal, kill_process};

use crate::server::PATIENCE;

/// A cluster that runs. It goes, with all its data, when the value is dropped.
pub struct Cluster {
    dir: tempfile::TempDir,
    url: String,
}

impl Cluster {
    /// Makes and starts one.
    ///
    /// # Panics
    /// Where there is no PostgreSQL on this machine.
    #[must_use]
    pub fn start() -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory can be made");
        // The user postgres must reach the cluster's directory in it.
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).expect("the directory is ours");
        script("start", &dir.path().join("cluster"));
        let url = fs::read_to_string(dir.path().join("cluster/url")).expect("the script wrote it");
        Self { dir, url: url.trim().to_owned() }
    }

    /// Its URL, of a role that may do everything.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Kills all its processes with SIGKILL, as a machine does that loses its power but for the disk's cache; none where it
    /// has ended by itself.
    ///
    /// # Panics
    /// Where they do not end.
    pub fn kill(&self) {
        let Some(postmaster) = self.postmaster() else { return };
        // So that it makes no more of them meanwhile.
        signal(postmaster, Signal::STOP);
        let mut all = children_of(postmaster);
        all.push(postmaster);
        all.iter().for_each(|process| signal(*process, Signal::KILL));
        // Until nothing is left of them: Postgres does not start beside a process whose exit code nobody has read yet.
        let until = Instant::now() + PATIENCE;
        while all.iter().any(|process| parent_of(*process).is_some()) {
            assert!(Instant::now() < until, "a process of Postgres survives its kill");
            std::thread::yield_now();
        }
    }

    /// Starts it again after it died, on the same port, and waits until it has recovered.
    ///
    /// # Panics
    /// Where it does not start.
    pub fn again(&self) {
        script("again", &self.directory());
    }

    /// Kills it and starts it again as a standby, which can only be read: after a failover, one that nobody has promoted yet.
    ///
    /// # Panics
    /// Where it does not start.
    pub fn again_as_standby(&self) {
        // What a minimal log holds is not enough for one; the setting is read at a start.
        self.sql("ALTER SYSTEM SET wal_level = replica");
        self.kill();
        self.again();
        self.kill();
        let signal = File::create(self.directory().join("data/standby.signal"));
        signal.expect("the cluster's directory is there");
        self.again();
    }

    /// Makes a standby one that can be written.
    ///
    /// # Panics
    /// Where it is none.
    pub fn promote(&self) {
        self.sql("SELECT pg_promote()");
    }

    /// Runs SQL as the operator.
    ///
    /// # Panics
    /// Where the cluster refuses it.
    pub fn sql(&self, sql: &str) {
        let mut operator = PgConnection::establish(&self.url).expect("the cluster runs");
        operator.batch_execute(sql).expect("the operator may do that");
    }

    /// Waits until a connection is served, and kills the process that does; Postgres then ends all others and recovers.
    ///
    /// # Panics
    /// Where nobody comes to connect.
    pub fn kill_backend(&self, rng: &mut StdRng) {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(backend) = self.backends().choose(rng) {
                signal(*backend, Signal::KILL);
                return;
            }
            assert!(Instant::now() < until, "nobody connects to Postgres any more");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// No file of any of its processes grows any more, nor of those that it starts later: to Postgres its disk is full.
    ///
    /// # Panics
    /// Where the cluster does not run.
    pub fn fill_disk(&self) {
        let postmaster = self.postmaster().expect("the cluster runs");
        for process in children_of(postmaster).into_iter().chain([postmaster]) {
            let mut command = Command::new("prlimit");
            // Only their owner may always do that, and root starts Postgres as somebody else.
            if rustix::process::getuid().is_root() {
                command = Command::new("runuser");
                command.args(["-u", "postgres", "--", "prlimit"]);
            }
            // One may have ended meanwhile.
            let _ = command.args(["--pid", &process.to_string(), "--fsize=0"]).status();
        }
    }

    /// The processes that serve a connection.
    fn backends(&self) -> Vec<i32> {
        let serves = |process: &i32| {
            let title = fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
            // "postgres: postgres postgres 127.0.0.1(40404) idle"
            String::from_utf8_lossy(&title).contains("127.0.0.1(")
        };
        self.postmaster().map(children_of).unwrap_or_default().into_iter().filter(serves).collect()
    }

    fn directory(&self) -> PathBuf {
        self.dir.path().join("cluster")
    }

    /// Its first process; none where it has ended by itself.
    fn postmaster(&self) -> Option<i32> {
        let text = fs::read_to_string(self.directory().join("data/postmaster.pid")).ok()?;
        text.lines().next()?.trim().parse().ok()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // A second panic here would hide the first one.
        let _ = run("stop", &self.directory());
    }
}

fn script(verb: &str, directory: &Path) {
    let output = run(verb, directory).expect("there is a shell");
    assert!(output.status.success(), "postgres.sh {verb}: {}", String::from_utf8_lossy(&output.stderr));
}

fn run(verb: &str, directory: &Path) -> std::io::Result<std::process::Output> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testbed/postgres.sh");
    Command::new("bash").arg(script).arg(verb).arg(directory).output()
}

fn children_of(parent: i32) -> Vec<i32> {
    let processes = fs::read_dir("/proc").expect("Linux has it").flatten();
    let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    ids.filter(|process| parent_of(*process) == Some(parent)).collect()
}

/// The parent of a process.
fn parent_of(process: i32) -> Option<i32> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name, in parentheses, may hold anything; after it come the state and the parent.
    text.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()
}

fn signal(process: i32, signal: Signal) {
    if let Some(process) = Pid::from_raw(process) {
        // It may have ended by itself.
        let _ = kill_process(process, signal);
    }
}
