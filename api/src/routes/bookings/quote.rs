//! `GET /api/bookings/{id}/refund-quote`: what cancelling would give back now, before anybody decides.
//!
//! The same sum is made when the cancellation is asked for, and fixed then.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use usher_bookings::{Booking, Status};
use usher_core::{ids::BookingId, money, problem::Kind, seat::SeatName};
use utoipa::ToSchema;

use super::accessible;
use crate::{
    auth::Caller,
    extract::{Id, Search},
    money::Money,
    problem::Problem,
    selection::{Wrong, unprocessable},
    state::AppState,
};

/// Which seats.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Names of seats, separated by commas; all when left out.
    seats: Option<String>,
}

/// What cancelling gives back.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RefundQuote {
    #[schema(value_type = String, example = "bkg_01KAG3V0Q8Z6X4N2M7R5T9W1YC")]
    booking_id: BookingId,
    /// What is given back.
    refund: Money,
    /// What is not, by the showtime's policy.
    kept: Money,
    /// Seat by seat.
    seats: Vec<SeatQuote>,
}

/// What cancelling one seat gives back.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SeatQuote {
    #[schema(value_type = String, example = "A1")]
    seat: SeatName,
    price: Money,
    refund: Money,
    kept: Money,
}

/// What cancelling would give back
///
/// By the refund policy of the showtime, at this moment. A booking that is not confirmed yet is undone as a whole, for
/// nothing.
#[utoipa::path(get, path = "/api/bookings/{id}/refund-quote", tag = "bookings", security(("bearer" = [])),
    params(("id" = String, Path, description = "`bkg_...`"), Which),
    responses(
        (status = 200, description = "What would be given back now.", body = RefundQuote),
        (status = 404, description = "`not-found`: no such booking of yours."),
        (status = 409, description = "`conflict`: there is nothing to cancel; or `showtime-closed`."),
        (status = 422, description = "`unprocessable`: the booking does not have these seats."),
    ))]
pub(crate) async fn quote(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id<BookingId>,
    Search(which): Search<Which>,
) -> Result<Json<RefundQuote>, Problem> {
    let booking = accessible(&state, caller, id).await?;
    let names = which.seats.filter(|seats| !seats.is_empty());
    let names: Option<Vec<String>> = names.map(|seats| seats.split(',').map(str::to_owned).collect());
    let quote = Quote::of(&state, &booking, names.as_deref()).await?;
    let seats = quote.seats.iter().map(|(seat, price, refund)| SeatQuote {
        seat: seat.clone(),
        price: (*price).into(),
        refund: (*refund).into(),
        kept: money::Money::new(price.amount - refund.amount, price.currency).into(),
    });
    Ok(Json(RefundQuote {
        booking_id: id,
        seats: seats.collect(),
        refund: quote.refund.into(),
        kept: quote.kept.into(),
    }))
}

/// What cancelling gives back: each seat with its price and what is given back for it.
pub(super) struct Quote {
    pub seats: Vec<(SeatName, money::Money, money::Money)>,
    pub refund: money::Money,
    pub kept: money::Money,
}

impl Quote {
    /// The sum for some seats of a booking, or for all of them.
    pub async fn of(state: &AppState, booking: &Booking, names: Option<&[String]>) -> Result<Self, Problem> {
        let chosen = chosen(booking, names)?;
        let showtime = state.catalog.showtime(booking.showtime_id).await?;
        let showtime = showtime.ok_or_else(|| Problem::new(Kind::Internal, "The booking is for no showtime."))?;
        let now = state.ambient.now();
        let is_confirmed = match booking.status {
            Status::Confirmed if showtime.has_begun(now) => {
                return Err(Problem::new(
                    Kind::ShowtimeClosed,
                    "The show has begun; the booking can no longer be cancelled.",
                ));
            }
            Status::Confirmed => true,
            Status::Requested | Status::Reserved | Status::Paid => false,
            Status::Rejected | Status::Cancelling | Status::Cancelled => {
                return Err(Problem::new(Kind::Conflict, "There is nothing left to cancel."));
            }
        };
        let seats: Vec<_> = chosen
            .into_iter()
            .map(|(seat, price)| {
                let terms = showtime.refund_policy.terms(price, showtime.starts_at, now);
                (seat, price, if is_confirmed { terms.refund } else { price })
            })
            .collect();
        let sum = |part: fn(&(SeatName, money::Money, money::Money)) -> money::Money| {
            money::Money::sum(booking.total.currency, seats.iter().map(part))
                .map_err(|error| Problem::new(Kind::Internal, "The prices do not add up.").because(error))
        };
        let (price, refund) = (sum(|seat| seat.1)?, sum(|seat| seat.2)?);
        Ok(Self { seats, refund, kept: money::Money::new(price.amount - refund.amount, price.currency) })
    }

    /// The same with all of it given back, or nothing, because the house says so.
    pub fn overruled(mut self, is_full: bool) -> Self {
        let whole = self.refund.amount + self.kept.amount;
        let refund = if is_full { whole } else { 0 };
        self.refund.amount = refund;
        self.kept.amount = whole - refund;
        self
    }
}

/// The seats of the booking that are meant, each once.
fn chosen(booking: &Booking, names: Option<&[String]>) -> Result<Vec<(SeatName, money::Money)>, Problem> {
    let Some(names) = names else { return Ok(booking.seats.clone()) };
    let (mut chosen, mut wrongs) = (Vec::new(), Vec::new());
    for (index, name) in names.iter().enumerate() {
        match booking.seats.iter().find(|(seat, _)| seat.as_str() == name) {
            Some(seat) if !chosen.contains(seat) => chosen.push(seat.clone()),
            Some(_) => wrongs.push(Wrong::at(format!("#/seats/{index}"), "This seat is named twice.")),
            None => wrongs.push(Wrong::at(format!("#/seats/{index}"), "The booking does not have this seat.")),
        }
    }
    if chosen.is_empty() && wrongs.is_empty() {
        wrongs.push(Wrong::at("#/seats", "Name at least one seat, or leave the seats out."));
    }
    if wrongs.is_empty() { Ok(chosen) } else { Err(unprocessable(&wrongs)) }
}
