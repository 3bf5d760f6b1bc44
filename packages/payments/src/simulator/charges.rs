//! `POST /charges`, `GET /charges?reference=`, `POST /charges/cancel`.

use axum::{
    Json,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;
use std::sync::PoisonError;
use time::OffsetDateTime;

use super::{
    Simulator, failure, ids,
    modes::Call,
    refusal,
    store::charge::{self, Arrived, Outcome, Row, Verdict},
    unavailable,
};
use crate::provider::{CANCELLED, methods};

/// The body of `POST /charges`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Request {
    reference: String,
    amount: i64,
    currency: String,
    method: String,
}

/// A reference, in a query or a body.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Reference {
    pub(super) reference: String,
}

/// `POST /charges`
pub(super) async fn create(State(simulator): State<Simulator>, Json(request): Json<Request>) -> Response {
    let work = charge(simulator.clone(), request);
    simulator.under_fault(Call::Charge, work).await
}

async fn charge(simulator: Simulator, request: Request) -> Response {
    if request.amount <= 0 || request.currency.len() != 3 || request.reference.is_empty() {
        return refusal(StatusCode::UNPROCESSABLE_ENTITY, "a charge takes a reference, an amount and a currency");
    }
    let now = simulator.0.ambient.now();
    let verdict = match request.method.as_str() {
        methods::DECLINED => Verdict::Declined("card_declined"),
        methods::INSUFFICIENT_FUNDS => Verdict::Declined("insufficient_funds"),
        methods::CHALLENGE => Verdict::Pending(now + simulator.0.delays.challenge),
        methods::SLOW if simulator.pause(simulator.0.delays.slow).await => Verdict::Captured,
        methods::SLOW => return failure(StatusCode::SERVICE_UNAVAILABLE),
        methods::TIMEOUT_BEFORE => return simulator.hang().await,
        methods::ERROR_ONCE if simulator.is_first_time(&request.reference) => {
            return failure(StatusCode::INTERNAL_SERVER_ERROR);
        }
        methods::OK | methods::TIMEOUT_AFTER | methods::ERROR_ONCE => Verdict::Captured,
        method if methods::REFUNDED_ODDLY.contains(&method) => Verdict::Captured,
        _ => return refusal(StatusCode::UNPROCESSABLE_ENTITY, "unknown payment method"),
    };
    let Request { reference, amount, currency, method } = request.clone();
    match simulator.0.charges.submit(Arrived { reference, amount, currency, method, verdict }).await {
        Err(error) => unavailable(&error),
        Ok(outcome) if outcome.is_new && request.method == methods::TIMEOUT_AFTER => simulator.hang().await,
        Ok(outcome) if is_another(&outcome.row, &request) => {
            refusal(StatusCode::CONFLICT, "another charge was made under this reference")
        }
        Ok(outcome) => answer(&outcome, simulator.0.ambient.now()),
    }
}

impl Simulator {
    /// Alternates: the first request under a reference fails, the second does not.
    fn is_first_time(&self, reference: &str) -> bool {
        let mut failed = self.0.failed_once.lock().unwrap_or_else(PoisonError::into_inner);
        !failed.remove(reference) && failed.insert(reference.to_owned())
    }
}

/// A tombstone is the same as any charge: it was cancelled before it was known which.
fn is_another(row: &Row, request: &Request) -> bool {
    row.amount.is_some_and(|amount| amount != request.amount)
        || row.currency.as_ref().is_some_and(|currency| *currency != request.currency)
        || row.method.as_ref().is_some_and(|method| *method != request.method)
}

fn answer(outcome: &Outcome, now: OffsetDateTime) -> Response {
    let status = match outcome.row.status_at(now) {
        "captured" if outcome.is_new => StatusCode::CREATED,
        "captured" => StatusCode::OK,
        "pending" => StatusCode::ACCEPTED,
        _ => StatusCode::PAYMENT_REQUIRED,
    };
    described(status, &outcome.row, now)
}

/// The row as a merchant sees it.
fn described(code: StatusCode, row: &Row, now: OffsetDateTime) -> Response {
    let status = row.status_at(now);
    let body = json!({
        "id": ids::charge(row.id),
        "reference": row.reference,
        "amount": row.amount,
        "currency": row.currency,
        "method": row.method,
        "status": status,
        "code": if status == CANCELLED { Some(CANCELLED) } else { row.code.as_deref() },
        "refunded": row.refunded,
    });
    (code, Json(body)).into_response()
}

/// `GET /charges?reference=`
pub(super) async fn get(State(simulator): State<Simulator>, Query(query): Query<Reference>) -> Response {
    simulator.clone().under_fault(Call::LookUp, look_up(simulator, query.reference)).await
}

async fn look_up(simulator: Simulator, reference: String) -> Response {
    let rows = async {
        let mut connection = simulator.0.pool.acquire().await?;
        charge::by_references(&mut connection, &[reference]).await
    };
    match rows.await.as_deref() {
        Err(error) => unavailable(error),
        Ok([row, ..]) => described(StatusCode::OK, row, simulator.0.ambient.now()),
        Ok([]) => refusal(StatusCode::NOT_FOUND, "no charge has arrived under this reference"),
    }
}

/// `POST /charges/cancel`
pub(super) async fn cancel(State(simulator): State<Simulator>, Json(body): Json<Reference>) -> Response {
    simulator.clone().under_fault(Call::Cancel, close(simulator, body.reference)).await
}

async fn close(simulator: Simulator, reference: String) -> Response {
    let (id, now) = (ids::fresh(&*simulator.0.ambient), simulator.0.ambient.now());
    match charge::cancel(&simulator.0.pool, &reference, id, now).await {
        Err(error) => unavailable(&error),
        Ok(row) => described(StatusCode::OK, &row, now),
    }
}
