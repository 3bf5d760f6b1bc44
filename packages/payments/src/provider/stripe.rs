//! The adapter that speaks Stripe's interface: PaymentIntents, Refunds, the balance, events.
//!
//! Our promises in Stripe's words:
//!
//! - Our reference is the `Idempotency-Key` of the request that makes the PaymentIntent, and stands in its metadata. The same
//!   request again is answered alike for at least a day, which is how long a saga lives. Another request under a used key is an
//!   `idempotency_error` and changes nothing: then what stands under the reference is looked up.
//! - A look-up searches the metadata. The index follows within a minute or so, so "nothing there" means nothing yet, as the
//!   port says.
//! - Cancelling a reference that nobody has used makes a PaymentIntent under its key, unconfirmed, and cancels it: a charge
//!   that arrives later meets a used key. One that was used and is not in the index yet is unclear, and asked again.
//!
//! The version of the interface is pinned, so that Stripe's next one changes nothing here. Amounts are in the smallest unit
//! on both sides. No card data passes through us: the means of payment is Stripe's own token.

mod wire;

use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Client, RequestBuilder, Url};
use secrecy::{ExposeSecret as _, SecretString};
use time::OffsetDateTime;
use usher_core::money::{Currency, Money};

use super::{
    Answer, CANCELLED, ChargeRecord, ChargeState, Event, PaymentProvider, ProviderFailure, RefundState, Report,
    Unreadable,
    http::{self, Reply, exchange, unclear},
};

/// The version of the interface that this file was written for.
pub const VERSION: &str = "2024-06-20";

/// The least that can be asked for: what a tombstone is made of. It is cancelled unconfirmed and never charged.
const TOMBSTONE: Money = Money::new(100, Currency::EUR);

/// How many pages of a list are read before giving up: 100 entries each.
const PAGES: usize = 100;

/// Where Stripe is and who we are.
#[derive(Debug, Clone)]
pub struct StripeSettings {
    /// Address of the interface, without a slash at the end.
    pub url: String,
    /// The secret key.
    pub key: SecretString,
    /// Where the customer is sent after a challenge.
    pub return_url: String,
    /// Until when a connection has to stand.
    pub connect_timeout: Duration,
    /// For an answer, all in all. Stripe advises more than a card network takes; less makes outcomes unknown.
    pub timeout: Duration,
}

impl StripeSettings {
    /// Stripe itself, with this key.
    pub fn new(url: impl Into<String>, key: SecretString, return_url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            key,
            return_url: return_url.into(),
            connect_timeout: Duration::from_secs(1),
            timeout: Duration::from_secs(15),
        }
    }
}

/// Stripe. Keeps no state but its connections.
#[derive(Debug, Clone)]
pub struct StripeProvider {
    client: Client,
    settings: StripeSettings,
}

/// When Stripe takes the money.
#[derive(Debug, Clone, Copy)]
enum Capture {
    Automatic,
    Manual,
}

/// The fields of a form.
type Fields<'a> = Vec<(&'a str, String)>;

impl StripeProvider {
    /// Connects to nobody yet. Fails only where the TLS library cannot be initialised.
    pub fn new(settings: StripeSettings) -> Result<Self, reqwest::Error> {
        Ok(Self { client: http::client(settings.connect_timeout, settings.timeout)?, settings })
    }

    fn get(&self, path: &str, query: &Fields<'_>) -> RequestBuilder {
        self.signed(self.client.get(format!("{}{path}", self.settings.url)).query(query))
    }

    fn post(&self, path: &str, key: &str, fields: &Fields<'_>) -> RequestBuilder {
        let form = Url::parse_with_params("form://", fields).ok();
        let body = form.as_ref().and_then(Url::query).unwrap_or_default().to_owned();
        self.signed(self.client.post(format!("{}{path}", self.settings.url)))
            .header("Idempotency-Key", key)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(body)
    }

    fn signed(&self, request: RequestBuilder) -> RequestBuilder {
        request.bearer_auth(self.settings.key.expose_secret()).header("Stripe-Version", VERSION)
    }

    async fn send(&self, call: &'static str, request: RequestBuilder) -> Result<Reply, ProviderFailure> {
        http::measured(call, async { exchange(request).await.and_then(classify) }).await
    }

    async fn pay(
        &self,
        call: &'static str,
        reference: &str,
        amount: Money,
        fields: Fields<'_>,
    ) -> Result<Reply, ProviderFailure> {
        let mut all = vec![
            ("amount", amount.amount.to_string()),
            ("currency", amount.currency.to_string().to_lowercase()),
            ("payment_method_types[]", "card".to_owned()),
            ("metadata[reference]", reference.to_owned()),
        ];
        all.extend(fields);
        self.send(call, self.post("/v1/payment_intents", reference, &all)).await
    }

    async fn confirmed(
        &self,
        reference: &str,
        amount: Money,
        method: &str,
        capture: Capture,
    ) -> Result<Answer, ProviderFailure> {
        let (call, capture_method) = match capture {
            Capture::Automatic => ("charge", "automatic"),
            Capture::Manual => ("authorise", "manual"),
        };
        let fields = vec![
            ("payment_method", method.to_owned()),
            ("capture_method", capture_method.to_owned()),
            ("return_url", self.settings.return_url.clone()),
            ("confirm", "true".to_owned()),
        ];
        let reply = self.pay(call, reference, amount, fields).await?;
        if let Some(error) = wire::error(&reply) {
            return match error {
                wire::Refused::Declined(code) => Ok(Answer::Declined { code }),
                wire::Refused::KeyUsed => self.stands(reference).await,
                wire::Refused::Other(message) => Err(ProviderFailure::Rejected(message)),
            };
        }
        answer(reply.read::<wire::Intent>()?.record()?)
    }

    /// What stands under a reference that was used by another request than this one.
    async fn stands(&self, reference: &str) -> Result<Answer, ProviderFailure> {
        match self.look_up(reference).await? {
            Some(record) => answer(record),
            None => Err(unclear("the key is used, and nothing is in the index yet".to_owned())),
        }
    }

    async fn found(&self, reference: &str) -> Result<ChargeRecord, ProviderFailure> {
        let found = self.look_up(reference).await?;
        found.ok_or_else(|| unclear("nothing is in the index yet".to_owned()))
    }

    /// Everything of a list that is newer than `since`, oldest first.
    async fn list<T: wire::Listed>(
        &self,
        call: &'static str,
        path: &str,
        query: &Fields<'_>,
    ) -> Result<Vec<T>, ProviderFailure> {
        let (mut all, mut after): (Vec<T>, Option<String>) = (Vec::new(), None);
        for _ in 0..PAGES {
            let mut query = query.clone();
            query.push(("limit", "100".to_owned()));
            query.extend(after.take().map(|after| ("starting_after", after)));
            let page: wire::List<T> = self.send(call, self.get(path, &query)).await?.read()?;
            let has_more = page.has_more;
            all.extend(page.data);
            match all.last() {
                Some(last) if has_more => after = Some(last.id().to_owned()),
                _ => {
                    all.reverse();
                    return Ok(all);
                }
            }
        }
        Err(unclear("the list does not end".to_owned()))
    }
}

fn answer(record: ChargeRecord) -> Result<Answer, ProviderFailure> {
    match record.state {
        ChargeState::Authorised => Ok(Answer::Authorised { id: record.id }),
        ChargeState::Captured => Ok(Answer::Captured { id: record.id }),
        ChargeState::Declined { code } => Ok(Answer::Declined { code }),
        ChargeState::Cancelled => Ok(Answer::Declined { code: CANCELLED.to_owned() }),
        ChargeState::RequiresAction { url } => Ok(Answer::RequiresAction { url }),
        ChargeState::Pending => Err(unclear("the payment is being processed".to_owned())),
    }
}

/// What a status means for money. A card error (402) and a request that was understood and refused (400, 404) are answers
/// with a reason inside. A conflict, a limit, a time-out and every 5xx say nothing; the keys and rights are our mistake.
fn classify(reply: Reply) -> Result<Reply, ProviderFailure> {
    match reply.status.as_u16() {
        200..=299 | 400 | 402 | 404 => Ok(reply),
        401 | 403 => Err(ProviderFailure::Rejected(format!("status {}", reply.status))),
        _ => Err(unclear(format!("status {}", reply.status))),
    }
}

#[async_trait]
impl PaymentProvider for StripeProvider {
    fn accepts(&self, method: &str) -> bool {
        method.strip_prefix("pm_").is_some_and(|rest| {
            !rest.is_empty() && rest.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        })
    }

    async fn charge(&self, reference: &str, amount: Money, method: &str) -> Result<Answer, ProviderFailure> {
        self.confirmed(reference, amount, method, Capture::Automatic).await
    }

    async fn authorise(&self, reference: &str, amount: Money, method: &str) -> Result<Answer, ProviderFailure> {
        self.confirmed(reference, amount, method, Capture::Manual).await
    }

    async fn capture(&self, reference: &str, amount: Money) -> Result<Answer, ProviderFailure> {
        let record = self.found(reference).await?;
        if record.state != ChargeState::Authorised {
            return answer(record);
        }
        let path = format!("/v1/payment_intents/{}/capture", record.id);
        let fields = vec![("amount_to_capture", amount.amount.to_string())];
        let reply = self.send("capture", self.post(&path, &format!("{reference}/capture"), &fields)).await?;
        match wire::error(&reply) {
            None => answer(reply.read::<wire::Intent>()?.record()?),
            Some(wire::Refused::Declined(code) | wire::Refused::Other(code)) => Ok(Answer::Declined { code }),
            Some(wire::Refused::KeyUsed) => self.stands(reference).await,
        }
    }

    async fn look_up(&self, reference: &str) -> Result<Option<ChargeRecord>, ProviderFailure> {
        let query = vec![("query", format!("metadata['reference']:'{}'", reference.replace(['\'', '\\'], "")))];
        let reply = self.send("look_up", self.get("/v1/payment_intents/search", &query)).await?;
        let found: wire::List<wire::Intent> = reply.read()?;
        found.data.into_iter().next().map(wire::Intent::record).transpose()
    }

    async fn cancel(&self, reference: &str) -> Result<ChargeRecord, ProviderFailure> {
        let record = if let Some(record) = self.look_up(reference).await? {
            record
        } else {
            let reply = self.pay("cancel", reference, TOMBSTONE, Vec::new()).await?;
            match wire::error(&reply) {
                None => reply.read::<wire::Intent>()?.record()?,
                Some(_) => self.found(reference).await?,
            }
        };
        if record.state.is_final() {
            return Ok(record);
        }
        let path = format!("/v1/payment_intents/{}/cancel", record.id);
        let reply = self.send("cancel", self.post(&path, &format!("{reference}/cancel"), &Vec::new())).await?;
        match wire::error(&reply) {
            None => reply.read::<wire::Intent>()?.record(),
            // It moved on meanwhile: what it is now is the last word.
            Some(_) => match self.found(reference).await? {
                record if record.state.is_final() => Ok(record),
                _ => Err(unclear("it could not be cancelled".to_owned())),
            },
        }
    }

    async fn refund(
        &self,
        charge_reference: &str,
        refund_reference: &str,
        amount: Money,
    ) -> Result<RefundState, ProviderFailure> {
        let charge = self.found(charge_reference).await?;
        let fields = vec![
            ("payment_intent", charge.id),
            ("amount", amount.amount.to_string()),
            ("metadata[reference]", refund_reference.to_owned()),
            ("metadata[charge_reference]", charge_reference.to_owned()),
        ];
        let reply = self.send("refund", self.post("/v1/refunds", refund_reference, &fields)).await?;
        match wire::error(&reply) {
            None => reply.read::<wire::Refund>()?.state(),
            Some(wire::Refused::KeyUsed) => Err(unclear("another refund was made under this reference".to_owned())),
            Some(wire::Refused::Declined(code) | wire::Refused::Other(code)) => Ok(RefundState::Failed { code }),
        }
    }

    async fn look_up_refund(&self, refund_reference: &str) -> Result<Option<RefundState>, ProviderFailure> {
        let refunds: Vec<wire::Refund> = self.list("look_up_refund", "/v1/refunds", &Vec::new()).await?;
        let found = refunds.into_iter().find(|refund| refund.reference() == Some(refund_reference));
        found.map(wire::Refund::state).transpose()
    }

    fn read_event(&self, body: &[u8]) -> Result<Event, Unreadable> {
        wire::event(body)
    }

    /// In one part: Stripe lists from the newest backwards, and we read from the oldest.
    async fn report(&self, since: OffsetDateTime, _cursor: Option<&str>) -> Result<Report, ProviderFailure> {
        let query =
            vec![("created[gte]", since.unix_timestamp().max(0).to_string()), ("expand[]", "data.source".to_owned())];
        let movements: Vec<wire::Movement> = self.list("report", "/v1/balance_transactions", &query).await?;
        let lines =
            movements.into_iter().filter_map(|movement| movement.line().transpose()).collect::<Result<_, _>>()?;
        Ok(Report { lines, next: None })
    }
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;

    use super::*;

    #[test]
    fn only_clear_answers_are_answers() {
        let of = |status: u16| classify(Reply { status: StatusCode::from_u16(status).unwrap(), body: Vec::new() });
        for status in [200, 201, 400, 402, 404] {
            assert!(of(status).is_ok(), "{status}");
        }
        for status in [302, 408, 409, 424, 429, 500, 502, 503, 504] {
            assert!(matches!(of(status), Err(ProviderFailure::Unclear(_))), "{status}");
        }
        for status in [401, 403] {
            assert!(matches!(of(status), Err(ProviderFailure::Rejected(_))), "{status}");
        }
    }

    #[test]
    fn a_token_of_stripe_is_accepted_and_nothing_that_could_be_a_card() {
        let settings = StripeSettings::new("http://localhost", SecretString::from("sk_test"), "http://localhost");
        let stripe = StripeProvider::new(settings).unwrap();
        for (method, accepted) in
            [("pm_1Nv0aC", true), ("pm_card_visa", true), ("4242424242424242", false), ("pm_", false)]
        {
            assert_eq!(stripe.accepts(method), accepted, "{method}");
        }
    }
}
