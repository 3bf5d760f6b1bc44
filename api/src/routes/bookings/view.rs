//! A booking as clients see it.

use serde::Serialize;
use time::OffsetDateTime;
use usher_bookings::{Booking, Status};
use usher_catalog::Showtime;
use usher_core::{
    ids::{BookingId, MovieId, PaymentId, ShowtimeId, TicketId},
    seat::SeatName,
};
use usher_database::Failure;
use usher_payments::challenge::Challenge;
use usher_tickets::Ticket;
use utoipa::ToSchema;

use crate::{money::Money, routes::payments::get::Standing, state::AppState};

/// How often it makes sense to ask for a booking that is on its way. Most take a few hundred milliseconds.
const POLL_AFTER_MS: u32 = 500;

/// One purchase.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Booking)]
pub(crate) struct BookingView {
    #[schema(value_type = String, example = "bkg_01KAG3V0Q8Z6X4N2M7R5T9W1YC")]
    id: BookingId,
    /// `confirmed`, `rejected` and `cancelled` are ends.
    #[schema(value_type = String, example = "confirmed",
        pattern = "^(requested|reserved|paid|confirmed|rejected|cancelling|cancelled)$")]
    status: Status,
    /// Why it was rejected: `SeatUnavailable`, `HoldExpired`, `PaymentDeclined`, or the name of another error.
    reason: Option<String>,
    #[schema(value_type = String)]
    showtime_id: ShowtimeId,
    #[schema(value_type = Vec<String>, example = json!(["A1", "A2"]))]
    seats: Vec<SeatName>,
    total: Money,
    /// Those of its seats that somebody else had, where that is why it was rejected.
    #[schema(value_type = Vec<String>)]
    taken_seats: Vec<SeatName>,
    /// Seats that were given back while the others stayed; `seats` and `total` are without them.
    #[schema(value_type = Vec<String>)]
    cancelled_seats: Vec<SeatName>,
    /// What is given back for what was just cancelled; only in the answer to a cancellation. It is on its way, not yet done.
    #[serde(skip_serializing_if = "Option::is_none")]
    refund: Option<Money>,
    /// Those that are valid.
    tickets: Vec<TicketLine>,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    updated_at: OffsetDateTime,
    /// What is being done for it now; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "charge-payment")]
    step: Option<&'static str>,
    /// When to ask again, in milliseconds; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    poll_after_ms: Option<u32>,
    /// Until when its seats are kept while it is not paid; absent before and after.
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    hold_expires_at: Option<OffsetDateTime>,
    /// What the customer has to do before the payment goes on; absent otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    requires_action: Option<Action>,
    /// What it is for. Absent where a booking is only asked for or changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    showtime: Option<ShowtimeLine>,
    /// Where its payment stands, while that is open or is why it was rejected. Only of a single booking.
    #[serde(skip_serializing_if = "Option::is_none")]
    payment: Option<PaymentLine>,
}

/// A showtime, as far as a list of bookings needs it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ShowtimeLine {
    #[schema(value_type = String)]
    movie_id: MovieId,
    movie_title: String,
    theater_name: String,
    screen_name: String,
    /// IANA name of the zone of the theater.
    time_zone: String,
    #[serde(with = "time::serde::rfc3339")]
    starts_at: OffsetDateTime,
    /// With the time to clean the room.
    #[serde(with = "time::serde::rfc3339")]
    ends_at: OffsetDateTime,
}

impl From<&Showtime> for ShowtimeLine {
    fn from(showtime: &Showtime) -> Self {
        Self {
            movie_id: showtime.movie_id,
            movie_title: showtime.movie_title.clone(),
            theater_name: showtime.theater_name.clone(),
            screen_name: showtime.screen_name.clone(),
            time_zone: showtime.time_zone.clone(),
            starts_at: showtime.starts_at,
            ends_at: showtime.ends_at,
        }
    }
}

/// A payment, as far as the customer at the screen needs it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PaymentLine {
    #[schema(value_type = String)]
    id: PaymentId,
    #[serde(flatten)]
    standing: Standing,
}

/// Something that only the customer can do.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Action {
    /// Where they confirm the payment.
    url: String,
    /// Until when; afterwards the payment is closed and the seats are given back.
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
}

impl From<Challenge> for Action {
    fn from(challenge: Challenge) -> Self {
        Self { url: challenge.url, expires_at: challenge.deadline }
    }
}

/// A ticket of a booking.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TicketLine {
    #[schema(value_type = String, example = "tkt_01KAG3V0Q8Z6X4N2M7R5T9W1YC")]
    id: TicketId,
    #[schema(value_type = String, example = "A1")]
    seat: SeatName,
    /// What is scanned at the door.
    code: String,
}

impl From<&Ticket> for TicketLine {
    fn from(ticket: &Ticket) -> Self {
        Self { id: ticket.id, seat: ticket.seat.clone(), code: ticket.code.as_str().to_owned() }
    }
}

impl BookingView {
    /// The booking with those of the tickets that are its own and valid.
    pub fn new(booking: &Booking, tickets: &[Ticket]) -> Self {
        let on_its_way = !booking.status.is_final();
        let valid = tickets.iter().filter(|ticket| ticket.booking == booking.id && ticket.is_valid());
        Self {
            id: booking.id,
            status: booking.status,
            reason: booking.reason.clone(),
            showtime_id: booking.showtime_id,
            seats: booking.seats.iter().map(|(seat, _)| seat.clone()).collect(),
            taken_seats: booking.taken_seats.clone(),
            total: booking.total.into(),
            cancelled_seats: booking.cancelled_seats.clone(),
            refund: None,
            tickets: valid.map(TicketLine::from).collect(),
            created_at: booking.created_at,
            updated_at: booking.updated_at,
            step: step(booking.status),
            poll_after_ms: on_its_way.then_some(POLL_AFTER_MS),
            hold_expires_at: None,
            requires_action: None,
            showtime: None,
            payment: None,
        }
    }

    /// Says what is given back for what was just cancelled.
    pub fn with_refund(mut self, refund: usher_core::money::Money) -> Self {
        self.refund = Some(refund.into());
        self
    }

    /// The booking with its tickets. Only a confirmed one has any, so only then are they asked for.
    pub async fn with_tickets(state: &AppState, booking: &Booking) -> Result<Self, Failure> {
        let tickets = match booking.status {
            Status::Confirmed => state.ticket_reader.of_booking(booking.id).await?,
            _ => Vec::new(),
        };
        Ok(Self::new(booking, &tickets))
    }

    /// Says what it is for; that is in memory.
    pub async fn with_showtime(mut self, state: &AppState) -> Result<Self, Failure> {
        self.showtime = state.catalog.showtime(self.showtime_id).await?.as_deref().map(ShowtimeLine::from);
        Ok(self)
    }

    /// Says until when the seats are kept and what the customer has to do, while that matters, and how the payment went.
    pub async fn with_hold(mut self, state: &AppState) -> Result<Self, Failure> {
        if matches!(self.status, Status::Reserved) {
            let (hold, challenge) =
                tokio::try_join!(state.seating.hold_of(self.id), state.payments.challenge_of(self.id))?;
            self.hold_expires_at = hold.map(|hold| hold.expires_at);
            self.requires_action = challenge.map(Action::from);
        }
        if matches!(self.status, Status::Reserved | Status::Rejected) {
            let payment = state.payments.by_booking(self.id).await?;
            let is_challenged = self.requires_action.is_some();
            self.payment = payment
                .map(|payment| PaymentLine { id: payment.id, standing: Standing::of(&payment.status, is_challenged) });
        }
        Ok(self)
    }
}

/// The step that a booking in this state waits for.
const fn step(status: Status) -> Option<&'static str> {
    match status {
        Status::Requested => Some("reserve-seats"),
        Status::Reserved => Some("charge-payment"),
        Status::Paid => Some("issue-tickets"),
        Status::Cancelling => Some("release-seats"),
        Status::Confirmed | Status::Rejected | Status::Cancelled => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_is_one_of_the_sagas_and_ends_have_none() {
        for status in Status::ALL {
            assert_eq!(step(status).is_none(), status.is_final());
            let known = |name| usher_workflows::step::STEPS.iter().any(|step| step.name == name);
            assert!(step(status).is_none_or(known), "{status}");
        }
    }
}
