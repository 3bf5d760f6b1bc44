//! What every role begins with: logs, the database, the services over it.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use usher_postgres::{Binaries, Cluster, ClusterOptions, Durability, binaries::Search};
use usher_telemetry::{ambient, logs};

use crate::{
    lifecycle::Lifecycle,
    settings::{LogFormat, Settings},
    wiring::{Databases, Paying, Services, run_simulator},
};

/// The database in a private cluster.
pub const DATABASE: &str = "usher";

/// Starts logging, to the standard error.
pub fn logging(settings: &Settings) -> anyhow::Result<()> {
    let format = match settings.log_format {
        LogFormat::Text => logs::LogFormat::Text,
        LogFormat::Json => logs::LogFormat::Json,
    };
    // The client of the broker reports as errors what our adapter asks for, sees and handles.
    let directives = format!("lapin=off,{}", settings.log);
    logs::init(format, &directives).context("logging cannot start")
}

/// The private cluster of the data folder, started if it is not running, with its database.
pub async fn cluster(settings: &Settings) -> anyhow::Result<Cluster> {
    private_cluster(settings.data_dir.join("postgres"), Durability::Durable).await
}

/// The private cluster of a folder, with its database.
pub async fn private_cluster(data_dir: PathBuf, durability: Durability) -> anyhow::Result<Cluster> {
    let binaries = Binaries::find(&search())?;
    let cluster = Cluster::open(ClusterOptions { data_dir, binaries, durability, max_connections: 200 }).await?;
    cluster.create_database(DATABASE).await?;
    Ok(cluster)
}

/// The database that a command looks at: the one that is set, that of a running `usher up`, or the private cluster, which
/// is then started for the command and stopped with it.
pub async fn database(settings: &Settings) -> anyhow::Result<(String, Option<Cluster>)> {
    let running = || Cluster::running(&settings.data_dir.join("postgres"), DATABASE);
    if let Some(url) = settings.database_url.clone().or_else(running) {
        return Ok((url, None));
    }
    let cluster = cluster(settings).await?;
    Ok((cluster.url(DATABASE), Some(cluster)))
}

/// Runs a command over services of its own, and takes down what was started for it, whatever the command comes to. The
/// payment provider is the one that is set, or else a simulator: its record is in its tables, whichever process serves it.
pub async fn over<T>(settings: &Settings, work: impl AsyncFnOnce(&Services) -> anyhow::Result<T>) -> anyhow::Result<T> {
    logging(settings)?;
    let (url, cluster) = database(settings).await?;
    let worked = over_database(settings, &url, work).await;
    if let Some(cluster) = cluster {
        cluster.stop().await?;
    }
    worked
}

async fn over_database<T>(
    settings: &Settings,
    url: &str,
    work: impl AsyncFnOnce(&Services) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let databases = Databases::open(settings, url)?;
    databases.migrate().await?;
    let mut lifecycle = Lifecycle::default();
    let provider = match settings.provider_address() {
        Some(url) => url,
        None => run_simulator(&databases, &ambient::system(), &mut lifecycle, "127.0.0.1:0").await?,
    };
    let services =
        Services::build(databases, ambient::system(), Paying::at(&provider, settings), &settings.adapters).await?;
    let worked = work(&services).await;
    lifecycle.end().await;
    services.databases.close().await;
    worked
}

/// Where to look for PostgreSQL's programs: the usual places, and beside the checkout that `make up` runs in.
pub fn search() -> Search {
    Search { npm_folder: Some(".postgres".into()), prefer_major: None }
}

/// The services of a role that runs beside others: it needs a database that is already there.
pub async fn role(settings: &Settings) -> anyhow::Result<(Services, Lifecycle)> {
    logging(settings)?;
    let Some(url) = &settings.database_url else {
        bail!(
            "set USHER_DATABASE_URL to the database that the roles share (`usher up` runs all roles on a private one)"
        );
    };
    let provider = settings.provider_address().unwrap_or_else(|| "http://127.0.0.1:8099".to_owned());
    let databases = Databases::open(settings, url)?;
    databases.migrate().await?;
    let services =
        Services::build(databases, ambient::system(), Paying::at(&provider, settings), &settings.adapters).await?;
    let mut lifecycle = Lifecycle::default();
    services.listen(&mut lifecycle);
    Ok((services, lifecycle))
}

/// Serves a role until it is told to stop, then drains it.
pub async fn until_stopped(services: Services, lifecycle: Lifecycle) -> anyhow::Result<std::process::ExitCode> {
    crate::lifecycle::told_to_stop().await?;
    tracing::info!("draining");
    lifecycle.end().await;
    services.transport.close().await;
    services.databases.close().await;
    Ok(std::process::ExitCode::SUCCESS)
}
