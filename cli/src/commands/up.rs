//! Everything in one process: what `make up` ends in.

use std::{fmt::Write as _, process::ExitCode, sync::Arc};

use anyhow::Context as _;
use clap::Args;
use usher_drills::mark;
use usher_postgres::Cluster;
use usher_telemetry::{ambient, metrics};

use super::{api, start};
use crate::{
    counterparts::Counterparts,
    drills::{Desk, counters},
    lifecycle::{Lifecycle, told_to_stop},
    settings::Settings,
    wiring::{Databases, Paying, Services, run_simulator, tell_us},
};

#[derive(Debug, Args)]
pub struct Up {
    /// Leave the workers out; requests wait in their queues until `usher worker` comes.
    #[arg(long)]
    no_workers: bool,
}

/// A running product.
pub struct Running {
    pub services: Services,
    pub lifecycle: Lifecycle,
    pub url: String,
    pub provider: String,
    pub cluster: Option<Cluster>,
    pub counterparts: Counterparts,
}

impl Up {
    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    pub async fn run(self, settings: Settings) -> anyhow::Result<ExitCode> {
        start::logging(&settings)?;
        let running = launch(&settings, !self.no_workers).await?;
        println!("{}", banner(&running).await?);
        told_to_stop().await?;
        println!("\nDraining: what has begun is finished, what waits is kept. Ctrl-C again does not hurry it.");
        running.stop().await?;
        println!("Stopped. `usher up` finds everything as it was left.");
        Ok(ExitCode::SUCCESS)
    }
}

/// Starts the whole product.
pub async fn launch(settings: &Settings, workers: bool) -> anyhow::Result<Running> {
    let metrics = metrics::install()?;
    // The port first: it is what most often stands in the way, and nothing has been started yet.
    let listener = api::listen(settings).await?;
    let cluster = match &settings.database_url {
        Some(_) => None,
        None => Some(start::cluster(settings).await?),
    };
    let database = match (&settings.database_url, &cluster) {
        (Some(url), _) => url.clone(),
        (None, Some(cluster)) => cluster.url(start::DATABASE),
        (None, None) => String::new(), // One of both is there.
    };
    let mut adapters = settings.adapters.clone();
    let counterparts = Counterparts::start(&mut adapters, &settings.data_dir).await?;
    let ambient = ambient::system();
    let databases = Databases::open(settings, &database)?;
    databases.migrate().await.context("the database cannot be brought up to date")?;
    let mut lifecycle = Lifecycle::default();
    let (provider, paying) = if let Some(url) = settings.provider_address() {
        let paying = Paying::at(&url, settings);
        (url, paying)
    } else {
        let url = run_simulator(&databases, &ambient, &mut lifecycle, "127.0.0.1:0").await?;
        // The port is bound and nobody serves it yet: what the simulator sends meanwhile waits there.
        let secret = format!("whsec_{:032x}", ambient.random());
        Box::pin(tell_us(&url, &format!("http://{}", listener.local_addr()?), &secret)).await?;
        let paying = Paying::at(&url, settings).believing(secret.into());
        (url, paying)
    };
    let services = Box::pin(Services::build(databases, ambient, paying, &adapters)).await?;
    if settings.demo || cluster.is_some() {
        services.accounts.ensure_demo().await.context("the demo accounts cannot be made")?;
        usher_catalog::demo::load(&services.databases.catalog, &*services.ambient)
            .await
            .context("the demo catalogue cannot be loaded")?;
    }
    services.listen(&mut lifecycle);
    services.run_relay(&mut lifecycle);
    services.run_engine(&mut lifecycle);
    services.run_forwarder(&mut lifecycle);
    services.run_housekeeping(settings.retention(), &mut lifecycle);
    if cluster.is_some() {
        mark::give(&services.databases.engine, "usher up").await?; // Nobody but this program depends on it.
    }
    services.obey_drills(if workers { "up" } else { "engine" }, counters(metrics.clone()), &mut lifecycle);
    if workers {
        services.run_workers(&mut lifecycle, &[]);
    }
    let url = format!("http://{}", listener.local_addr()?);
    let desk = Desk {
        settings: Settings { adapters, ..settings.clone() },
        database,
        url: url.clone(),
        provider: provider.clone(),
    };
    let front = api::Front { listener, drills: Some(Arc::new(desk)) };
    api::serve(&services, settings, metrics, front, &mut lifecycle);
    Ok(Running { services, lifecycle, url, provider, cluster, counterparts })
}

impl Running {
    /// Drains and stops everything that was started, PostgreSQL last.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.lifecycle.end().await;
        self.services.transport.close().await;
        self.services.databases.close().await;
        self.counterparts.stop().await?;
        if let Some(cluster) = self.cluster {
            cluster.stop().await?;
        }
        Ok(())
    }
}

/// What people see: where it is, who they can be, and a command that books a seat.
async fn banner(running: &Running) -> anyhow::Result<String> {
    let url = &running.url;
    let mut text = format!("\nUsher is open at {url}    (API page: {url}/docs, metrics: {url}/metrics)\n");
    if let Some(cluster) = &running.cluster {
        writeln!(text, "Private PostgreSQL: {}", cluster.url(start::DATABASE))?;
    }
    writeln!(text, "Payment simulator: {}", running.provider)?;
    for line in running.counterparts.lines() {
        writeln!(text, "{line}")?;
    }
    let Some((showtime, seat)) = a_seat_to_book(running).await? else { return Ok(text) };
    write!(
        text,
        "\nDemo accounts, password `usher-demo`: customer@usher.test, operator@usher.test,\n\
         \x20 viewer@usher.test, approver@usher.test, admin@usher.test\n\
         \nBook a seat:\n\n\
         \x20 TOKEN=$(curl -s {url}/api/auth/token -H 'Content-Type: application/json' \\\n\
         \x20   -d '{{\"email\":\"customer@usher.test\",\"password\":\"usher-demo\"}}' | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/') && \\\n\
         \x20 curl -s {url}/api/bookings -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' \\\n\
         \x20   -H \"Idempotency-Key: $(date +%s%N)\" -H 'Prefer: wait=10' \\\n\
         \x20   -d '{{\"showtime_id\":\"{showtime}\",\"seats\":[\"{seat}\"],\"payment_method\":\"pm_ok\"}}'\n\
         \nCtrl-C stops everything that was started here."
    )?;
    Ok(text)
}

/// A free seat of a showtime that has not begun.
async fn a_seat_to_book(running: &Running) -> anyhow::Result<Option<(String, String)>> {
    let contexts = &running.services.contexts;
    let now = running.services.ambient.now();
    for showtime in contexts.catalog.showtimes(&usher_catalog::showtime::Search::default()).await?.iter() {
        if showtime.has_begun(now) {
            continue;
        }
        let occupied = contexts.seating.occupied(showtime.id).await?;
        if let Some(seat) = showtime.seat_map.seats().find(|seat| !occupied.contains_key(&seat.name)) {
            return Ok(Some((showtime.id.to_string(), seat.name.to_string())));
        }
    }
    Ok(None)
}
