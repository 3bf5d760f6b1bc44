//! Claims the seats for the booking. Undone by giving them back and closing the booking.

use usher_bookings::{
    Status,
    progress::{Advance, Advanced, Close, Closed as BookingClosed},
};
use usher_core::{
    ids::{HoldId, PartialCancellationId},
    seat::SeatName,
};
use usher_database::Failure as DatabaseFailure;
use usher_seating::{
    claim::{Claim, Claimed},
    part::ReleasePart,
    settle::Release,
};
use usher_workflows::{
    booking::{Closed, Held, SagaData},
    business::Finding,
    error::{Reason, StepError},
};

use crate::{
    probe,
    step::{Contexts, Step, StepContext, transient},
};

/// All seats or none, for five minutes, under the hold of the customer or one of the booking's own.
pub struct ReserveSeats;

impl Step for ReserveSeats {
    const NAME: &'static str = "reserve-seats";
    type Input = SagaData;
    type Output = Held;

    async fn run(&self, cx: &StepContext, data: SagaData) -> Result<Held, StepError> {
        let claim = Claim {
            hold_id: data.hold_id.unwrap_or_else(|| HoldId::from(data.booking_id.uuid())),
            takes_over: data.hold_id.is_some(),
            showtime_id: data.showtime_id,
            user_id: data.user_id,
            booking_id: Some(data.booking_id),
            seats: data.seats.into_iter().map(|priced| priced.seat).collect(),
        };
        match cx.contexts.seating.claim(&cx.effect(), claim).await.map_err(transient)? {
            Claimed::All { hold_id, epoch, .. } => Ok(Held { hold_id, epoch }),
            Claimed::Taken { seats } => Err(StepError::Rejected(Reason::SeatUnavailable, list(&seats))),
            Claimed::Closed => {
                Err(StepError::Rejected(Reason::ShowtimeCancelled, "the showtime was called off".to_owned()))
            }
            Claimed::HoldUnusable => {
                Err(StepError::Rejected(Reason::HoldExpired, "the hold ended before it was used".to_owned()))
            }
        }
    }

    async fn probe(&self, contexts: &Contexts, _execution: &str, data: SagaData) -> Result<Finding, DatabaseFailure> {
        let having = contexts.seating.having(data.booking_id).await?;
        if let Some(having) = having.as_ref().filter(|having| having.is_whole()) {
            let (seats, until) = (probe::listed(&having.owned), having.expires_at);
            let says = if having.is_sold { format!("{seats} sold") } else { format!("{seats} held until {until}") };
            let output = serde_json::to_value(Held { hold_id: having.hold_id, epoch: having.epoch }).ok();
            return Ok(Finding { output, ..probe::done(Self::NAME, says) });
        }
        let seats: Vec<SeatName> = data.seats.iter().map(|priced| priced.seat.clone()).collect();
        let hold = having.as_ref().map(|having| having.hold_id);
        let mut obstacles = Vec::new();
        let taken = contexts.seating.taken_by_others(data.showtime_id, &seats, hold).await?;
        if !taken.is_empty() {
            obstacles.push(format!("somebody else has {}", probe::listed(&taken)));
        }
        if contexts.seating.closure(data.showtime_id).await?.is_some() {
            obstacles.push("the showtime was called off".to_owned());
        }
        let owned = having.map(|having| having.owned).unwrap_or_default();
        let says =
            if owned.is_empty() { "no seat held".to_owned() } else { format!("only {} held", probe::listed(&owned)) };
        Ok(Finding { obstacles, ..probe::not_done(Self::NAME, says) })
    }
}

/// Gives back what the booking has, keeps a late [`ReserveSeats`] from claiming, and closes the booking.
pub struct ReleaseSeats;

impl Step for ReleaseSeats {
    const NAME: &'static str = "release-seats";
    type Input = SagaData;
    type Output = Closed;

    async fn run(&self, cx: &StepContext, data: SagaData) -> Result<Closed, StepError> {
        if let Some(part) = data.cancellation.as_ref().and_then(|terms| terms.part) {
            return release_part(cx, data, part).await;
        }
        let release = Release {
            booking_id: data.booking_id,
            sealed_claim: cx.forward_effect(data.booking_id, ReserveSeats::NAME),
            sealed_sale: cx.forward_effect(data.booking_id, super::issue_tickets::SALE),
        };
        cx.contexts.seating.release(&cx.effect(), release).await.map_err(transient)?;
        let failure = data.failure.unwrap_or(usher_workflows::booking::Failure { error: None, cause: None });
        let reason = failure.error.unwrap_or_else(|| Reason::BookingCancelled.to_string());
        let unavailable = reason == Reason::SeatUnavailable.to_string();
        let taken_seats = if unavailable { parse(&failure.cause.unwrap_or_default()) } else { Vec::new() };
        let close = Close { id: data.booking_id, reason, taken_seats };
        match cx.contexts.bookings.close(close).await.map_err(transient)? {
            BookingClosed::Rejected => Ok(Closed { outcome: Status::Rejected.to_string() }),
            BookingClosed::Cancelled => Ok(Closed { outcome: Status::Cancelled.to_string() }),
            BookingClosed::Refused => {
                Err(StepError::Rejected(Reason::InvalidRequest, "the booking is confirmed or unknown".to_owned()))
            }
        }
    }

    async fn probe(&self, contexts: &Contexts, _execution: &str, data: SagaData) -> Result<Finding, DatabaseFailure> {
        let owned = contexts.seating.having(data.booking_id).await?.map(|having| having.owned).unwrap_or_default();
        let booking = contexts.bookings.get(data.booking_id).await?;
        let status = booking.map_or("unknown", |booking| booking.status.as_str());
        let is_closed = matches!(status, "rejected" | "cancelled");
        let output = is_closed.then(|| serde_json::to_value(Closed { outcome: status.to_owned() }).ok()).flatten();
        let seats =
            if owned.is_empty() { "no seat left".to_owned() } else { format!("{} still kept", probe::listed(&owned)) };
        let finding = probe::whether(owned.is_empty() && is_closed, Self::NAME, format!("{seats}, booking {status}"));
        Ok(Finding { output, ..finding })
    }
}

/// Gives back some seats of a booking that keeps the others, and strikes them out of it.
async fn release_part(cx: &StepContext, data: SagaData, part: PartialCancellationId) -> Result<Closed, StepError> {
    let seats = data.seats.into_iter().map(|priced| priced.seat).collect();
    let release = ReleasePart { booking_id: data.booking_id, seats };
    cx.contexts.seating.release_part(&cx.effect(), release).await.map_err(transient)?;
    if cx.contexts.bookings.close_part(data.booking_id, part).await.map_err(transient)? {
        return Ok(Closed { outcome: Status::Confirmed.to_string() });
    }
    Err(StepError::Rejected(Reason::InvalidRequest, "nobody asked for this cancellation".to_owned()))
}

/// Moves the booking to where the last effect brought it; a cancellation that came meanwhile turns the saga round. The
/// next step does it, beside an effect of its own that does no harm when it turns out to be in vain, so nobody waits.
pub(super) async fn advance(cx: &StepContext, advance: Advance) -> Result<(), StepError> {
    match cx.contexts.bookings.advance(advance).await.map_err(transient)? {
        Advanced::There => Ok(()),
        Advanced::Cancelling | Advanced::Over => {
            Err(StepError::Rejected(Reason::BookingCancelled, "the customer cancelled".to_owned()))
        }
    }
}

/// The seats travel in the error's cause, which is a text.
fn list(seats: &[SeatName]) -> String {
    seats.iter().map(SeatName::as_str).collect::<Vec<_>>().join(",")
}

fn parse(cause: &str) -> Vec<SeatName> {
    cause.split(',').filter_map(|seat| seat.parse().ok()).collect()
}
