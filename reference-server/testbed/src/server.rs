use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lock_keeper_protocol::identity::Realm;
use lock_keeper_server::KeyServer;
use lock_keeper_server::keys::KeyWrapper;
use lock_keeper_server::service::{Service, load_or_create_keys};
use lock_keeper_server::telemetry::{Metrics, StoreReadings};
use lock_keeper_server::tls::{Certificates, server_config};
use rustls::pki_types::CertificateDer;

use crate::data::{Data, Engine};
use crate::postgres::Database;
use crate::settings::Settings;

/// A key server that runs: actix-web over TLS 1.3 on a port of its own, over a database of its own.
///
/// It stops, and its database goes, when the last value that stands on it is dropped.
pub struct Server {
    // Fields are dropped in this order: the process goes before its data.
    process: Mutex<Option<Process>>,
    settings: Mutex<Settings>,
    listener: TcpListener,
    data: Arc<Data>,
}

/// The threads of a server, and what they work on.
struct Process {
    service: Arc<Service>,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts a server with the settings that a new one has.
    ///
    /// # Panics
    /// Where it can't start.
    #[must_use]
    pub fn start(engine: Engine) -> Self {
        Self::start_with(engine, Settings::default())
    }

    /// Starts a server.
    ///
    /// # Panics
    /// Where it can't start.
    #[must_use]
    pub fn start_with(engine: Engine, settings: Settings) -> Self {
        Self::on(Arc::new(Data::new(engine)), settings)
    }

    /// A second server process on the data of the first one, on another port, with the same settings.
    ///
    /// # Panics
    /// Where it can't start.
    #[must_use]
    pub fn beside(other: &Self) -> Self {
        Self::on(Arc::clone(&other.data), other.settings())
    }

    fn on(data: Arc<Data>, settings: Settings) -> Self {
        log_if_asked();
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("there is a free port");
        let process = Process::start(&data, &settings, &listener);
        Self { process: Mutex::new(Some(process)), settings: Mutex::new(settings), listener, data }
    }

    /// Ends the process at once and starts another one on the same port and data. Whoever calls meanwhile waits.
    ///
    /// # Panics
    /// Where it can't start again.
    pub fn restart(&self) {
        self.restart_with(self.settings());
    }

    /// The same with other settings.
    ///
    /// # Panics
    /// As [`Self::restart`].
    pub fn restart_with(&self, settings: Settings) {
        let mut process = self.process.lock().expect("no test panics with the lock");
        drop(process.take());
        *process = Some(Process::start(&self.data, &settings, &self.listener));
        *self.settings.lock().expect("no test panics with the lock") = settings;
    }

    /// What the operator has decided.
    #[must_use]
    pub fn settings(&self) -> Settings {
        self.settings.lock().expect("no test panics with the lock").clone()
    }

    /// Which database is under it.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.data.engine
    }

    /// Lets time pass: on the database's clock, which is the only one that the server goes by.
    pub fn advance(&self, time: Duration) {
        self.data.advance(time);
    }

    /// Turns the same clock back, as an operator does who sets it right.
    pub fn turn_back(&self, time: Duration) {
        self.data.turn_back(time);
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.listener.local_addr().expect("it is bound")
    }

    /// Its address for clients: `https://localhost:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("https://localhost:{}", self.address().port())
    }

    /// What it calls itself.
    #[must_use]
    pub fn realm(&self) -> Realm {
        self.data.realm.clone()
    }

    /// Its OPAQUE public key.
    #[must_use]
    pub fn public_key(&self) -> [u8; 32] {
        self.service().public_key()
    }

    /// The certificate authority that its clients trust.
    #[must_use]
    pub fn ca(&self) -> CertificateDer<'static> {
        self.data.certificate.ca.clone()
    }

    /// What `lock-keeper-server dev` writes into `connect.json`.
    #[must_use]
    pub fn connect_json(&self) -> String {
        serde_json::json!({
            "url": self.url(),
            "realm": self.data.realm.as_str(),
            "server_public_keys": [URL_SAFE_NO_PAD.encode(self.public_key())],
            "ca_pem": self.data.certificate.ca_pem,
        })
        .to_string()
    }

    /// Runs SQL behind the server's back, in a connection of the test's own.
    ///
    /// # Panics
    /// Where the database refuses it.
    pub fn execute(&self, sql: &str) {
        self.data.execute(sql);
    }

    /// The database, on Postgres.
    #[must_use]
    pub fn database(&self) -> Option<&Database> {
        self.data.database()
    }

    /// The file of the database, on SQLite.
    pub(crate) fn file(&self) -> PathBuf {
        self.data.file()
    }

    /// The service of the process that runs, for what an operator's command would do.
    ///
    /// # Panics
    /// Never while the server runs.
    #[must_use]
    pub fn service(&self) -> Arc<Service> {
        let process = self.process.lock().expect("no test panics with the lock");
        Arc::clone(&process.as_ref().expect("it runs").service)
    }

    /// Writes a new key-encryption key into the configuration and makes it the active one. Processes that are started from now on
    /// have it.
    pub fn add_key_encryption_key(&self, id: &str) {
        self.data.add_key_encryption_key(id);
    }

    /// Takes a key-encryption key out of the configuration.
    pub fn remove_key_encryption_key(&self, id: &str) {
        self.data.remove_key_encryption_key(id);
    }

    /// The key-encryption keys as `keys rotate` would read them from the configuration.
    #[must_use]
    pub fn key_wrapper(&self) -> Arc<dyn KeyWrapper> {
        self.data.wrapper()
    }
}

impl Drop for Server {
    #[expect(clippy::print_stdout, reason = "a test that fails says on which engine")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("this happened on {:?}", self.data.engine);
        }
    }
}

impl Process {
    fn start(data: &Data, settings: &Settings, listener: &TcpListener) -> Self {
        let store = data.open_store(settings.pool_size);
        let keys = load_or_create_keys(store.administration(), data.wrapper(), &data.realm).expect("the keys open");
        let service =
            Service::new(store, Arc::new(keys), data.realm.clone(), settings.policy).expect("the setup is one");
        let service = Arc::new(service);
        let metrics = Arc::new(Metrics::new(Arc::new(StoreReadings::default)));
        let server = KeyServer::new(Arc::clone(&service), metrics, settings.requests);
        let (thread, handle) = serve(server, data, listener, settings.head_timeout);
        Self { service, handle, thread: Some(thread) }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The command is sent by the call; its future would only wait, and the thread's end says the same.
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            // A second panic here would hide the first one.
            let _ = thread.join();
        }
    }
}

/// With `LOCK_KEEPER_TEST_LOG` set (to `info`, say), a test that fails shows what its server logged.
fn log_if_asked() {
    if let Ok(filter) = std::env::var("LOCK_KEEPER_TEST_LOG") {
        // Another test of this process may have been first.
        let _ = tracing_subscriber::fmt().with_env_filter(filter).with_test_writer().try_init();
    }
}

/// Serves on a thread of its own until it is stopped. The port stays the caller's.
fn serve(
    server: KeyServer,
    data: &Data,
    listener: &TcpListener,
    head_timeout: Duration,
) -> (JoinHandle<()>, ServerHandle) {
    let files = &data.certificate;
    let certificates = Certificates::load(&files.certificate_file, &files.key_file).expect("the pair is good");
    let tls = server_config(Arc::new(certificates)).expect("TLS 1.3 is there");
    let listener = listener.try_clone().expect("a socket can be cloned");
    let (started, handle) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let serving = HttpServer::new(move || App::new().configure(|routes| server.routes(routes)))
                .workers(1)
                .worker_max_blocking_threads(16)
                .client_request_timeout(head_timeout)
                .tcp_nodelay(true)
                .disable_signals()
                .listen_rustls_0_23(listener, tls)
                .expect("the port is ours")
                .run();
            started.send(serving.handle()).expect("the test waits for it");
            serving.await.expect("the server ends when it is told to");
        });
    });
    (thread, handle.recv().expect("the server starts"))
}
