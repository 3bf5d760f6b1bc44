//! Notices put into words: minijinja templates, the subject on the first line, plain text below.
//!
//! The templates are part of the program and compiled once. A value that a template asks for and does not get is an
//! error, never a gap in a letter. To add one, put a file into `templates/`, name it in `TEMPLATES`, and give it its
//! values in [`render`].

use std::sync::{Arc, LazyLock};

use minijinja::{Environment, UndefinedBehavior, Value, context};
use time::{OffsetDateTime, UtcOffset, macros::format_description};
use usher_core::{ids::BookingId, seat::SeatName};

use crate::notice::{MoneyBack, Notice};

/// Every template by its name.
const TEMPLATES: [(&str, &str); 9] = [
    ("booking-cancelled", include_str!("../templates/booking-cancelled.txt")),
    ("booking-confirmed", include_str!("../templates/booking-confirmed.txt")),
    ("booking-rejected", include_str!("../templates/booking-rejected.txt")),
    ("refund-cancelled", include_str!("../templates/refund-cancelled.txt")),
    ("refund-failed", include_str!("../templates/refund-failed.txt")),
    ("refund-pending", include_str!("../templates/refund-pending.txt")),
    ("refund-requires-action", include_str!("../templates/refund-requires-action.txt")),
    ("refund-reversed", include_str!("../templates/refund-reversed.txt")),
    ("refund-succeeded", include_str!("../templates/refund-succeeded.txt")),
];

static ENVIRONMENT: LazyLock<Result<Environment<'static>, Arc<minijinja::Error>>> =
    LazyLock::new(|| compile().map_err(Arc::new));

/// A notice in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// One line.
    pub subject: String,
    /// Plain text, without a line break at its end.
    pub body: String,
}

/// A template that does not fit its notice: a mistake of ours, found by the tests of this file.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the message could not be put into words")]
pub struct Speechless(#[source] Arc<minijinja::Error>);

/// Words for the notice.
pub fn render(booking: BookingId, notice: &Notice) -> Result<Text, Speechless> {
    let environment = ENVIRONMENT.as_ref().map_err(|error| Speechless(Arc::clone(error)))?;
    let speechless = |error| Speechless(Arc::new(error));
    let template = environment.get_template(notice.template()).map_err(speechless)?;
    let text = template.render(values(booking, notice)).map_err(speechless)?;
    let (subject, body) = text.split_once('\n').unwrap_or((&text, ""));
    Ok(Text { subject: subject.trim().to_owned(), body: body.trim().to_owned() })
}

fn compile() -> Result<Environment<'static>, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    for (name, source) in TEMPLATES {
        environment.add_template(name, source)?;
    }
    Ok(environment)
}

fn values(booking: BookingId, notice: &Notice) -> Value {
    let booking = booking.to_string();
    match notice {
        Notice::BookingConfirmed { movie, theater, screen, starts_at, seats, total, tickets } => context! {
            booking,
            movie => one_line(movie),
            theater => one_line(theater),
            screen => one_line(screen),
            starts_at => moment(*starts_at),
            seats => listed(seats),
            total => total.to_string(),
            tickets,
        },
        Notice::BookingRejected { movie, seats, reason, is_owed } => {
            context! { booking, movie => one_line(movie), seats => listed(seats), reason => reason.sentence(), is_owed }
        }
        Notice::BookingCancelled { movie, seats, is_part, by_house, money } => {
            let (money, amount) = match money {
                MoneyBack::Nothing => ("nothing", None),
                MoneyBack::Sent(amount) => ("sent", Some(amount)),
                MoneyBack::Pending(amount) => ("pending", Some(amount)),
                MoneyBack::Failed => ("failed", None),
            };
            let amount = amount.map(ToString::to_string);
            context! { booking, movie => one_line(movie), seats => listed(seats), is_part, by_house, money, amount }
        }
        Notice::Refund { movie, amount, .. } => {
            context! { booking, movie => one_line(movie), amount => amount.to_string() }
        }
    }
}

/// A line break in a title must not end the subject, or let a title write a letter of its own.
fn one_line(text: &str) -> String {
    text.split(|character: char| character.is_control() || character.is_whitespace())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn listed(seats: &[SeatName]) -> String {
    seats.iter().map(SeatName::as_str).collect::<Vec<_>>().join(", ")
}

/// A day with its name, because people check that first, and the offset, because a wrong hour is a missed film.
fn moment(at: OffsetDateTime) -> String {
    let day = format_description!("[weekday], [day padding:none] [month repr:long] [year], [hour]:[minute]");
    let offset = format_description!("UTC[offset_hour sign:mandatory]:[offset_minute]");
    let zone = if at.offset() == UtcOffset::UTC { Ok("UTC".to_owned()) } else { at.format(offset) };
    // Both formats only use parts that every moment has, so neither can fail.
    format!("{} ({})", at.format(day).unwrap_or_default(), zone.unwrap_or_default())
}

#[cfg(test)]
mod tests;
