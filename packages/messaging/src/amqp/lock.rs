//! A lock between processes that meet only at the broker: a queue that belongs to one connection. The broker gives it up
//! with the connection, however that ends, so nobody stays locked out by a process that died.

use lapin::{Channel, options::QueueDeclareOptions, types::FieldTable};
use tokio::time::{Duration, Instant, sleep};

use super::{
    failure::{failed, is_locked},
    link::Link,
    settings::AmqpSettings,
};
use crate::error::MessagingError;

/// Between two looks at a lock that somebody else has. They have it for milliseconds.
const PAUSE: Duration = Duration::from_millis(25);

/// Held until it is released, or dropped with its connection.
pub(super) struct Lock {
    link: Link,
    /// A channel of the connection that has the lock.
    pub channel: Channel,
}

impl Lock {
    /// Waits until nobody else has the lock of this name.
    pub async fn take(settings: &AmqpSettings, name: &str) -> Result<Self, MessagingError> {
        let link = Link::new(settings.clone(), "lock");
        let asked = Instant::now();
        let options = QueueDeclareOptions { exclusive: true, auto_delete: true, ..QueueDeclareOptions::default() };
        loop {
            let channel = link.channel().await?;
            match channel.queue_declare(format!("usher.lock.{name}").into(), options, FieldTable::default()).await {
                Ok(_) => return Ok(Self { link, channel }),
                Err(error) if is_locked(&error) && asked.elapsed() < settings.patience => sleep(PAUSE).await,
                Err(error) => return Err(failed(&format!("the lock `{name}` was not to be had"))(error)),
            }
        }
    }

    /// Gives the lock to others.
    pub async fn release(self) {
        self.link.close().await;
    }
}
