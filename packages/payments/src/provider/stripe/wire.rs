//! Stripe's JSON, as published: what of it we read. Strictly where money depends on it: a status that we do not know is unclear.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;
use time::OffsetDateTime;
use usher_core::money::{Currency, Money};

use super::super::{
    ChargeRecord, ChargeState, Event, Movement as Kind, News, ProviderFailure, RefundNews, RefundState, ReportLine,
    Unreadable,
    http::{Reply, unclear},
};

type Metadata = HashMap<String, String>;

/// A page of a list.
#[derive(Debug, Deserialize)]
pub(super) struct List<T> {
    pub(super) data: Vec<T>,
    pub(super) has_more: bool,
}

/// What can be listed in pages.
pub(super) trait Listed: serde::de::DeserializeOwned + Send {
    fn id(&self) -> &str;
}

/// A PaymentIntent.
#[derive(Debug, Deserialize)]
pub(super) struct Intent {
    id: String,
    amount: i64,
    currency: String,
    status: String,
    payment_method: Option<String>,
    next_action: Option<NextAction>,
    last_payment_error: Option<Error>,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Debug, Deserialize)]
struct NextAction {
    redirect_to_url: Option<Redirect>,
}

#[derive(Debug, Deserialize)]
struct Redirect {
    url: Option<String>,
}

impl Intent {
    pub(super) fn record(self) -> Result<ChargeRecord, ProviderFailure> {
        let state = match self.status.as_str() {
            "succeeded" => ChargeState::Captured,
            "requires_capture" => ChargeState::Authorised,
            "canceled" => ChargeState::Cancelled,
            "processing" | "requires_confirmation" => ChargeState::Pending,
            "requires_action" => {
                let redirect = self.next_action.and_then(|action| action.redirect_to_url);
                ChargeState::RequiresAction { url: redirect.and_then(|redirect| redirect.url).unwrap_or_default() }
            }
            // Without an error it was never confirmed; with one it was refused.
            "requires_payment_method" => match self.last_payment_error {
                Some(error) => ChargeState::Declined { code: error.reason() },
                None => ChargeState::Pending,
            },
            other => return Err(unclear(format!("a payment that is `{other}`"))),
        };
        let amount = (state != ChargeState::Cancelled).then(|| money(self.amount, &self.currency)).transpose()?;
        let reference = self.metadata.get("reference").cloned().unwrap_or_else(|| self.id.clone());
        Ok(ChargeRecord { id: self.id, reference, amount, method: self.payment_method, state })
    }
}

/// A Refund.
#[derive(Debug, Deserialize)]
pub(super) struct Refund {
    id: String,
    amount: i64,
    currency: String,
    status: Option<String>,
    failure_reason: Option<String>,
    payment_intent: Option<String>,
    #[serde(default)]
    metadata: Option<Metadata>,
}

impl Refund {
    fn meta(&self, name: &str) -> Option<&str> {
        self.metadata.as_ref()?.get(name).map(String::as_str)
    }

    pub(super) fn reference(&self) -> Option<&str> {
        self.meta("reference")
    }

    pub(super) fn state(self) -> Result<RefundState, ProviderFailure> {
        match self.status.as_deref() {
            Some("succeeded") => Ok(RefundState::Succeeded { id: self.id }),
            Some("pending") => Ok(RefundState::Pending { id: self.id }),
            Some("requires_action") => Ok(RefundState::RequiresAction { id: self.id }),
            Some("canceled") => Ok(RefundState::Cancelled { id: self.id }),
            Some("failed") => {
                Ok(RefundState::Failed { code: self.failure_reason.unwrap_or_else(|| "unknown".to_owned()) })
            }
            other => Err(unclear(format!("a refund that is `{}`", other.unwrap_or("nothing")))),
        }
    }
}

impl Listed for Refund {
    fn id(&self) -> &str {
        &self.id
    }
}

/// An entry of the balance with what moved it.
#[derive(Debug, Deserialize)]
pub(super) struct Movement {
    id: String,
    created: i64,
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    amount: i64,
    source: Option<Source>,
}

#[derive(Debug, Deserialize)]
struct Source {
    id: String,
    object: String,
    amount: i64,
    currency: String,
    payment_intent: Option<String>,
    #[serde(default)]
    metadata: Option<Metadata>,
}

impl Listed for Movement {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Movement {
    /// As our report has it; nothing for what moves no customer's money.
    pub(super) fn line(self) -> Result<Option<ReportLine>, ProviderFailure> {
        let Some(source) = self.source else { return Ok(None) };
        let movement = match source.object.as_str() {
            "charge" => Kind::Charge,
            "refund" if self.kind == "refund_failure" => Kind::Reversal,
            "refund" => Kind::Refund,
            "dispute" if self.amount < 0 => Kind::Dispute,
            "dispute" => Kind::DisputeWon,
            _ => return Ok(None),
        };
        let meta = |name: &str| source.metadata.as_ref().and_then(|metadata| metadata.get(name).cloned());
        let id = match movement {
            Kind::Charge => source.payment_intent.clone().unwrap_or(source.id),
            Kind::Refund | Kind::Reversal | Kind::Dispute | Kind::DisputeWon => source.id,
        };
        let reference = meta("reference").unwrap_or_else(|| id.clone());
        let charge_reference = match movement {
            Kind::Charge => reference.clone(),
            Kind::Refund | Kind::Reversal | Kind::Dispute | Kind::DisputeWon => {
                meta("charge_reference").or(source.payment_intent).unwrap_or_default()
            }
        };
        let at = OffsetDateTime::from_unix_timestamp(self.created).map_err(|error| unclear(error.to_string()))?;
        let amount = money(source.amount, &source.currency)?;
        Ok(Some(ReportLine { movement, id, reference, charge_reference, amount, at }))
    }
}

fn money(amount: i64, currency: &str) -> Result<Money, ProviderFailure> {
    let currency: Currency =
        currency.to_uppercase().parse().map_err(|_| unclear(format!("the currency `{currency}`")))?;
    Ok(Money::new(amount, currency))
}

/// An error object.
#[derive(Debug, Deserialize)]
struct Error {
    #[serde(rename = "type")]
    kind: Option<String>,
    code: Option<String>,
    decline_code: Option<String>,
    message: Option<String>,
}

impl Error {
    /// The most exact word that Stripe has for it.
    fn reason(self) -> String {
        let word = self.decline_code.or(self.code).or(self.message);
        word.unwrap_or_else(|| "declined".to_owned())
    }
}

/// A request that was understood and refused.
pub(super) enum Refused {
    /// The card was.
    Declined(String),
    /// The key belongs to another request.
    KeyUsed,
    /// The request was.
    Other(String),
}

/// The error in an answer, if it is one.
pub(super) fn error(reply: &Reply) -> Option<Refused> {
    #[derive(Deserialize)]
    struct Body {
        error: Error,
    }
    if reply.status.is_success() {
        return None;
    }
    Some(match serde_json::from_slice::<Body>(&reply.body) {
        Ok(Body { error }) => match error.kind.as_deref() {
            Some("card_error") => Refused::Declined(error.reason()),
            Some("idempotency_error") => Refused::KeyUsed,
            _ => Refused::Other(error.reason()),
        },
        Err(_) => Refused::Other(format!("status {}", reply.status)),
    })
}

pub(super) fn event(body: &[u8]) -> Result<Event, Unreadable> {
    #[derive(Deserialize)]
    struct Envelope {
        id: String,
        #[serde(rename = "type")]
        kind: String,
        data: Data,
    }
    #[derive(Deserialize)]
    struct Data {
        object: Value,
    }
    let unreadable = |error: serde_json::Error| Unreadable(error.to_string());
    let unclear = |failure: ProviderFailure| Unreadable(failure.to_string());
    let Envelope { id, kind, data: Data { object } } = serde_json::from_slice(body).map_err(unreadable)?;
    let news = match kind.split('.').next() {
        Some("payment_intent") => {
            let intent: Intent = serde_json::from_value(object).map_err(unreadable)?;
            News::Charge(intent.record().map_err(unclear)?)
        }
        Some("refund") => {
            let refund: Refund = serde_json::from_value(object).map_err(unreadable)?;
            refund_news(refund).map_err(unclear)?
        }
        _ => News::Other,
    };
    Ok(Event { id, kind, news })
}

/// A refund that is under way says nothing yet.
fn refund_news(refund: Refund) -> Result<News, ProviderFailure> {
    if matches!(refund.status.as_deref(), Some("pending" | "requires_action")) {
        return Ok(News::Other);
    }
    let ours = refund.reference().map(str::to_owned);
    let charge_id = refund.payment_intent.clone().unwrap_or_default();
    let charge = ChargeRecord {
        reference: refund.meta("charge_reference").map_or_else(|| charge_id.clone(), str::to_owned),
        id: charge_id,
        amount: None,
        method: None,
        state: ChargeState::Captured,
    };
    Ok(News::Refund(RefundNews {
        is_ours: ours.is_some(),
        reference: ours.unwrap_or_else(|| refund.id.clone()),
        amount: money(refund.amount, &refund.currency)?,
        state: refund.state()?,
        charge,
    }))
}
