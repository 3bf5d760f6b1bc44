//! The adapter that speaks HTTP and JSON: to the simulator on a laptop, and to any provider behind the same interface.
//!
//! One pool of connections that are kept alive; a time-out for connecting, one for what moves money, and a shorter one
//! for questions, because the caller holds a lease while it asks. What each status means is in `classify`; when in doubt
//! the answer is unclear, which costs a look-up, and never an assumption, which costs money.

mod wire;

use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Client, RequestBuilder, StatusCode, redirect};
use serde::de::DeserializeOwned;
use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use tokio::time::Instant;
use tracing::Instrument as _;
use usher_core::money::Money;
use usher_telemetry::trace;

use super::{
    Answer, ChargeRecord, ChargeState, Event, PaymentProvider, ProviderFailure, RefundState, Report, Unreadable,
    methods::METHODS,
};

/// The header of a request's trace (W3C Trace Context).
const TRACEPARENT: &str = "traceparent";

/// Where the provider is and how long we wait for it.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// Address of the interface, without a slash at the end.
    pub url: String,
    /// Until a connection stands. A second is ample within a region, and a host that is away should be found out fast.
    pub connect_timeout: Duration,
    /// For a charge or a refund, all in all. Providers advise more than the few seconds a card network takes; less makes
    /// outcomes unknown that were merely slow.
    pub timeout: Duration,
    /// For a question. Together with a charge's it stays far below the step's time-out.
    pub look_up_timeout: Duration,
}

impl HttpSettings {
    /// One second to connect, ten for an answer, three for a look-up.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            connect_timeout: Duration::from_secs(1),
            timeout: Duration::from_secs(10),
            look_up_timeout: Duration::from_secs(3),
        }
    }
}

/// A provider behind HTTP. Keeps no state but its connections.
#[derive(Debug, Clone)]
pub struct HttpProvider {
    client: Client,
    settings: HttpSettings,
}

impl HttpProvider {
    /// Connects to nobody yet. Fails only where the TLS library cannot be initialised.
    pub fn new(settings: HttpSettings) -> Result<Self, reqwest::Error> {
        let client = client(settings.connect_timeout, settings.timeout)?;
        Ok(Self { client, settings })
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.settings.url)).timeout(self.settings.look_up_timeout)
    }

    fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.client.post(format!("{}{path}", self.settings.url)).json(body)
    }

    /// Sends, measures and classifies. `call` labels the metrics.
    async fn send(&self, call: &'static str, request: RequestBuilder) -> Result<Reply, ProviderFailure> {
        measured(call, async { exchange(traced(request)).await.and_then(classify) }).await
    }
}

/// The request with the trace that it belongs to.
fn traced(request: RequestBuilder) -> RequestBuilder {
    match trace::current() {
        Some(context) => request.header(TRACEPARENT, context.to_string()),
        None => request,
    }
}

/// A client that asks once and waits no longer than it is told.
pub(super) fn client(connect_timeout: Duration, timeout: Duration) -> Result<Client, reqwest::Error> {
    Client::builder()
        .connect_timeout(connect_timeout)
        .timeout(timeout)
        .redirect(redirect::Policy::none()) // A redirected charge would be sent twice.
        .retry(reqwest::retry::never()) // Whether to ask again is decided by whoever knows what is at stake.
        .build()
}

/// Measures a call. `call` labels the metrics.
pub(super) async fn measured(
    call: &'static str,
    exchange: impl Future<Output = Result<Reply, ProviderFailure>>,
) -> Result<Reply, ProviderFailure> {
    let begun = Instant::now();
    let reply = exchange.instrument(tracing::info_span!("provider", call)).await;
    let answer = match &reply {
        Ok(_) => "clear",
        Err(ProviderFailure::Unclear(_)) => "unclear",
        Err(ProviderFailure::Rejected(_)) => "rejected",
    };
    metrics::histogram!("usher_provider_seconds", "call" => call, "answer" => answer)
        .record(begun.elapsed().as_secs_f64());
    reply
}

/// An answer that can be relied on.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) body: Vec<u8>,
}

impl Reply {
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, ProviderFailure> {
        serde_json::from_slice(&self.body)
            .map_err(|error| unclear(format!("{} with an unreadable body: {error}", self.status)))
    }
}

/// Asks, and hears the whole answer.
pub(super) async fn exchange(request: RequestBuilder) -> Result<Reply, ProviderFailure> {
    let response = request.send().await.map_err(|error| lost(&error))?;
    let status = response.status();
    // A body that breaks off is no answer, whatever its status said.
    let body = response.bytes().await.map_err(|error| lost(&error))?.to_vec();
    Ok(Reply { status, body })
}

/// What a status means for money. 2xx, 402 (the provider's business says no) and 404 (there is no such thing) are
/// answers. A time-out, a conflict with another request of ours, a limit and every 5xx say nothing. What is left of 4xx
/// is our mistake.
fn classify(reply: Reply) -> Result<Reply, ProviderFailure> {
    match reply.status.as_u16() {
        200..=299 | 402 | 404 => Ok(reply),
        408 | 409 | 425 | 429 => Err(unclear(format!("status {}", reply.status))),
        400..=499 => {
            Err(ProviderFailure::Rejected(wire::error_of(&reply.body).unwrap_or_else(|| reply.status.to_string())))
        }
        _ => Err(unclear(format!("status {}", reply.status))),
    }
}

/// No answer arrived. Without the address, which carries the reference and would make every message another one.
fn lost(error: &reqwest::Error) -> ProviderFailure {
    unclear(match error {
        error if error.is_timeout() => "no answer in time".to_owned(),
        error if error.is_connect() => "no connection".to_owned(),
        _ => "the connection broke off".to_owned(),
    })
}

pub(super) const fn unclear(reason: String) -> ProviderFailure {
    ProviderFailure::Unclear(reason)
}

#[async_trait]
impl PaymentProvider for HttpProvider {
    fn accepts(&self, method: &str) -> bool {
        METHODS.contains(&method)
    }

    async fn charge(&self, reference: &str, amount: Money, method: &str) -> Result<Answer, ProviderFailure> {
        let body = wire::charge(reference, amount, method, true);
        answer(&self.send("charge", self.post("/charges", &body)).await?, "/charges")
    }

    async fn authorise(&self, reference: &str, amount: Money, method: &str) -> Result<Answer, ProviderFailure> {
        let body = wire::charge(reference, amount, method, false);
        answer(&self.send("authorise", self.post("/charges", &body)).await?, "/charges")
    }

    async fn capture(&self, reference: &str, amount: Money) -> Result<Answer, ProviderFailure> {
        let body = wire::capture(reference, amount);
        answer(&self.send("capture", self.post("/charges/capture", &body)).await?, "/charges/capture")
    }

    fn read_event(&self, body: &[u8]) -> Result<Event, Unreadable> {
        wire::event(body)
    }

    async fn look_up(&self, reference: &str) -> Result<Option<ChargeRecord>, ProviderFailure> {
        found(&self.send("look_up", self.get("/charges").query(&[("reference", reference)])).await?)
    }

    async fn cancel(&self, reference: &str) -> Result<ChargeRecord, ProviderFailure> {
        let request = self.post("/charges/cancel", &wire::cancel(reference)).timeout(self.settings.look_up_timeout);
        found(&self.send("cancel", request).await?)?.ok_or_else(|| not_here("/charges/cancel"))
    }

    async fn refund(
        &self,
        charge_reference: &str,
        refund_reference: &str,
        amount: Money,
    ) -> Result<RefundState, ProviderFailure> {
        let body = wire::refund(charge_reference, refund_reference, amount);
        let reply = self.send("refund", self.post("/refunds", &body)).await?;
        if reply.status == StatusCode::NOT_FOUND {
            return Err(not_here("/refunds"));
        }
        reply.read::<wire::Refund>()?.state()
    }

    async fn look_up_refund(&self, refund_reference: &str) -> Result<Option<RefundState>, ProviderFailure> {
        let request = self.get("/refunds").query(&[("reference", refund_reference)]);
        let reply = self.send("look_up_refund", request).await?;
        if reply.status == StatusCode::NOT_FOUND { Ok(None) } else { reply.read::<wire::Refund>()?.state().map(Some) }
    }

    async fn report(&self, since: OffsetDateTime, cursor: Option<&str>) -> Result<Report, ProviderFailure> {
        let since = since.format(&Rfc3339).map_err(|error| ProviderFailure::Rejected(error.to_string()))?;
        let request = self.get("/report").query(&[("since", Some(since.as_str())), ("cursor", cursor)]);
        self.send("report", request).await?.read()
    }
}

/// What the charge in an answer says.
fn answer(reply: &Reply, path: &str) -> Result<Answer, ProviderFailure> {
    let record = found(reply)?.ok_or_else(|| not_here(path))?;
    match record.state {
        ChargeState::Authorised => Ok(Answer::Authorised { id: record.id }),
        ChargeState::Captured => Ok(Answer::Captured { id: record.id }),
        ChargeState::Declined { code } => Ok(Answer::Declined { code }),
        ChargeState::Cancelled => Ok(Answer::Declined { code: super::CANCELLED.to_owned() }),
        ChargeState::RequiresAction { url } => Ok(Answer::RequiresAction { url }),
        ChargeState::Pending => Err(unclear("the charge is pending".to_owned())),
    }
}

/// The charge in an answer, or `None` when the answer is that there is none.
fn found(reply: &Reply) -> Result<Option<ChargeRecord>, ProviderFailure> {
    if reply.status == StatusCode::NOT_FOUND { Ok(None) } else { reply.read::<wire::Charge>()?.record().map(Some) }
}

/// Whoever answers 404 to something that is to be made is not the provider.
fn not_here(path: &str) -> ProviderFailure {
    ProviderFailure::Rejected(format!("there is nothing under {path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: u16) -> Result<Reply, ProviderFailure> {
        classify(Reply { status: StatusCode::from_u16(status).unwrap(), body: br#"{"error":"why"}"#.to_vec() })
    }

    #[test]
    fn only_clear_answers_are_answers() {
        for status in [200, 201, 202, 402, 404] {
            assert!(of(status).is_ok(), "{status}");
        }
        for status in [302, 408, 409, 425, 429, 500, 502, 503, 504] {
            assert!(matches!(of(status), Err(ProviderFailure::Unclear(_))), "{status}");
        }
        for status in [400, 401, 403, 422] {
            assert_eq!(of(status).err(), Some(ProviderFailure::Rejected("why".to_owned())), "{status}");
        }
    }

    #[test]
    fn an_unreadable_answer_is_unclear() {
        let reply = Reply { status: StatusCode::OK, body: b"<html>".to_vec() };
        assert!(matches!(found(&reply), Err(ProviderFailure::Unclear(_))));
    }
}
