//! Messages that nobody receives before their time.
//!
//! A queue forgets messages only from its head, so messages of many delays in one queue would wait for one another. Here
//! there is a queue for each power of two, of seconds: a message whose delay is 5 s waits in the one for 4 s, then in the
//! one for 1 s, and is then delivered. Its routing key says which: a word for each level, from the longest to the
//! shortest, and then the queue it is for. Ten levels serve all queues, and 15 minutes fit. Delays are rounded up to
//! whole seconds.

use lapin::{
    Channel, ExchangeKind,
    options::ExchangeBindOptions,
    types::{AMQPValue, FieldTable},
};
use tokio::time::Duration;

use super::{
    failure::failed,
    message::Message,
    publisher::Outgoing,
    topology::{Topology, bind, dead_lettered_safely, declare, declare_exchange, quorum},
};
use crate::error::MessagingError;

/// The longest level waits 512 s; all ten together wait 1023 s, and 900 s is the longest delay.
const LEVELS: usize = 10;

/// Where the way of every delayed message begins.
pub(super) const ENTRY: &str = "usher.delay.9";

/// Where it ends: from here messages go to their queues.
const EXIT: &str = "usher.deliver";

/// Makes the levels, and the way from the last of them to a queue.
pub(super) async fn prepare(topology: &Topology, queue: &str) -> Result<(), MessagingError> {
    topology.once("the levels of delay", declare_levels).await?;
    let key = format!("{}{queue}", "*.".repeat(LEVELS));
    topology
        .once(&format!("the way from delay to {queue}"), async |channel| bind(channel, queue, EXIT, &key).await)
        .await
}

/// A message for a queue that nobody receives before `delay` has passed.
pub(super) fn outgoing(queue: &str, message: Message, delay: Duration) -> Outgoing {
    Outgoing { exchange: ENTRY, routing_key: routing_key(queue, delay), message, mandatory: true }
}

fn routing_key(queue: &str, delay: Duration) -> String {
    let seconds = delay.as_secs() + u64::from(delay.subsec_nanos() > 0);
    let bits = (0..LEVELS).rev().map(|level| if seconds >> level & 1 == 1 { "1." } else { "0." });
    bits.collect::<String>() + queue
}

fn exchange(level: usize) -> String {
    format!("usher.delay.{level}")
}

async fn declare_levels(channel: &Channel) -> Result<(), MessagingError> {
    declare_exchange(channel, EXIT, ExchangeKind::Topic).await?;
    for level in 0..LEVELS {
        let (here, next) = (exchange(level), level.checked_sub(1).map_or_else(|| EXIT.to_owned(), exchange));
        declare_exchange(channel, &here, ExchangeKind::Topic).await?;
        let mut arguments = dead_lettered_safely(quorum(i32::MAX));
        arguments.insert("x-message-ttl".into(), AMQPValue::LongInt(1000 << level));
        arguments.insert("x-dead-letter-exchange".into(), AMQPValue::LongString(next.as_str().into()));
        declare(channel, &here, arguments).await?;
        let before = "*.".repeat(LEVELS - 1 - level);
        bind(channel, &here, &here, &format!("{before}1.#")).await?;
        let skip = format!("{before}0.#");
        let (options, nothing) = (ExchangeBindOptions::default(), FieldTable::default());
        let bound = channel.exchange_bind(next.as_str().into(), here.as_str().into(), skip.into(), options, nothing);
        bound.await.map_err(failed(&format!("the exchange `{next}` cannot be bound to `{here}`")))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_is_the_sum_of_its_levels() {
        assert_eq!(routing_key("q", Duration::from_secs(5)), "0.0.0.0.0.0.0.1.0.1.q");
        assert_eq!(routing_key("q", Duration::from_millis(1)), "0.0.0.0.0.0.0.0.0.1.q");
        assert_eq!(routing_key("q", Duration::from_mins(15)), "1.1.1.0.0.0.0.1.0.0.q");
        assert_eq!(exchange(LEVELS - 1), ENTRY);
    }
}
