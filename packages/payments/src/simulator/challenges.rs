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
        let (whole, cents) = (charge.amount.unwrap_or_default() / 100, charge.amount.unwrap_or_default() % 100);
        let currency = charge.currency.unwrap_or_default();
        drawn(&format!(
            "<p>The bank of the simulator</p><h1>Is it you who pays {whole}.{cents:02} {currency}?</h1>\
             <form method=post><button name=answer value=pass>Yes, pay</button> <button name=answer value=fail>No</button></form>",
        ))
    } else {
        drawn(&format!("<h1>This payment is {}.</h1><p>You can close this page.</p>", charge.status))
    }))
}

/// A page that looks like one, in a few lines of style.
fn drawn(words: &str) -> String {
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'><title>Confirm the payment</title>\
         <style>:root{{color-scheme:light dark;font:1.1rem/1.5 system-ui,sans-serif}}body{{max-width:30rem;margin:15vh auto;padding:0 1.5rem}}\
         h1{{font-size:1.8rem;line-height:1.2}}button{{font:inherit;font-weight:600;padding:.7rem 1.5rem;border-radius:2rem;border:1px solid #888;margin-right:.5rem}}\
         button[value=pass]{{background:#1c5fb8;border-color:#1c5fb8;color:#fff}}</style>{words}</html>"
    )
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
    let words = format!(
        "<h1>The payment is {}.</h1><p>You can close this page; the other one goes on by itself.</p>",
        row.status
    );
    Ok(Html(drawn(&words)).into_response())
}
