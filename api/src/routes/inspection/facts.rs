//! Gathers what is known of one saga.

use usher_core::ids::BookingId;
use usher_inspection::verdict::{Around, Queue};
use usher_payments::payment;
use usher_workflows::{
    orchestrator::Execution,
    query::{Condition, Listed, Query, Search},
    step::STEPS,
};

use super::{engine_problem, saga_named};
use crate::{problem::Problem, state::AppState};

/// What the engine says of a saga, and its line in the list.
pub(super) async fn of(state: &AppState, name: &str) -> Result<(Execution, Listed), Problem> {
    let saga = saga_named(name)?;
    let described = state.orchestrator.describe(saga, name).await.map_err(engine_problem)?;
    let execution = described.ok_or_else(|| Problem::not_found("saga"))?;
    let query = Query::default().and(Condition::Name(vec![name.to_owned()]));
    let found = state.orchestrator.find(&Search { query, limit: 1, ..Search::default() }).await;
    let line = found.map_err(engine_problem)?.items.into_iter().next();
    // The engine is right; the list adds what that does not tell.
    let mut line = line.unwrap_or_else(|| unlisted(&execution));
    line.status = execution.status;
    if line.states != execution.states {
        (line.entered_at, line.waiting, line.wakes_at) = (None, None, None);
        line.states.clone_from(&execution.states);
    }
    line.stopped_at = execution.stopped_at;
    Ok((execution, line))
}

/// An execution that the list does not have yet.
fn unlisted(execution: &Execution) -> Listed {
    let text = |name: &str| execution.input.get(name).and_then(serde_json::Value::as_str).map(str::to_owned);
    Listed {
        saga: execution.saga.clone(),
        name: execution.name.clone(),
        status: execution.status,
        states: execution.states.clone(),
        entered_at: None,
        attempt: 0,
        waiting: None,
        wakes_at: None,
        error: execution.error.clone(),
        cause: execution.cause.clone(),
        failed_state: None,
        started_at: execution.started_at,
        stopped_at: execution.stopped_at,
        booking_id: text("booking_id"),
        user_id: text("user_id"),
        seats: Vec::new(),
        showtime_id: text("showtime_id"),
        payment_id: text("payment_id"),
        version: None,
    }
}

/// What the verdict on a saga depends on besides.
pub(super) async fn around(state: &AppState, saga: &Listed) -> Result<Around, Problem> {
    let mut around = Around::default();
    let step = STEPS.iter().find(|step| saga.states.first().is_some_and(|state| state == step.state));
    if let Some(step) = step {
        let depth = state.queue.depth(step.name).await.map_err(super::super::queues::messaging_problem)?;
        let (waiting, leased, dead) = (depth.waiting, depth.leased, depth.dead);
        around.queue = Queue { waiting, leased, dead, oldest_seconds: depth.oldest_seconds };
    }
    let booking: Option<BookingId> = saga.booking_id.as_deref().and_then(|id| id.parse().ok());
    if let Some(booking) = booking
        && let Some(payment) = state.payments.by_booking(booking).await?
    {
        around.payment = Some(status(&payment.status).to_owned());
        if !payment.status.is_settled() {
            around.customer_until = state.payments.challenge(payment.id).await?.map(|challenge| challenge.deadline);
        }
    }
    Ok(around)
}

/// Where a payment stands, in a word.
pub(super) const fn status(status: &payment::Status) -> &'static str {
    match status {
        payment::Status::Open => "open",
        payment::Status::Unknown => "unknown",
        payment::Status::Authorised { .. } => "authorised",
        payment::Status::Captured { .. } => "captured",
        payment::Status::Declined { .. } => "declined",
        payment::Status::Void => "void",
    }
}
