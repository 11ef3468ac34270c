//! The bench's side of the load generator.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use crate::load::{self, Order, Outcome, Target, Until, Work};
use crate::site::{REALM, Site};

/// A load generator whose people are registered.
pub(crate) struct Generator {
    process: Child,
    orders: ChildStdin,
    outcomes: BufReader<ChildStdout>,
}

impl Generator {
    /// Starts it, and registers so many people for each of its clients.
    pub(crate) fn start(site: &Site, clients: usize, accounts_each: usize) -> Self {
        let program = std::env::current_exe().expect("this program is a file");
        let mut command = Command::new(program);
        command.arg(load::ARGUMENT).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().expect("this program starts");
        let orders = process.stdin.take().expect("it is piped");
        let outcomes = BufReader::new(process.stdout.take().expect("it is piped"));
        let mut generator = Self { process, orders, outcomes };
        let (address, certificate) = (site.address(), site.certificate());
        let target = Target { address, certificate, realm: REALM.to_owned(), clients, accounts_each };
        generator.tell(&serde_json::to_string(&target).expect("it can be written"));
        assert_eq!(generator.hear().trim(), "ready");
        generator
    }

    /// Has it carry out an order.
    pub(crate) fn order(&mut self, order: &Order) -> Outcome {
        self.tell(&serde_json::to_string(order).expect("it can be written"));
        serde_json::from_str(&self.hear()).expect("it answers with an outcome")
    }

    /// As much as the server takes, for so long.
    pub(crate) fn closed(&mut self, clients: usize, work: Work, time: Duration, ahead: usize) -> Outcome {
        self.order(&Order { clients, work, until: Until::Seconds(time.as_secs_f64()), rate: None, ahead })
    }

    fn tell(&mut self, line: &str) {
        writeln!(self.orders, "{line}").expect("the generator runs");
    }

    fn hear(&mut self) -> String {
        let mut line = String::new();
        self.outcomes.read_line(&mut line).expect("the generator writes text");
        assert!(!line.is_empty(), "the load generator ended; its message stands above");
        line
    }
}

impl Drop for Generator {
    fn drop(&mut self) {
        // It waits for orders and holds nothing.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
