//! Charges the customer: the point of no return. Undone by asking the provider what was charged, and giving it back.

use usher_bookings::{Status, progress::Advance};
use usher_core::money::Money;
use usher_database::Failure;
use usher_payments::{
    ChargeError, ChargeRequest, Part, RefundError, Undone,
    challenge::Parked,
    provider::ChargeState,
    reference,
    refund::{Amount, Purpose},
};
use usher_workflows::{
    booking::{Charged, Refunded, SagaData, Terms},
    business::Finding,
    definitions::REFUND,
    error::{Reason, StepError},
};

use super::reserve_seats::advance;
use crate::{
    probe,
    step::{Contexts, Parks, Step, StepContext, transient},
};

/// One charge under one reference, however often it is tried. Where the customer has to confirm it, the step waits without
/// a worker.
pub struct ChargePayment;

impl Parks for ChargePayment {
    const NAME: &'static str = "charge-payment";
    type Output = Charged;

    async fn run(&self, cx: &StepContext, data: SagaData) -> Result<Option<Charged>, StepError> {
        let request = ChargeRequest {
            booking: data.booking_id,
            execution: cx.envelope.name.clone(),
            key: cx.effect(),
            amount: data.total,
            method: data.payment_method,
        };
        let payments = &cx.contexts.payments;
        let reserved = advance(cx, Advance { id: data.booking_id, to: Status::Reserved });
        let (reserved, begun) = tokio::join!(reserved, payments.begin_charge(request.clone()));
        reserved?;
        match begun.map_err(refusal)?.finish().await {
            Err(ChargeError::Challenged { payment, url }) => {
                match payments.park(payment, &cx.envelope.task_token, &url).await.map_err(transient)? {
                    Parked::Waiting => Ok(None),
                    Parked::Settled => payments.charge(request).await.map(|paid| Some(charged(&paid))).map_err(refusal),
                }
            }
            answer => answer.map(|paid| Some(charged(&paid))).map_err(refusal),
        }
    }

    /// Asks the provider, which only looks.
    async fn probe(&self, contexts: &Contexts, execution: &str, data: SagaData) -> Result<Finding, Failure> {
        let payment = contexts.payments.by_booking(data.booking_id).await?;
        let known = payment.as_ref().map(|payment| payment.reference.clone());
        let record =
            match contexts.payments.provider().look_up(&known.unwrap_or_else(|| reference::charge(execution))).await {
                Ok(record) => record,
                Err(failure) => return Ok(probe::unknown(Self::NAME, failure)),
            };
        let output = payment.and_then(|payment| serde_json::to_value(Charged { payment_id: payment.id }).ok());
        let amount = record
            .as_ref()
            .and_then(|record| record.amount)
            .map_or_else(|| "nothing".to_owned(), |one| one.to_string());
        Ok(match record.map(|record| record.state) {
            Some(ChargeState::Captured) => {
                Finding { output, ..probe::done(Self::NAME, format!("the provider took {amount}")) }
            }
            Some(ChargeState::Authorised) => {
                Finding { output, ..probe::done(Self::NAME, format!("the provider keeps {amount} ready")) }
            }
            Some(ChargeState::Pending | ChargeState::RequiresAction { .. }) => {
                probe::unknown(Self::NAME, "the provider has not decided")
            }
            Some(ChargeState::Declined { .. } | ChargeState::Cancelled) => {
                let obstacles =
                    vec!["the provider has closed this charge and takes no other under its name".to_owned()];
                Finding { obstacles, ..probe::not_done(Self::NAME, "the provider took nothing, and will not") }
            }
            None => {
                let obstacles = price_change(contexts, &data).await?.into_iter().collect();
                Finding { obstacles, ..probe::not_done(Self::NAME, "the provider knows of no charge") }
            }
        })
    }
}

/// What the customer would be asked today, if that is not what they were asked.
async fn price_change(contexts: &Contexts, data: &SagaData) -> Result<Option<String>, Failure> {
    let Some(showtime) = contexts.catalog.showtime(data.showtime_id).await? else { return Ok(None) };
    let seats: Vec<_> = data.seats.iter().map(|priced| priced.seat.clone()).collect();
    let Ok(quotes) = showtime.quote(&seats) else { return Ok(Some("the room no longer has these seats".to_owned())) };
    let today = Money::sum(data.total.currency, quotes.into_iter().map(|(.., price)| price)).ok();
    let differs = today.filter(|today| *today != data.total);
    Ok(differs.map(|today| format!("the seats cost {today} today, and {} was agreed", data.total)))
}

fn charged(charged: &usher_payments::Charged) -> Charged {
    Charged { payment_id: charged.payment }
}

fn refusal(error: ChargeError) -> StepError {
    match error {
        ChargeError::Declined { code } => StepError::Rejected(Reason::PaymentDeclined, code),
        ChargeError::Challenged { .. } => StepError::Unknown("the payment waits for the customer".to_owned()),
        ChargeError::Unknown { reason } => StepError::Unknown(reason),
        ChargeError::Refused { reason } => StepError::Rejected(Reason::InvalidRequest, reason),
        ChargeError::Transient(failure) => StepError::Transient(failure.to_string()),
    }
}

/// Whatever was taken goes back, or what the terms of a cancellation say; where nothing was, nothing can be taken any more.
pub struct RefundPayment;

impl Step for RefundPayment {
    const NAME: &'static str = "refund-payment";
    type Input = SagaData;
    type Output = Refunded;

    async fn run(&self, cx: &StepContext, data: SagaData) -> Result<Refunded, StepError> {
        let (reference, amount, purpose) = match data.cancellation {
            None => (None, Amount::Rest, Purpose::Undo),
            // A part has a name of its own at the provider; a whole booking is given back under one, whoever does it.
            Some(Terms { part, refund, .. }) => {
                (part.map(|_| cx.effect()), Amount::AtMost(refund), Purpose::Cancellation)
            }
        };
        let part = Part { reference, amount, purpose, saga: Some(REFUND.name) };
        let nothing = Refunded { amount: Money::zero(data.total.currency), pending: false, owed: false };
        match cx.contexts.payments.refund_part(data.booking_id, &cx.effect(), &part).await {
            Ok(Undone::Refunded { amount }) => Ok(Refunded { amount, ..nothing }),
            Ok(Undone::Pending { amount, .. }) => Ok(Refunded { amount, pending: true, ..nothing }),
            Ok(Undone::NothingCharged) => Ok(nothing),
            // Trying again would not help, and the seats need not wait: the incident is somebody's work from here on.
            Err(RefundError::Failed { .. }) => Ok(Refunded { owed: true, ..nothing }),
            Err(error) => Err(failed(error)),
        }
    }

    /// Goes by our own books for what went back, and by the provider for what was taken.
    async fn probe(&self, contexts: &Contexts, _execution: &str, data: SagaData) -> Result<Finding, Failure> {
        let Some(payment) = contexts.payments.by_booking(data.booking_id).await? else {
            return Ok(probe::done(Self::NAME, "nothing was charged"));
        };
        let record = match contexts.payments.provider().look_up(&payment.reference).await {
            Ok(record) => record,
            Err(failure) => return Ok(probe::unknown(Self::NAME, failure)),
        };
        let captured = record.filter(|record| record.state == ChargeState::Captured).and_then(|record| record.amount);
        let Some(captured) = captured else { return Ok(probe::done(Self::NAME, "the provider took nothing")) };
        let refunds = contexts.payments.refunds(payment.id).await?;
        let given = refunds.iter().filter(|refund| refund.status.standing().holds_money());
        let given = Money::new(given.map(|refund| refund.amount.amount).sum(), captured.currency);
        let due = data.cancellation.as_ref().map_or(captured, |terms| terms.refund);
        let says = format!("{given} of {captured} went back or is on its way");
        let is_done = given.amount >= due.amount;
        let output =
            is_done.then(|| serde_json::to_value(Refunded { amount: given, pending: false, owed: false }).ok());
        let obstacles = if is_done { None } else { closed_window(contexts, &data).await? };
        let obstacles = obstacles.into_iter().collect();
        Ok(Finding { obstacles, output: output.flatten(), ..probe::whether(is_done, Self::NAME, says) })
    }
}

/// What the refund policy would give today, if that is less than what was promised.
async fn closed_window(contexts: &Contexts, data: &SagaData) -> Result<Option<String>, Failure> {
    let Some(terms) = data.cancellation.as_ref().filter(|terms| !terms.by_house) else { return Ok(None) };
    let Some(showtime) = contexts.catalog.showtime(data.showtime_id).await? else { return Ok(None) };
    let now = contexts.catalog.now();
    let policy = |price| showtime.refund_policy.terms(price, showtime.starts_at, now).refund;
    let today = Money::sum(data.total.currency, data.seats.iter().map(|priced| policy(priced.price))).ok();
    let less = today.filter(|today| today.amount < terms.refund.amount);
    Ok(less.map(|today| format!("by today's window {today} would go back, and {} was promised", terms.refund)))
}

/// What the saga makes of a refund that was not made.
pub(super) fn failed(error: RefundError) -> StepError {
    match error {
        RefundError::Unknown { reason } => StepError::Unknown(reason),
        RefundError::Failed { code: reason } | RefundError::Refused { reason } => {
            StepError::Rejected(Reason::InvalidRequest, reason)
        }
        RefundError::Transient(failure) => StepError::Transient(failure.to_string()),
    }
}
