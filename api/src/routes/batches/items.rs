//! `GET /api/batches/{id}/items`: what became of each.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use usher_core::ids::BatchId;
use usher_operations::batch::Item;
use utoipa::ToSchema;

use crate::{
    auth::Operator,
    extract::{Id, Search},
    pagination::{Page, limit, parameter},
    problem::Problem,
    state::AppState,
};

/// Which part.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Items of a page.
    limit: Option<u16>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// One saga of a batch.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BatchItem)]
pub(crate) struct ItemView {
    /// The execution.
    name: String,
    /// The version that was looked at.
    version: Option<i64>,
    #[schema(pattern = "^(pending|begun|worked|failed_again|refused|declined|skipped|cancelled)$")]
    outcome: String,
    /// Its act, once it has begun: `act_...`.
    act: Option<String>,
    /// Why it was skipped or refused.
    note: Option<String>,
}

impl From<Item> for ItemView {
    fn from(Item { name, version, outcome, act, note, .. }: Item) -> Self {
        Self { name, version, outcome, act, note }
    }
}

/// The items of a batch
#[utoipa::path(get, path = "/api/batches/{id}/items", tag = "operation", security(("bearer" = [])),
    params(("id" = String, Path, description = "`bat_...`"), Which),
    responses(
        (status = 200, description = "A page of items, in their order.", body = Page<ItemView>),
        (status = 403, description = "`forbidden`: for operators."),
        (status = 404, description = "`not-found`: no such batch."),
    ))]
pub(crate) async fn items(
    State(state): State<AppState>,
    _: Operator,
    Id(id): Id<BatchId>,
    Search(which): Search<Which>,
) -> Result<Json<Page<ItemView>>, Problem> {
    let limit = limit(which.limit)?;
    state.operations.batch(id).await?.ok_or_else(|| Problem::not_found("batch"))?;
    let after: Option<i32> = parameter("cursor", which.cursor.as_deref())?;
    let items = state.operations.batch_items(id, after, i64::from(limit)).await?;
    let page = Page::of(items, limit, |item| item.place.to_string());
    Ok(Json(Page { items: page.items.into_iter().map(ItemView::from).collect(), next: page.next }))
}
