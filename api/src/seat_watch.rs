//! Who watches which showtime: one look at its seats serves everybody who does.
//!
//! While somebody watches a showtime, its seats are read every so often and told to all of its watchers. Nothing is asked of
//! those who book: a booking writes what it wrote before, and holds that end by the clock are seen as well. A watcher that
//! is slow misses states in between and never the last one, so nothing piles up for it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval},
};
use usher_core::{ids::ShowtimeId, seat::SeatName};
use usher_seating::{Seating, read::Occupancy};

/// How often seats are read. A hold of somebody else shows within half a second, and the query - one range of a primary key -
/// runs three times a second for each showtime that is looked at, however many look.
const LOOK: Duration = Duration::from_millis(330);

/// The seats that are not free.
pub(crate) type Occupied = Arc<HashMap<SeatName, Occupancy>>;

type Watched = HashMap<ShowtimeId, watch::Sender<Option<Occupied>>>;

/// Who watches which showtime. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct SeatWatch {
    seating: Seating,
    watched: Arc<Mutex<Watched>>,
}

impl SeatWatch {
    pub fn new(seating: Seating) -> Self {
        Self { seating, watched: Arc::default() }
    }

    /// The seats of a showtime from now on; nothing until they were first read. Call it inside a runtime.
    pub fn of(&self, id: ShowtimeId) -> watch::Receiver<Option<Occupied>> {
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = watched.get(&id) {
            return sender.subscribe();
        }
        let (sender, receiver) = watch::channel(None);
        watched.insert(id, sender.clone());
        tokio::spawn(self.clone().look(id, sender));
        receiver
    }

    /// Until nobody watches any more. A look that fails is the next one's matter: what was seen last stays told.
    async fn look(self, id: ShowtimeId, sender: watch::Sender<Option<Occupied>>) {
        let mut rounds = interval(LOOK);
        rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            rounds.tick().await;
            if self.is_over(id, &sender) {
                return;
            }
            if let Ok(seen) = self.seating.occupied(id).await {
                sender.send_if_modified(|told| {
                    let is_new = told.as_deref() != Some(&seen);
                    if is_new {
                        *told = Some(Arc::new(seen));
                    }
                    is_new
                });
            }
        }
    }

    /// Whether the last watcher has gone; a new one then starts anew.
    fn is_over(&self, id: ShowtimeId, sender: &watch::Sender<Option<Occupied>>) -> bool {
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        let is_over = sender.receiver_count() == 0;
        if is_over {
            watched.remove(&id);
        }
        is_over
    }
}
