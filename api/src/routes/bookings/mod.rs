//! Bookings: asking for one, watching it, and getting out of it.
//!
//! [`create`] checks an [`order`] and writes it with its saga's start; [`conclude`] waits if the client prefers to, and
//! [`outcome`] turns where the booking stands into an answer.

pub(crate) mod calendar;
pub(crate) mod cancel;
pub(crate) mod conclude;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod events;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod order;
pub(crate) mod outcome;
pub(crate) mod quote;
pub(crate) mod tickets;
pub(crate) mod view;

use serde_json::{Value, json};
use usher_bookings::Booking;
use usher_core::{
    ids::{BookingId, UserId},
    seat::SeatName,
};
use usher_workflows::booking::{PricedSeat, Terms};

use crate::{auth::Caller, problem::Problem, state::AppState};

/// The caller's booking. Somebody else's is not found.
pub(crate) async fn own(state: &AppState, user: UserId, id: BookingId) -> Result<Booking, Problem> {
    let booking = state.bookings.get(id).await?.filter(|booking| booking.user_id == user);
    booking.ok_or_else(|| Problem::not_found("booking"))
}

/// The caller's booking, or anybody's for those who run the house.
pub(crate) async fn accessible(state: &AppState, caller: Caller, id: BookingId) -> Result<Booking, Problem> {
    let booking = state.bookings.get(id).await?;
    let booking = booking.filter(|booking| caller.sees_the_house() || booking.user_id == caller.user);
    booking.ok_or_else(|| Problem::not_found("booking"))
}

/// What the saga that cancels seats of a confirmed booking begins with.
pub(crate) fn cancellation_input(booking: &Booking, seats: &[SeatName], terms: &Terms) -> Result<Value, Problem> {
    let mut input = saga_input(booking)?;
    let priced = booking.seats.iter().filter(|(seat, _)| seats.contains(seat));
    let priced: Vec<_> = priced.map(|(seat, price)| PricedSeat { seat: seat.clone(), price: *price }).collect();
    if let Some(input) = input.as_object_mut() {
        input.insert("seats".to_owned(), json!(priced));
        input.insert("cancellation".to_owned(), json!(terms));
    }
    Ok(input)
}

/// The booking as the order that it was: what its sagas begin with.
pub(crate) fn saga_input(booking: &Booking) -> Result<Value, Problem> {
    let order = order::Order {
        showtime_id: booking.showtime_id,
        seats: booking.seats.clone(),
        total: booking.total,
        payment_method: booking.payment_method.clone(),
        hold_id: booking.hold_id,
    };
    order.saga_input(booking.id, booking.user_id)
}
