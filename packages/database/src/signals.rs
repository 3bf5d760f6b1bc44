//! Wake-up calls between processes: `LISTEN` and `NOTIFY`.
//!
//! A signal says "look again", never "this happened": it may be lost with a connection, so whoever waits for one also
//! looks by itself now and then. Within a process the same call wakes without touching the database.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use sqlx::{PgConnection, PgPool, postgres::PgListener};
use tokio::sync::broadcast;

/// How long to wait before the connection that listens is opened again.
const RECONNECT: Duration = Duration::from_secs(1);

/// The channels of one process. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Signals(Arc<Mutex<HashMap<String, broadcast::Sender<String>>>>);

impl Signals {
    /// A receiver of all that is said on a channel from now on. One that falls behind is told so, and should look anew.
    pub fn subscribe(&self, channel: &str) -> broadcast::Receiver<String> {
        let mut channels = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        channels.entry(channel.to_owned()).or_insert_with(|| broadcast::channel(1024).0).subscribe()
    }

    /// Wakes those who wait in this process.
    pub fn wake(&self, channel: &str, payload: &str) {
        let channels = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = channels.get(channel) {
            drop(sender.send(payload.to_owned())); // Nobody listening is fine.
        }
    }

    /// Passes on what other processes notify on `channels`, until the task is aborted. Reconnects by itself.
    pub async fn listen(self, pool: PgPool, channels: &[&str]) {
        loop {
            if let Err(error) = self.pass_on(&pool, channels).await {
                tracing::warn!(error = %error, "listening for signals failed, trying again");
            }
            tokio::time::sleep(RECONNECT).await;
        }
    }

    async fn pass_on(&self, pool: &PgPool, channels: &[&str]) -> Result<(), sqlx::Error> {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen_all(channels.iter().copied()).await?;
        loop {
            let notification = listener.recv().await?;
            self.wake(notification.channel(), notification.payload());
        }
    }
}

/// Wakes other processes once the transaction commits. Payloads are limited to 8,000 bytes by PostgreSQL.
pub async fn notify(connection: &mut PgConnection, channel: &str, payload: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("SELECT pg_notify($1, $2)", channel, payload).execute(connection).await?;
    Ok(())
}
