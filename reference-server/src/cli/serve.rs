//! `serve`.

use std::path::Path;
use std::sync::Arc;

use lock_keeper_protocol::message::SessionLimits;
use lock_keeper_server::config::settings::{Admission, Settings};
use lock_keeper_server::service::{Policy, Service};
use lock_keeper_server::telemetry::start_logs;
use lock_keeper_server::tls::Certificates;

use super::database::{load_config, open_migrated};
use super::failure::Failure;
use super::host::Host;

/// Serves until a stop signal comes.
pub(crate) fn serve(file: &Path) -> Result<(), Failure> {
    let config = load_config(file)?;
    let settings = &config.settings;
    start_logs(&settings.operations.log_level, settings.operations.log_format).map_err(Failure::Usage)?;
    let certificates = Certificates::load(&settings.tls.certificate_file, &settings.tls.key_file)
        .map_err(|error| Failure::Usage(error.to_string()))?;
    let (store, keys) = open_migrated(&config)?;
    tracing::info!(opaque_setup = keys.fingerprint(), "keys loaded");
    let service = Service::new(store, Arc::clone(&keys), config.realm.clone(), policy(settings))
        .map_err(|_| Failure::Running("the OPAQUE setup in the database is damaged".to_owned()))?;
    Host {
        settings: settings.clone(),
        service: Arc::new(service),
        keys,
        certificates: Arc::new(certificates),
        operations: Some(settings.operations.listen),
    }
    .run(|address| {
        let public_url = settings.server.public_url.as_deref().unwrap_or_default();
        tracing::info!(%address, public_url, "serving");
        Ok(())
    })
}

/// What the settings decide about accounts and sessions.
pub(crate) fn policy(settings: &Settings) -> Policy {
    let seconds =
        |period: lock_keeper_server::config::Period| period.duration().as_secs().try_into().unwrap_or(u32::MAX);
    Policy {
        registration_open: settings.registration.admission == Admission::Open,
        request_session: SessionLimits {
            operations: settings.sessions.requests_per_session,
            idle: seconds(settings.sessions.idle),
            total: seconds(settings.sessions.total),
        },
        sessions_per_account: settings.sessions.open_per_user as usize,
        secrets_per_account: i64::from(settings.limits.max_secrets),
        bytes_per_account: i64::try_from(settings.limits.max_bytes).unwrap_or(i64::MAX),
    }
}
