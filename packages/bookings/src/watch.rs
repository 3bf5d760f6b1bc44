//! Telling those who wait that a booking moved: `Prefer: wait` and the progress stream.
//!
//! The batch that moves bookings announces them in its transaction; every process hears it once it is committed, and wakes
//! only those who wait for that booking. An announcement can be lost with a connection, so waiters also look now and then.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use sqlx::PgConnection;
use tokio::sync::{broadcast, watch};
use usher_core::ids::BookingId;
use usher_database::signals::{Signals, notify};
use uuid::Uuid;

use crate::Status;

/// The channel of the announcements: `id status` pairs, separated by commas.
pub const CHANNEL: &str = "usher_bookings";

/// PostgreSQL takes 8,000 bytes; a pair has at most 44.
pub(crate) const PAIRS: usize = 160;

pub(crate) async fn announce(
    connection: &mut PgConnection,
    moved: impl Iterator<Item = (Uuid, &str)>,
) -> Result<(), sqlx::Error> {
    let pairs: Vec<String> = moved.map(|(id, status)| format!("{} {status}", id.simple())).collect();
    for chunk in pairs.chunks(PAIRS) {
        notify(&mut *connection, CHANNEL, &chunk.join(",")).await?;
    }
    Ok(())
}

type Waiters = Arc<Mutex<HashMap<BookingId, watch::Sender<Option<Status>>>>>;

/// Who waits for which booking in this process. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Watch(Waiters);

impl Watch {
    pub(crate) fn start(signals: &Signals) -> Self {
        let watch = Self::default();
        tokio::spawn(watch.clone().pass_on(signals.subscribe(CHANNEL)));
        watch
    }

    /// The last announced status of a booking from now on; `None` until there is one. Subscribe before you read the booking.
    pub fn of(&self, id: BookingId) -> watch::Receiver<Option<Status>> {
        let mut waiters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiters.entry(id).or_insert_with(|| watch::channel(None).0).subscribe()
    }

    async fn pass_on(self, mut announcements: broadcast::Receiver<String>) {
        loop {
            match announcements.recv().await {
                Ok(pairs) => self.wake(&pairs),
                Err(broadcast::error::RecvError::Lagged(missed)) => {
                    tracing::debug!(missed, "announcements of bookings were missed; waiters will look by themselves");
                }
                Err(broadcast::error::RecvError::Closed) => return,
            }
        }
    }

    /// Wakes those who wait for the booking.
    pub(crate) fn tell(&self, id: BookingId, status: Status) {
        let mut waiters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if waiters.get(&id).is_some_and(|sender| sender.send(Some(status)).is_err()) {
            waiters.remove(&id); // Nobody waits any more.
        }
        if waiters.len() > 1024 {
            waiters.retain(|_, sender| sender.receiver_count() > 0);
        }
    }

    fn wake(&self, pairs: &str) {
        for (id, status) in pairs.split(',').filter_map(|pair| pair.split_once(' ')) {
            if let (Ok(id), Ok(status)) = (Uuid::try_parse(id), status.parse()) {
                self.tell(id.into(), status);
            }
        }
    }
}
