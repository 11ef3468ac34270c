//! A running server: listeners, background work, and how it stops.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use actix_web::dev::ServerHandle;
use actix_web::rt::signal::unix::{SignalKind, signal};
use actix_web::rt::{spawn, time};
use actix_web::{App, HttpServer};
use rustls::ServerConfig;

use super::failure::Failure;
use crate::keys::{REFRESH_INTERVAL, ServerKeys};
use crate::store::Store;
use crate::telemetry::{Metrics, Readiness, StoreReadings, operations_routes};
use crate::tls::{Certificates, Reload};
use crate::{KeyServer, config::settings::LimitSettings};

/// How often expired rows are removed.
const SWEEP_INTERVAL: Duration = Duration::from_secs(60);
/// How often the certificate's files are looked at.
const CERTIFICATE_INTERVAL: Duration = Duration::from_secs(30);
/// The most that this machine's clock may differ from the database's.
const MOST_SKEW: i64 = 2_000;

/// What a server is made of.
pub(super) struct Parts {
    pub(super) key_server: KeyServer,
    pub(super) keys: Arc<ServerKeys>,
    pub(super) certificates: Option<Arc<Certificates>>,
    pub(super) tls: ServerConfig,
    pub(super) metrics: Arc<Metrics>,
    pub(super) readiness: Arc<Readiness>,
}

/// How it listens and stops.
pub(super) struct Manner<'a> {
    pub(super) listener: TcpListener,
    pub(super) operations: Option<TcpListener>,
    pub(super) workers: usize,
    pub(super) limits: &'a LimitSettings,
    pub(super) grace: Duration,
    pub(super) drain: Duration,
}

/// Metrics that read the store's own counters.
pub(super) fn metrics(store: &Arc<dyn Store>) -> Arc<Metrics> {
    let store = Arc::clone(store);
    Arc::new(Metrics::new(Arc::new(move || {
        let counters = store.counters();
        StoreReadings {
            head_misses: counters.head_misses(),
            unknown_commits: counters.unknown_commits(),
            pool_waits: counters.pool_waits(),
            pool_busy: counters.busy(),
            retries: counters.retries(),
        }
    })))
}

/// Ready means: the database can be written, and its clock is near ours.
pub(super) fn readiness(store: &Arc<dyn Store>) -> Arc<Readiness> {
    let store = Arc::clone(store);
    Readiness::new(move || {
        let administration = store.administration();
        administration.check_writable().map_err(|_| "the database cannot be written")?;
        administration.check_schema().map_err(|_| "the database has another schema")?;
        let there = administration.now().map_err(|_| "the database does not answer")?;
        let here = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64);
        if (here - there).abs() < MOST_SKEW { Ok(()) } else { Err("the clock differs from the database's") }
    })
}

/// Serves until a stop signal; `ready` is called once the listener takes connections.
pub(super) async fn serve(
    parts: Parts,
    manner: Manner<'_>,
    ready: impl FnOnce() -> Result<(), Failure>,
) -> Result<(), Failure> {
    let key_server = parts.key_server.clone();
    let mut server = HttpServer::new(move || {
        let key_server = key_server.clone();
        App::new().configure(move |app| key_server.routes(app))
    })
    .client_request_timeout(manner.limits.head_timeout.duration())
    .tls_handshake_timeout(manner.limits.head_timeout.duration())
    .shutdown_timeout(manner.drain.as_secs())
    .disable_signals();
    let workers =
        if manner.workers == 0 { std::thread::available_parallelism().map_or(2, usize::from) } else { manner.workers };
    server = server.workers(workers).max_connections((manner.limits.connections / workers).max(1));
    let listening = |error| Failure::while_doing("listening", error);
    let server = server.listen_rustls_0_23(manner.listener, parts.tls.clone()).map_err(listening)?.run();
    let handle = server.handle();
    let operations = match manner.operations {
        Some(listener) => Some(operations(&parts, listener)?),
        None => None,
    };
    background(&parts);
    let running = spawn(server);
    ready()?;
    stop_signal().await?;
    parts.readiness.stop();
    time::sleep(manner.grace).await;
    handle.stop(true).await;
    if let Some(operations) = operations {
        operations.stop(false).await;
    }
    match running.await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(Failure::while_doing("serving", error)),
        Err(error) => Err(Failure::while_doing("serving", error)),
    }
}

fn operations(parts: &Parts, listener: TcpListener) -> Result<ServerHandle, Failure> {
    let (metrics, readiness) = (Arc::clone(&parts.metrics), Arc::clone(&parts.readiness));
    let server = HttpServer::new(move || {
        let (metrics, readiness) = (Arc::clone(&metrics), Arc::clone(&readiness));
        App::new().configure(move |app| operations_routes(app, &metrics, &readiness))
    })
    .workers(1)
    .disable_signals()
    .listen(listener)
    .map_err(|error| Failure::while_doing("listening for operators", error))?
    .run();
    let handle = server.handle();
    spawn(server);
    Ok(handle)
}

async fn stop_signal() -> Result<(), Failure> {
    let failed = |error| Failure::while_doing("waiting for signals", error);
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let stop = futures_util::future::select(Box::pin(terminate.recv()), Box::pin(interrupt.recv()));
    let _ = stop.await;
    tracing::info!("stopping");
    Ok(())
}

/// What runs beside the requests: the sweeper, the refresh of sealing keys, the look at the certificate.
fn background(parts: &Parts) {
    spawn(sweep(parts.key_server.clone(), Arc::clone(&parts.metrics)));
    spawn(refresh(parts.key_server.clone(), Arc::clone(&parts.keys), Arc::clone(&parts.metrics)));
    if let Some(certificates) = &parts.certificates {
        spawn(watch(Arc::clone(certificates), Arc::clone(&parts.metrics)));
    }
}

async fn sweep(key_server: KeyServer, metrics: Arc<Metrics>) {
    let mut interval = time::interval(SWEEP_INTERVAL);
    loop {
        interval.tick().await;
        let service = Arc::clone(key_server.service());
        match actix_web::web::block(move || service.sweep()).await {
            Ok(Ok(swept)) => metrics.swept(&swept),
            Ok(Err(error)) => tracing::warn!(%error, "the sweeper failed; it tries again"),
            Err(_) => return,
        }
    }
}

async fn refresh(key_server: KeyServer, keys: Arc<ServerKeys>, metrics: Arc<Metrics>) {
    let mut interval = time::interval(REFRESH_INTERVAL);
    loop {
        interval.tick().await;
        let (service, keys) = (Arc::clone(key_server.service()), Arc::clone(&keys));
        let refreshed = actix_web::web::block(move || {
            let administration = service.store().administration();
            keys.refresh(administration).and_then(|()| Ok(administration.now()?))
        });
        match refreshed.await {
            Ok(Ok(there)) => {
                let here = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64);
                metrics.set_clock_skew(here - there);
            }
            Ok(Err(error)) => tracing::warn!(%error, "the sealing keys could not be read again"),
            Err(_) => return,
        }
    }
}

/// Reads the certificate again when its files change, and on SIGHUP.
async fn watch(certificates: Arc<Certificates>, metrics: Arc<Metrics>) {
    let Ok(mut hang_up) = signal(SignalKind::hangup()) else { return };
    loop {
        if let Some(at) = certificates.expires_at() {
            metrics.set_certificate_expiry(at);
        }
        let wait = Box::pin(time::sleep(CERTIFICATE_INTERVAL));
        let _ = futures_util::future::select(wait, Box::pin(hang_up.recv())).await;
        match certificates.reload_if_changed() {
            Reload::Unchanged => {}
            Reload::Replaced => tracing::info!("the certificate was replaced"),
            Reload::Refused(error) => tracing::error!(%error, "the new certificate is refused; the old one stays"),
        }
    }
}
