//! What runs the sagas and what carries messages: nothing to set on a laptop, two variables in production.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum, builder::PossibleValue};
use usher_messaging::amqp::AmqpSettings;

use super::cloud::Cloud;

/// Engine and messaging.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Engine and messaging")]
pub struct Adapters {
    /// What runs the sagas. A product that changes it leaves behind what was running.
    #[arg(long, env = "USHER_ENGINE", value_enum, default_value_t, global = true)]
    pub engine: EngineKind,

    /// What carries step tasks and events; `sqs` with Step Functions, else `embedded`, unless it is set. Step Functions with
    /// `amqp` needs `usher relay`, which forwards from SQS.
    #[arg(long, env = "USHER_MESSAGING", value_enum, global = true)]
    pub messaging: Option<MessagingKind>,

    /// Which AWS.
    #[command(flatten)]
    pub cloud: Cloud,

    /// Where the broker answers: amqps://user:password@host:5671/virtual-host. `usher up` starts a broker of its own when it
    /// is not set.
    #[arg(long, env = "USHER_AMQP_URL", hide_env_values = true, global = true)]
    pub amqp_url: Option<String>,

    /// A file with the certificate of the authority that vouches for the broker, in PEM form, where that is none of those
    /// that the machine trusts. Amazon MQ needs none. A wrong one keeps the program from the broker.
    #[arg(long, env = "USHER_AMQP_CA", value_name = "FILE", global = true)]
    pub amqp_ca: Option<PathBuf>,
}

/// What runs the sagas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum EngineKind {
    /// In PostgreSQL.
    #[default]
    Embedded,
    /// AWS Step Functions, Standard.
    Stepfunctions,
}

/// What carries messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MessagingKind {
    /// PostgreSQL.
    Embedded,
    /// SQS for tasks, SNS for events.
    Sqs,
    /// RabbitMQ, also as Amazon MQ.
    Amqp,
}

impl Adapters {
    /// What carries messages, as it is set or as the engine suggests.
    pub fn messaging(&self) -> anyhow::Result<MessagingKind> {
        match (self.engine, self.messaging) {
            (EngineKind::Embedded, None) => Ok(MessagingKind::Embedded),
            (EngineKind::Stepfunctions, None) => Ok(MessagingKind::Sqs),
            (EngineKind::Stepfunctions, Some(MessagingKind::Embedded)) => bail!(
                "Step Functions cannot write to queues in PostgreSQL: set USHER_MESSAGING to sqs, or to amqp with `usher relay`"
            ),
            (_, Some(messaging)) => Ok(messaging),
        }
    }

    /// Whether AWS, or what stands for it, has a part in this.
    pub fn need_aws(&self) -> anyhow::Result<bool> {
        Ok(self.engine == EngineKind::Stepfunctions || self.messaging()? == MessagingKind::Sqs)
    }

    /// The same settings as flags, for another process of this program.
    pub fn flags(&self) -> anyhow::Result<Vec<String>> {
        let name = |value: Option<PossibleValue>| value.map(|value| value.get_name().to_owned()).unwrap_or_default();
        let mut flags = vec!["--engine".to_owned(), name(self.engine.to_possible_value())];
        flags.extend(["--messaging".to_owned(), name(self.messaging()?.to_possible_value())]);
        flags.extend(["--stage".to_owned(), self.cloud.stage.clone()]);
        let addresses = [("--aws-endpoint", &self.cloud.endpoint), ("--amqp-url", &self.amqp_url)];
        for (flag, address) in addresses {
            flags.extend(address.iter().flat_map(|address| [flag.to_owned(), address.clone()]));
        }
        if let Some(authority) = &self.amqp_ca {
            flags.extend(["--amqp-ca".to_owned(), authority.to_string_lossy().into_owned()]);
        }
        Ok(flags)
    }

    /// How to reach the broker.
    pub fn amqp(&self) -> anyhow::Result<AmqpSettings> {
        let settings = AmqpSettings::new(self.amqp_url()?.into())?;
        let Some(path) = &self.amqp_ca else { return Ok(settings) };
        let authority = std::fs::read_to_string(path)
            .with_context(|| format!("USHER_AMQP_CA: {} cannot be read", path.display()))?;
        Ok(settings.trusting(authority)?)
    }

    /// The broker's address.
    pub fn amqp_url(&self) -> anyhow::Result<&str> {
        self.amqp_url
            .as_deref()
            .context("set USHER_AMQP_URL to the broker: amqps://user:password@host:5671/virtual-host")
    }
}
