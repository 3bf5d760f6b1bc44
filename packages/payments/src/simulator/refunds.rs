//! `POST /refunds`, `GET /refunds?reference=`.

use axum::{
    Json,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;
use time::OffsetDateTime;

use super::{
    Simulator,
    charges::Reference,
    ids,
    modes::Call,
    refusal,
    store::refund::{self, Arrived, Outcome, Row},
    unavailable,
};

/// The body of `POST /refunds`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Request {
    reference: String,
    charge_reference: String,
    amount: i64,
    currency: String,
}

/// `POST /refunds`
pub(super) async fn create(State(simulator): State<Simulator>, Json(request): Json<Request>) -> Response {
    simulator.clone().under_fault(Call::Refund, give_back(simulator, request)).await
}

async fn give_back(simulator: Simulator, request: Request) -> Response {
    if request.amount <= 0 || request.reference.is_empty() {
        return refusal(StatusCode::UNPROCESSABLE_ENTITY, "a refund takes a reference and an amount");
    }
    let Request { reference, charge_reference, amount, currency } = request;
    match simulator.0.refunds.submit(Arrived { reference, charge_reference, amount, currency }).await {
        Err(error) => unavailable(&error),
        Ok(Outcome::Made(row)) => {
            simulator.announce_refund(&row);
            described(StatusCode::CREATED, &row, simulator.0.ambient.now())
        }
        Ok(Outcome::Found(row)) => described(StatusCode::OK, &row, simulator.0.ambient.now()),
        Ok(Outcome::Conflict) => refusal(StatusCode::CONFLICT, "another refund was made under this reference"),
        Ok(Outcome::Refused(code)) => {
            (StatusCode::PAYMENT_REQUIRED, Json(json!({ "status": "failed", "code": code }))).into_response()
        }
    }
}

fn described(code: StatusCode, row: &Row, now: OffsetDateTime) -> Response {
    let status = row.status_at(now);
    let body = json!({
        "id": ids::refund(row.id),
        "reference": row.reference,
        "charge_reference": row.charge_reference,
        "amount": row.amount,
        "status": status,
        "code": row.code_at(now),
    });
    (code, Json(body)).into_response()
}

/// `GET /refunds?reference=`
pub(super) async fn get(State(simulator): State<Simulator>, Query(query): Query<Reference>) -> Response {
    simulator.clone().under_fault(Call::LookUp, look_up(simulator, query.reference)).await
}

async fn look_up(simulator: Simulator, reference: String) -> Response {
    let row = async {
        let mut connection = simulator.0.pool.acquire().await?;
        refund::by_reference(&mut connection, &reference).await
    };
    match row.await {
        Err(error) => unavailable(&error),
        Ok(Some(row)) => described(StatusCode::OK, &row, simulator.0.ambient.now()),
        Ok(None) => refusal(StatusCode::NOT_FOUND, "no refund has arrived under this reference"),
    }
}
