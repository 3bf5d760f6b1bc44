//! `GET /api/queues` and `GET /api/queues/{queue}`: how much is in the queues of the steps.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::Serialize;
use usher_workflows::step::STEPS;
use utoipa::ToSchema;

use super::{known, messaging_problem};
use crate::{auth::Operator, pagination::Page, problem::Problem, state::AppState};

/// A queue.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Queue)]
pub(crate) struct QueueView {
    #[schema(example = "reserve-seats")]
    id: String,
    /// Messages that wait for a worker.
    waiting: i64,
    /// Messages that workers have.
    leased: i64,
    /// Messages that nobody could handle.
    dead: i64,
    /// Seconds since the oldest waiting message was sent; 0 where the transport does not tell.
    oldest_seconds: i64,
}

async fn view(state: &AppState, queue: &str) -> Result<QueueView, Problem> {
    let depth = state.queue.depth(queue).await.map_err(messaging_problem)?;
    Ok(QueueView {
        id: queue.to_owned(),
        waiting: depth.waiting,
        leased: depth.leased,
        dead: depth.dead,
        oldest_seconds: depth.oldest_seconds,
    })
}

/// Queues
#[utoipa::path(get, path = "/api/queues", tag = "operators", security(("bearer" = [])), responses(
    (status = 200, description = "The queue of every step.", body = Page<QueueView>),
    (status = 403, description = "`forbidden`: for people who run the house."),
))]
pub(crate) async fn list(State(state): State<AppState>, _: Operator) -> Result<Json<Page<QueueView>>, Problem> {
    let mut queues = Vec::new();
    for step in STEPS {
        queues.push(view(&state, step.name).await?);
    }
    Ok(Json(Page::whole(queues)))
}

/// One queue
#[utoipa::path(get, path = "/api/queues/{queue}", tag = "operators", security(("bearer" = [])),
    params(("queue" = String, Path, description = "The step, `reserve-seats`, or `events-...` of a consumer of events")),
    responses(
        (status = 200, description = "The queue.", body = QueueView),
        (status = 403, description = "`forbidden`: for people who run the house."),
        (status = 404, description = "`not-found`: no such queue."),
    ))]
pub(crate) async fn get(
    State(state): State<AppState>,
    _: Operator,
    Path(queue): Path<String>,
) -> Result<Json<QueueView>, Problem> {
    Ok(Json(view(&state, known(&queue)?).await?))
}
