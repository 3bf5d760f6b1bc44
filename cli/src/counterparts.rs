//! What `usher up` starts beside PostgreSQL when it is asked to run the way production does: a broker of its own, or an
//! emulator of AWS with everything in it that the program needs. Whoever sets an address gets what is there instead.

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::{Context as _, bail};
use tokio::{sync::Mutex, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use usher_emulator::Emulator;
use usher_rabbitmq::{Broker, BrokerOptions, Programs, programs};

use crate::{
    commands::aws::setup,
    settings::{
        adapters::{Adapters, MessagingKind},
        cloud::Cloud,
    },
};

/// Where our messages are on a broker of our own.
const VIRTUAL_HOST: &str = "usher";

const NO_BROKER: &str = "there is no private broker: run it with --messaging amqp";

/// How often to look whether they still run.
const LOOK: Duration = Duration::from_secs(1);

/// The counterparts that run for this process, and end with it. One that dies before is started again.
#[derive(Debug, Default)]
pub struct Counterparts {
    lines: Vec<String>,
    keeping: Option<Keeping>,
}

#[derive(Debug)]
struct Keeping {
    kept: Arc<Mutex<Kept>>,
    stopping: CancellationToken,
    keeper: JoinHandle<anyhow::Result<()>>,
}

impl Counterparts {
    /// Starts what is missing, and puts its address into the settings.
    pub async fn start(adapters: &mut Adapters, data_dir: &Path) -> anyhow::Result<Self> {
        let cloud = adapters.cloud.clone();
        let mut kept = Kept { broker: None, stays_down: false, emulator: None, cloud, furnished: false };
        let mut lines = Vec::new();
        if adapters.messaging()? == MessagingKind::Amqp && adapters.amqp_url.is_none() {
            let broker = broker(data_dir).await.context("the private RabbitMQ does not start")?;
            adapters.amqp_url = Some(broker.url(VIRTUAL_HOST));
            lines.push(format!("Private RabbitMQ: port {}", broker.port()));
            kept.broker = Some(broker);
        }
        if adapters.need_aws()? && adapters.cloud.is_nowhere() {
            let emulator = Emulator::start().await.context("the emulator of AWS does not start")?;
            adapters.cloud.endpoint = Some(emulator.endpoint().to_owned());
            kept.cloud = adapters.cloud.clone();
            kept.furnish().await?;
            lines.push(format!(
                "Emulator of AWS: {} (it forgets everything when it ends; sagas that run then begin again)",
                emulator.endpoint()
            ));
            kept.emulator = Some(emulator);
        }
        if kept.broker.is_none() && kept.emulator.is_none() {
            return Ok(Self::default());
        }
        let stopping = CancellationToken::new();
        let kept = Arc::new(Mutex::new(kept));
        let keeper = tokio::spawn(keep(Arc::clone(&kept), stopping.clone()));
        Ok(Self { lines, keeping: Some(Keeping { kept, stopping, keeper }) })
    }

    /// Kills the private broker, and leaves it so until [`bring_broker_back`](Self::bring_broker_back).
    pub async fn kill_broker(&self) -> anyhow::Result<()> {
        let Some(keeping) = &self.keeping else { bail!(NO_BROKER) };
        let mut kept = keeping.kept.lock().await;
        kept.stays_down = true;
        Ok(kept.broker.as_mut().context(NO_BROKER)?.kill().await?)
    }

    /// Starts the private broker again.
    pub async fn bring_broker_back(&self) -> anyhow::Result<()> {
        let Some(keeping) = &self.keeping else { bail!(NO_BROKER) };
        let mut kept = keeping.kept.lock().await;
        kept.stays_down = false;
        Ok(kept.broker.as_mut().context(NO_BROKER)?.start().await?)
    }

    /// What people should know of them, a line each.
    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// Stops them.
    pub async fn stop(self) -> anyhow::Result<()> {
        let Some(keeping) = self.keeping else { return Ok(()) };
        keeping.stopping.cancel();
        keeping.keeper.await?
    }
}

/// What is kept running.
#[derive(Debug)]
struct Kept {
    broker: Option<Broker>,
    /// Whether the broker was killed on purpose, and is not to be started before somebody says so.
    stays_down: bool,
    emulator: Option<Emulator>,
    cloud: Cloud,
    furnished: bool,
}

/// Looks after them until it is told to stop, and then stops them.
async fn keep(kept: Arc<Mutex<Kept>>, stopping: CancellationToken) -> anyhow::Result<()> {
    while stopping.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_some() {
        if let Err(error) = kept.lock().await.revive().await {
            tracing::error!(error = format!("{error:#}"), "what died cannot be started again, trying once more");
        }
    }
    let mut kept = kept.lock().await;
    if let Some(broker) = kept.broker.take() {
        broker.stop().await?;
    }
    if let Some(mut emulator) = kept.emulator.take() {
        emulator.stop().await?;
    }
    Ok(())
}

impl Kept {
    /// Starts what died again, at the same address; an emulator has to be furnished anew.
    async fn revive(&mut self) -> anyhow::Result<()> {
        if let Some(broker) = &mut self.broker
            && !self.stays_down
            && !broker.is_running()?
        {
            tracing::warn!("the private RabbitMQ has died; it is started again");
            broker.start().await?;
        }
        if let Some(emulator) = &mut self.emulator
            && !emulator.is_running()?
        {
            tracing::warn!("the emulator of AWS has died and forgotten everything; it is started again");
            emulator.restart().await?;
            self.furnished = false;
        }
        if self.emulator.is_some() && !self.furnished { self.furnish().await } else { Ok(()) }
    }

    async fn furnish(&mut self) -> anyhow::Result<()> {
        setup::everything(&self.cloud).await.context("the emulator of AWS cannot be furnished")?;
        self.furnished = true;
        Ok(())
    }
}

async fn broker(data_dir: &Path) -> anyhow::Result<Broker> {
    let server = std::env::var_os(programs::SERVER_VARIABLE);
    let options = BrokerOptions {
        folder: data_dir.join("rabbitmq"),
        programs: Programs::find(server.as_deref().map(Path::new))?,
        virtual_hosts: vec![VIRTUAL_HOST.to_owned()],
        tls: None,
        durable: true,
    };
    Ok(Broker::open(options).await?)
}
