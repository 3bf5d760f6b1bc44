//! The States Language files, as they are deployed: the same bytes on the laptop and on AWS but for the queues' addresses.
//!
//! To add a saga, add its file and a line to [`SAGAS`].

/// A saga: its name and its definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saga {
    /// As operators and metrics call it.
    pub name: &'static str,
    /// The file, with `${StepQueueUrl}` where a queue's address belongs.
    pub definition: &'static str,
}

/// Books seats.
pub const BOOKING: Saga = Saga { name: "booking", definition: include_str!("../booking.asl.json") };

/// Cancels a confirmed booking, or some of its seats.
pub const CANCELLATION: Saga = Saga { name: "cancellation", definition: include_str!("../cancellation.asl.json") };

/// Gives money back, and waits until the provider has decided.
pub const REFUND: Saga = Saga { name: "refund", definition: include_str!("../refund.asl.json") };

/// Cancels every booking of a showtime that was called off.
pub const SHOWTIME_CANCELLATION: Saga =
    Saga { name: "showtime-cancellation", definition: include_str!("../showtime-cancellation.asl.json") };

/// All of them.
pub const SAGAS: [Saga; 4] = [BOOKING, CANCELLATION, REFUND, SHOWTIME_CANCELLATION];

impl Saga {
    /// The definition with the address that `address` gives for each step's queue.
    pub fn with_queues(&self, address: impl Fn(&'static str) -> String) -> String {
        crate::step::STEPS.iter().fold(self.definition.to_owned(), |text, step| {
            text.replace(&format!("${{{}QueueUrl}}", step.state), &address(step.name))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_queue_gets_an_address() {
        for saga in SAGAS {
            assert!(saga.definition.contains("QueueUrl}"), "{}", saga.name);
            let text = saga.with_queues(|step| format!("here/{step}"));
            assert!(!text.contains("${"), "{}", saga.name);
        }
        assert!(BOOKING.with_queues(|step| format!("here/{step}")).contains(r#""QueueUrl": "here/issue-tickets""#));
    }
}
