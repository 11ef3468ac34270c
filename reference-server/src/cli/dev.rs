//! A key server for trying it out: SQLite, a throwaway certificate authority, and what an app needs to connect.

use std::io::Write;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lock_keeper_protocol::identity::Realm;
use lock_keeper_protocol::message::SessionLimits;
use rand::rngs::OsRng;
use serde::Serialize;

use super::authority::Authority;
use super::failure::Failure;
use super::open::{Opened, sqlite};
use super::serving::{self, Manner, Parts, metrics, readiness};
use super::{phone, say};
use crate::config::settings::{LimitSettings, LogFormat};
use crate::keys::{KeyEncryptionKey, LocalKeys};
use crate::service::{Policy, Service};
use crate::telemetry::start_logs;
use crate::tls::{Certificates, server_config};
use crate::{KeyServer, RequestLimits};

/// What a dev server calls itself.
const REALM: &str = "dev.lock-keeper.local";
/// The id of its one key-encryption key.
const KEK: &str = "dev";

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Address and port; port 0 picks a free one.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Where database, keys, certificates and connect.json lie. Without it: a temporary folder, which goes at the end.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Prints one line on standard output: the object that is in connect.json.
    #[arg(long)]
    json: bool,
    /// Listens on the local network, and shows a code that the demo apps can scan.
    #[arg(long)]
    phone: bool,
    /// Operations that one session may do, 1 to 64.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=64))]
    requests_per_session: u32,
}

/// What an app needs to connect: `connect.json`.
#[derive(Serialize)]
struct Connect<'a> {
    url: String,
    realm: &'a str,
    server_public_keys: [String; 1],
    ca_pem: &'a str,
}

pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    start_logs("warn", LogFormat::Text).map_err(Failure::Runtime)?;
    let temporary;
    let directory = match &arguments.data {
        Some(directory) => {
            make_private(directory)?;
            directory.as_path()
        }
        None => {
            temporary =
                tempfile::tempdir().map_err(|error| Failure::while_doing("making a temporary folder", error))?;
            temporary.path()
        }
    };
    actix_web::rt::System::new().block_on(serve(arguments, directory))
}

async fn serve(arguments: &Arguments, directory: &Path) -> Result<(), Failure> {
    let addresses = if arguments.phone { phone::addresses()? } else { Vec::new() };
    let authority = Authority::load_or_create(directory, &addresses)?;
    let opened = open(directory)?;
    let (_, keys) = opened.migrate()?;
    let keys = Arc::new(keys);
    let default = Policy::default();
    let request_session = SessionLimits { operations: arguments.requests_per_session, ..default.request_session };
    let policy = Policy { request_session, ..default };
    let service = Service::new(Arc::clone(&opened.store), Arc::clone(&keys), opened.realm.clone(), policy)
        .map_err(|error| Failure::while_doing("reading the OPAQUE setup", error))?;
    let certificates = Certificates::load(&authority.certificate_file, &authority.key_file)
        .map_err(|error| Failure::Runtime(error.to_string()))?;
    let tls = server_config(Arc::new(certificates)).map_err(|error| Failure::while_doing("setting up TLS", error))?;
    let metrics = metrics(&opened.store);
    let public_key = service.public_key();
    let key_server = KeyServer::new(Arc::new(service), Arc::clone(&metrics), RequestLimits::default());
    let listener = listen(arguments)?;
    let port = listener.local_addr().map_err(|error| Failure::while_doing("listening", error))?.port();
    let connect = serde_json::to_string(&Connect {
        url: url(addresses.first(), port),
        realm: REALM,
        server_public_keys: [URL_SAFE_NO_PAD.encode(public_key)],
        ca_pem: &authority.ca_pem,
    })
    .map_err(|error| Failure::while_doing("writing connect.json", error))?;
    let parts = Parts { key_server, keys, certificates: None, tls, metrics, readiness: readiness(&opened.store) };
    let limits = LimitSettings::default();
    let manner = Manner {
        listener,
        operations: None,
        workers: 2,
        limits: &limits,
        grace: Duration::ZERO,
        drain: Duration::from_secs(5),
    };
    serving::serve(parts, manner, || announce(arguments, directory, &connect)).await
}

/// SQLite in the folder, under a key-encryption key that lies beside it: good for nothing but trying out.
fn open(directory: &Path) -> Result<Opened, Failure> {
    let key_file = directory.join("kek");
    if !key_file.exists() {
        write_private(&key_file, KeyEncryptionKey::generate(&mut OsRng).to_hex().as_bytes())?;
    }
    let bytes = std::fs::read(&key_file).map(zeroize::Zeroizing::new);
    let bytes = bytes.map_err(|error| Failure::while_doing("reading the key-encryption key", error))?;
    let key = KeyEncryptionKey::parse(&bytes)
        .ok_or_else(|| Failure::Runtime(format!("{} holds no key-encryption key", key_file.display())))?;
    let wrapper = LocalKeys::new([(KEK.to_owned(), key)], KEK).map_err(|error| Failure::Runtime(error.to_string()))?;
    let store = sqlite(&directory.join("lock-keeper.sqlite"))?;
    let realm = Realm::new(REALM).map_err(|error| Failure::Runtime(error.to_string()))?;
    Ok(Opened { store, wrapper: Arc::new(wrapper), realm })
}

fn listen(arguments: &Arguments) -> Result<TcpListener, Failure> {
    let everywhere = if arguments.phone { [0, 0, 0, 0] } else { [127, 0, 0, 1] };
    let address = arguments.listen.unwrap_or_else(|| SocketAddr::from((everywhere, 8443)));
    TcpListener::bind(address).map_err(|error| Failure::while_doing(&format!("listening on {address}"), error))
}

fn url(address: Option<&IpAddr>, port: u16) -> String {
    match address {
        Some(address) => format!("https://{}", SocketAddr::new(*address, port)),
        None => format!("https://localhost:{port}"),
    }
}

fn announce(arguments: &Arguments, directory: &Path, connect: &str) -> Result<(), Failure> {
    let file = directory.join("connect.json");
    write_private(&file, connect.as_bytes())?;
    if arguments.json {
        say(connect);
        return Ok(());
    }
    say("A Lock Keeper key server for trying it out. Everything in it may be lost; never use it for real secrets.\n");
    say("Paste this into an app:\n");
    say(connect);
    if arguments.phone {
        say("\nOr scan it:\n");
        say(&phone::code(connect)?);
    }
    say(&format!("\nIt is in {} too. Try:\n", file.display()));
    say(&format!("  lock-keeper --connect {} --state ./device register you@example.org\n", file.display()));
    say("Ctrl-C stops the server.");
    Ok(())
}

fn make_private(directory: &Path) -> Result<(), Failure> {
    let doing = format!("making the folder {}", directory.display());
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(directory);
    made.map_err(|error| Failure::while_doing(&doing, error))
}

/// Writes a file that only its owner can read, whole or not at all.
pub(super) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let write = || {
        let directory = path.parent().unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(directory)?;
        file.as_file().set_permissions(std::fs::Permissions::from_mode(0o600))?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path).map(drop).map_err(std::io::Error::from)
    };
    write().map_err(|error| Failure::while_doing(&format!("writing {}", path.display()), error))
}
