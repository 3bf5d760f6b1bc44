//! What the steps know of a saga's subject, for whoever sets a saga right: the port `usher_workflows::business`, answered by
//! the probes that stand with the steps.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;
use usher_bookings::cancel::CancelOutcome;
use usher_core::{
    ids::{BookingId, UserId},
    money::Money,
};
use usher_database::Failure;
use usher_workflows::{
    booking::SagaData,
    business::{Business, BusinessError, Finding, Probed, Stake, Turned},
    definitions::{self, BOOKING, CANCELLATION},
    orchestrator::Execution,
    step::{STEPS, StepKind},
};

use crate::{
    step::{Contexts, Registered},
    steps::{self, whole_booking},
};

/// The steps and what they work on.
pub struct Steps {
    contexts: Arc<Contexts>,
    registered: Vec<Registered>,
}

impl Steps {
    /// All of them.
    pub fn new(contexts: Arc<Contexts>) -> Self {
        Self { contexts, registered: steps::all() }
    }

    async fn stake(&self, data: &SagaData) -> Result<Stake, Failure> {
        let booking = data.booking_id;
        let having = self.contexts.seating.having(booking).await?;
        let tickets = self.contexts.tickets.of_booking(booking).await?;
        let status = self.contexts.bookings.get(booking).await?.map(|booking| booking.status);
        let is_closed = status.is_some_and(|status| status.is_final() && status != usher_bookings::Status::Confirmed);
        Ok(Stake {
            seats: having.map(|having| having.owned).unwrap_or_default(),
            money: self.money(booking).await?,
            tickets: tickets.iter().filter(|ticket| ticket.is_valid()).count(),
            mails: usize::from(!is_closed),
        })
    }

    /// What was taken and is not given back.
    async fn money(&self, booking: BookingId) -> Result<Option<Money>, Failure> {
        let payments = &self.contexts.payments;
        let Some(payment) = payments.by_booking(booking).await? else { return Ok(None) };
        if !matches!(payment.status, usher_payments::payment::Status::Captured { .. }) {
            return Ok(None);
        }
        let refunds = payments.refunds(payment.id).await?;
        let given = refunds.iter().filter(|refund| refund.status.standing().holds_money());
        let given: i64 = given.map(|refund| refund.amount.amount).sum();
        Ok(Some(Money::new(payment.amount.amount - given, payment.amount.currency)).filter(|left| left.amount > 0))
    }
}

/// Whether a step of this kind leads towards the saga's aim.
fn leads_forward(kind: StepKind) -> bool {
    matches!(kind, StepKind::Compensatable { .. } | StepKind::Pivot { .. })
}

/// Whether an execution that stands in these states comes to this step, if all goes well.
fn is_ahead(step: &str, states: &[String]) -> bool {
    let place = |found: &dyn Fn(&usher_workflows::step::Step) -> bool| STEPS.iter().position(found);
    let here = place(&|known| states.iter().any(|state| state == known.state));
    match (here, place(&|known| known.name == step)) {
        (Some(here), Some(there)) => {
            here == there || here < there && leads_forward(STEPS[here].kind) == leads_forward(STEPS[there].kind)
        }
        _ => false,
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in `map_err`")]
fn unreadable(failure: Failure) -> BusinessError {
    BusinessError(failure.to_string())
}

#[async_trait]
impl Business for Steps {
    async fn probe(&self, saga: &str, name: &str, states: &[String], data: &Value) -> Result<Probed, BusinessError> {
        let definition = definitions::SAGAS.iter().find(|known| known.name == saga);
        let names: Vec<&str> = definition
            .into_iter()
            .flat_map(|saga| definitions::steps_of(saga.definition))
            .map(|step| step.name)
            .collect();
        let probes = self.registered.iter().filter(|step| names.contains(&step.name));
        let probes = probes.map(|step| step.probe(Arc::clone(&self.contexts), name.to_owned(), data.clone()));
        let mut findings: Vec<Finding> = futures::future::try_join_all(probes).await.map_err(unreadable)?;
        findings.sort_by_key(|finding| STEPS.iter().position(|step| step.name == finding.step));
        for finding in &mut findings {
            if !is_ahead(&finding.step, states) {
                finding.obstacles.clear();
            }
        }
        let stake = match serde_json::from_value::<SagaData>(data.clone()) {
            Ok(data) => self.stake(&data).await.map_err(unreadable)?,
            Err(_) => Stake::default(), // A saga about something else than one booking.
        };
        Ok(Probed { findings, stake })
    }

    async fn turn_round(&self, execution: &Execution, by: UserId, reason: &str) -> Result<Turned, BusinessError> {
        let Execution { saga, name, input, .. } = execution;
        let booking = name.parse::<BookingId>().ok().filter(|_| saga == BOOKING.name);
        let Some(booking) = booking else {
            return Ok(Turned::Impossible(format!("a saga `{saga}` is never undone; redrive it")));
        };
        let Some(booking) = self.contexts.bookings.get(booking).await.map_err(unreadable)? else {
            return Ok(Turned::Impossible("there is no such booking".to_owned()));
        };
        let cancel = whole_booking(&booking, by, reason, input["traceparent"].as_str().map(str::to_owned))
            .map_err(|error| BusinessError(error.to_string()))?;
        let input = cancel.input.clone();
        Ok(match self.contexts.bookings.cancel(cancel).await.map_err(unreadable)? {
            CancelOutcome::TurnsRound | CancelOutcome::Already(usher_bookings::Status::Cancelling) => Turned::Round,
            CancelOutcome::Start { name, .. } => {
                Turned::Another { saga: CANCELLATION.name, name: name.to_string(), input }
            }
            CancelOutcome::Already(_) => Turned::Nothing("it is cancelled".to_owned()),
            CancelOutcome::Rejected => Turned::Nothing("it was rejected; there is nothing to undo".to_owned()),
            CancelOutcome::Parting => {
                Turned::Impossible("some of its seats are being cancelled; ask again in a moment".to_owned())
            }
            CancelOutcome::NotFound => Turned::Impossible("there is no such booking".to_owned()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_still_to_come_can_be_in_the_way() {
        let at = |state: &str| vec![state.to_owned()];
        assert!(is_ahead("issue-tickets", &at("IssueTickets")));
        assert!(is_ahead("issue-tickets", &at("ReserveSeats")));
        assert!(!is_ahead("reserve-seats", &at("IssueTickets")));
        assert!(!is_ahead("issue-tickets", &at("RefundPayment")));
        assert!(is_ahead("release-seats", &at("RefundPayment")));
    }
}
