//! The app's process: this binary again, with one test in it.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::app::{PANICS, Told};

/// A running app; killed when it is dropped.
pub(crate) struct App {
    child: Child,
    orders: ChildStdin,
    says: BufReader<ChildStdout>,
}

impl App {
    pub(crate) fn start(told: &Told) -> Self {
        Self::run(told, "0")
    }

    /// One whose local store panics once the account is unlocked.
    pub(crate) fn start_panicking(told: &Told) -> Self {
        Self::run(told, "1")
    }

    fn run(told: &Told, panics: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "app::an_app_that_is_looked_at", "--nocapture", "--test-threads=1"])
            .env(PANICS, panics)
            .env("RUST_BACKTRACE", "full")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut orders = child.stdin.take().unwrap();
        told.write(&mut orders);
        let says = BufReader::new(child.stdout.take().unwrap());
        Self { child, orders, says }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it says so.
    pub(crate) fn is(&mut self, state: &str) {
        let mut line = String::new();
        while self.says.read_line(&mut line).unwrap() > 0 {
            if line.trim_end().ends_with(state) {
                return;
            }
            line.clear();
        }
        panic!("it has ended before it was {state}: {}", self.standard_error());
    }

    pub(crate) fn goes_on(&mut self) {
        self.orders.write_all(b".").unwrap();
    }

    /// Lets it go on to its end. Answers what it said on standard error.
    pub(crate) fn ends(mut self) -> String {
        self.goes_on();
        self.standard_error()
    }

    fn standard_error(&mut self) -> String {
        let mut said = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        said
    }
}

impl Drop for App {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
