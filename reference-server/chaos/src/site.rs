//! What an operator prepares for one run: certificate, key, configuration, database; and what an app needs to connect.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lock_keeper_core::ServerConfig;
use lock_keeper_protocol::cbor;
use lock_keeper_protocol::identity::Realm;
use lock_keeper_protocol::message::{ServerInfo, path};
use lock_keeper_testbed::{Certificate, RawClient};

use crate::server::{Server, program};

const REALM: &str = "keys.test";

/// A directory with everything that a key server needs, and the port on which it always listens.
pub struct Site {
    dir: tempfile::TempDir,
    certificate: Certificate,
    port: u16,
}

/// What differs from run to run.
#[derive(Clone, Copy, Debug)]
pub struct Operations {
    /// Operations that one session may do, 1 to 64.
    pub per_session: u32,
    /// Connections to Postgres at most.
    pub pool_size: u32,
}

impl Site {
    /// Prepares a site on a database that is empty: the file `database` in its own directory, or the one at a URL.
    ///
    /// # Panics
    /// Where the machine does not let it.
    #[must_use]
    pub fn new(postgres: Option<&str>, operations: Operations) -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory can be made");
        let certificate = Certificate::make(dir.path());
        let site = Self { dir, certificate, port: free_port() };
        site.run(&["keys", "generate", &site.text("kek")]);
        let url = postgres.map_or_else(|| format!("sqlite:{}", site.text("database")), str::to_owned);
        site.write_private("url", &url);
        site.configure(operations);
        site.run(&["migrate", "--config", &site.config()]);
        site
    }

    fn configure(&self, operations: Operations) {
        let Operations { per_session, pool_size } = operations;
        let text = format!(
            "[server]\nlisten = \"{address}\"\nrealm = \"{REALM}\"\nstop_grace = \"0s\"\nworkers = 2\n\
             [tls]\ncertificate_file = \"{certificate}\"\nkey_file = \"{key}\"\n\
             [database]\nurl_file = \"{url}\"\npool_size = {pool_size}\n\
             [keys]\nactive = \"kek\"\nkey_encryption_keys = [{{ id = \"kek\", file = \"{kek}\" }}]\n\
             [sessions]\nrequests_per_session = {per_session}\n\
             [operations]\nlisten = \"127.0.0.1:0\"\nlog_level = \"warn,lock_keeper_server::cli=info\"\n",
            address = self.address(),
            certificate = self.certificate.certificate_file.display(),
            key = self.certificate.key_file.display(),
            url = self.text("url"),
            kek = self.text("kek"),
        );
        fs::write(self.file("server.toml"), text).expect("the directory can be written");
    }

    fn write_private(&self, name: &str, text: &str) {
        let file = self.file(name);
        fs::write(&file, text).expect("the directory can be written");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("the file is ours");
    }

    /// A file of the site.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.file(name).to_str().expect("temporary paths are UTF-8").to_owned()
    }

    /// The configuration's path.
    #[must_use]
    pub fn config(&self) -> String {
        self.text("server.toml")
    }

    /// Where the server listens, at each start.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }

    /// What the server calls itself.
    ///
    /// # Panics
    /// Never.
    #[must_use]
    pub fn realm(&self) -> Realm {
        Realm::new(REALM).expect("it is one")
    }

    /// A client that sends what it is told to, straight to the server.
    #[must_use]
    pub fn raw_client(&self) -> RawClient {
        self.raw_client_over(self.address())
    }

    /// The same over a line that forwards to the server.
    #[must_use]
    pub fn raw_client_over(&self, address: SocketAddr) -> RawClient {
        RawClient::at(address, self.certificate.ca.clone())
    }

    /// Starts the server and waits until it serves.
    ///
    /// # Panics
    /// Where it does not start.
    #[must_use]
    pub fn serve(&self) -> Server {
        Server::start(Path::new(&self.config()))
    }

    /// Runs a command of the server's program to its good end.
    ///
    /// # Panics
    /// Where it ends badly.
    pub fn run(&self, arguments: &[&str]) {
        let output = Command::new(program()).args(arguments).stdin(Stdio::null()).output().expect("the program runs");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// What an app needs to know to connect, over this port. The server must be serving.
    ///
    /// # Panics
    /// Where it does not say who it is.
    #[must_use]
    pub fn connect_json(&self, port: u16) -> String {
        let reply = self.raw_client().get(path::SERVER);
        let info: ServerInfo = cbor::decode(reply.success()).expect("it says who it is");
        serde_json::json!({
            "url": format!("https://localhost:{port}"),
            "realm": info.realm,
            "server_public_keys": [URL_SAFE_NO_PAD.encode(info.public_keys[0].0)],
            "ca_pem": self.certificate.ca_pem,
        })
        .to_string()
    }

    /// The configuration of a client that talks straight to the server.
    ///
    /// # Panics
    /// As [`Self::connect_json`].
    #[must_use]
    pub fn client_config(&self) -> ServerConfig {
        ServerConfig::from_connect_json(self.connect_json(self.port).as_bytes()).expect("it is one")
    }
}

/// A port that is free now, and most likely still is when the server takes it: it is below those that the kernel hands out.
fn free_port() -> u16 {
    let free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    let candidates = std::iter::repeat_with(|| rand::Rng::gen_range(&mut rand::thread_rng(), 12_000..20_000));
    candidates.take(1_000).find(free).expect("of 1,000 ports one is free")
}
