//! Faults on order, for tests and drills: `POST /modes {"mode": "fail_after", "rate": 30, "count": 10, "on": ["charge"]}`.
//!
//! One order holds at a time; a new one replaces it, and it ends by itself when it has hit `count` calls. `rate` is the
//! chance in percent that a call is hit. Without `on` it is charges and refunds that are hit.

use std::sync::{Mutex, PoisonError};

use axum::{Json, extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use usher_core::ambient::Ambient;

use super::{Simulator, refusal};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// No answer and no effect.
    Hang,
    /// An error and no effect.
    FailBefore,
    /// The effect, and then an error.
    FailAfter,
    /// An error, and the effect some time later.
    Late,
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// `POST /charges`.
    Charge,
    /// `POST /refunds`.
    Refund,
    /// Both `GET`s by reference.
    LookUp,
    /// `POST /charges/cancel`.
    Cancel,
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    mode: Fault,
    #[serde(default = "always")]
    rate: u8,
    #[serde(default)]
    count: Option<u32>,
    #[serde(default = "what_moves_money")]
    on: Vec<Call>,
}

const fn always() -> u8 {
    100
}

fn what_moves_money() -> Vec<Call> {
    vec![Call::Charge, Call::Refund]
}

/// The order that holds.
#[derive(Debug, Default)]
pub(super) struct Modes(Mutex<Option<Order>>);

impl Modes {
    /// What goes wrong with this call, if anything.
    pub(super) fn draw(&self, call: Call, ambient: &dyn Ambient) -> Option<Fault> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let order = held.as_mut().filter(|order| order.on.contains(&call))?;
        if ambient.random() % 100 >= u128::from(order.rate) {
            return None;
        }
        let fault = order.mode;
        if let Some(count) = &mut order.count {
            *count = count.saturating_sub(1);
            if *count == 0 {
                *held = None;
            }
        }
        Some(fault)
    }

    fn hold(&self, order: Option<Order>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = order.filter(|order| order.count != Some(0));
    }
}

/// `POST /modes`
pub(super) async fn set(State(simulator): State<Simulator>, Json(order): Json<Order>) -> Result<StatusCode, Response> {
    if order.rate > 100 {
        return Err(refusal(StatusCode::UNPROCESSABLE_ENTITY, "the rate is a percentage"));
    }
    tracing::info!(?order, "the simulator was told to fail");
    simulator.0.modes.hold(Some(order));
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /modes`
pub(super) async fn clear(State(simulator): State<Simulator>) -> StatusCode {
    simulator.0.modes.hold(None);
    StatusCode::NO_CONTENT
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_core::ambient::Scripted;

    fn order(json: &str) -> Modes {
        let modes = Modes::default();
        modes.hold(serde_json::from_str(json).unwrap());
        modes
    }

    #[test]
    fn an_order_ends_after_its_count_and_hits_only_its_calls() {
        let ambient = Scripted::new(time::OffsetDateTime::UNIX_EPOCH, 1);
        let modes = order(r#"{"mode": "fail_after", "count": 2}"#);
        assert_eq!(modes.draw(Call::LookUp, &ambient), None);
        assert_eq!(modes.draw(Call::Charge, &ambient), Some(Fault::FailAfter));
        assert_eq!(modes.draw(Call::Refund, &ambient), Some(Fault::FailAfter));
        assert_eq!(modes.draw(Call::Charge, &ambient), None);
    }

    #[test]
    fn a_rate_hits_about_its_share() {
        let ambient = Scripted::new(time::OffsetDateTime::UNIX_EPOCH, 1);
        let modes = order(r#"{"mode": "hang", "rate": 30}"#);
        let hits = (0..1000).filter(|_| modes.draw(Call::Charge, &ambient).is_some()).count();
        assert!((200..400).contains(&hits), "{hits} of 1000");
        assert_eq!(order(r#"{"mode": "hang", "rate": 0}"#).draw(Call::Charge, &ambient), None);
    }
}
