//! Who has which message, and until when. The protocol ends a delivery only with its connection; here it ends with its
//! lease as well, and a receipt is good for nothing afterwards.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use lapin::{Acker, options::BasicAckOptions};
use tokio::time::{Duration, Instant};

use super::{failure::failed, message::Message};
use crate::{
    error::{MessagingError, Trouble},
    queue::{Delivery, Receipt},
};

/// A message that arrived here and is not settled.
#[derive(Debug)]
pub(super) struct Arrived {
    pub message: Message,
    /// How often it was received, this time included.
    pub receives: i32,
    pub acker: Acker,
    /// Its place in the window of the consumer it came through; the place is free when this is dropped.
    #[expect(dead_code, reason = "it is held, and not read")]
    pub place: Arc<()>,
}

impl Arrived {
    /// Whether the connection it came through is gone, and the message somebody else's.
    pub fn is_lost(&self) -> bool {
        self.acker.poisoned()
    }

    /// Makes the broker forget it.
    pub async fn settle(&self) -> Result<(), MessagingError> {
        metrics::counter!("usher_broker_requests_total", "operation" => "ack").increment(1);
        let acknowledged = self.acker.ack(BasicAckOptions::default()).await;
        acknowledged
            .map(drop)
            .map_err(failed("an acknowledgement did not reach the broker; the message will come again"))
    }
}

/// A message that somebody has.
#[derive(Debug)]
pub(super) struct Held {
    pub queue: Arc<str>,
    pub arrived: Arrived,
    until: Instant,
}

/// All that is held by the consumers of this process.
#[derive(Debug)]
pub(super) struct Leases {
    /// Tells our receipts from those of other processes.
    session: u128,
    length: Duration,
    state: Mutex<(u64, HashMap<u64, Held>)>,
}

impl Leases {
    pub fn new(session: u128, length: Duration) -> Self {
        Self { session, length, state: Mutex::default() }
    }

    /// Gives a message to somebody.
    pub fn grant(&self, queue: &Arc<str>, arrived: Arrived) -> Delivery {
        let mut state = self.state();
        state.0 += 1;
        let number = state.0;
        let receipt = Receipt(format!("amqp.{:032x}.{number}", self.session));
        let (body, trace) = (arrived.message.text(), arrived.message.trace());
        let delivery = Delivery { body, receives: arrived.receives, receipt, trace };
        let held = Held { queue: Arc::clone(queue), arrived, until: Instant::now() + self.length };
        state.1.insert(number, held);
        delivery
    }

    /// Starts a lease anew, unless it is over.
    pub fn extend(&self, receipt: &Receipt) -> Result<bool, MessagingError> {
        let Some(number) = self.number(receipt)? else { return Ok(false) };
        let now = Instant::now();
        let mut state = self.state();
        let held = state.1.get_mut(&number).filter(|held| held.until > now && !held.arrived.is_lost());
        Ok(held.map(|held| held.until = now + self.length).is_some())
    }

    /// Takes a message back from whoever has it, unless the lease is over.
    pub fn end(&self, receipt: &Receipt) -> Result<Option<Held>, MessagingError> {
        let Some(number) = self.number(receipt)? else { return Ok(None) };
        let now = Instant::now();
        let mut state = self.state();
        let alive = state.1.get(&number).is_some_and(|held| held.until > now && !held.arrived.is_lost());
        Ok(if alive { state.1.remove(&number) } else { None })
    }

    /// Takes back everything whose lease is over, and forgets what was lost with its connection.
    pub fn end_expired(&self) -> Vec<Held> {
        let now = Instant::now();
        let mut state = self.state();
        let over = state.1.extract_if(|_, held| held.until <= now || held.arrived.is_lost());
        let over: Vec<Held> = over.map(|(_, held)| held).collect();
        over.into_iter().filter(|held| !held.arrived.is_lost()).collect()
    }

    /// How many messages of a queue are held here.
    pub fn count(&self, queue: &str) -> usize {
        self.state().1.values().filter(|held| &*held.queue == queue && !held.arrived.is_lost()).count()
    }

    /// Forgets everything; the broker gets it back with the connection.
    pub fn abandon(&self) {
        self.state().1.clear();
    }

    /// The number in a receipt of ours; `None` for one of another process.
    fn number(&self, receipt: &Receipt) -> Result<Option<u64>, MessagingError> {
        let parse = || {
            let (session, number) = receipt.0.strip_prefix("amqp.")?.split_once('.')?;
            Some((u128::from_str_radix(session, 16).ok()?, number.parse::<u64>().ok()?))
        };
        let unknown =
            || MessagingError::Refused(Trouble::new(format!("`{}` is not a receipt of this queue", receipt.0)));
        let (session, number) = parse().ok_or_else(unknown)?;
        Ok((session == self.session).then_some(number))
    }

    fn state(&self) -> MutexGuard<'_, (u64, HashMap<u64, Held>)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_receipts_of_amqp_are_understood_and_only_ours_count() {
        let leases = Leases::new(7, Duration::from_secs(30));
        assert!(leases.extend(&Receipt("1.0193.reserve-seats".to_owned())).is_err());
        assert!(!leases.extend(&Receipt(format!("amqp.{:032x}.1", 8))).unwrap(), "another process's");
        assert!(!leases.extend(&Receipt(format!("amqp.{:032x}.1", 7))).unwrap(), "never granted");
    }
}
