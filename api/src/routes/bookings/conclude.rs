//! From a booking that is written to an answer: start its saga, wait for it if the client prefers to, and store the
//! answer for every repetition.
//!
//! Runs as a task of its own, so that a client that hangs up in the middle finds its answer when it comes back.

use std::{future::pending, time::Duration};

use axum::response::Response;
use serde_json::Value;
use tokio::{
    sync::watch,
    time::{Instant, timeout_at},
};
use tracing::Instrument;
use usher_bookings::{Booking, Status};
use usher_core::{ids::BookingId, problem::Kind};
use usher_database::{Failure, idempotency::Claim};

use super::outcome::outcome;
use crate::{
    idempotency,
    prefer::Prefer,
    problem::{Occurrence, Problem},
    state::AppState,
};

/// How often to look at a booking whose announcement may have been lost.
const LOOK: Duration = Duration::from_millis(500);

/// Everything that the answer depends on.
pub(super) struct Conclusion {
    /// The booking.
    pub id: BookingId,
    /// What its saga starts with.
    pub input: Value,
    /// The claim that is ours.
    pub claim: Claim,
    /// Whether to wait.
    pub prefer: Prefer,
    /// The request.
    pub occurrence: Occurrence,
}

pub(super) async fn conclude(state: &AppState, conclusion: Conclusion) -> Result<Response, Problem> {
    let prefer = conclusion.prefer;
    let task = tokio::spawn(answer(state.clone(), conclusion).in_current_span());
    let answered = task.await.map_err(|error| {
        Problem::new(Kind::Internal, "The request failed for a reason that is ours.").because(error)
    })?;
    let mut response = answered?;
    response.headers_mut().extend(prefer.applied());
    Ok(response)
}

async fn answer(state: AppState, conclusion: Conclusion) -> Result<Response, Problem> {
    let Conclusion { id, input, claim, prefer, occurrence } = conclusion;
    // Subscribed before the start, so that no announcement is missed.
    let announcements = prefer.patience().map(|patience| (Instant::now() + patience, state.bookings.watch().of(id)));
    state.handover.booking(id, input);
    let booking = match announcements {
        Some((deadline, announcements)) => ended(&state, id, announcements, deadline).await?,
        None => state.bookings.get(id).await?,
    };
    let booking = booking.ok_or_else(|| Problem::new(Kind::Internal, "The booking was written and is not there."))?;
    match outcome(&state, &booking, &occurrence).await {
        Ok(answer) => {
            state.answers.store(&claim, &answer).await;
            Ok(idempotency::response(answer))
        }
        Err(problem) => {
            if booking.status.is_final() {
                // Everything is undone, so the same key may try again.
                idempotency::give_back(&state.pool, &claim).await;
            }
            Err(problem)
        }
    }
}

/// The booking at its end, or as it stands when the time is up.
async fn ended(
    state: &AppState,
    id: BookingId,
    mut announcements: watch::Receiver<Option<Status>>,
    deadline: Instant,
) -> Result<Option<Booking>, Failure> {
    loop {
        let announced = async {
            if announcements.wait_for(|status| status.is_some_and(Status::is_final)).await.is_err() {
                pending::<()>().await; // Nobody announces any more; looking is all that is left.
            }
        };
        // Whether it was announced or the time was up, the next thing is to look.
        drop(timeout_at(deadline.min(Instant::now() + LOOK), announced).await);
        let over = Instant::now() >= deadline;
        match state.bookings.get(id).await {
            Ok(Some(booking)) if over || booking.status.is_final() => return Ok(Some(booking)),
            Ok(None) => return Ok(None),
            Err(failure) if over => return Err(failure),
            Ok(Some(_)) | Err(_) => {} // The database may be back before the time is up.
        }
    }
}
