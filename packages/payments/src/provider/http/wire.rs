//! The JSON that goes over the line. Read strictly where money depends on it: a state that we do not know is unclear.

use serde::Deserialize;
use serde_json::{Value, json};
use usher_core::money::{Currency, Money};

use super::unclear;
use crate::provider::{ChargeRecord, ChargeState, ProviderFailure, RefundState};

pub(super) fn charge(reference: &str, amount: Money, method: &str) -> Value {
    json!({ "reference": reference, "amount": amount.amount, "currency": amount.currency, "method": method })
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
}

impl Charge {
    pub(super) fn record(self) -> Result<ChargeRecord, ProviderFailure> {
        let state = match (self.status.as_str(), self.code) {
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

/// What a refused request says of the reason.
pub(super) fn error_of(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Refusal {
        error: String,
    }
    serde_json::from_slice::<Refusal>(body).ok().map(|refusal| refusal.error)
}
