//! The operators' own port: health and metrics, over plain HTTP.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpResponse, web};

use super::Metrics;

/// How long a check of the database may take before it counts as failed.
const CHECK_TIME: Duration = Duration::from_secs(2);

/// Why the server is not ready: a short sentence without names or addresses.
pub type NotReady = &'static str;

/// Whether requests should come to this process.
pub struct Readiness {
    stopping: AtomicBool,
    check: Box<dyn Fn() -> Result<(), NotReady> + Send + Sync>,
}

impl Readiness {
    /// `check` is asked at each look at `/health/ready`; it may block, and gets two seconds.
    pub fn new(check: impl Fn() -> Result<(), NotReady> + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { stopping: AtomicBool::new(false), check: Box::new(check) })
    }

    /// From now on not ready.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
    }

    /// # Errors
    /// Why it is not ready.
    pub fn check(&self) -> Result<(), NotReady> {
        if self.stopping.load(Ordering::Acquire) {
            return Err("stopping");
        }
        (self.check)()
    }
}

/// Mounts `/health/live`, `/health/ready` and `/metrics`.
pub fn operations_routes(app: &mut web::ServiceConfig, metrics: &Arc<Metrics>, readiness: &Arc<Readiness>) {
    app.app_data(web::Data::from(Arc::clone(metrics)))
        .app_data(web::Data::from(Arc::clone(readiness)))
        .route("/health/live", web::get().to(live))
        .route("/health/ready", web::get().to(ready))
        .route("/metrics", web::get().to(scrape));
}

/// The process runs; looks at nothing else, so that a database that is down does not get it killed.
async fn live() -> HttpResponse {
    HttpResponse::Ok().body("live\n")
}

async fn ready(readiness: web::Data<Readiness>) -> HttpResponse {
    let readiness = readiness.into_inner();
    let check = web::block(move || readiness.check());
    match actix_web::rt::time::timeout(CHECK_TIME, check).await {
        Ok(Ok(Ok(()))) => HttpResponse::Ok().body("ready\n"),
        Ok(Ok(Err(why))) => HttpResponse::ServiceUnavailable().body(format!("not ready: {why}\n")),
        Ok(Err(_)) | Err(_) => HttpResponse::ServiceUnavailable().body("not ready: the check took too long\n"),
    }
}

async fn scrape(metrics: web::Data<Metrics>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8"))
        .body(metrics.encode())
}
