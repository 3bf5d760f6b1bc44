//! A product of the drill's own: a private PostgreSQL, a broker or an emulator where they are wanted, a payment provider in
//! this process, and engine and workers as processes that can be killed.

use std::{path::Path, time::Duration};

use anyhow::{Context as _, bail};
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::Mutex};
use usher_drills::mark;
use usher_postgres::{Binaries, Cluster, ClusterOptions, Durability};
use usher_telemetry::ambient;

use super::{
    hands::{Hands, Process, Start},
    stage::Stage,
};
use crate::{
    commands::start,
    counterparts::Counterparts,
    lifecycle::Lifecycle,
    settings::{Settings, adapters::Adapters},
    wiring::{Databases, Paying, Services, run_simulator, tell_us},
};

/// How long the product may take until it is ready.
const PATIENCE: Duration = Duration::from_mins(1);

/// The stage, and what has to be kept as long as it stands.
pub struct Private {
    pub stage: Stage,
    lifecycle: Lifecycle,
    folder: TempDir,
}

/// Opens a stage of the drill's own. `logs` is where its processes write, in the folder that goes with it when left out.
pub async fn open(settings: &Settings, logs: Option<&Path>) -> anyhow::Result<Private> {
    let folder = tempfile::Builder::new().prefix("usher-drill-").tempdir()?;
    let logs = logs.unwrap_or(folder.path()).to_owned();
    std::fs::create_dir_all(&logs)?;
    let options = ClusterOptions {
        data_dir: folder.path().join("postgres"),
        binaries: Binaries::find(&start::search())?,
        durability: Durability::Durable,
        max_connections: 200,
    };
    let cluster = Cluster::open(options.clone()).await?;
    cluster.create_database(start::DATABASE).await?;
    let database = cluster.url(start::DATABASE);
    let mut adapters = settings.adapters.clone();
    let counterparts = Counterparts::start(&mut adapters, folder.path()).await?;
    let settings = Settings { adapters, database_url: Some(database.clone()), ..settings.clone() };
    let ambient = ambient::system();
    let databases = Databases::open(&settings, &database)?;
    databases.migrate().await?;
    mark::give(&databases.engine, "usher drill").await?;
    let mut lifecycle = Lifecycle::default();
    let provider = run_simulator(&databases, &ambient, &mut lifecycle, "127.0.0.1:0").await?;
    let secret = format!("whsec_{:032x}", ambient.random());
    let port = free_port().await?;
    let url = format!("http://127.0.0.1:{port}");
    tell_us(&provider, &url, &secret).await?;
    let paying = Paying::at(&provider, &settings);
    let services = Box::pin(Services::build(databases, ambient, paying, &settings.adapters)).await?;
    let mut common = settings.adapters.flags()?;
    for (flag, value) in [
        ("--database-url", &database),
        ("--provider-url", &provider),
        ("--webhook-secret", &secret),
        ("--log", &settings.log),
    ] {
        common.extend([flag.to_owned(), value.clone()]);
    }
    let started = |role: &'static str, words: &[&str]| {
        let arguments = words.iter().map(|word| (*word).to_owned()).chain(common.clone()).collect();
        Process::keep(Start { role, arguments, log: logs.join(format!("{role}.log")) })
    };
    let port = port.to_string();
    let hands = Hands {
        engine: started("engine", &["up", "--no-workers", "--rate-limit", "off", "--port", &port])?,
        worker: started("worker", &["worker"])?,
        database: Mutex::new(Some(cluster)),
        options,
        counterparts,
    };
    let stage = Stage {
        url,
        provider,
        services,
        hands: Some(hands),
        transport: transport(&settings.adapters)?,
        environment: "a product of its own, engine and workers in processes of their own".to_owned(),
        client: Stage::client()?,
    };
    let private = Private { stage, lifecycle, folder };
    private.ready(&logs).await?;
    Ok(private)
}

/// Engine and messaging, in words.
pub fn transport(adapters: &Adapters) -> anyhow::Result<String> {
    let flags = adapters.flags()?;
    let [_, engine, _, messaging, ..] = &flags[..] else { bail!("engine and messaging are not set") };
    Ok(format!("engine {engine}, messaging {messaging}"))
}

async fn free_port() -> anyhow::Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").await.context("no port is free")?;
    Ok(listener.local_addr()?.port())
}

impl Private {
    async fn ready(&self, logs: &Path) -> anyhow::Result<()> {
        let ready = async {
            while !self.stage.is_ready().await {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let waited = tokio::time::timeout(PATIENCE, ready).await;
        waited.with_context(|| format!("the product does not become ready; its logs are in {}", logs.display()))
    }

    /// Takes it down again, and everything that it wrote.
    pub async fn close(self) -> anyhow::Result<()> {
        let Self { stage, lifecycle, folder } = self;
        stage.services.transport.close().await;
        stage.services.databases.close().await;
        if let Some(hands) = stage.hands {
            lifecycle.end().await;
            hands.stop().await?;
        }
        folder.close()?;
        Ok(())
    }
}
