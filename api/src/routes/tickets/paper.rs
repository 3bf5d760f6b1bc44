//! Tickets as a document to print: the same for one ticket and for those of a booking.

use axum::{
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use time::macros::format_description;
use usher_catalog::Showtime;
use usher_core::{ids::ShowtimeId, problem::Kind};
use usher_tickets::{Ticket, pdf};

use crate::{problem::Problem, state::AppState};

/// The media type of the document.
pub(super) const PDF: &str = "application/pdf";

/// Whether a document is what is asked for first.
pub(crate) fn wants_paper(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.starts_with(PDF))
}

/// The valid ones of the tickets, a page each; `name` is what the file is called.
pub(crate) async fn paper(
    state: &AppState,
    showtime: ShowtimeId,
    name: &str,
    tickets: &[Ticket],
) -> Result<Response, Problem> {
    let valid: Vec<_> = tickets.iter().filter(|ticket| ticket.is_valid()).collect();
    if valid.is_empty() {
        return Err(Problem::new(Kind::Conflict, "There is no valid ticket to print."));
    }
    let showtime = state.catalog.showtime(showtime).await?.ok_or_else(|| Problem::not_found("showtime"))?;
    let pages: Vec<_> = valid.into_iter().map(|ticket| page(ticket, &showtime)).collect();
    let document = pdf::document(&pages)
        .map_err(|error| Problem::new(Kind::Internal, "The ticket could not be drawn.").because(error))?;
    let headers = [
        (header::CONTENT_TYPE, PDF.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.pdf\"")),
    ];
    Ok((headers, document).into_response())
}

fn page(ticket: &Ticket, showtime: &Showtime) -> pdf::Page {
    let format = format_description!("[weekday], [day padding:none] [month repr:long] [year], [hour]:[minute]");
    pdf::Page {
        title: showtime.movie_title.clone(),
        when: showtime.local_start.format(&format).unwrap_or_default(), // Every moment has these parts.
        place: format!("{}, {}", showtime.theater_name, showtime.screen_name),
        seat: ticket.seat.to_string(),
        price: ticket.price.to_string(),
        number: ticket.id.to_string(),
        code: ticket.code.clone(),
    }
}
