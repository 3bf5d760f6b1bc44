//! Makes the seats sold, issues a ticket for each, and collects the money. Undone by revoking the tickets; the seats are released by their own
//! undo.

use usher_bookings::{Status, progress::Advance};
use usher_core::seat::SeatName;
use usher_database::Failure;
use usher_payments::capture::CollectError;
use usher_seating::settle::{Sell, Sold};
use usher_tickets::{Issuance, Issue, Revoke};
use usher_workflows::{
    booking::{Issued, SagaData},
    business::Finding,
    error::{Reason, StepError},
};

use super::reserve_seats::advance;
use crate::{
    probe,
    step::{Contexts, Step, StepContext, transient},
};

/// The first of the two effects of [`IssueTickets`]; the second has the step's own name.
pub(super) const SALE: &str = "issue-tickets/sale";

/// Paid, so this has to succeed in the end, unless the seats are gone or the customer cancelled.
pub struct IssueTickets;

impl Step for IssueTickets {
    const NAME: &'static str = "issue-tickets";
    type Input = SagaData;
    type Output = Issued;

    async fn run(&self, cx: &StepContext, data: SagaData) -> Result<Issued, StepError> {
        let hold = data.hold.ok_or_else(|| invalid("the hold is missing"))?;
        let all_seats = Sell {
            hold_id: hold.hold_id,
            epoch: hold.epoch,
            showtime_id: data.showtime_id,
            seats: data.seats.iter().map(|priced| priced.seat.clone()).collect(),
        };
        let sale = cx.forward_effect(data.booking_id, SALE);
        let paid = advance(cx, Advance { id: data.booking_id, to: Status::Paid });
        let (paid, sold) = tokio::join!(paid, cx.contexts.seating.sell(&sale, all_seats));
        paid?;
        if sold.map_err(transient)? == Sold::Lost {
            return Err(StepError::Rejected(
                Reason::HoldExpired,
                "the seats went to somebody else meanwhile".to_owned(),
            ));
        }
        let showtime = cx.contexts.catalog.showtime(data.showtime_id).await.map_err(transient)?;
        let issue = Issue {
            booking: data.booking_id,
            user: data.user_id,
            showtime: data.showtime_id,
            starts_at: showtime.ok_or_else(|| invalid("the showtime is unknown"))?.starts_at,
            seats: data.seats.into_iter().map(|priced| (priced.seat, priced.price)).collect(),
        };
        let issued = match cx.contexts.tickets.issue(cx.effect(), issue).await.map_err(transient)? {
            Issuance::Issued { tickets } => tickets.len(),
            Issuance::Revoked => {
                return Err(StepError::Rejected(Reason::BookingCancelled, "the booking was undone".to_owned()));
            }
            Issuance::SeatsTaken { seats } => {
                let cause = format!("{} of the seats have another booking's tickets", seats.len());
                return Err(StepError::Rejected(Reason::HoldExpired, cause));
            }
        };
        let confirmed = Advance { id: data.booking_id, to: Status::Confirmed };
        // The tickets are out. Whatever becomes of the money now is for an incident, never for the customer.
        let (confirmed, collected) =
            tokio::join!(advance(cx, confirmed), cx.contexts.payments.collect(data.booking_id));
        collected.map_err(|error| match error {
            CollectError::Transient(failure) => transient(failure),
            CollectError::Unknown(reason) => StepError::Transient(reason),
        })?;
        confirmed?;
        Ok(Issued { tickets: issued })
    }

    async fn probe(&self, contexts: &Contexts, _execution: &str, data: SagaData) -> Result<Finding, Failure> {
        let tickets = contexts.tickets.of_booking(data.booking_id).await?;
        let valid = tickets.iter().filter(|ticket| ticket.is_valid()).count();
        if valid == data.seats.len() {
            let output = serde_json::to_value(Issued { tickets: valid }).ok();
            return Ok(Finding { output, ..probe::done(Self::NAME, format!("{valid} valid tickets")) });
        }
        let mut obstacles = Vec::new();
        let having = contexts.seating.having(data.booking_id).await?;
        if !having.as_ref().is_some_and(usher_seating::having::Having::is_whole) {
            let seats: Vec<SeatName> = data.seats.iter().map(|priced| priced.seat.clone()).collect();
            let hold = having.map(|having| having.hold_id);
            let taken = contexts.seating.taken_by_others(data.showtime_id, &seats, hold).await?;
            if !taken.is_empty() {
                obstacles.push(format!("somebody else has {}: it would go back by HoldExpired", probe::listed(&taken)));
            }
        }
        let showtime = contexts.catalog.showtime(data.showtime_id).await?;
        if showtime.is_some_and(|showtime| showtime.has_begun(contexts.catalog.now())) {
            obstacles.push("the show has begun".to_owned());
        }
        let finding = probe::not_done(Self::NAME, format!("{valid} of {} tickets valid", data.seats.len()));
        Ok(Finding { obstacles, ..finding })
    }
}

/// Revokes whatever tickets the booking has, and keeps a late [`IssueTickets`] from issuing more; or those of some seats.
pub struct RevokeTickets;

impl Step for RevokeTickets {
    const NAME: &'static str = "revoke-tickets";
    type Input = SagaData;
    type Output = Issued;

    async fn run(&self, cx: &StepContext, data: SagaData) -> Result<Issued, StepError> {
        let part = data.cancellation.and_then(|terms| terms.part);
        let revoke = Revoke {
            booking: data.booking_id,
            seats: part.map(|_| data.seats.iter().map(|priced| priced.seat.clone()).collect()),
            reason: data
                .failure
                .and_then(|failure| failure.error)
                .unwrap_or_else(|| Reason::BookingCancelled.to_string()),
            sealed: cx.forward_effect(data.booking_id, IssueTickets::NAME),
        };
        cx.contexts.tickets.revoke(cx.effect(), revoke).await.map_err(transient)?;
        Ok(Issued { tickets: 0 })
    }

    async fn probe(&self, contexts: &Contexts, _execution: &str, data: SagaData) -> Result<Finding, Failure> {
        let concerned = |seat: &SeatName| data.seats.iter().any(|priced| priced.seat == *seat);
        let tickets = contexts.tickets.of_booking(data.booking_id).await?;
        let valid = tickets.iter().filter(|ticket| ticket.is_valid() && concerned(&ticket.seat)).count();
        let output = serde_json::to_value(Issued { tickets: 0 }).ok().filter(|_| valid == 0);
        Ok(Finding { output, ..probe::whether(valid == 0, Self::NAME, format!("{valid} valid tickets")) })
    }
}

fn invalid(cause: &str) -> StepError {
    StepError::Rejected(Reason::InvalidRequest, cause.to_owned())
}
