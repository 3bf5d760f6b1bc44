//! The page on which a customer proves who they are: `GET /challenges/{id}`, `POST /challenges/{id}` `answer=pass|fail`.
//!
//! A page with two buttons instead of a bank. The answer decides the charge, once, and is told by a webhook.

use axum::{
    Form,
    extract::{Path, State},
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use serde::Deserialize;
use uuid::Uuid;

use super::{Simulator, refusal, store::charge, unavailable, webhooks::Told};

/// The code of a challenge that was failed.
const FAILED: &str = "authentication_failed";

/// What the customer did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Reply {
    Pass,
    Fail,
}

/// The form of the page.
#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    answer: Reply,
}

async fn find(simulator: &Simulator, id: &str) -> Result<charge::Row, Response> {
    let unknown = || refusal(StatusCode::NOT_FOUND, "there is no such challenge");
    let id = id.strip_prefix("ch_").and_then(|id| Uuid::parse_str(id).ok()).ok_or_else(unknown)?;
    charge::by_id(&simulator.0.pool, id).await.map_err(|error| unavailable(&error))?.ok_or_else(unknown)
}

/// `GET /challenges/{id}`
pub(super) async fn page(State(simulator): State<Simulator>, Path(id): Path<String>) -> Result<Html<String>, Response> {
    let charge = find(&simulator, &id).await?;
    Ok(Html(if charge.status == "requires_action" {
        format!(
            "<!doctype html><title>Confirm the payment</title><h1>Is it you who pays {} {}?</h1>\
             <form method=post><button name=answer value=pass>Yes, pay</button> <button name=answer value=fail>No</button></form>",
            charge.amount.unwrap_or_default(),
            charge.currency.unwrap_or_default(),
        )
    } else {
        format!("<!doctype html><title>Confirm the payment</title><h1>This payment is {}.</h1>", charge.status)
    }))
}

/// `POST /challenges/{id}`
pub(super) async fn answer(
    State(simulator): State<Simulator>,
    Path(id): Path<String>,
    Form(Answer { answer }): Form<Answer>,
) -> Result<Response, Response> {
    let charge = find(&simulator, &id).await?;
    let (to, code) = match answer {
        Reply::Pass => (charge.when_good(), None),
        Reply::Fail => ("declined", Some(FAILED)),
    };
    let moved = charge::move_on(&simulator.0.pool, &charge.reference, &["requires_action"], to, code).await;
    let moved = moved.map_err(|error| unavailable(&error))?.filter(|_| charge.status == "requires_action");
    let Some(row) = moved else { return Err(refusal(StatusCode::CONFLICT, "the challenge is over")) };
    simulator.announce(&row, Told::Afterwards);
    Ok(Html(format!("<!doctype html><title>Done</title><h1>The payment is {}.</h1>", row.status)).into_response())
}
