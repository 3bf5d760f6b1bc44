//! What a world stands on. The tests of this folder say nothing of it: each runs over the embedded engine and queues, and
//! those that are listed in `transports` run once more over everything else. `USHER_TEST_OVER=amqp` (or `aws`, `aws-amqp`)
//! runs any of them over that alone.

use std::{
    cell::Cell,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use usher::settings::adapters::{Adapters, MessagingKind};

/// Engine and transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// The laptop.
    Embedded,
    /// The embedded engine, with workers on RabbitMQ.
    Amqp,
    /// Step Functions, with workers on SQS.
    Aws,
    /// Step Functions, with workers on RabbitMQ.
    AwsAmqp,
}

static STAGES: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static OVER: Cell<Over> = Cell::new(Over::named());
}

impl Over {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Embedded => "embedded + embedded",
            Self::Amqp => "embedded + AMQP",
            Self::Aws => "Step Functions + SQS",
            Self::AwsAmqp => "Step Functions + relay + AMQP",
        }
    }

    /// What the environment names.
    fn named() -> Self {
        match std::env::var("USHER_TEST_OVER").as_deref() {
            Ok("amqp") => Self::Amqp,
            Ok("aws") => Self::Aws,
            Ok("aws-amqp") => Self::AwsAmqp,
            Ok(other) => panic!("USHER_TEST_OVER is `{other}`"),
            Err(_) => Self::Embedded,
        }
    }

    /// What the worlds that this thread makes from now on stand on.
    pub fn choose(self) {
        OVER.set(self);
    }

    /// What a world of this thread stands on.
    pub fn chosen() -> Self {
        OVER.get()
    }

    pub const fn is_aws(self) -> bool {
        matches!(self, Self::Aws | Self::AwsAmqp)
    }

    /// The flags of the product for it, with a virtual host and a stage that nobody else has.
    pub async fn flags(self) -> Vec<String> {
        let mut flags = Vec::new();
        if matches!(self, Self::Amqp | Self::AwsAmqp) {
            let host = usher_rabbitmq::testing::virtual_host().await.unwrap();
            flags.extend(["--messaging".to_owned(), "amqp".to_owned(), "--amqp-url".to_owned(), host.url]);
        }
        if self.is_aws() {
            // Each over an emulator that behaves in its own way, so that nothing leans on either.
            let strict = self == Self::AwsAmqp;
            let emulator =
                if strict { usher_emulator::shared_strict().await } else { usher_emulator::shared().await }.unwrap();
            let stage = format!("world-{}", STAGES.fetch_add(1, Ordering::Relaxed));
            let flag = |name: &str, value: &str| [name.to_owned(), value.to_owned()];
            flags.extend(flag("--engine", "stepfunctions"));
            flags.extend(flag("--aws-endpoint", emulator.endpoint()).into_iter().chain(flag("--stage", &stage)));
        }
        flags
    }
}

/// Leases that run out within a test, and not while two hundred bookings wait for one row on a slow machine. Whole seconds
/// are all that SQS knows.
pub fn lease(adapters: &Adapters) -> Duration {
    let embedded = adapters.messaging().unwrap() == MessagingKind::Embedded;
    Duration::from_millis(if embedded { 1500 } else { 5000 })
}

/// Makes what the flags say is there.
pub async fn furnish(adapters: &Adapters) {
    if adapters.need_aws().unwrap() {
        usher::commands::furnish(&adapters.cloud).await.unwrap();
    }
}
