//! `GET /api/bookings/{id}/calendar`: the show as an entry for a calendar (RFC 5545).

use std::fmt::Write as _;

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use time::{OffsetDateTime, UtcOffset, macros::format_description};
use usher_bookings::{Booking, Status};
use usher_catalog::Showtime;
use usher_core::{ids::BookingId, problem::Kind};

use super::own;
use crate::{auth::Caller, extract::Id, problem::Problem, state::AppState};

/// For your calendar
///
/// One entry, from the beginning of the show to its end. Asked for again after a change it replaces the one before.
#[utoipa::path(get, path = "/api/bookings/{id}/calendar", tag = "bookings", security(("bearer" = [])),
    params(("id" = String, Path, description = "`bkg_...`")), responses(
    (status = 200, description = "An iCalendar file.", body = String, content_type = "text/calendar"),
    (status = 404, description = "`not-found`: no such booking of yours."),
    (status = 409, description = "`conflict`: the booking is not confirmed."),
))]
pub(crate) async fn calendar(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id<BookingId>,
) -> Result<Response, Problem> {
    let booking = own(&state, caller.user, id).await?;
    if booking.status != Status::Confirmed {
        return Err(Problem::new(Kind::Conflict, "Only a confirmed booking goes into a calendar."));
    }
    let showtime = state.catalog.showtime(booking.showtime_id).await?;
    let showtime = showtime.ok_or_else(|| Problem::not_found("showtime"))?;
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{id}.ics\"")),
    ];
    Ok((headers, entry(&booking, &showtime)).into_response())
}

fn entry(booking: &Booking, showtime: &Showtime) -> String {
    let seats: Vec<_> = booking.seats.iter().map(|(seat, _)| seat.as_str()).collect();
    let sequence = booking.cancelled_seats.len().to_string();
    let lines = [
        ("BEGIN", "VCALENDAR".to_owned()),
        ("VERSION", "2.0".to_owned()),
        ("PRODID", "-//Usher//Bookings//EN".to_owned()),
        ("BEGIN", "VEVENT".to_owned()),
        ("UID", format!("{}@usher", booking.id)),
        ("SEQUENCE", sequence),
        ("DTSTAMP", utc(booking.updated_at)),
        ("DTSTART", utc(showtime.starts_at)),
        ("DTEND", utc(showtime.ends_at)),
        ("SUMMARY", escaped(&showtime.movie_title)),
        ("LOCATION", escaped(&format!("{}, {}", showtime.theater_name, showtime.screen_name))),
        ("DESCRIPTION", escaped(&seats.join(", "))),
        ("END", "VEVENT".to_owned()),
        ("END", "VCALENDAR".to_owned()),
    ];
    lines.iter().fold(String::new(), |mut text, (name, value)| {
        let _ = write!(text, "{}\r\n", folded(&format!("{name}:{value}"))); // Writing to a string cannot fail.
        text
    })
}

fn utc(moment: OffsetDateTime) -> String {
    let format = format_description!("[year][month][day]T[hour][minute][second]Z");
    moment.to_offset(UtcOffset::UTC).format(&format).unwrap_or_default() // Every moment has these parts.
}

/// Text with what has a meaning in this format made harmless.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | ';' | ',' => escaped.extend(['\\', letter]),
            '\n' => escaped.push_str("\\n"),
            letter if letter.is_control() => {}
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// A line has at most 75 bytes; what is longer goes on in the next one, after a space.
fn folded(line: &str) -> String {
    let (mut folded, mut used) = (String::with_capacity(line.len()), 0);
    for letter in line.chars() {
        if used + letter.len_utf8() > 74 {
            folded.push_str("\r\n ");
            used = 1;
        }
        folded.push(letter);
        used += letter.len_utf8();
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_meaning_is_escaped_and_long_lines_go_on() {
        assert_eq!(escaped("a,b;c\\d\ne\r"), "a\\,b\\;c\\\\d\\ne");
        let long = folded(&format!("SUMMARY:{}", "ä".repeat(80)));
        assert!(long.split("\r\n").all(|line| line.len() <= 75));
        assert_eq!(long.replace("\r\n ", ""), format!("SUMMARY:{}", "ä".repeat(80)));
    }
}
