//! The JSON that goes over the line. Read strictly where money depends on it: a state that we do not know is unclear.

use serde::Deserialize;
use serde_json::{Value, json};
use usher_core::money::{Currency, Money};

use super::unclear;
use crate::provider::{ChargeRecord, ChargeState, Event, News, ProviderFailure, RefundNews, RefundState, Unreadable};

pub(super) fn charge(reference: &str, amount: Money, method: &str, capture: bool) -> Value {
    json!({
        "reference": reference,
        "amount": amount.amount,
        "currency": amount.currency,
        "method": method,
        "capture": capture,
    })
}

pub(super) fn capture(reference: &str, amount: Money) -> Value {
    json!({ "reference": reference, "amount": amount.amount, "currency": amount.currency })
}

pub(super) fn cancel(reference: &str) -> Value {
    json!({ "reference": reference })
}

pub(super) fn refund(charge_reference: &str, reference: &str, amount: Money) -> Value {
    json!({
        "reference": reference,
        "charge_reference": charge_reference,
        "amount": amount.amount,
        "currency": amount.currency,
    })
}

/// A charge as the provider describes it.
#[derive(Debug, Deserialize)]
pub(super) struct Charge {
    id: String,
    reference: String,
    amount: Option<i64>,
    currency: Option<Currency>,
    method: Option<String>,
    status: String,
    code: Option<String>,
    action_url: Option<String>,
}

impl Charge {
    pub(super) fn record(self) -> Result<ChargeRecord, ProviderFailure> {
        let state = match (self.status.as_str(), self.code) {
            ("requires_action", _) => ChargeState::RequiresAction { url: self.action_url.unwrap_or_default() },
            ("authorised", _) => ChargeState::Authorised,
            ("pending", _) => ChargeState::Pending,
            ("captured", _) => ChargeState::Captured,
            ("declined", Some(code)) => ChargeState::Declined { code },
            ("cancelled", _) => ChargeState::Cancelled,
            (other, _) => return Err(unclear(format!("a charge that is `{other}`"))),
        };
        let amount = self.amount.zip(self.currency).map(|(amount, currency)| Money::new(amount, currency));
        Ok(ChargeRecord { id: self.id, reference: self.reference, amount, method: self.method, state })
    }
}

/// A refund as the provider describes it.
#[derive(Debug, Deserialize)]
pub(super) struct Refund {
    id: Option<String>,
    status: String,
    code: Option<String>,
}

impl Refund {
    pub(super) fn state(self) -> Result<RefundState, ProviderFailure> {
        match (self.status.as_str(), self.id, self.code) {
            ("pending", Some(id), _) => Ok(RefundState::Pending { id }),
            ("requires_action", Some(id), _) => Ok(RefundState::RequiresAction { id }),
            ("succeeded", Some(id), _) => Ok(RefundState::Succeeded { id }),
            ("failed", _, Some(code)) => Ok(RefundState::Failed { code }),
            ("cancelled", Some(id), _) => Ok(RefundState::Cancelled { id }),
            ("reversed", Some(id), Some(code)) => Ok(RefundState::Reversed { id, code }),
            (other, ..) => Err(unclear(format!("a refund that is `{other}`"))),
        }
    }
}

/// A webhook: who it is about is told by the type.
#[derive(Debug, Deserialize)]
struct Envelope {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    data: Data,
}

#[derive(Debug, Deserialize)]
struct Data {
    object: Value,
}

/// A refund as a webhook describes it: with its charge.
#[derive(Debug, Deserialize)]
struct SentRefund {
    id: String,
    reference: Option<String>,
    amount: i64,
    currency: Currency,
    charge: Charge,
}

pub(super) fn event(body: &[u8]) -> Result<Event, Unreadable> {
    let unreadable = |error: serde_json::Error| Unreadable(error.to_string());
    let Envelope { id, kind, data: Data { object } } = serde_json::from_slice(body).map_err(unreadable)?;
    let news = match kind.split('.').next() {
        Some("charge") => News::Charge(record(serde_json::from_value(object).map_err(unreadable)?)?),
        Some("refund") => {
            let refund: Refund = serde_json::from_value(object.clone()).map_err(unreadable)?;
            let state = refund.state().map_err(|failure| Unreadable(failure.to_string()))?;
            let news: SentRefund = serde_json::from_value(object).map_err(unreadable)?;
            News::Refund(RefundNews {
                is_ours: news.reference.is_some(),
                reference: news.reference.unwrap_or(news.id),
                amount: Money::new(news.amount, news.currency),
                state,
                charge: record(news.charge)?,
            })
        }
        _ => News::Other,
    };
    Ok(Event { id, kind, news })
}

fn record(charge: Charge) -> Result<ChargeRecord, Unreadable> {
    charge.record().map_err(|failure| Unreadable(failure.to_string()))
}

/// What a refused request says of the reason.
pub(super) fn error_of(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Refusal {
        error: String,
    }
    serde_json::from_slice::<Refusal>(body).ok().map(|refusal| refusal.error)
}
