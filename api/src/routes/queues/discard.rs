//! `POST /api/queues/{queue}/dead-letters/discard`: forgets dead letters.

use axum::extract::{Path, State};
use axum::response::Response;
use usher_core::problem::Kind;
use usher_database::idempotency::Answer;

use super::{Chosen, Done, known, letter, messaging_problem, redrive::done};
use crate::{
    auth::Operator,
    extract::Body,
    idempotency::{IdempotencyKey, once},
    problem::Problem,
    state::AppState,
};

/// Method and route, for the scope of keys.
const ROUTE: &str = "POST /api/queues/{queue}/dead-letters/discard";

/// Discard dead letters
///
/// All of them or none. A letter whose token is alive is refused: its saga waits for it, and it has to be sent again.
#[utoipa::path(post, path = "/api/queues/{queue}/dead-letters/discard", tag = "operators", security(("bearer" = [])), request_body = Chosen,
    params(
        ("queue" = String, Path, description = "The step, `reserve-seats`"),
        ("Idempotency-Key" = String, Header, description = "The same for every try of one request."),
    ),
    responses(
        (status = 200, description = "They are gone.", body = Done),
        (status = 403, description = "`forbidden`: for operators."),
        (status = 404, description = "`not-found`: no such queue or letter."),
        (status = 409, description = "`conflict`: somebody waits for the answer of one of them."),
    ))]
pub(crate) async fn discard(
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
    for found in chosen.letters(&*state.queue, queue).await? {
        let letter = letter(state, queue, found).await?;
        if letter.token == "alive" {
            let detail = format!("Somebody waits for the answer of {}; send it again instead.", letter.id);
            return Err(Problem::new(Kind::Conflict, detail).with("id", letter.id));
        }
    }
    let count = state.queue.discard(queue, chosen.checked()?).await.map_err(messaging_problem)?;
    tracing::info!(queue, count, ids = ?chosen.ids, "dead letters were discarded");
    done(count)
}
