//! What a term asks of a saga, how it is written, and whether it holds.

use std::fmt;

use time::{Duration, OffsetDateTime};
use usher_core::{
    ids::{BookingId, PaymentId, ShowtimeId, UserId},
    seat::SeatName,
};

use super::{Listed, Query, Term, span};
use crate::orchestrator::Status;

/// One condition. Lists are alternatives and never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// It stands so.
    Status(Vec<Status>),
    /// It is one of these sagas.
    Saga(Vec<String>),
    /// It stands in one of these states.
    Step(Vec<String>),
    /// It began so long ago.
    Age(Comparison, Duration),
    /// Its step was tried so often before.
    Attempt(Comparison, u32),
    /// The last error that it met.
    Error(Vec<ErrorName>),
    /// It is about one of these bookings.
    Booking(Vec<BookingId>),
    /// It is about a booking of one of these people.
    User(Vec<UserId>),
    /// One of these seats is among its own.
    Seat(Vec<SeatName>),
    /// It is about one of these showtimes.
    Showtime(Vec<ShowtimeId>),
    /// It takes or gives back one of these payments.
    Payment(Vec<PaymentName>),
    /// The hash of its definition begins so.
    Version(Vec<String>),
    /// It has one of these names.
    Name(Vec<String>),
}

/// How two things are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Comparison {
    Equal,
    Less,
    AtMost,
    More,
    AtLeast,
}

impl Comparison {
    pub(super) fn of(operator: &str) -> Self {
        match operator {
            "<" => Self::Less,
            "<=" => Self::AtMost,
            ">" => Self::More,
            ">=" => Self::AtLeast,
            _ => Self::Equal,
        }
    }

    /// As it is written, in a query and in SQL.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
        }
    }

    fn holds<T: PartialOrd>(self, left: &T, right: &T) -> bool {
        match self {
            Self::Equal => left == right,
            Self::Less => left < right,
            Self::AtMost => left <= right,
            Self::More => left > right,
            Self::AtLeast => left >= right,
        }
    }
}

/// The name of an error, with stars for anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorName(String);

impl ErrorName {
    pub(super) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// As a pattern of SQL's LIKE.
    pub fn like(&self) -> String {
        self.0.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_").replace('*', "%")
    }

    fn fits(&self, error: &str) -> bool {
        let mut parts = self.0.split('*');
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = error.strip_prefix(first) else { return false };
        let mut parts: Vec<&str> = parts.collect();
        let Some(last) = parts.pop() else { return rest.is_empty() };
        for part in parts {
            let Some((_, after)) = rest.split_once(part) else { return false };
            rest = after;
        }
        rest.ends_with(last)
    }
}

/// What a payment is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaymentName {
    /// By us.
    Id(PaymentId),
    /// By the provider: a reference begins with the name of the execution that made it, which is kept here.
    Reference(String),
}

impl Condition {
    /// Whether it is so.
    pub fn holds(&self, saga: &Listed, now: OffsetDateTime) -> bool {
        let is = |wanted: &dyn fmt::Display, there: &Option<String>| there.as_deref() == Some(&*wanted.to_string());
        match self {
            Self::Status(statuses) => statuses.contains(&saga.status),
            Self::Saga(sagas) => sagas.contains(&saga.saga),
            Self::Step(states) => saga.states.iter().any(|state| states.contains(state)),
            Self::Age(comparison, length) => comparison.holds(&(now - saga.started_at), length),
            Self::Attempt(comparison, number) => comparison.holds(&saga.attempt, number),
            Self::Error(names) => saga.error.as_ref().is_some_and(|error| names.iter().any(|name| name.fits(error))),
            Self::Booking(ids) => ids.iter().any(|id| is(id, &saga.booking_id)),
            Self::User(ids) => ids.iter().any(|id| is(id, &saga.user_id)),
            Self::Seat(seats) => seats.iter().any(|seat| saga.seats.iter().any(|own| own == seat.as_str())),
            Self::Showtime(ids) => ids.iter().any(|id| is(id, &saga.showtime_id)),
            Self::Payment(names) => names.iter().any(|name| match name {
                PaymentName::Id(id) => is(id, &saga.payment_id),
                PaymentName::Reference(execution) => saga.name == *execution,
            }),
            Self::Version(hashes) => {
                saga.version.as_ref().is_some_and(|version| hashes.iter().any(|hash| version.starts_with(hash)))
            }
            Self::Name(names) => names.contains(&saga.name),
        }
    }

    fn field(&self) -> &'static str {
        match self {
            Self::Status(_) => "status",
            Self::Saga(_) => "saga",
            Self::Step(_) => "step",
            Self::Age(..) => "age",
            Self::Attempt(..) => "attempt",
            Self::Error(_) => "error",
            Self::Booking(_) => "booking",
            Self::User(_) => "user",
            Self::Seat(_) => "seat",
            Self::Showtime(_) => "showtime",
            Self::Payment(_) => "payment",
            Self::Version(_) => "version",
            Self::Name(_) => "name",
        }
    }
}

/// The text that is read as this query.
impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, term) in self.terms.iter().enumerate() {
            write!(f, "{}{term}", if place == 0 { "" } else { " " })?;
        }
        Ok(())
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.not { "-" } else { "" }, self.condition)
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn list<T: ToString>(values: &[T]) -> String {
            values.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
        }
        fn quoted<T: AsRef<str>>(values: &[T]) -> String {
            list(&values.iter().map(|value| format!("\"{}\"", value.as_ref())).collect::<Vec<_>>())
        }
        let values = match self {
            Self::Age(comparison, length) => return write!(f, "age{}{}", comparison.sign(), span::text(*length)),
            Self::Attempt(comparison, number) => return write!(f, "attempt{}{number}", comparison.sign()),
            Self::Status(statuses) => {
                list(&statuses.iter().map(|status| status.as_str().to_lowercase()).collect::<Vec<_>>())
            }
            Self::Saga(sagas) => list(sagas),
            Self::Step(states) => quoted(states),
            Self::Error(names) => quoted(&names.iter().map(|name| &name.0).collect::<Vec<_>>()),
            Self::Booking(ids) => list(ids),
            Self::User(ids) => list(ids),
            Self::Seat(seats) => list(&seats.iter().map(SeatName::as_str).collect::<Vec<_>>()),
            Self::Showtime(ids) => list(ids),
            Self::Payment(names) => list(
                &names
                    .iter()
                    .map(|name| match name {
                        PaymentName::Id(id) => id.to_string(),
                        PaymentName::Reference(execution) => format!("\"{execution}/charge-payment\""),
                    })
                    .collect::<Vec<_>>(),
            ),
            Self::Version(hashes) => list(hashes),
            Self::Name(names) => quoted(names),
        };
        write!(f, "{}:{values}", self.field())
    }
}
