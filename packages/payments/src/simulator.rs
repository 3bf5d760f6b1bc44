//! A payment provider to develop, drill and demonstrate against: the outside world in a process of ours.
//!
//! It shares nothing with the context but HTTP and the names of its methods. It has its own schema and its own pool, so
//! that an audit which compares our books with its record compares two things that cannot have failed together. What it
//! answers depends on the method of payment (`provider/methods.rs`) and on the fault that was ordered over
//! `POST /modes` ([`modes`]).
//!
//! Every call, method and fault is in `docs/simulator.md`, and in short on the page it serves at `/`.
//!
//! To add a behaviour, add a method and its arm in `charges.rs`; to add a fault, a variant in `modes.rs`. A test asks for
//! their lines on the page and in the document.

mod challenges;
mod charges;
mod delays;
mod guide;
mod ids;
pub mod modes;
mod refunds;
mod report;
mod store;
mod webhooks;

use std::{
    collections::HashSet,
    future::Future,
    io,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    extract::Request,
    http::StatusCode,
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
    serve::ListenerExt,
};
use serde_json::json;
use sqlx::PgPool;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;
use usher_core::ambient::SharedAmbient;
use usher_database::{GroupCommit, migrate::Schema};
use usher_telemetry::trace;

pub use delays::Delays;
use modes::{Call, Fault, Modes};
use store::{charge, refund};
use webhooks::Webhooks;

/// The simulated provider. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Simulator(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    pool: PgPool,
    ambient: SharedAmbient,
    shutdown: CancellationToken,
    delays: Delays,
    modes: Modes,
    webhooks: Webhooks,
    charges: GroupCommit<charge::Arrived, charge::Outcome>,
    refunds: GroupCommit<refund::Arrived, refund::Outcome>,
    /// References of `pm_error_once` that had their error; forgotten when the second request comes.
    failed_once: Mutex<HashSet<String>>,
}

/// Goes on with the caller's trace, as providers do.
async fn traced(request: Request, next: Next) -> Response {
    let span = tracing::info_span!("simulator", http.method = %request.method());
    let traceparent = request.headers().get("traceparent").and_then(|text| text.to_str().ok()?.parse().ok());
    if let Some(parent) = traceparent {
        trace::follow(&span, parent);
    }
    next.run(request).instrument(span).await
}

impl Simulator {
    /// The tables it keeps its record in.
    pub fn schema() -> Schema {
        Schema { name: "simulator", migrations: sqlx::migrate!("src/simulator/migrations") }
    }

    /// Over a database that has its [schema](Self::schema). Whatever hangs ends with `shutdown`. Needs a tokio runtime.
    pub fn new(pool: PgPool, ambient: SharedAmbient, shutdown: CancellationToken, delays: Delays) -> Self {
        let arriving = charge::Arriving(Arc::clone(&ambient));
        let refunding = refund::Arriving { ambient: Arc::clone(&ambient), delay: delays.refund };
        Self(Arc::new(Inner {
            charges: GroupCommit::spawn(pool.clone(), "simulator-charge", arriving),
            refunds: GroupCommit::spawn(pool.clone(), "simulator-refund", refunding),
            pool,
            ambient,
            shutdown,
            delays,
            modes: Modes::default(),
            webhooks: Webhooks::new(),
            failed_once: Mutex::default(),
        }))
    }

    /// Serves with the usual delays until `shutdown`.
    pub async fn serve(
        listener: TcpListener,
        pool: PgPool,
        ambient: SharedAmbient,
        shutdown: CancellationToken,
    ) -> io::Result<()> {
        Self::new(pool, ambient, shutdown, Delays::default()).listen(listener).await
    }

    /// Serves until its shutdown.
    pub async fn listen(self, listener: TcpListener) -> io::Result<()> {
        let shutdown = self.0.shutdown.clone();
        // Small answers on connections that are kept alive must not wait for more to send.
        let listener = listener.tap_io(|connection| drop(connection.set_nodelay(true)));
        axum::serve(listener, self.router()).with_graceful_shutdown(shutdown.cancelled_owned()).await
    }

    /// Every route.
    pub fn router(self) -> Router {
        Router::new()
            .route("/charges", post(charges::create).get(charges::get))
            .route("/charges/cancel", post(charges::cancel))
            .route("/charges/capture", post(charges::capture))
            .route("/challenges/{id}", get(challenges::page).post(challenges::answer))
            .route("/refunds", post(refunds::create).get(refunds::get))
            .route("/report", get(report::get))
            .route("/modes", get(modes::get).post(modes::set).delete(modes::clear))
            .route("/webhooks", post(webhooks::add).delete(webhooks::clear))
            .route("/", get(guide::get))
            .with_state(self)
            .layer(middleware::from_fn(traced))
    }

    /// Does the work, unless a fault was ordered for such a call.
    async fn under_fault(&self, call: Call, work: impl Future<Output = Response> + Send + 'static) -> Response {
        match self.0.modes.draw(call, &*self.0.ambient) {
            None => work.await,
            Some(Fault::Hang) => self.hang().await,
            Some(
                Fault::FailBefore
                | Fault::Duplicate
                | Fault::Reorder
                | Fault::Delay
                | Fault::Drop
                | Fault::WrongSignature,
            ) => failure(StatusCode::INTERNAL_SERVER_ERROR),
            Some(Fault::FailAfter) => {
                drop(work.await);
                failure(StatusCode::INTERNAL_SERVER_ERROR)
            }
            Some(Fault::Late) => {
                let simulator = self.clone();
                tokio::spawn(async move {
                    if simulator.pause(simulator.0.delays.late).await {
                        drop(work.await);
                    }
                });
                failure(StatusCode::GATEWAY_TIMEOUT)
            }
        }
    }

    /// Says nothing for as long as anybody could wait.
    async fn hang(&self) -> Response {
        self.pause(self.0.delays.hang).await;
        failure(StatusCode::GATEWAY_TIMEOUT)
    }

    /// Waits; false when the shutdown came first, and then nothing more may be done.
    async fn pause(&self, delay: std::time::Duration) -> bool {
        tokio::select! {
            () = tokio::time::sleep(delay) => true,
            () = self.0.shutdown.cancelled() => false,
        }
    }
}

fn failure(status: StatusCode) -> Response {
    refusal(status, status.canonical_reason().unwrap_or_default())
}

fn refusal(status: StatusCode, error: &str) -> Response {
    (status, Json(json!({ "error": error }))).into_response()
}

/// The simulator's own database is away.
fn unavailable(error: &(dyn std::error::Error + 'static)) -> Response {
    tracing::warn!(error, "the simulator cannot reach its record");
    failure(StatusCode::SERVICE_UNAVAILABLE)
}
