//! `GET /api/queues/{queue}/dead-letters`: messages that nobody could handle.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::Deserialize;

use super::{Letter, known, letter, messaging_problem};
use crate::{
    auth::Operator,
    extract::Search,
    pagination::{Page, limit},
    problem::Problem,
    state::AppState,
};

/// Which part of the list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Part {
    /// 1 to 200; 50 if left out.
    limit: Option<u16>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Dead letters
///
/// Oldest first, each with its saga and whether anybody still waits for its answer.
#[utoipa::path(get, path = "/api/queues/{queue}/dead-letters", tag = "operators", security(("bearer" = [])),
    params(("queue" = String, Path, description = "The step, `reserve-seats`"), Part),
    responses(
        (status = 200, description = "A page of dead letters.", body = Page<Letter>),
        (status = 403, description = "`forbidden`: for people who run the house."),
        (status = 404, description = "`not-found`: no such queue."),
    ))]
pub(crate) async fn dead_letters(
    State(state): State<AppState>,
    _: Operator,
    Path(queue): Path<String>,
    Search(part): Search<Part>,
) -> Result<Json<Page<Letter>>, Problem> {
    let (queue, limit) = (known(&queue)?, limit(part.limit)?);
    let cursor = part.cursor.as_deref().filter(|cursor| !cursor.is_empty());
    let letters = state.queue.dead_letters(queue, cursor, limit.into()).await.map_err(messaging_problem)?;
    let mut views = Vec::with_capacity(letters.len());
    for dead in letters {
        views.push(letter(&state, queue, dead).await?);
    }
    Ok(Json(Page::of(views, limit, |letter| letter.id.clone())))
}
