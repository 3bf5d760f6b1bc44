//! `GET /api/notifications`: everything that the caller was told.

use axum::{Json, extract::State};
use serde::Deserialize;

use super::NotificationView;
use crate::{
    auth::Caller,
    extract::Search,
    pagination::{Page, limit, parameter},
    problem::Problem,
    state::AppState,
};

/// Which part of the list.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// `next` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if left out.
    limit: Option<u16>,
}

/// Your messages
#[utoipa::path(get, path = "/api/notifications", tag = "accounts", security(("bearer" = [])), params(Wanted), responses(
    (status = 200, description = "Newest first.", body = Page<NotificationView>),
))]
pub(crate) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Search(wanted): Search<Wanted>,
) -> Result<Json<Page<NotificationView>>, Problem> {
    let limit = limit(wanted.limit)?;
    let cursor = parameter("cursor", wanted.cursor.as_deref())?;
    let messages = state.notifications.of_user(caller.user, cursor, limit.into()).await?;
    let items = messages.into_iter().map(NotificationView::from).collect();
    Ok(Json(Page::of(items, limit, |message: &NotificationView| message.id.to_string())))
}
