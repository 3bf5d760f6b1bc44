//! A connection that is made when it is needed, and made anew when it was lost.
//!
//! The library can recover connections by itself, and is not asked to: it would take consumers and deliveries over the
//! gap as if nothing had happened, while every delivery of the old connection is somebody else's by now. A lost
//! connection is an end that everybody above has to see.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};
use lapin::{Channel, Connection, ConnectionProperties, tcp::OwnedTLSConfig};
use tokio::time::{Duration, Instant, sleep_until, timeout};

use super::{failure::failed, settings::AmqpSettings};
use crate::error::{MessagingError, Trouble};

/// Pauses between attempts: 0.1 s, then longer, up to 3 s, each made up to twice as long by chance, so that the processes
/// which lost a broker together do not come back together. A broker that is back is found within six seconds.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LAST_PAUSE: Duration = Duration::from_secs(3);

/// A connection for one purpose.
pub(super) struct Link {
    settings: AmqpSettings,
    purpose: &'static str,
    current: Mutex<Option<Arc<Connection>>>,
    /// Held while connecting, so that only one call does.
    attempts: tokio::sync::Mutex<Attempts>,
}

struct Attempts {
    pauses: ExponentialBackoff,
    not_before: Instant,
}

impl Attempts {
    fn new() -> Self {
        Self { pauses: pauses(), not_before: Instant::now() }
    }
}

fn pauses() -> ExponentialBackoff {
    ExponentialBuilder::new()
        .with_min_delay(FIRST_PAUSE)
        .with_max_delay(LAST_PAUSE)
        .with_jitter()
        .without_max_times()
        .build()
}

impl Link {
    pub fn new(settings: AmqpSettings, purpose: &'static str) -> Self {
        let attempts = tokio::sync::Mutex::new(Attempts::new());
        Self { settings, purpose, current: Mutex::default(), attempts }
    }

    /// A new channel.
    pub async fn channel(&self) -> Result<Channel, MessagingError> {
        let connection = self.connection().await?;
        // A broker that hangs does not answer here until the heartbeat gives it up.
        let opened = timeout(self.settings.patience, connection.create_channel()).await;
        opened.map_err(|_| self.slow())?.map_err(failed(&format!("no channel to {}", self.settings.place())))
    }

    /// Says goodbye, so that the broker does not take it for a crash.
    pub async fn close(&self) {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(connection) = current {
            // Whoever leaves does not mind how the door closes.
            let _ = timeout(self.settings.patience, connection.close(200, "goodbye".into())).await;
        }
    }

    fn connected(&self) -> Option<Arc<Connection>> {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        current.as_ref().filter(|connection| connection.status().connected()).map(Arc::clone)
    }

    async fn connection(&self) -> Result<Arc<Connection>, MessagingError> {
        if let Some(connection) = self.connected() {
            return Ok(connection);
        }
        let mut attempts = self.attempts.lock().await;
        if let Some(connection) = self.connected() {
            return Ok(connection);
        }
        sleep_until(attempts.not_before).await;
        match self.connect().await {
            Ok(connection) => {
                *attempts = Attempts::new();
                let connection = Arc::new(connection);
                *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&connection));
                metrics::counter!("usher_broker_connections_total", "purpose" => self.purpose).increment(1);
                tracing::info!(broker = self.settings.place(), purpose = self.purpose, "connected");
                Ok(connection)
            }
            Err(error) => {
                attempts.not_before = Instant::now() + attempts.pauses.next().unwrap_or(LAST_PAUSE);
                Err(error)
            }
        }
    }

    async fn connect(&self) -> Result<Connection, MessagingError> {
        let uri = self.settings.uri()?;
        let name = format!("usher {}", self.purpose);
        let properties = ConnectionProperties::default().with_connection_name(name.into());
        let tls = OwnedTLSConfig { identity: None, cert_chain: self.settings.authority() };
        let runtime = lapin::runtime::default_runtime().map_err(failed("there is no runtime"))?;
        let connecting = Connection::connect_uri_with_config(uri, properties, tls, runtime);
        let connected = timeout(self.settings.patience, connecting).await.map_err(|_| self.slow())?;
        connected.map_err(failed(&format!("no connection to {}", self.settings.place())))
    }

    fn slow(&self) -> MessagingError {
        let what = format!("{} did not answer within {:?}", self.settings.place(), self.settings.patience);
        MessagingError::Unavailable(
            Trouble::new(what).remedy("look whether it hangs, and whether its disk or memory is full"),
        )
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link")
            .field("place", &self.settings.place())
            .field("purpose", &self.purpose)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_stay_bounded() {
        let pauses: Vec<Duration> = pauses().take(50).collect();
        assert_eq!(pauses.len(), 50, "there is always another attempt");
        assert!(pauses[0] < FIRST_PAUSE * 3);
        assert!(pauses.iter().all(|pause| *pause >= FIRST_PAUSE && *pause <= LAST_PAUSE * 2));
    }
}
