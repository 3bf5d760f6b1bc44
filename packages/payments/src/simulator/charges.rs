//! `POST /charges`, `GET /charges?reference=`, `POST /charges/capture`, `POST /charges/cancel`.

use axum::{
    Json,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::PoisonError;
use time::OffsetDateTime;

use super::{
    Simulator, failure, ids,
    modes::Call,
    refusal,
    store::charge::{self, Arrived, Outcome, Row, Verdict},
    unavailable,
    webhooks::Told,
};
use crate::provider::{CANCELLED, methods};

/// The body of `POST /charges`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Request {
    reference: String,
    amount: i64,
    currency: String,
    method: String,
    #[serde(default = "at_once")]
    capture: bool,
}

const fn at_once() -> bool {
    true
}

/// The body of `POST /charges/capture`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Capture {
    reference: String,
    amount: i64,
    currency: String,
}

/// A reference, in a query or a body.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Reference {
    pub(super) reference: String,
}

/// `POST /charges`
pub(super) async fn create(
    State(simulator): State<Simulator>,
    headers: HeaderMap,
    Json(request): Json<Request>,
) -> Response {
    let work = charge(simulator.clone(), request, here(&headers));
    simulator.under_fault(Call::Charge, work).await
}

/// Where the merchant found us, and so will the customer.
fn here(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    format!("http://{host}")
}

async fn charge(simulator: Simulator, request: Request, here: String) -> Response {
    if request.amount <= 0 || request.currency.len() != 3 || request.reference.is_empty() {
        return refusal(StatusCode::UNPROCESSABLE_ENTITY, "a charge takes a reference, an amount and a currency");
    }
    let now = simulator.0.ambient.now();
    let verdict = match request.method.as_str() {
        methods::DECLINED => Verdict::Declined("card_declined"),
        methods::INSUFFICIENT_FUNDS => Verdict::Declined("insufficient_funds"),
        methods::EXPIRED_CARD => Verdict::Declined("expired_card"),
        methods::LOST_CARD => Verdict::Declined("lost_card"),
        methods::LATE_SUCCESS => Verdict::Declined("processing_error"),
        methods::CHALLENGE => Verdict::Challenged,
        methods::PROCESSING => Verdict::Pending(now + simulator.0.delays.processing),
        methods::SLOW if simulator.pause(simulator.0.delays.slow).await => Verdict::Good,
        methods::SLOW => return failure(StatusCode::SERVICE_UNAVAILABLE),
        methods::TIMEOUT_BEFORE => return simulator.hang().await,
        methods::ERROR_ONCE if simulator.is_first_time(&request.reference) => {
            return failure(StatusCode::INTERNAL_SERVER_ERROR);
        }
        methods::OK | methods::CAPTURE_FAILS | methods::TIMEOUT_AFTER | methods::ERROR_ONCE => Verdict::Good,
        method if methods::REFUNDED_ODDLY.contains(&method) => Verdict::Good,
        _ => return refusal(StatusCode::UNPROCESSABLE_ENTITY, "unknown payment method"),
    };
    let Request { reference, amount, currency, method, capture: captures } = request.clone();
    let outcome = simulator.0.charges.submit(Arrived { reference, amount, currency, method, captures, verdict }).await;
    let outcome = match outcome {
        Err(error) => return unavailable(&error),
        Ok(outcome) => outcome,
    };
    if outcome.is_new {
        simulator.announce(&outcome.row, Told::InTheAnswer);
        if matches!(request.method.as_str(), methods::LATE_SUCCESS | methods::PROCESSING) {
            tokio::spawn(simulator.clone().succeed_late(outcome.row.clone()));
        }
        if request.method == methods::TIMEOUT_AFTER {
            return simulator.hang().await;
        }
    }
    if is_another(&outcome.row, &request) {
        return refusal(StatusCode::CONFLICT, "another charge was made under this reference");
    }
    answer(&outcome, simulator.0.ambient.now(), &here)
}

impl Simulator {
    /// Alternates: the first request under a reference fails, the second does not.
    fn is_first_time(&self, reference: &str) -> bool {
        let mut failed = self.0.failed_once.lock().unwrap_or_else(PoisonError::into_inner);
        !failed.remove(reference) && failed.insert(reference.to_owned())
    }

    /// What was declined or pending is captured a while later all the same, and nobody asked.
    async fn succeed_late(self, row: Row) {
        if !self.pause(self.0.delays.late).await {
            return;
        }
        let is_processing = row.status == "pending";
        let moved = if is_processing {
            self.read(&row.reference).await
        } else {
            charge::move_on(&self.0.pool, &row.reference, &["declined"], row.when_good(), None).await
        };
        match moved {
            Ok(Some(row)) if row.status_at(self.0.ambient.now()) != "pending" => {
                self.announce(&row, Told::Afterwards);
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "a late success was lost"),
        }
    }

    pub(super) async fn read(&self, reference: &str) -> Result<Option<Row>, sqlx::Error> {
        let mut connection = self.0.pool.acquire().await?;
        Ok(charge::by_references(&mut connection, &[reference.to_owned()]).await?.into_iter().next())
    }
}

/// A tombstone is the same as any charge: it was cancelled before it was known which.
fn is_another(row: &Row, request: &Request) -> bool {
    row.amount.is_some_and(|amount| amount != request.amount)
        || row.currency.as_ref().is_some_and(|currency| *currency != request.currency)
        || row.method.as_ref().is_some_and(|method| *method != request.method)
}

fn answer(outcome: &Outcome, now: OffsetDateTime, here: &str) -> Response {
    let status = match outcome.row.status_at(now) {
        "captured" | "authorised" if outcome.is_new => StatusCode::CREATED,
        "captured" | "authorised" => StatusCode::OK,
        "pending" | "requires_action" => StatusCode::ACCEPTED,
        _ => StatusCode::PAYMENT_REQUIRED,
    };
    described(status, &outcome.row, now, here)
}

fn described(code: StatusCode, row: &Row, now: OffsetDateTime, here: &str) -> Response {
    (code, Json(as_json(row, now, here))).into_response()
}

/// The row as a merchant sees it.
pub(super) fn as_json(row: &Row, now: OffsetDateTime, here: &str) -> Value {
    let status = row.status_at(now);
    let url = (status == "requires_action").then(|| format!("{here}/challenges/{}", ids::charge(row.id)));
    json!({
        "id": ids::charge(row.id),
        "reference": row.reference,
        "amount": row.amount,
        "currency": row.currency,
        "method": row.method,
        "status": status,
        "code": if status == CANCELLED { Some(CANCELLED) } else { row.code.as_deref() },
        "action_url": url,
        "refunded": row.refunded,
    })
}

/// `GET /charges?reference=`
pub(super) async fn get(
    State(simulator): State<Simulator>,
    headers: HeaderMap,
    Query(query): Query<Reference>,
) -> Response {
    simulator.clone().under_fault(Call::LookUp, look_up(simulator, query.reference, here(&headers))).await
}

async fn look_up(simulator: Simulator, reference: String, here: String) -> Response {
    match simulator.read(&reference).await {
        Err(error) => unavailable(&error),
        Ok(Some(row)) => described(StatusCode::OK, &row, simulator.0.ambient.now(), &here),
        Ok(None) => refusal(StatusCode::NOT_FOUND, "no charge has arrived under this reference"),
    }
}

/// `POST /charges/capture`
pub(super) async fn capture(
    State(simulator): State<Simulator>,
    headers: HeaderMap,
    Json(body): Json<Capture>,
) -> Response {
    simulator.clone().under_fault(Call::Capture, take(simulator, body, here(&headers))).await
}

async fn take(simulator: Simulator, body: Capture, here: String) -> Response {
    let now = simulator.0.ambient.now();
    let found = match simulator.read(&body.reference).await {
        Err(error) => return unavailable(&error),
        Ok(found) => found,
    };
    let Some(found) = found else {
        return refusal(StatusCode::NOT_FOUND, "nothing was authorised under this reference");
    };
    if found.amount != Some(body.amount) || found.currency.as_ref() != Some(&body.currency) {
        return refusal(StatusCode::UNPROCESSABLE_ENTITY, "another amount was authorised");
    }
    let (to, code) = match found.method.as_deref() {
        Some(methods::CAPTURE_FAILS) => ("declined", Some("authorisation_expired")),
        _ => ("captured", None),
    };
    match charge::move_on(&simulator.0.pool, &body.reference, &["authorised"], to, code).await {
        Err(error) => unavailable(&error),
        Ok(None) => refusal(StatusCode::NOT_FOUND, "nothing was authorised under this reference"),
        Ok(Some(row)) => {
            if found.status == "authorised" {
                simulator.announce(&row, Told::InTheAnswer);
            }
            let code = if row.status == "captured" { StatusCode::OK } else { StatusCode::PAYMENT_REQUIRED };
            described(code, &row, now, &here)
        }
    }
}

/// `POST /charges/cancel`
pub(super) async fn cancel(
    State(simulator): State<Simulator>,
    headers: HeaderMap,
    Json(body): Json<Reference>,
) -> Response {
    simulator.clone().under_fault(Call::Cancel, close(simulator, body.reference, here(&headers))).await
}

async fn close(simulator: Simulator, reference: String, here: String) -> Response {
    let (id, now) = (ids::fresh(&*simulator.0.ambient), simulator.0.ambient.now());
    match charge::cancel(&simulator.0.pool, &reference, id, now).await {
        Err(error) => unavailable(&error),
        Ok(row) => {
            if row.status == CANCELLED {
                simulator.announce(&row, Told::InTheAnswer);
            }
            described(StatusCode::OK, &row, now, &here)
        }
    }
}
