//! A key server on its sockets: from the first listening to the last answer.

use std::net::{SocketAddr, TcpListener};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle, Service as _};
use actix_web::http::header::{HeaderMap, HeaderValue};
use actix_web::rt::signal::unix::{Signal, SignalKind, signal};
use actix_web::{App, HttpServer};
use futures_util::FutureExt;
use futures_util::future::{Either, select};
use lock_keeper_server::config::Settings;
use lock_keeper_server::keys::ServerKeys;
use lock_keeper_server::service::Service;
use lock_keeper_server::store::Store;
use lock_keeper_server::telemetry::{Metrics, NotReady, Readiness, StoreReadings, operations_routes};
use lock_keeper_server::tls::{Certificates, server_config};
use lock_keeper_server::{KeyServer, RequestLimits};

use super::background::{Background, Duties, clock_skew, report_reload};
use super::connections::{Connection, KEEP_ALIVE};
use super::failure::Failure;

/// The clock may be this far from the database's, in milliseconds.
const SKEW_LIMIT: i64 = 2_000;
/// Blocking threads of a worker at least.
const LEAST_THREADS: usize = 16;

/// Everything that a key server stands on.
pub(crate) struct Host {
    pub(crate) settings: Settings,
    pub(crate) service: Arc<Service>,
    pub(crate) keys: Arc<ServerKeys>,
    pub(crate) certificates: Arc<Certificates>,
    /// Where health and metrics are; none for `dev`.
    pub(crate) operations: Option<SocketAddr>,
}

impl Host {
    /// Serves until a stop signal comes, and then until what is in flight has ended. Calls `ready` with the address once
    /// connections are taken.
    pub(crate) fn run(self, ready: impl FnOnce(SocketAddr) -> Result<(), Failure>) -> Result<(), Failure> {
        let listener = listen(self.settings.server.listen)?;
        let operations = self.operations.map(listen).transpose()?;
        if let Some(address) = operations.as_ref().and_then(|listener| listener.local_addr().ok()) {
            tracing::info!(%address, "health and metrics");
        }
        actix_web::rt::System::new().block_on(self.serve(listener, operations, ready))
    }

    async fn serve(
        self,
        listener: TcpListener,
        operations: Option<TcpListener>,
        ready: impl FnOnce(SocketAddr) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let address = listener.local_addr().map_err(|error| Failure::running("the listening socket", error))?;
        let mut signals = Signals::new()?;
        let metrics = Arc::new(Metrics::new(store_readings(Arc::clone(self.service.store()))));
        let readiness = readiness(Arc::clone(self.service.store()));
        let serving = self.key_server(listener, &metrics)?;
        let handle = serving.handle();
        let serving = actix_web::rt::spawn(serving);
        let watching = operations.map(|listener| operations_server(listener, &metrics, &readiness)).transpose()?;
        let watching_handle = watching.as_ref().map(Server::handle);
        let watching = watching.map(actix_web::rt::spawn);
        let background = Background::start(Duties {
            service: Arc::clone(&self.service),
            keys: Arc::clone(&self.keys),
            certificates: Arc::clone(&self.certificates),
            metrics,
        });
        let stopped = match ready(address) {
            Ok(()) => {
                signals.wait_for_stop(&self.certificates).await;
                self.stop(&handle, &readiness, &mut signals).await;
                Ok(())
            }
            Err(failure) => {
                handle.stop(false).await;
                Err(failure)
            }
        };
        // The tasks end with their servers; what they answer was logged by actix.
        let _ = serving.await;
        if let (Some(handle), Some(watching)) = (watching_handle, watching) {
            handle.stop(false).await;
            let _ = watching.await;
        }
        drop(background);
        stopped
    }

    fn key_server(&self, listener: TcpListener, metrics: &Arc<Metrics>) -> Result<Server, Failure> {
        let Settings { server, limits, database, .. } = &self.settings;
        let tls = server_config(Arc::clone(&self.certificates)).map_err(|error| Failure::running("TLS", error))?;
        let requests = RequestLimits {
            body_bytes: limits.body_bytes,
            body_timeout: limits.body_timeout.duration(),
            request_timeout: limits.request_timeout.duration(),
        };
        let key_server = KeyServer::new(Arc::clone(&self.service), Arc::clone(metrics), requests);
        let workers = match server.workers {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            workers => workers,
        };
        let threads = (2 * database.pool_size as usize).div_ceil(workers).max(LEAST_THREADS);
        let app = move || {
            App::new().configure(|routes| key_server.routes(routes)).wrap_fn(|mut request, routes| {
                own_headers(request.headers_mut());
                let under_way = request.conn_data::<Connection>().map(Connection::begin);
                routes.call(request).inspect(|_| drop(under_way))
            })
        };
        let app = HttpServer::new(app)
            .workers(workers)
            .worker_max_blocking_threads(threads)
            .max_connections(limits.connections.div_ceil(workers))
            .client_request_timeout(limits.head_timeout.duration())
            .keep_alive(KEEP_ALIVE)
            .on_connect(Connection::watch(KEEP_ALIVE + limits.head_timeout.duration()))
            .tls_handshake_timeout(limits.head_timeout.duration())
            .shutdown_timeout(server.drain.duration().as_secs())
            .tcp_nodelay(true)
            .disable_signals();
        let app = app.listen_rustls_0_23(listener, tls).map_err(|error| Failure::running("listening", error))?;
        Ok(app.run())
    }

    async fn stop(&self, handle: &ServerHandle, readiness: &Readiness, signals: &mut Signals) {
        readiness.stop();
        tracing::info!("stopping");
        let grace = self.settings.server.stop_grace.duration();
        if grace > Duration::ZERO {
            // A second stop signal means: now.
            let _ = actix_web::rt::time::timeout(grace, signals.stop()).await;
        }
        handle.stop(true).await;
        tracing::info!("stopped");
    }
}

/// Gives every header field memory of its own. They are slices of the buffer that was read, body included, and the HTTP library keeps the
/// head of a request for the next one: the body would stay in memory as long.
fn own_headers(headers: &mut HeaderMap) {
    headers.retain(|_, value| {
        let copy = HeaderValue::from_bytes(value.as_bytes());
        copy.is_ok_and(|copy| {
            *value = copy;
            true
        })
    });
}

fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).map_err(|error| Failure::Running(format!("cannot listen on {address}: {error}")))
}

fn operations_server(
    listener: TcpListener,
    metrics: &Arc<Metrics>,
    readiness: &Arc<Readiness>,
) -> Result<Server, Failure> {
    let (metrics, readiness) = (Arc::clone(metrics), Arc::clone(readiness));
    let app = move || App::new().configure(|routes| operations_routes(routes, &metrics, &readiness));
    let server = HttpServer::new(app).workers(1).worker_max_blocking_threads(4).disable_signals();
    Ok(server.listen(listener).map_err(|error| Failure::running("listening for operations", error))?.run())
}

fn store_readings(store: Arc<dyn Store>) -> Arc<dyn Fn() -> StoreReadings + Send + Sync> {
    Arc::new(move || {
        let counters = store.counters();
        StoreReadings {
            head_misses: counters.head_misses(),
            unknown_commits: counters.unknown_commits(),
            pool_waits: counters.pool_waits(),
            pool_busy: counters.busy(),
            retries: counters.retries(),
        }
    })
}

fn readiness(store: Arc<dyn Store>) -> Arc<Readiness> {
    Readiness::new(move || -> Result<(), NotReady> {
        let administration = store.administration();
        administration.check_writable().map_err(|_| "the database cannot be written")?;
        administration.check_schema().map_err(|_| "the database has another schema")?;
        let skew = clock_skew(administration).map_err(|_| "the database does not tell its time")?;
        if skew.abs() > SKEW_LIMIT {
            return Err("this machine's clock is far from the database's");
        }
        Ok(())
    })
}

struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

impl Signals {
    fn new() -> Result<Self, Failure> {
        let listen = |kind| signal(kind).map_err(|error| Failure::running("signals", error));
        Ok(Self {
            terminate: listen(SignalKind::terminate())?,
            interrupt: listen(SignalKind::interrupt())?,
            hang_up: listen(SignalKind::hangup())?,
        })
    }

    async fn stop(&mut self) {
        let Self { terminate, interrupt, .. } = self;
        let (terminate, interrupt) = (pin!(terminate.recv()), pin!(interrupt.recv()));
        select(terminate, interrupt).await;
    }

    /// Waits for a stop signal; reads the certificate again at each SIGHUP meanwhile.
    async fn wait_for_stop(&mut self, certificates: &Certificates) {
        loop {
            let Self { terminate, interrupt, hang_up } = self;
            let (terminate, interrupt) = (pin!(terminate.recv()), pin!(interrupt.recv()));
            let hang_up = pin!(hang_up.recv());
            match select(select(terminate, interrupt), hang_up).await {
                Either::Left(_) => return,
                Either::Right(_) => report_reload(&certificates.reload()),
            }
        }
    }
}
