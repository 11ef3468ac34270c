//! A server process as an operator runs it: the release binary, a configuration, durability on.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::cluster::run;

const PROGRAM: &str = env!("CARGO_BIN_EXE_lock-keeper-server");
/// What it calls itself.
pub(crate) const REALM: &str = "keys.bench";

/// What an account may hold.
#[derive(Clone, Copy)]
pub(crate) struct Quota {
    pub(crate) secrets: u32,
    pub(crate) bytes: u64,
}

impl Quota {
    /// More than any account comes near to.
    pub(crate) const FAR: Self = Self { secrets: u32::MAX, bytes: 1 << 40 };
}

/// A server that runs, and its folder.
pub(crate) struct Site {
    folder: tempfile::TempDir,
    process: Child,
    address: SocketAddr,
}

impl Site {
    /// Migrates the database and serves it.
    pub(crate) fn serve(database_url: &str, quota: Quota) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let file = |name: &str| folder.path().join(name);
        let key = rcgen::KeyPair::generate().expect("keys can be made");
        let params = rcgen::CertificateParams::new(["localhost".to_owned()]).expect("the name is good");
        let certificate = params.self_signed(&key).expect("a certificate can sign itself");
        write(&file("certificate.pem"), &certificate.pem());
        write(&file("key.pem"), &key.serialize_pem());
        write(&file("database-url"), database_url);
        run(Command::new(PROGRAM).args(["keys", "generate"]).arg(file("key-encryption-key")));
        let config = file("server.toml");
        write(&config, &configuration(quota, &|name| file(name).display().to_string()));
        run(Command::new(PROGRAM).arg("migrate").arg("--config").arg(&config));
        let (process, address) = start(&config);
        Self { folder, process, address }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The certificate that it shows, which its clients trust.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.folder.path().join("certificate.pem")
    }

    /// The process's id.
    pub(crate) fn process(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // It holds nothing that is not committed.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The defaults, but that an account of the bench may hold more than a person's.
fn configuration(quota: Quota, file: &dyn Fn(&str) -> String) -> String {
    let Quota { secrets, bytes } = quota;
    format!(
        "[server]\nlisten = \"127.0.0.1:0\"\nrealm = \"{REALM}\"\n\
         [tls]\ncertificate_file = \"{}\"\nkey_file = \"{}\"\n\
         [database]\nurl_file = \"{}\"\n\
         [keys]\nactive = \"bench\"\nkey_encryption_keys = [{{ id = \"bench\", file = \"{}\" }}]\n\
         [limits]\nmax_secrets = {secrets}\nmax_bytes = {bytes}\n\
         [operations]\nlisten = \"127.0.0.1:0\"\n",
        file("certificate.pem"),
        file("key.pem"),
        file("database-url"),
        file("key-encryption-key"),
    )
}

fn start(config: &Path) -> (Child, SocketAddr) {
    let mut command = Command::new(PROGRAM);
    command.arg("serve").arg("--config").arg(config).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut process = command.spawn().expect("the server starts");
    let mut log = BufReader::new(process.stderr.take().expect("it is piped"));
    let address = loop {
        let mut line = String::new();
        assert!(log.read_line(&mut line).expect("the log is text") > 0, "the server ended before it served");
        let entry: serde_json::Value = serde_json::from_str(&line).expect("the log is JSON");
        if entry["message"] == "serving" {
            break entry["address"].as_str().and_then(|address| address.parse().ok()).expect("it says where");
        }
    };
    // Somebody must read the log, or the server would wait.
    std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
    (process, address)
}

fn write(path: &Path, text: &str) {
    fs::write(path, text).expect("the folder can be written");
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("the file is ours");
}
