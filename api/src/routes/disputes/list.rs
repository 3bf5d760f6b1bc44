//! `GET /api/disputes`: disputes, newest first.

use axum::{Json, extract::State};
use serde::Deserialize;
use usher_core::problem::Kind;
use usher_payments::dispute::Filter;

use super::DisputeView;
use crate::{
    auth::Operator,
    extract::Search,
    pagination::{Page, limit, parameter},
    problem::Problem,
    state::AppState,
};

/// Which disputes.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Of this payment, `pay_...`.
    payment: Option<String>,
    /// Of this booking, `bkg_...`.
    booking: Option<String>,
    /// That stand here: `open`, `won` or `lost`.
    status: Option<String>,
    /// Items of a page.
    limit: Option<u16>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// Disputes
///
/// Newest first. `?status=open` is what the banks have not decided.
#[utoipa::path(get, path = "/api/disputes", tag = "payments", security(("bearer" = [])), params(Which), responses(
    (status = 200, description = "A page of disputes.", body = Page<DisputeView>),
    (status = 403, description = "`forbidden`: for operators."),
))]
pub(crate) async fn list(
    State(state): State<AppState>,
    _: Operator,
    Search(which): Search<Which>,
) -> Result<Json<Page<DisputeView>>, Problem> {
    let limit = limit(which.limit)?;
    let is_known = |status: &str| ["open", "won", "lost"].contains(&status);
    if which.status.as_deref().is_some_and(|status| !is_known(status)) {
        return Err(Problem::new(Kind::InvalidRequest, "`status` is `open`, `won` or `lost`."));
    }
    let filter = Filter {
        payment: parameter("payment", which.payment.as_deref())?,
        booking: parameter("booking", which.booking.as_deref())?,
        status: which.status,
        cursor: parameter("cursor", which.cursor.as_deref())?,
        limit: limit.into(),
    };
    let page = Page::of(state.payments.disputes(&filter).await?, limit, |dispute| dispute.id.to_string());
    Ok(Json(Page { items: page.items.into_iter().map(DisputeView::from).collect(), next: page.next }))
}
