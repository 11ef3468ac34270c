//! `dev`: a key server on this machine, with nothing to install.

mod certificates;
mod connect;

use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lock_keeper_protocol::identity::Realm;
use lock_keeper_server::config::Period;
use lock_keeper_server::config::settings::{LogFormat, Settings};
use lock_keeper_server::keys::{KeyEncryptionKey, LocalKeys, ServerKeys};
use lock_keeper_server::service::{Service, load_or_create_keys};
use lock_keeper_server::telemetry::start_logs;
use lock_keeper_server::tls::Certificates;

use super::DevOptions;
use super::database::open_sqlite;
use super::failure::Failure;
use super::host::Host;
use super::keys::write_fresh_key;
use super::serve::policy;
use certificates::Authority;
use connect::Connect;

/// What a server for development calls itself. It is bound into every record, so it never changes.
const REALM: &str = "dev.lock-keeper.local";
const KEY_ID: &str = "dev";

/// Serves until a stop signal comes.
pub(crate) fn dev(options: &DevOptions) -> Result<(), Failure> {
    let settings = settings(options);
    start_logs(if options.json { "warn" } else { "info" }, LogFormat::Text).map_err(Failure::Usage)?;
    // Removed when it is dropped, at the end of this function.
    let throwaway = match &options.data {
        Some(_) => None,
        None => Some(tempfile::Builder::new().prefix("lock-keeper-").tempdir().map_err(in_directory)?),
    };
    let directory = Directory::open(options.data.as_deref().or(throwaway.as_ref().map(tempfile::TempDir::path)))?;

    let addresses = if options.phone { connect::network_addresses()? } else { Vec::new() };
    let authority = Authority::open(&directory.0)?;
    authority.certify(&addresses, &directory.file("certificate.pem"), &directory.file("key.pem"))?;
    let certificates = Certificates::load(&directory.file("certificate.pem"), &directory.file("key.pem"))
        .map_err(|error| Failure::running("the certificate", error))?;

    let realm = Realm::new(REALM).map_err(|error| Failure::running("the realm", error))?;
    let store = open_sqlite(&directory.file("lock-keeper.sqlite"))?;
    store.administration().migrate()?;
    let keys = Arc::new(directory.server_keys(store.administration(), &realm)?);
    let service = Service::new(store, Arc::clone(&keys), realm, policy(&settings))
        .map_err(|_| Failure::Running("the OPAQUE setup in the database is damaged".to_owned()))?;
    let public_key = service.public_key();

    let host =
        Host { settings, service: Arc::new(service), keys, certificates: Arc::new(certificates), operations: None };
    host.run(|listening| {
        let connect = Connect::new(&reachable(listening, &addresses), REALM, &public_key, authority.pem());
        connect.write(&directory.file("connect.json"))?;
        connect.show(&directory.file("connect.json"), options)
    })
}

fn settings(options: &DevOptions) -> Settings {
    let mut settings = Settings::default();
    settings.server.listen = options.listen;
    if options.phone {
        settings.server.listen.set_ip(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    }
    settings.server.stop_grace = Period::seconds(0);
    settings.sessions.requests_per_session = options.requests_per_session;
    settings
}

/// The address that a client on this machine, or on the network, can use.
fn reachable(listening: SocketAddr, addresses: &[IpAddr]) -> String {
    let host = match (addresses.first(), listening.ip()) {
        (Some(IpAddr::V6(address)), _) => format!("[{address}]"),
        (Some(address), _) => address.to_string(),
        (None, ip) if ip.is_loopback() || ip.is_unspecified() => "localhost".to_owned(),
        (None, IpAddr::V6(ip)) => format!("[{ip}]"),
        (None, ip) => ip.to_string(),
    };
    format!("https://{host}:{}", listening.port())
}

fn in_directory(error: std::io::Error) -> Failure {
    Failure::running("the directory", error)
}

/// Where database, keys and CA are.
struct Directory(PathBuf);

impl Directory {
    /// Makes it where it is not there, for its owner alone. What another process may still believe is removed.
    fn open(path: Option<&Path>) -> Result<Self, Failure> {
        let path = path.unwrap_or(Path::new("."));
        if !path.is_dir() {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(in_directory)?;
        }
        let mode = fs::metadata(path).map_err(in_directory)?.permissions().mode();
        if mode & 0o002 != 0 {
            return Err(Failure::Usage(format!("everybody can write to {}; use another directory", path.display())));
        }
        let directory = Self(path.to_owned());
        match fs::remove_file(directory.file("connect.json")) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(in_directory(error)),
            _ => Ok(directory),
        }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The server's keys, under the directory's own key-encryption key.
    fn server_keys(
        &self,
        administration: &dyn lock_keeper_server::store::Administration,
        realm: &Realm,
    ) -> Result<ServerKeys, Failure> {
        let file = self.file("kek");
        if !file.exists() {
            write_fresh_key(&file)?;
        }
        let bytes = zeroize::Zeroizing::new(fs::read(&file).map_err(in_directory)?);
        let key = KeyEncryptionKey::parse(&bytes)
            .ok_or_else(|| Failure::Running(format!("{} does not hold a key", file.display())))?;
        let wrapper = Arc::new(LocalKeys::new([(KEY_ID.to_owned(), key)], KEY_ID)?);
        Ok(load_or_create_keys(administration, wrapper, realm)?)
    }
}
