//! What the README shows of the server: a key server as a part of a host's own actix-web app.
//! `cargo run -p lock-keeper-server --example mount -- CERTIFICATE_PEM KEY_PEM KEK_FILE`.

// README begins here
use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use actix_web::{App, HttpServer};
use lock_keeper_protocol::identity::Realm;
use lock_keeper_server::keys::{KeyEncryptionKey, LocalKeys};
use lock_keeper_server::service::{Policy, Service, load_or_create_keys};
use lock_keeper_server::store::{Store, sqlite::SqliteStore};
use lock_keeper_server::telemetry::{Metrics, StoreReadings};
use lock_keeper_server::tls::{Certificates, server_config};
use lock_keeper_server::{KeyServer, RequestLimits};

fn key_server(database: &Path, key_encryption_key: &[u8]) -> Result<KeyServer, Box<dyn Error>> {
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(database, Arc::default())?); // or `PostgresStore`
    store.administration().migrate()?;

    // The server's identity: every account is bound to it, so it never changes.
    let realm = Realm::new("keys.example.org")?;
    let key = KeyEncryptionKey::parse(key_encryption_key).ok_or("a key-encryption key has 32 bytes")?;
    let wrapper = Arc::new(LocalKeys::new([("2026-01".to_owned(), key)], "2026-01")?);
    let keys = Arc::new(load_or_create_keys(store.administration(), wrapper, &realm)?);

    let service = Arc::new(Service::new(store, keys, realm, Policy::default())?);
    let metrics = Arc::new(Metrics::new(Arc::new(StoreReadings::default)));
    Ok(KeyServer::new(service, metrics, RequestLimits::default()))
}

async fn serve(server: KeyServer, certificate: &Path, key: &Path) -> Result<(), Box<dyn Error>> {
    let tls = server_config(Arc::new(Certificates::load(certificate, key)?))?; // TLS 1.3 only
    HttpServer::new(move || App::new().configure(|routes| server.routes(routes))) // beside the routes of your own
        .bind_rustls_0_23("0.0.0.0:8443", tls)?
        .run()
        .await?;
    Ok(())
}
// README ends here

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [certificate, key, key_encryption_key] = arguments.as_slice() else {
        return Err("usage: mount CERTIFICATE_PEM KEY_PEM KEK_FILE".into());
    };
    let server = key_server(Path::new("lock-keeper.sqlite"), &std::fs::read(key_encryption_key)?)?;
    actix_web::rt::System::new().block_on(serve(server, Path::new(certificate), Path::new(key)))
}
