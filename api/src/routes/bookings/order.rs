//! What somebody asks for, checked before anything is written.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use usher_core::{
    ids::{BookingId, HoldId, ShowtimeId, UserId},
    money::Money,
    problem::Kind,
    seat::SeatName,
};
use usher_telemetry::trace;
use usher_workflows::{
    booking::{PricedSeat, SagaData},
    payload,
};
use utoipa::ToSchema;

use crate::{
    problem::Problem,
    selection::{Selection, Wrong, unprocessable},
    state::AppState,
};

/// A request for a booking: a showtime and seats, or a hold instead of both.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"showtime_id": "sho_01KAG3V0Q8Z6X4N2M7R5T9W1YC", "seats": ["A1", "A2"], "payment_method": "pm_ok"}))]
pub(crate) struct NewBooking {
    /// The showtime; may be left out with a hold.
    #[schema(value_type = Option<String>)]
    pub showtime_id: Option<ShowtimeId>,
    /// Names of seats; left out with a hold.
    pub seats: Option<Vec<String>>,
    /// Seats that you hold.
    #[schema(value_type = Option<String>)]
    pub hold_id: Option<HoldId>,
    /// The provider's name for a way of paying.
    pub payment_method: String,
}

/// An order that can be carried out, as far as anybody can tell before trying.
#[derive(Debug)]
pub(super) struct Order {
    pub showtime_id: ShowtimeId,
    pub seats: Vec<(SeatName, Money)>,
    pub total: Money,
    pub payment_method: String,
    pub hold_id: Option<HoldId>,
}

impl Order {
    /// Checks the body; a problem means that nothing was written.
    pub async fn check(state: &AppState, user: UserId, body: &NewBooking) -> Result<Self, Problem> {
        let mut wrongs = Vec::new();
        if !state.payments.accepts(&body.payment_method) {
            wrongs.push(Wrong::at("#/payment_method", "There is no such way of paying."));
        }
        let Selection { showtime, seats, total } = match (body.hold_id, body.showtime_id, &body.seats) {
            (None, Some(showtime_id), seats) => {
                Selection::check(state, showtime_id, seats.as_deref().unwrap_or_default(), wrongs).await?
            }
            (Some(hold_id), showtime_id, None) => held(state, user, hold_id, showtime_id, wrongs).await?,
            (Some(_), _, Some(_)) => {
                wrongs.push(Wrong::at("#/seats", "Name seats or a hold, not both."));
                return Err(unprocessable(&wrongs));
            }
            (None, None, _) => {
                wrongs.push(Wrong::at("#/showtime_id", "Name a showtime with seats, or a hold."));
                return Err(unprocessable(&wrongs));
            }
        };
        let payment_method = body.payment_method.clone();
        Ok(Self { showtime_id: showtime.id, seats, total, payment_method, hold_id: body.hold_id })
    }

    /// What the saga of this order begins with, as a part of the current trace.
    pub fn saga_input(&self, booking_id: BookingId, user_id: UserId) -> Result<Value, Problem> {
        let seats = self.seats.iter().map(|(seat, price)| PricedSeat { seat: seat.clone(), price: *price });
        let data = SagaData {
            booking_id,
            user_id,
            showtime_id: self.showtime_id,
            seats: seats.collect(),
            total: self.total,
            payment_method: self.payment_method.clone(),
            hold_id: self.hold_id,
            traceparent: trace::current().map(|context| context.to_string()),
            hold: None,
            payment: None,
            refund: None,
            closed: None,
            failure: None,
        };
        payload::check(0, &data).map_err(|error| {
            Problem::new(Kind::Unprocessable, "The order is too large for one booking.").because(error)
        })?;
        serde_json::to_value(data).map_err(|error| {
            Problem::new(Kind::Internal, "The booking could not be written down for its saga.").because(error)
        })
    }
}

/// The seats of a hold that the caller has and can still use.
async fn held(
    state: &AppState,
    user: UserId,
    hold_id: HoldId,
    showtime_id: Option<ShowtimeId>,
    mut wrongs: Vec<Wrong>,
) -> Result<Selection, Problem> {
    let hold = state.seating.open_hold(user, hold_id).await?;
    let hold = hold.ok_or_else(|| {
        let detail = "You have no such hold, or its time is over. Choose your seats again.";
        Problem::new(Kind::HoldExpired, detail).with("hold_id", hold_id)
    })?;
    if showtime_id.is_some_and(|asked| asked != hold.showtime_id) {
        wrongs.push(Wrong::at("#/showtime_id", "The hold is for another showtime."));
    }
    let seats: Vec<String> = hold.seats.iter().map(ToString::to_string).collect();
    Selection::check(state, hold.showtime_id, &seats, wrongs).await
}
