//! Cancels a page of the bookings of a showtime that was called off. Not undone: the show does not take place.
//!
//! Nobody takes seats of a closed showtime any more once the claims have ended that were under way at the closure; the first
//! page waits for those. From then on the bookings that have seats only become fewer. The first pass goes
//! through them page by page, in the order of their numbers. After it is only looked, more and more seldom, whether all have
//! given their seats back; what could not be cancelled at first, because a part of it was being cancelled, is then. Cancelling
//! twice is once, so a page that is repeated after a crash does no harm.

use usher_bookings::{
    Booking, Status,
    cancel::{Cancel, CancelOutcome, Terms as Record},
};
use usher_core::ids::BookingId;
use usher_workflows::{
    booking::{PricedSeat, SagaData, Terms},
    definitions::CANCELLATION,
    error::{Reason, StepError},
    showtime::{SweepData, Swept},
};

use crate::step::{Step, StepContext, transient};

/// Seconds until the first look after the pass, doubled for each further one up to an hour: some 12 looks in the first
/// hour, and 180 in a week, should the provider be away for so long.
const LOOK: u32 = 1;
const LONGEST: u32 = 3600;

/// More bookings than any hall has seats.
const ALL: i64 = 100_000;

/// A page of bookings, and how many are left.
pub struct SweepBookings;

impl Step for SweepBookings {
    const NAME: &'static str = "sweep-bookings";
    type Input = SweepData;
    type Output = Swept;

    async fn run(&self, cx: &StepContext, data: SweepData) -> Result<Swept, StepError> {
        let (after, looks) = match &data.sweep {
            None => (None, 0),
            Some(Swept { cursor: Some(cursor), .. }) => (Some(*cursor), 0),
            Some(Swept { cursor: None, looks, .. }) => (None, looks + 1),
        };
        if data.sweep.is_none() && !cx.contexts.seating.settle_closure(data.showtime_id).await.map_err(transient)? {
            let cause = "claims that began before the closure are still under way";
            return Err(StepError::Transient(cause.to_owned()));
        }
        let limit = if looks == 0 { i64::from(data.page.max(1)) } else { ALL };
        let page = cx.contexts.seating.bookings_with_seats(data.showtime_id, after, limit).await.map_err(transient)?;
        let is_last = i64::try_from(page.len()).unwrap_or(limit) < limit;
        let cursor = page.last().copied().filter(|_| !is_last);
        futures::future::try_join_all(page.into_iter().map(|id| cancel(cx, &data, id))).await?;
        let left = cx.contexts.seating.count_bookings_with_seats(data.showtime_id).await.map_err(transient)?;
        let pause_seconds = match cursor {
            Some(_) => data.pause_seconds,
            None => LOOK.saturating_mul(1 << looks.min(16)).min(LONGEST),
        };
        Ok(Swept { cursor, looks, left, pause_seconds })
    }
}

/// Cancels one booking, unless that was asked for before.
async fn cancel(cx: &StepContext, data: &SweepData, id: BookingId) -> Result<(), StepError> {
    let booking = cx.contexts.bookings.get(id).await.map_err(transient)?;
    let booking = booking.ok_or_else(|| invalid("a seat belongs to a booking that does not exist"))?;
    if matches!(booking.status, Status::Rejected | Status::Cancelling | Status::Cancelled) {
        return Ok(());
    }
    let cancelled = cx.contexts.bookings.cancel(whole(&booking, data)?).await.map_err(transient)?;
    if cancelled == CancelOutcome::Parting {
        tracing::debug!(booking.id = %id, "a part of the booking is being cancelled, the rest waits");
    }
    Ok(())
}

/// All of a booking, with all the money that it cost: the house called the show off.
fn whole(booking: &Booking, data: &SweepData) -> Result<Cancel, StepError> {
    let seats = booking.seats.iter().map(|(seat, price)| PricedSeat { seat: seat.clone(), price: *price });
    let input = SagaData {
        booking_id: booking.id,
        user_id: booking.user_id,
        showtime_id: booking.showtime_id,
        seats: seats.collect(),
        total: booking.total,
        payment_method: booking.payment_method.clone(),
        hold_id: booking.hold_id,
        cancellation: Some(Terms { part: None, refund: booking.total, by_house: true }),
        traceparent: data.traceparent.clone(),
        hold: None,
        payment: None,
        refund: None,
        closed: None,
        failure: None,
    };
    let input = serde_json::to_value(input).map_err(|error| invalid(&error.to_string()))?;
    let terms = Record {
        refund: booking.total.amount,
        kept: 0,
        reason: "the showtime was called off".to_owned(),
        by_house: true,
    };
    Ok(Cancel { id: booking.id, user_id: data.requested_by, terms, saga: CANCELLATION.name, input })
}

fn invalid(cause: &str) -> StepError {
    StepError::Rejected(Reason::InvalidRequest, cause.to_owned())
}
