use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

use super::failure::Failure;
use super::open::{load, open, policy};
use super::serving::{self, Manner, Parts, metrics, readiness};
use crate::config::Config;
use crate::service::Service;
use crate::telemetry::start_logs;
use crate::tls::{Certificates, server_config};
use crate::{KeyServer, RequestLimits};

pub(super) fn run(path: &Path) -> Result<(), Failure> {
    let config = load(path)?;
    let operations = &config.settings.operations;
    start_logs(&operations.log_level, operations.log_format).map_err(Failure::Usage)?;
    actix_web::rt::System::new().block_on(serve(&config))
}

async fn serve(config: &Config) -> Result<(), Failure> {
    let settings = &config.settings;
    let opened = open(config)?;
    let keys = Arc::new(opened.keys(settings.keys.setup_fingerprint.as_deref())?);
    let metrics = metrics(&opened.store);
    let readiness = readiness(&opened.store);
    let service = Service::new(Arc::clone(&opened.store), Arc::clone(&keys), opened.realm.clone(), policy(settings))
        .map_err(|error| Failure::while_doing("reading the OPAQUE setup", error))?;
    let certificates = Certificates::load(&settings.tls.certificate_file, &settings.tls.key_file)
        .map_err(|error| Failure::Usage(error.to_string()))?;
    let certificates = Arc::new(certificates);
    let tls =
        server_config(Arc::clone(&certificates)).map_err(|error| Failure::while_doing("setting up TLS", error))?;
    let limits = RequestLimits {
        body_bytes: settings.limits.body_bytes,
        body_timeout: settings.limits.body_timeout.duration(),
        request_timeout: settings.limits.request_timeout.duration(),
    };
    let key_server = KeyServer::new(Arc::new(service), Arc::clone(&metrics), limits);
    let bind = |address| {
        TcpListener::bind(address).map_err(|error| Failure::while_doing(&format!("listening on {address}"), error))
    };
    let listener = bind(settings.server.listen)?;
    let operations = bind(settings.operations.listen)?;
    let fingerprint = keys.fingerprint();
    tracing::info!(listen = %settings.server.listen, operations = %settings.operations.listen, realm = %settings.server.realm, %fingerprint, "serving");
    let parts = Parts { key_server, keys, certificates: Some(certificates), tls, metrics, readiness };
    let manner = Manner {
        listener,
        operations: Some(operations),
        workers: settings.server.workers,
        limits: &settings.limits,
        grace: settings.server.stop_grace.duration(),
        drain: settings.server.drain.duration(),
    };
    serving::serve(parts, manner, || Ok(())).await
}
