//! The state machines that are measured: our booking, and three that show one thing each.
//!
//! To add one, add its file in `machines/`, a constant and its place in [`ALL`].

use serde_json::{Value, json};
use usher_workflows::{
    definitions::{self, Saga},
    envelope::Envelope,
};

/// A state machine, and what is needed to drive it.
#[derive(Debug, Clone, Copy)]
pub struct Machine {
    pub saga: &'static str,
    /// The queues of its steps; the answer to the last one ends an execution.
    pub steps: &'static [&'static str],
    /// How often it goes through its steps.
    times: u64,
    definition: &'static str,
    input: fn(name: &str, times: u64) -> Value,
}

/// Books seats: four tasks, and a state that says how it ended.
pub const BOOKING: Machine = Machine {
    saga: definitions::BOOKING.name,
    steps: &["reserve-seats", "charge-payment", "issue-tickets", "notify-customer"],
    times: 1,
    definition: definitions::BOOKING.definition,
    input: |name, _| {
        json!({
            "booking_id": name,
            "user_id": "usr_01KA0000000000000000000000",
            "showtime_id": "sho_01KA0000000000000000000000",
            "seats": [{ "seat": "C7", "price": { "amount": 1250, "currency": "EUR" } }],
            "total": { "amount": 1250, "currency": "EUR" },
            "payment_method": "pm_ok",
        })
    },
};

/// Four Pass, three Choice, three Task.
pub const TEN_STATES: Machine = Machine {
    saga: "ten-states",
    steps: &["ten-first", "ten-second", "ten-third"],
    times: 1,
    definition: include_str!("machines/ten-states.asl.json"),
    input: |_, _| json!({ "amount": 1250 }),
};

/// Waits for a day.
pub const DAY: Machine = Machine {
    saga: "day",
    steps: &[],
    times: 1,
    definition: include_str!("machines/day.asl.json"),
    input: BOOKING.input,
};

/// Asks for one step again and again.
const COUNTDOWN: Machine = Machine {
    saga: "countdown",
    steps: &["countdown-work"],
    times: 1,
    definition: include_str!("machines/countdown.asl.json"),
    input: |_, times| json!({ "left": times }),
};

/// All of them.
pub const ALL: [Machine; 4] = [BOOKING, TEN_STATES, DAY, COUNTDOWN];

/// The machine that asks for its step this often.
pub const fn countdown(times: u64) -> Machine {
    Machine { times, ..COUNTDOWN }
}

impl Machine {
    /// Its saga and its definition, as the engine takes them.
    pub fn deployed(&self) -> (String, String) {
        let saga = Saga { name: self.saga, definition: self.definition };
        (self.saga.to_owned(), saga.with_queues(str::to_owned))
    }

    /// What an execution of this name begins with.
    pub fn input(&self, name: &str) -> Value {
        (self.input)(name, self.times)
    }

    /// How often an execution is written: when it starts, and at each answer.
    pub const fn transitions(&self) -> u64 {
        1 + self.steps.len() as u64 * self.times
    }
}

/// What a step answers that does nothing: as much as the real one says.
pub fn answer(step: &str) -> Value {
    match step {
        "reserve-seats" => json!({ "hold_id": "hld_01KA0000000000000000000000", "epoch": 1 }),
        "charge-payment" => json!({ "payment_id": "pay_01KA0000000000000000000000" }),
        "issue-tickets" => json!({ "tickets": 1 }),
        _ => json!({}),
    }
}

/// Whether the answer to this request is the last that its execution waits for.
pub fn is_last(request: &Envelope) -> bool {
    let counted_down = request.input.get("left").is_none_or(|left| left == 1);
    counted_down
        && ALL.iter().any(|machine| machine.saga == request.saga && machine.steps.last() == Some(&&*request.step))
}

#[cfg(test)]
mod tests {
    use usher_asl::{StateMachine, Target};
    use usher_workflows::booking::{Charged, Held, Issued, SagaData};

    use super::*;

    #[test]
    fn every_machine_is_valid_and_has_its_steps() {
        for machine in ALL {
            let (saga, definition) = machine.deployed();
            assert!(StateMachine::parse_for(&definition, Target::Embedded).is_ok(), "{saga}");
            for step in machine.steps {
                assert!(definition.contains(&format!(r#""QueueUrl": "{step}""#)), "{saga}: {step}");
            }
        }
    }

    #[test]
    fn the_booking_carries_what_real_ones_do() {
        let data: SagaData = serde_json::from_value(BOOKING.input("bkg_01KA0000000000000000000000")).unwrap();
        assert_eq!(data.total.amount, 1250);
        serde_json::from_value::<Held>(answer("reserve-seats")).unwrap();
        serde_json::from_value::<Charged>(answer("charge-payment")).unwrap();
        serde_json::from_value::<Issued>(answer("issue-tickets")).unwrap();
    }
}
