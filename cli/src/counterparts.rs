//! What `usher up` starts beside PostgreSQL when it is asked to run the way production does: a broker of its own, or an
//! emulator of AWS with everything in it that the program needs. Whoever sets an address gets what is there instead.

use std::path::Path;

use anyhow::Context as _;
use usher_emulator::Emulator;
use usher_rabbitmq::{Broker, BrokerOptions, Programs, programs};

use crate::{
    commands::aws::setup,
    settings::adapters::{Adapters, MessagingKind},
};

/// Where our messages are on a broker of our own.
const VIRTUAL_HOST: &str = "usher";

/// The counterparts that run for this process, and end with it.
#[derive(Debug, Default)]
pub struct Counterparts {
    broker: Option<Broker>,
    emulator: Option<Emulator>,
}

impl Counterparts {
    /// Starts what is missing, and puts its address into the settings.
    pub async fn start(adapters: &mut Adapters, data_dir: &Path) -> anyhow::Result<Self> {
        let mut counterparts = Self::default();
        if adapters.messaging()? == MessagingKind::Amqp && adapters.amqp_url.is_none() {
            let broker = broker(data_dir).await.context("the private RabbitMQ does not start")?;
            adapters.amqp_url = Some(broker.url(VIRTUAL_HOST));
            counterparts.broker = Some(broker);
        }
        if adapters.need_aws()? && adapters.cloud.is_nowhere() {
            let emulator = Emulator::start().await.context("the emulator of AWS does not start")?;
            adapters.cloud.endpoint = Some(emulator.endpoint().to_owned());
            setup::everything(&adapters.cloud).await.context("the emulator of AWS cannot be furnished")?;
            counterparts.emulator = Some(emulator);
        }
        Ok(counterparts)
    }

    /// The private broker, if there is one.
    pub const fn broker(&mut self) -> Option<&mut Broker> {
        self.broker.as_mut()
    }

    /// What people should know of them, a line each.
    pub fn lines(&self) -> Vec<String> {
        let broker = self.broker.iter().map(|broker| format!("Private RabbitMQ: port {}", broker.port()));
        let emulator = self.emulator.iter().map(|emulator| {
            format!(
                "Emulator of AWS: {} (it forgets everything when it ends, so sagas that run then are lost)",
                emulator.endpoint()
            )
        });
        broker.chain(emulator).collect()
    }

    /// Stops them.
    pub async fn stop(self) -> anyhow::Result<()> {
        if let Some(broker) = self.broker {
            broker.stop().await?;
        }
        if let Some(mut emulator) = self.emulator {
            emulator.stop().await?;
        }
        Ok(())
    }
}

async fn broker(data_dir: &Path) -> anyhow::Result<Broker> {
    let server = std::env::var_os(programs::SERVER_VARIABLE);
    let options = BrokerOptions {
        folder: data_dir.join("rabbitmq"),
        programs: Programs::find(server.as_deref().map(Path::new))?,
        virtual_hosts: vec![VIRTUAL_HOST.to_owned()],
        durable: true,
    };
    Ok(Broker::open(options).await?)
}
