//! What the server does beside requests: it sweeps, and looks after certificates, sealing keys and the clock.

use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, UNIX_EPOCH};

use lock_keeper_server::keys::{REFRESH_INTERVAL, ServerKeys};
use lock_keeper_server::service::Service;
use lock_keeper_server::store::{Administration, StoreError, Swept};
use lock_keeper_server::telemetry::Metrics;
use lock_keeper_server::tls::{Certificates, Reload};

/// How often the certificate's files are looked at.
const CERTIFICATE_INTERVAL: Duration = Duration::from_secs(5);
/// Batches that one round of the sweeper removes at most, so that the other duties have their turn.
const SWEEP_BATCHES: usize = 50;

/// The thread that does it, until it is dropped.
pub(crate) struct Background {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What it looks after.
pub(crate) struct Duties {
    pub(crate) service: Arc<Service>,
    pub(crate) keys: Arc<ServerKeys>,
    pub(crate) certificates: Arc<Certificates>,
    pub(crate) metrics: Arc<Metrics>,
}

impl Background {
    pub(crate) fn start(duties: Duties) -> Self {
        let (stop, stopped) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let mut caught_up = Instant::now();
            let mut last_round: Option<Instant> = None;
            loop {
                duties.watch_certificates();
                if last_round.is_none_or(|last| last.elapsed() >= REFRESH_INTERVAL) {
                    last_round = Some(Instant::now());
                    duties.refresh_keys();
                    duties.sweep(&mut caught_up);
                    duties.watch_clock();
                }
                if stopped.recv_timeout(CERTIFICATE_INTERVAL) != Err(RecvTimeoutError::Timeout) {
                    return;
                }
            }
        });
        Self { stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic in it was reported by the thread itself.
            let _ = thread.join();
        }
    }
}

impl Duties {
    fn watch_certificates(&self) {
        report_reload(&self.certificates.reload_if_changed());
        self.metrics.set_certificate_expiry(self.certificates.expires_at().unwrap_or(0));
    }

    fn refresh_keys(&self) {
        if let Err(error) = self.keys.refresh(self.service.store().administration()) {
            tracing::warn!(%error, "the sealing keys were not read again");
        }
    }

    fn sweep(&self, caught_up: &mut Instant) {
        for _ in 0..SWEEP_BATCHES {
            match self.service.sweep() {
                Ok(swept) => {
                    self.metrics.swept(&swept);
                    if swept == Swept::default() {
                        *caught_up = Instant::now();
                        break;
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "the sweeper was interrupted");
                    break;
                }
            }
        }
        self.metrics.set_sweep_lag(caught_up.elapsed());
    }

    fn watch_clock(&self) {
        if let Ok(skew) = clock_skew(self.service.store().administration()) {
            self.metrics.set_clock_skew(skew);
        }
    }
}

/// This machine's clock minus the database's, in milliseconds.
pub(crate) fn clock_skew(administration: &dyn Administration) -> Result<i64, StoreError> {
    let database = administration.now()?;
    let here = UNIX_EPOCH.elapsed().map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX));
    Ok(here - database)
}

/// Says in the log what a look at the certificate's files led to.
pub(crate) fn report_reload(reload: &Reload) {
    match reload {
        Reload::Unchanged => {}
        Reload::Replaced => tracing::info!("the certificate was replaced"),
        Reload::Refused(error) => {
            tracing::error!(%error, "the new certificate and key are refused; the ones before stay in use");
        }
    }
}
