//! `GET /api/showtimes`: what can still be booked, the next one first.

use axum::{Json, extract::State};
use serde::Deserialize;
use time::{Date, format_description::well_known::Iso8601};
use usher_catalog::showtime;
use usher_core::problem::Kind;

use super::Showtime;
use crate::{
    extract::Search,
    pagination::{Page, limit, parameter},
    problem::Problem,
    state::AppState,
};

/// Which showtimes.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// The id of a film.
    movie: Option<String>,
    /// The id of a theater.
    theater: Option<String>,
    /// A day by the clock of the theater, such as `2026-11-20`.
    date: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 if left out.
    limit: Option<u16>,
}

/// Showtimes
#[utoipa::path(get, path = "/api/showtimes", tag = "catalog", params(Wanted), responses(
    (status = 200, description = "Showtimes that have not begun, the next one first.", body = Page<Showtime>),
))]
pub(crate) async fn list(
    State(state): State<AppState>,
    Search(wanted): Search<Wanted>,
) -> Result<Json<Page<Showtime>>, Problem> {
    let limit = limit(wanted.limit)?;
    let search = showtime::Search {
        movie: parameter("movie", wanted.movie.as_deref())?,
        theater: parameter("theater", wanted.theater.as_deref())?,
        date: wanted.date.as_deref().filter(|date| !date.is_empty()).map(day).transpose()?,
        after: parameter("cursor", wanted.cursor.as_deref())?,
        limit,
    };
    let showtimes = state.catalog.showtimes(&search).await?;
    let ids: Vec<_> = showtimes.iter().map(|showtime| showtime.id).collect();
    let occupied = state.seating.occupied_counts(&ids).await?;
    let taken = |id| occupied.get(id).copied().unwrap_or_default();
    let items = showtimes.iter().map(|showtime| Showtime::new(showtime, taken(&showtime.id))).collect();
    Ok(Json(Page::of(items, limit, |showtime: &Showtime| showtime.id.to_string())))
}

fn day(text: &str) -> Result<Date, Problem> {
    Date::parse(text, &Iso8601::DATE)
        .map_err(|_| Problem::new(Kind::InvalidRequest, "`date` takes a day, such as 2026-11-20."))
}
