//! `POST /api/queues/{queue}/dead-letters/redrive`: sends dead letters again, if anybody still waits for their answers.

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::json;
use usher_core::problem::Kind;
use usher_database::idempotency::Answer;

use super::{Chosen, Done, known, letter, messaging_problem};
use crate::{
    auth::Operator,
    extract::Body,
    idempotency::{IdempotencyKey, once},
    problem::Problem,
    state::AppState,
};

/// Method and route, for the scope of keys.
const ROUTE: &str = "POST /api/queues/{queue}/dead-letters/redrive";

/// Send dead letters again
///
/// All of them or none. A letter whose token is dead is refused: its saga has gone on without it, and what would help is to
/// redrive that.
#[utoipa::path(post, path = "/api/queues/{queue}/dead-letters/redrive", tag = "operators", security(("bearer" = [])), request_body = Chosen,
    params(
        ("queue" = String, Path, description = "The step, `reserve-seats`"),
        ("Idempotency-Key" = String, Header, description = "The same for every try of one request."),
    ),
    responses(
        (status = 200, description = "They are in their queue again.", body = Done),
        (status = 403, description = "`forbidden`: for operators."),
        (status = 404, description = "`not-found`: no such queue or letter."),
        (status = 409, description = "`conflict`: `letters` lists those whose token is dead, with their sagas."),
    ))]
pub(crate) async fn redrive(
    State(state): State<AppState>,
    Operator(caller): Operator,
    key: IdempotencyKey,
    Path(queue): Path<String>,
    Body(chosen): Body<Chosen>,
) -> Result<Response, Problem> {
    let claim = key.claim(caller.user, ROUTE, &(&queue, &chosen));
    once(&state, claim, work(&state, &queue, &chosen)).await
}

async fn work(state: &AppState, queue: &str, chosen: &Chosen) -> Result<Answer, Problem> {
    let queue = known(queue)?;
    let mut dead = Vec::new();
    for found in chosen.letters(&*state.queue, queue).await? {
        let letter = letter(state, queue, found).await?;
        if letter.token == "dead" {
            let saga = letter.saga_id.clone().unwrap_or_default();
            dead.push(json!({
                "id": letter.id, "saga_id": saga, "suggestion": format!("usher saga redrive {saga} --reason '...'"),
            }));
        }
    }
    if !dead.is_empty() {
        let detail = "Nobody waits for the answers of these letters any more, so sending them again changes nothing. Redrive \
                      their sagas where these have failed, and discard the letters.";
        return Err(Problem::new(Kind::Conflict, detail).with("letters", dead));
    }
    let count = state.queue.redrive(queue, chosen.checked()?).await.map_err(messaging_problem)?;
    done(count)
}

/// How many, as an answer that is stored for repetitions.
pub(super) fn done(count: u64) -> Result<Answer, Problem> {
    let body = serde_json::to_value(Done { count })
        .map_err(|error| Problem::new(Kind::Internal, "The answer could not be written.").because(error))?;
    Ok(Answer { status: 200, body })
}
