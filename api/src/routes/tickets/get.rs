//! `GET /api/tickets/{id}`: a ticket as JSON, or its QR code as a picture for who asks for one.

use std::slice;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use usher_core::{ids::TicketId, problem::Kind};
use usher_tickets::{Ticket, qr};

use super::{
    TicketView,
    paper::{paper, wants_paper},
};
use crate::{auth::Caller, extract::Id, problem::Problem, state::AppState};

/// The media type of the picture.
const SVG: &str = "image/svg+xml";

/// One ticket
///
/// With `Accept: image/svg+xml` the answer is the QR code that is scanned at the door, with `application/pdf` a page to
/// print; a revoked ticket has neither.
#[utoipa::path(get, path = "/api/tickets/{id}", tag = "tickets", security(("bearer" = [])),
    params(("id" = String, Path, description = "`tkt_...`")), responses(
    (status = 200, description = "Your ticket.", content((TicketView = "application/json"), (String = "image/svg+xml"), (String = "application/pdf"))),
    (status = 404, description = "`not-found`: no such ticket of yours."),
    (status = 409, description = "`conflict`: the ticket was revoked and admits nobody."),
))]
pub(crate) async fn get(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id<TicketId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let ticket = state.tickets.ticket(id).await?.filter(|ticket| ticket.user == caller.user);
    let ticket = ticket.ok_or_else(|| Problem::not_found("ticket"))?;
    let mut response = if wants_paper(&headers) {
        let name = ticket.id.to_string();
        paper(&state, ticket.showtime, &name, slice::from_ref(&ticket)).await?
    } else if wants_picture(&headers) {
        picture(&ticket)?
    } else {
        Json(TicketView::from(&ticket)).into_response()
    };
    response.headers_mut().insert(header::VARY, header::ACCEPT.into());
    Ok(response)
}

/// Whether a picture is asked for before JSON. Browsers that take anything get JSON.
fn wants_picture(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    let mut types = accept.split(',').map(|part| part.split(';').next().unwrap_or_default().trim());
    types
        .find(|media| [SVG, "image/*", "application/json"].contains(media))
        .is_some_and(|media| media != "application/json")
}

fn picture(ticket: &Ticket) -> Result<Response, Problem> {
    if !ticket.is_valid() {
        return Err(Problem::new(Kind::Conflict, "The ticket was revoked and admits nobody."));
    }
    let svg = qr::svg(&ticket.code)
        .map_err(|error| Problem::new(Kind::Internal, "The ticket could not be drawn.").because(error))?;
    Ok(([(header::CONTENT_TYPE, SVG)], svg).into_response())
}
