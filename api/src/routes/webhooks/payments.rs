//! `POST /api/webhooks/payments`: news of the payment provider.
//!
//! Signed, not signed in. The answer comes once the event is stored; applying it is ours from then on, now or by the
//! reconciler.

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use usher_core::problem::Kind;
use usher_payments::webhook::{NotTaken, signature::HEADER};

use crate::{problem::Problem, state::AppState};

/// News of the payment provider
///
/// For the provider alone: the body is signed in `Stripe-Signature` (`t=<unix time>,v1=<HMAC-SHA256 of "t.body">`) with a secret
/// that both know, not more than five minutes ago. The same event again is taken and changes nothing.
#[utoipa::path(post, path = "/api/webhooks/payments", tag = "payments",
    params(("Stripe-Signature" = String, Header, description = "The signature.")),
    request_body(content = String, content_type = "application/json", description = "An event of the provider."), responses(
    (status = 204, description = "Stored."),
    (status = 400, description = "`invalid-request`: the signature is missing, wrong or too old, or the event cannot be read."),
))]
pub(crate) async fn payments(
    State(state): State<AppState>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let signature = headers.get(HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (event, _) = state.payments.receive(signature, &body).await.map_err(|refused| match refused {
        NotTaken::Transient(failure) => failure.into(),
        refused => {
            metrics::counter!("usher_webhooks_total", "outcome" => "refused").increment(1);
            Problem::new(Kind::InvalidRequest, format!("Not taken: {refused}.")).because(refused)
        }
    })?;
    if let Err(failure) = apply(&state, &event).await {
        tracing::warn!(error = %failure, event = event.id, "a webhook is stored and will be applied later");
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Merges the news into the books, and answers the step that waited for them.
async fn apply(state: &AppState, event: &usher_payments::provider::Event) -> Result<(), usher_database::Failure> {
    state.payments.apply(event).await?;
    state.payments.answer_challenges(&*state.orchestrator).await?;
    Ok(())
}
