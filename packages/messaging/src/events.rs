//! The port to the domain events.
//!
//! An event is published after the change it tells of is durable, at least once. Each consumer has a queue of its own and
//! receives, of all that was published since it subscribed, what its patterns match. Patterns are those of AMQP's topic
//! exchanges: words between dots, `*` for one word, `#` for any number of them.

use async_trait::async_trait;
use serde_json::Value;

use crate::error::MessagingError;

/// One event, in its envelope.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its name, such as `payment.completed`.
    pub topic: String,
    /// The envelope: id, type, version, subject, time, data.
    pub payload: Value,
}

/// Publishes events and says who wants them. See the module for its promises.
#[async_trait]
pub trait EventBus: Send + Sync {
    /// Hands events to the queues of all consumers whose patterns match.
    async fn publish(&self, events: &[Event]) -> Result<(), MessagingError>;

    /// Makes the consumer's queue and replaces its patterns. Consumers receive from [`queue_of`] through a `TaskQueue`.
    async fn subscribe(&self, consumer: &str, patterns: &[&str]) -> Result<(), MessagingError>;
}

/// The name of a consumer's queue.
pub fn queue_of(consumer: &str) -> String {
    format!("events-{consumer}")
}

/// Where events are published, the topics of SNS and the exchanges of AMQP: bookings, payments, and all others.
pub const TOPICS: [&str; 3] = ["booking_events", "payment_events", "domain_events"];

/// The topic of an event, by what its name says before the first `.` or `_`: `payment.completed` and `refund.completed` go to
/// `payment_events`, `ticket_issued` to `domain_events`.
pub fn topic_of(event: &str) -> &'static str {
    let [booking, payment, other] = TOPICS;
    match event.split(['.', '_']).next() {
        Some("booking") => booking,
        Some("payment" | "refund") => payment,
        _ => other,
    }
}

/// The topics that have events which a pattern matches: one when its first word is given, else all.
pub fn topics_of(pattern: &str) -> Vec<&'static str> {
    match pattern.split('.').next().unwrap_or_default() {
        "*" | "#" => TOPICS.to_vec(),
        word => vec![topic_of(word)],
    }
}

/// Whether a topic matches a pattern of AMQP's topic exchanges.
pub fn matches(pattern: &str, topic: &str) -> bool {
    fn words(pattern: &[&str], topic: &[&str]) -> bool {
        match (pattern.split_first(), topic.split_first()) {
            (None, None) => true,
            (Some((&"#", rest)), _) => {
                words(rest, topic) || topic.split_first().is_some_and(|(_, tail)| words(pattern, tail))
            }
            (Some((word, rest)), Some((first, tail))) => (*word == "*" || word == first) && words(rest, tail),
            _ => false,
        }
    }
    words(&pattern.split('.').collect::<Vec<_>>(), &topic.split('.').collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_amqp() {
        for (pattern, topic, expected) in [
            ("booking.*", "booking.created", true),
            ("booking.*", "booking", false),
            ("booking.*", "booking.created.twice", false),
            ("#", "payment.completed", true),
            ("booking.#", "booking", true),
            ("#.failed", "payment.failed", true),
            ("*.completed", "payment.failed", false),
            ("ticket_issued", "ticket_issued", true),
        ] {
            assert_eq!(matches(pattern, topic), expected, "{pattern} {topic}");
        }
    }

    #[test]
    fn every_event_has_a_topic_and_every_pattern_the_topics_of_its_events() {
        for (event, topic) in [
            ("booking.created", "booking_events"),
            ("payment.completed", "payment_events"),
            ("refund.failed", "payment_events"),
            ("seat_reserved", "domain_events"),
            ("ticket_issued", "domain_events"),
            ("bookings.counted", "domain_events"),
            ("", "domain_events"),
        ] {
            assert_eq!(topic_of(event), topic, "{event}");
            assert!(topics_of(event).contains(&topic) && topics_of("#").contains(&topic), "{event}");
        }
        assert_eq!(topics_of("booking.*"), ["booking_events"]);
        assert_eq!(topics_of("*.completed"), TOPICS);
    }
}
