//! `GET /api/refunds`: refunds, newest first.

use axum::{Json, extract::State};
use serde::Deserialize;
use usher_core::problem::Kind;
use usher_payments::refund::{Filter, RefundStanding};

use super::RefundView;
use crate::{
    auth::Operator,
    extract::Search,
    pagination::{Page, limit, parameter},
    problem::Problem,
    state::AppState,
};

/// Which refunds.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Of this payment, `pay_...`.
    payment: Option<String>,
    /// Of this booking, `bkg_...`.
    booking: Option<String>,
    /// That stand here, such as `requires_action`.
    status: Option<String>,
    /// Items of a page.
    limit: Option<u16>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// Refunds
///
/// Newest first. `?status=requires_action` is what waits for somebody.
#[utoipa::path(get, path = "/api/refunds", tag = "payments", security(("bearer" = [])), params(Which), responses(
    (status = 200, description = "A page of refunds.", body = Page<RefundView>),
    (status = 403, description = "`forbidden`: for operators."),
))]
pub(crate) async fn list(
    State(state): State<AppState>,
    _: Operator,
    Search(which): Search<Which>,
) -> Result<Json<Page<RefundView>>, Problem> {
    let limit = limit(which.limit)?;
    let standing = which.status.as_deref().map(str::parse::<RefundStanding>).transpose();
    let filter = Filter {
        payment: parameter("payment", which.payment.as_deref())?,
        booking: parameter("booking", which.booking.as_deref())?,
        standing: standing.map_err(|error| Problem::new(Kind::InvalidRequest, format!("`status`: {error}")))?,
        cursor: parameter("cursor", which.cursor.as_deref())?,
        limit: limit.into(),
    };
    let refunds = state.payments.list_refunds(&filter).await?;
    let page = Page::of(refunds, limit, |refund| refund.id.to_string());
    Ok(Json(Page { items: page.items.iter().map(RefundView::from).collect(), next: page.next }))
}
