//! The HTTP API alone.

use std::{net::SocketAddr, process::ExitCode, sync::Arc};

use anyhow::Context as _;
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use usher_api::{
    AppState, DrillDesk, Settings as ApiSettings,
    readiness::{Check, Readiness},
};
use usher_telemetry::{metrics, metrics::Metrics};

use super::start;
use crate::{drills::counters, lifecycle::Lifecycle, settings::Settings, site::site, wiring::Services};

#[expect(clippy::print_stdout, reason = "a command speaks to people")]
pub async fn run(settings: Settings) -> anyhow::Result<ExitCode> {
    let metrics = metrics::install()?;
    let (services, mut lifecycle) = start::role(&settings).await?;
    services.obey_drills("engine", counters(metrics.clone()), &mut lifecycle);
    let listener = listen(&settings).await?;
    println!("the API answers at http://{}", listener.local_addr()?);
    serve(&services, &settings, metrics, Front { listener, drills: None }, &mut lifecycle);
    start::until_stopped(services, lifecycle).await
}

/// The port of the API, or a message that says what to do about it.
pub async fn listen(settings: &Settings) -> anyhow::Result<TcpListener> {
    let address = (settings.host, settings.port);
    TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {}:{}: choose another port with USHER_PORT", settings.host, settings.port)
    })
}

/// What the API listens on, and who runs its drills.
pub struct Front {
    pub listener: TcpListener,
    pub drills: Option<Arc<dyn DrillDesk>>,
}

/// Serves the API until the lifecycle drains: no new traffic from then on, what is under way is finished.
pub fn serve(services: &Services, settings: &Settings, metrics: Metrics, front: Front, lifecycle: &mut Lifecycle) {
    let Front { listener, drills } = front;
    let ready = Readiness::new(vec![
        Check::database("bookings", services.databases.bookings.clone()),
        Check::database("engine", services.databases.engine.clone()),
    ]);
    let state = state(services, settings, drills, ready.clone(), move || metrics.render());
    let draining = lifecycle.draining();
    let service = usher_api::router(state).into_make_service_with_connect_info::<SocketAddr>();
    lifecycle.spawn("api", async move {
        let served = axum::serve(listener.tap_io(|stream| drop(stream.set_nodelay(true))), service)
            .with_graceful_shutdown(async move {
                draining.cancelled().await;
                ready.drain();
            })
            .await;
        if let Err(error) = served {
            tracing::error!(%error, "the API failed");
        }
    });
}

/// What the routes work on. `drills` runs them, where somebody does; `metrics` renders those of the process.
pub fn state(
    services: &Services,
    settings: &Settings,
    drills: Option<Arc<dyn DrillDesk>>,
    ready: Readiness,
    metrics: impl Fn() -> String + Send + Sync + 'static,
) -> AppState {
    AppState::new(usher_api::Services {
        accounts: services.accounts.clone(),
        catalog: services.contexts.catalog.clone(),
        seating: services.contexts.seating.clone(),
        bookings: services.contexts.bookings.clone(),
        payments: services.contexts.payments.clone(),
        tickets: services.contexts.tickets.clone(),
        notifications: services.contexts.notifications.clone(),
        orchestrator: services.orchestrator(),
        queue: Arc::new(services.claim_check.queue(Arc::clone(&services.transport.tasks))),
        incidents: services.incidents.clone(),
        databases: services.databases.distinct.clone(),
        pool: services.databases.bookings.clone(),
        ambient: services.ambient.clone(),
        faults: services.faults.clone(),
        drills,
        settings: ApiSettings {
            rate_limit: settings.rate_limit.0,
            refund_approval_above: settings.refund_approval_above,
            ready,
            site: site(),
            ..ApiSettings::default()
        },
        metrics: Box::new(metrics),
    })
}
