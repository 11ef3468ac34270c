//! The binary `lock-keeper-server` as a process of its own: for what only a process has, its memory, its logs, its end.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use diesel::connection::SimpleConnection;
use lock_keeper_protocol::cbor;
use lock_keeper_protocol::identity::Realm;
use lock_keeper_protocol::message::{ServerInfo, path};
use rustls::pki_types::CertificateDer;

use crate::certificate::Certificate;
use crate::data::{Engine, REALM, execute};
use crate::postgres::Database;
use crate::raw::RawClient;

/// How long something may take that should happen at once.
const PATIENCE: Duration = Duration::from_secs(60);

/// What an operator writes for it.
#[derive(Clone, Debug, Default)]
pub struct ProgramSettings {
    /// The filter of its logs; `info` where it is empty.
    pub log_level: String,
    /// Lines for the section `[limits]`.
    pub limits: String,
    /// SQL that is run in its database before it is served, on Postgres.
    pub before: String,
}

/// A server process on a database that nobody else uses. It is killed, and all of it goes, when the value is dropped.
pub struct Program {
    child: Child,
    address: SocketAddr,
    operations: SocketAddr,
    log_file: PathBuf,
    site: Arc<Site>,
}

/// What processes that stand beside each other share.
struct Site {
    certificate: Certificate,
    database: Option<Database>,
    dir: tempfile::TempDir,
    config: String,
    processes: AtomicU32,
}

impl Program {
    /// Prepares a database and serves it. `binary` is `env!("CARGO_BIN_EXE_lock-keeper-server")`, which Cargo tells to tests of the
    /// server alone.
    ///
    /// # Panics
    /// Where it does not start.
    #[must_use]
    pub fn start(binary: &str, engine: Engine, settings: &ProgramSettings) -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory can be made");
        let certificate = Certificate::make(dir.path());
        let database = (engine == Engine::Postgres).then(Database::new);
        let config = configure(dir.path(), &certificate, database.as_ref(), settings);
        run(binary, &["keys", "generate", &text(&dir.path().join("kek"))]);
        run(binary, &["migrate", "--config", &config]);
        if let Some(database) = database.as_ref().filter(|_| !settings.before.is_empty()) {
            database.connect().batch_execute(&settings.before).expect("the database takes it");
        }
        Self::serve(binary, Arc::new(Site { certificate, database, dir, config, processes: AtomicU32::new(0) }))
    }

    /// A second process on the data of this one, on another port.
    ///
    /// # Panics
    /// As [`Self::start`].
    #[must_use]
    pub fn beside(&self, binary: &str) -> Self {
        Self::serve(binary, Arc::clone(&self.site))
    }

    fn serve(binary: &str, site: Arc<Site>) -> Self {
        let log_file = site.dir.path().join(format!("log-{}", site.processes.fetch_add(1, Ordering::Relaxed)));
        let child = Command::new(binary)
            .args(["serve", "--config", &site.config])
            .env("RUST_BACKTRACE", "full")
            .stdout(Stdio::null())
            .stderr(File::create(&log_file).expect("the directory can be written"))
            .spawn()
            .expect("the binary can be run");
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut program = Self { child, address: nowhere, operations: nowhere, log_file, site };
        program.operations = program.wait_for_address("health and metrics");
        program.address = program.wait_for_address("serving");
        program
    }

    /// The address in the first line of the log that says `message`.
    fn wait_for_address(&mut self, message: &str) -> SocketAddr {
        let until = Instant::now() + PATIENCE;
        loop {
            let log = self.log();
            let line = log.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
            let address = line
                .filter(|line| line["message"] == message)
                .find_map(|line| line["address"].as_str().and_then(|address| address.parse().ok()));
            if let Some(address) = address {
                return address;
            }
            let ended = self.child.try_wait().expect("it is our child");
            assert!(ended.is_none() && Instant::now() < until, "it does not serve ({ended:?}):\n{log}");
            std::thread::yield_now();
        }
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it calls itself.
    ///
    /// # Panics
    /// Never.
    #[must_use]
    pub fn realm(&self) -> Realm {
        Realm::new(REALM).expect("it is one")
    }

    /// The certificate authority that its clients trust.
    #[must_use]
    pub fn ca(&self) -> CertificateDer<'static> {
        self.site.certificate.ca.clone()
    }

    /// A client that sends what it is told to.
    #[must_use]
    pub fn client(&self) -> RawClient {
        RawClient::at(self.address, self.ca())
    }

    /// What an app needs to know to connect.
    ///
    /// # Panics
    /// Where it does not say who it is.
    #[must_use]
    pub fn connect_json(&self) -> String {
        let reply = self.client().get(path::SERVER);
        let info: ServerInfo = cbor::decode(reply.success()).expect("it says who it is");
        serde_json::json!({
            "url": format!("https://localhost:{}", self.address.port()),
            "realm": info.realm,
            "server_public_keys": [URL_SAFE_NO_PAD.encode(info.public_keys[0].0)],
            "ca_pem": self.site.certificate.ca_pem,
        })
        .to_string()
    }

    /// What it says of itself in numbers.
    ///
    /// # Panics
    /// Where it does not answer.
    #[must_use]
    pub fn metrics(&self) -> String {
        let mut stream = TcpStream::connect(self.operations).expect("it listens for operators");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout can be set");
        write!(stream, "GET /metrics HTTP/1.1\r\nhost: operations\r\nconnection: close\r\n\r\n").expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        answer
    }

    /// All that it has logged, which is all that it said.
    ///
    /// # Panics
    /// Where the log can't be read.
    #[must_use]
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(self.log_file()).expect("the log is there")).into_owned()
    }

    /// The file with it.
    #[must_use]
    pub fn log_file(&self) -> &Path {
        &self.log_file
    }

    /// The file with the key-encryption key, in hex digits.
    #[must_use]
    pub fn key_file(&self) -> PathBuf {
        self.site.dir.path().join("kek")
    }

    /// The directory of the database's files, on SQLite.
    #[must_use]
    pub fn sqlite_directory(&self) -> PathBuf {
        self.site.dir.path().join("database")
    }

    /// The database, on Postgres.
    #[must_use]
    pub fn database(&self) -> Option<&Database> {
        self.site.database.as_ref()
    }

    /// Runs SQL behind the server's back, in a connection of the test's own.
    ///
    /// # Panics
    /// Where the database refuses it.
    pub fn execute(&self, sql: &str) {
        execute(self.database(), &self.sqlite_file(), sql);
    }

    /// The file of the database, on SQLite.
    pub(crate) fn sqlite_file(&self) -> PathBuf {
        self.sqlite_directory().join("store")
    }

    /// Bytes of memory that it has in use now and has had at most, as the kernel counts them (`VmRSS`, `VmHWM`).
    ///
    /// # Panics
    /// Where it has ended.
    #[must_use]
    pub fn resident(&self) -> (u64, u64) {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id())).expect("it runs");
        let kibibytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("the kernel counts it");
            line.trim().trim_end_matches(" kB").parse::<u64>().expect("it is a number")
        };
        (kibibytes("VmRSS:") << 10, kibibytes("VmHWM:") << 10)
    }

    /// Sockets that it has open now, those that it listens on included.
    ///
    /// # Panics
    /// Where it has ended.
    #[must_use]
    pub fn open_sockets(&self) -> usize {
        let files = fs::read_dir(format!("/proc/{}/fd", self.id())).expect("it runs");
        // What was closed between the two looks has no target any more.
        let targets = files.filter_map(|file| fs::read_link(file.ok()?.path()).ok());
        targets.filter(|target| target.to_string_lossy().starts_with("socket:")).count()
    }

    /// Stops it as an operator does, and waits for its end. The database and the log stay.
    ///
    /// # Panics
    /// Where it does not end well.
    pub fn stop(&mut self) {
        run("kill", &["-TERM", &self.id().to_string()]);
        let ended = self.child.wait().expect("it is our child");
        assert!(ended.success(), "{ended}:\n{}", self.log());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn text(path: &Path) -> String {
    path.to_str().expect("temporary paths are UTF-8").to_owned()
}

fn run(program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).output().expect("the program can be run");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Writes the configuration, and answers its path.
fn configure(dir: &Path, certificate: &Certificate, database: Option<&Database>, settings: &ProgramSettings) -> String {
    let files = dir.join("database");
    fs::create_dir(&files).expect("the directory is new");
    let url_file = dir.join("url");
    let url = database.map_or_else(|| format!("sqlite:{}", text(&files.join("store"))), Database::url);
    fs::write(&url_file, url).expect("the directory can be written");
    fs::set_permissions(&url_file, fs::Permissions::from_mode(0o600)).expect("the file is ours");
    let log_level = if settings.log_level.is_empty() { "info" } else { &settings.log_level };
    let config = dir.join("server.toml");
    let toml = format!(
        "[server]\nlisten = \"127.0.0.1:0\"\nrealm = \"{REALM}\"\nstop_grace = \"0s\"\nworkers = 1\n\
         [tls]\ncertificate_file = \"{}\"\nkey_file = \"{}\"\n\
         [database]\nurl_file = \"{}\"\npool_size = 4\n\
         [keys]\nactive = \"first\"\nkey_encryption_keys = [{{ id = \"first\", file = \"{}\" }}]\n\
         [operations]\nlisten = \"127.0.0.1:0\"\nlog_level = \"{log_level}\"\n\
         [limits]\n{}\n",
        text(&certificate.certificate_file),
        text(&certificate.key_file),
        text(&url_file),
        text(&dir.join("kek")),
        settings.limits,
    );
    fs::write(&config, toml).expect("the directory can be written");
    text(&config)
}
