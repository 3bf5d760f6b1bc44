//! Faults on order, for tests and drills: `POST /modes {"mode": "fail_after", "rate": 30, "count": 10, "on": ["charge"]}`.
//!
//! One order holds at a time for calls, and one for what the simulator sends by itself: webhooks and the report. A new one
//! replaces it, and it ends by itself when it has hit `count` times. `rate` is the chance in percent that something is hit:
//! `fail_before` at 30 is a partial outage. Without `on` it is charges, captures and refunds that are hit, or webhooks.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use axum::{Json, extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use serde_json::{Value, json};
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
    /// A webhook is sent twice.
    Duplicate,
    /// A webhook waits for the next one and is sent after it.
    Reorder,
    /// A webhook is sent some time later.
    Delay,
    /// A webhook is never sent; a line is missing from the report.
    Drop,
    /// A webhook is signed with another secret.
    WrongSignature,
}

impl Fault {
    /// All of them, as they are ordered.
    pub const NAMES: [&str; 9] =
        ["hang", "fail_before", "fail_after", "late", "duplicate", "reorder", "delay", "drop", "wrong_signature"];

    const fn is_of_news(self) -> bool {
        matches!(self, Self::Duplicate | Self::Reorder | Self::Delay | Self::Drop | Self::WrongSignature)
    }
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
    /// `POST /charges/capture`.
    Capture,
    /// What is sent to the merchant.
    Webhook,
    /// A line of the report.
    Report,
}

impl Call {
    const fn is_news(self) -> bool {
        matches!(self, Self::Webhook | Self::Report)
    }
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
    #[serde(default)]
    on: Vec<Call>,
}

impl Order {
    /// With what it is about, unless that makes no sense.
    fn complete(mut self) -> Option<Self> {
        let is_of_news = self.mode.is_of_news();
        if self.on.is_empty() {
            self.on = if is_of_news { vec![Call::Webhook] } else { vec![Call::Charge, Call::Capture, Call::Refund] };
        }
        let is_sensible = self.on.iter().all(|call| call.is_news() == is_of_news)
            && (self.mode == Fault::Drop || !self.on.contains(&Call::Report));
        (is_sensible && self.rate <= 100).then_some(self)
    }
}

const fn always() -> u8 {
    100
}

/// The orders that hold: for calls, and for news.
#[derive(Debug, Default)]
pub(super) struct Modes {
    calls: Mutex<Option<Order>>,
    news: Mutex<Option<Order>>,
    hits: AtomicU64,
}

impl Modes {
    /// What goes wrong with this call, if anything.
    pub(super) fn draw(&self, call: Call, ambient: &dyn Ambient) -> Option<Fault> {
        let mut held = self.of(call.is_news()).lock().unwrap_or_else(PoisonError::into_inner);
        let order = held.as_mut().filter(|order| order.on.contains(&call))?;
        if ambient.random() % 100 >= u128::from(order.rate) {
            return None;
        }
        let fault = order.mode;
        self.hits.fetch_add(1, Ordering::Relaxed);
        if let Some(count) = &mut order.count {
            *count = count.saturating_sub(1);
            if *count == 0 {
                *held = None;
            }
        }
        Some(fault)
    }

    const fn of(&self, is_news: bool) -> &Mutex<Option<Order>> {
        if is_news { &self.news } else { &self.calls }
    }

    fn hold(&self, order: Order) {
        let held = self.of(order.mode.is_of_news());
        *held.lock().unwrap_or_else(PoisonError::into_inner) = Some(order).filter(|order| order.count != Some(0));
    }

    fn clear(&self) {
        for held in [&self.calls, &self.news] {
            *held.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }
}

/// `POST /modes`
pub(super) async fn set(State(simulator): State<Simulator>, Json(order): Json<Order>) -> Result<StatusCode, Response> {
    let Some(order) = order.complete() else {
        return Err(refusal(StatusCode::UNPROCESSABLE_ENTITY, "no such fault of such a call, or no percentage"));
    };
    tracing::info!(?order, "the simulator was told to fail");
    simulator.0.modes.hold(order);
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /modes`: how many calls and news were hit since the simulator began.
pub(super) async fn get(State(simulator): State<Simulator>) -> Json<Value> {
    Json(json!({ "hits": simulator.0.modes.hits.load(Ordering::Relaxed) }))
}

/// `DELETE /modes`
pub(super) async fn clear(State(simulator): State<Simulator>) -> StatusCode {
    simulator.0.modes.clear();
    StatusCode::NO_CONTENT
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_core::ambient::Scripted;

    fn order(json: &str) -> Modes {
        let modes = Modes::default();
        modes.hold(serde_json::from_str::<Order>(json).unwrap().complete().unwrap());
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
        assert_eq!(modes.hits.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn a_rate_hits_about_its_share() {
        let ambient = Scripted::new(time::OffsetDateTime::UNIX_EPOCH, 1);
        let modes = order(r#"{"mode": "hang", "rate": 30}"#);
        let hits = (0..1000).filter(|_| modes.draw(Call::Charge, &ambient).is_some()).count();
        assert!((200..400).contains(&hits), "{hits} of 1000");
        assert_eq!(order(r#"{"mode": "hang", "rate": 0}"#).draw(Call::Charge, &ambient), None);
    }

    #[test]
    fn calls_and_news_have_an_order_each_and_nonsense_is_none() {
        let ambient = Scripted::new(time::OffsetDateTime::UNIX_EPOCH, 1);
        let modes = order(r#"{"mode": "hang"}"#);
        modes.hold(serde_json::from_str::<Order>(r#"{"mode": "drop", "on": ["report"]}"#).unwrap().complete().unwrap());
        assert_eq!(modes.draw(Call::Capture, &ambient), Some(Fault::Hang));
        assert_eq!(modes.draw(Call::Report, &ambient), Some(Fault::Drop));
        assert_eq!(modes.draw(Call::Webhook, &ambient), None);
        for nonsense in [r#"{"mode": "hang", "on": ["webhook"]}"#, r#"{"mode": "delay", "on": ["report"]}"#] {
            assert!(serde_json::from_str::<Order>(nonsense).unwrap().complete().is_none(), "{nonsense}");
        }
    }

    #[test]
    fn every_fault_is_named() {
        for name in Fault::NAMES {
            assert!(serde_json::from_value::<Fault>(name.into()).is_ok(), "{name}");
        }
    }
}
