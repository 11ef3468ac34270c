//! A key server, and devices whose person types commands.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use lock_keeper_testbed::{Engine, Server};
use serde_json::Value;
use tempfile::TempDir;

pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// A key server and a directory for everything that the commands write.
pub(crate) struct House {
    pub(crate) server: Server,
    pub(crate) dir: TempDir,
}

impl House {
    pub(crate) fn new() -> Self {
        let house = Self { server: Server::start(Engine::Sqlite), dir: tempfile::tempdir().unwrap() };
        fs::write(house.path("connect.json"), house.server.connect_json()).unwrap();
        house
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a file and answers its path.
    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        fs::write(self.path(name), bytes).unwrap();
        self.path(name).to_str().unwrap().to_owned()
    }

    /// A device with a state directory of this name, made by the first command.
    pub(crate) fn device(&self, name: &str) -> Device {
        Device { connect: self.path("connect.json"), state: self.path(name) }
    }

    /// A device on which `ada` was registered.
    pub(crate) fn phone(&self) -> Device {
        let phone = self.device("phone");
        phone.json(&["register", "ada"]);
        phone
    }
}

/// A device: the key server that it knows, and what it keeps.
#[derive(Clone)]
pub(crate) struct Device {
    pub(crate) connect: PathBuf,
    pub(crate) state: PathBuf,
}

impl Device {
    /// The command, with nothing of this machine's in its environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lock-keeper"));
        for variable in ["LOCK_KEEPER_CONNECT", "LOCK_KEEPER_STATE", "CLICOLOR_FORCE", "NO_COLOR"] {
            command.env_remove(variable);
        }
        // Enough time for a machine that is busy with other tests.
        command.env("NO_PROXY", "localhost,127.0.0.1").args(["--deadline", "120"]);
        command.arg("--connect").arg(&self.connect).arg("--state").arg(&self.state).args(arguments);
        command
    }

    /// Runs a command with this on standard input.
    pub(crate) fn run_with(&self, arguments: &[&str], input: impl AsRef<[u8]>) -> Outcome {
        let mut command = self.command(arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // A command that fails early may not read it all.
        let _ = child.stdin.take().unwrap().write_all(input.as_ref());
        Outcome::from(child.wait_with_output().unwrap())
    }

    /// Runs a command with the right password.
    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome {
        self.run_with(arguments, format!("{PASSWORD}\n"))
    }

    /// Runs a command with `--json` that must succeed, and answers its object.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let outcome = self.run(&[&["--json"], arguments].concat());
        assert_eq!(outcome.code, 0, "{arguments:?}: {}", outcome.out);
        outcome.object()
    }

    /// Runs a command that must succeed, and answers what a person reads.
    pub(crate) fn text(&self, arguments: &[&str]) -> String {
        let outcome = self.run(arguments);
        assert_eq!(outcome.code, 0, "{arguments:?}: {}", outcome.err);
        outcome.out
    }

    /// Runs a command that must fail, in both forms, and answers the error's object.
    pub(crate) fn error(&self, arguments: &[&str], input: impl AsRef<[u8]>) -> (i32, Value) {
        let outcome = self.run_with(&[&["--json"], arguments].concat(), input.as_ref());
        let error = outcome.object()["error"].clone();
        assert!(error.is_object(), "{arguments:?}: {}", outcome.out);
        (outcome.code, error)
    }
}

/// How a command has ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Outcome {
    /// The one object that a script gets.
    pub(crate) fn object(&self) -> Value {
        assert_eq!(self.err, "", "with --json, standard error stays empty");
        assert_eq!(self.out.lines().count(), 1, "{}", self.out);
        serde_json::from_str(&self.out).unwrap()
    }
}

impl From<Output> for Outcome {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().expect("no signal has ended it"),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// The id in an object or in a line of text.
pub(crate) fn id(object: &Value) -> String {
    let id = object["id"].as_str().unwrap();
    assert!(id.len() == 32 && id.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')), "{id}");
    id.to_owned()
}

/// Permission bits.
pub(crate) fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}
