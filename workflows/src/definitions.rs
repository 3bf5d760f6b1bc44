//! The States Language files, as they are deployed: the same bytes on the laptop and on AWS but for the queues' addresses.
//!
//! To add a saga, add its file and a line to [`SAGAS`].

use crate::step::{STEPS, Step};

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

/// The saga that an execution with this name is of.
pub fn saga_of(name: &str) -> Option<Saga> {
    match name.split('_').next()? {
        "bkg" => Some(BOOKING),
        "can" | "pcn" => Some(CANCELLATION),
        "rfd" => Some(REFUND),
        "sho" => Some(SHOWTIME_CANCELLATION),
        _ => None,
    }
}

impl Saga {
    /// The definition with the address that `address` gives for each step's queue.
    pub fn with_queues(&self, address: impl Fn(&'static str) -> String) -> String {
        with_queues(self.definition, address)
    }
}

/// The steps that a definition has a queue's place for, in the order of [`STEPS`].
pub fn steps_of(definition: &str) -> impl Iterator<Item = &'static Step> {
    STEPS.iter().filter(move |step| definition.contains(&place(step)))
}

/// A definition with an address in each queue's place.
pub fn with_queues(definition: &str, address: impl Fn(&'static str) -> String) -> String {
    steps_of(definition).fold(definition.to_owned(), |text, step| text.replace(&place(step), &address(step.name)))
}

/// What a definition was before [`with_queues`]: each address that `step` knows gives way to the place it was put in. With
/// it, whatever is deployed can be compared with the file, byte for byte.
pub fn without_queues(definition: &str, step: impl Fn(&str) -> Option<&'static Step>) -> String {
    const MEMBER: &str = "\"QueueUrl\"";
    let (mut text, mut rest) = (String::with_capacity(definition.len()), definition);
    while let Some(at) = rest.find(MEMBER) {
        let (before, after) = rest.split_at(at + MEMBER.len());
        text.push_str(before);
        rest = after;
        let value = after.trim_start().strip_prefix(':').and_then(|value| value.trim_start().strip_prefix('"'));
        let Some((address, left)) = value.and_then(|value| value.split_once('"')) else { continue };
        let Some(step) = step(address) else { continue };
        let until = after.len() - left.len() - 1 - address.len();
        text.push_str(after.get(..until).unwrap_or_default());
        text.push_str(&place(step));
        rest = after.get(until + address.len()..).unwrap_or_default();
    }
    text + rest
}

/// Where the address of a step's queue belongs.
fn place(step: &Step) -> String {
    format!("${{{}QueueUrl}}", step.state)
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

    #[test]
    fn what_is_deployed_leads_back_to_the_file() {
        for saga in SAGAS {
            // As on the laptop, where a queue's address is the step's name, which stands in the message too.
            let here = saga.with_queues(str::to_owned);
            assert_eq!(
                without_queues(&here, |address| STEPS.iter().find(|step| step.name == address)),
                saga.definition
            );
            // One address may begin like another.
            let url = |step: &str| format!("http://sqs/1/{step}");
            let there = saga.with_queues(url);
            let back = |address: &str| STEPS.iter().find(|step| url(step.name) == address);
            assert_eq!(without_queues(&there, back), saga.definition);
            assert_eq!(without_queues(&there, |_| None), there, "what nobody knows stays");
        }
        assert_eq!(without_queues("{\"QueueUrl\"", |_| None), "{\"QueueUrl\"");
    }
}
