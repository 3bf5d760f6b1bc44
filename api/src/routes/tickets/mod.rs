//! Tickets.

pub(crate) mod get;
pub(crate) mod paper;

use serde::Serialize;
use time::OffsetDateTime;
use usher_core::{
    ids::{BookingId, ShowtimeId, TicketId},
    seat::SeatName,
};
use usher_tickets::Ticket;
use utoipa::ToSchema;

use crate::money::Money;

/// The right of one person to one seat.
#[derive(Serialize, ToSchema)]
#[schema(as = Ticket)]
pub(crate) struct TicketView {
    #[schema(value_type = String, example = "tkt_01KAG3V0Q8Z6X4N2M7R5T9W1YC")]
    id: TicketId,
    #[schema(value_type = String)]
    booking_id: BookingId,
    #[schema(value_type = String)]
    showtime_id: ShowtimeId,
    #[schema(value_type = String, example = "A1")]
    seat: SeatName,
    price: Money,
    /// What is scanned at the door.
    code: String,
    /// Whether it still admits somebody.
    valid: bool,
    #[serde(with = "time::serde::rfc3339")]
    issued_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    revoked_at: Option<OffsetDateTime>,
}

impl From<&Ticket> for TicketView {
    fn from(ticket: &Ticket) -> Self {
        Self {
            id: ticket.id,
            booking_id: ticket.booking,
            showtime_id: ticket.showtime,
            seat: ticket.seat.clone(),
            price: ticket.price.into(),
            code: ticket.code.as_str().to_owned(),
            valid: ticket.is_valid(),
            issued_at: ticket.issued_at,
            revoked_at: ticket.revoked.as_ref().map(|revocation| revocation.at),
        }
    }
}
