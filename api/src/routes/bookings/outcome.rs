//! Where a booking stands, as the answer to the one who asked for it.

use usher_bookings::{Booking, Status};
use usher_core::problem::Kind;
use usher_database::idempotency::Answer;
use usher_payments::payment;

use super::view::BookingView;
use crate::{
    problem::{Occurrence, Problem},
    state::AppState,
};

/// The answer to store and to give. An error is ours: it is given, and not stored.
pub(super) async fn outcome(state: &AppState, booking: &Booking, occurrence: &Occurrence) -> Result<Answer, Problem> {
    match booking.status {
        Status::Confirmed => shown(201, state, booking).await,
        Status::Requested | Status::Reserved | Status::Paid => shown(202, state, booking).await,
        Status::Cancelling | Status::Cancelled => {
            Ok(refused(Problem::new(Kind::Conflict, "The booking was cancelled meanwhile."), booking, occurrence))
        }
        Status::Rejected => rejected(state, booking, occurrence).await,
    }
}

async fn shown(status: i16, state: &AppState, booking: &Booking) -> Result<Answer, Problem> {
    let view = BookingView::with_tickets(state, booking).await?;
    let body = serde_json::to_value(view)
        .map_err(|error| Problem::new(Kind::Internal, "The booking could not be shown.").because(error))?;
    Ok(Answer { status, body })
}

async fn rejected(state: &AppState, booking: &Booking, occurrence: &Occurrence) -> Result<Answer, Problem> {
    let problem = match booking.reason.as_deref() {
        Some("SeatUnavailable") => Problem::new(Kind::SeatsTaken, "Somebody was faster. Nothing was charged.")
            .with("seats", &booking.taken_seats),
        Some("HoldExpired") => {
            Problem::new(Kind::HoldExpired, "The hold ended before it was paid. Nothing was charged.")
        }
        Some("ShowtimeCancelled") => {
            Problem::new(Kind::ShowtimeClosed, "The theater has called this showtime off. Nothing was charged.")
        }
        Some("PaymentDeclined") => {
            let problem = Problem::new(Kind::PaymentDeclined, "Nothing was charged, and the seats are free again.");
            match state.payments.by_booking(booking.id).await?.map(|payment| payment.status) {
                Some(payment::Status::Declined { code }) => problem.with("decline_code", code),
                _ => problem,
            }
        }
        _ => {
            let detail = "The booking could not be completed. Whatever was done is undone, and nothing is charged.";
            return Err(Problem::new(Kind::Unavailable, detail).with("booking_id", booking.id).retry_after(5));
        }
    };
    Ok(refused(problem, booking, occurrence))
}

fn refused(problem: Problem, booking: &Booking, occurrence: &Occurrence) -> Answer {
    problem.with("booking_id", booking.id).answer(occurrence)
}
