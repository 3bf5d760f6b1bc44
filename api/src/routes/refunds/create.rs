//! `POST /api/payments/{id}/refunds`: gives money back and leaves the booking alone: a kindness.
//!
//! The refund is named after the request, so that a try after a crash finds it. Whether there is room for it is decided by
//! the database and nobody else.

use axum::{extract::State, response::Response};
use serde::{Deserialize, Serialize};
use usher_core::{
    ids::PaymentId,
    money::{Currency, Money},
    problem::Kind,
};
use usher_database::{
    event,
    idempotency::{Answer, Claim},
};
use usher_payments::{
    OpenRefund, OpenedRefund, Payment, exceeds_captured,
    payment::Status,
    refund::{Amount, Purpose, RefundStatus},
};
use usher_telemetry::trace;
use usher_workflows::definitions::REFUND;
use utoipa::ToSchema;

use super::{RefundView, answer};
use crate::{
    auth::{Caller, Operator},
    extract::{Body, Id},
    idempotency::{self, IdempotencyKey, once},
    problem::Problem,
    selection::{Wrong, unprocessable},
    state::AppState,
};

/// Method and route, for the scope of keys.
const ROUTE: &str = "POST /api/payments/{id}/refunds";

/// What to give back.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"amount": 500, "currency": "EUR", "reason": "The sound failed for ten minutes."}))]
pub(crate) struct NewRefund {
    /// Minor units; left out, it is the price of the seats, or what is left of the payment.
    amount: Option<i64>,
    /// That of the payment, if it is named.
    #[schema(value_type = Option<String>)]
    currency: Option<Currency>,
    /// The price of these seats of the booking; not together with an amount.
    seats: Option<Vec<String>>,
    /// Why, for whoever approves and for the books.
    reason: String,
}

/// Give money back
///
/// The booking and its tickets stay. Above the limit of the house it waits for a second person (`requires_action`,
/// `approval`). Follow `Location`: the money is on its way only when the status is `succeeded`.
#[utoipa::path(post, path = "/api/payments/{id}/refunds", tag = "payments", security(("bearer" = [])), request_body = NewRefund,
    params(
        ("id" = String, Path, description = "`pay_...`"),
        ("Idempotency-Key" = String, Header, description = "The same for every try of one request."),
    ),
    responses(
        (status = 202, description = "It is written down, and asked for or waiting for approval.", body = RefundView),
        (status = 403, description = "`forbidden`: for operators."),
        (status = 404, description = "`not-found`: no such payment."),
        (status = 409, description = "`refund-exceeds-payment`, or `conflict`: nothing was captured or nothing is left."),
        (status = 422, description = "`unprocessable` (see `errors`) or `idempotency-key-reused`."),
    ))]
pub(crate) async fn create(
    State(state): State<AppState>,
    Operator(caller): Operator,
    key: IdempotencyKey,
    Id(id): Id<PaymentId>,
    Body(body): Body<NewRefund>,
) -> Result<Response, Problem> {
    let claim = key.claim(caller.user, ROUTE, &(id, &body));
    once(&state, claim.clone(), work(&state, caller, id, &body, &claim)).await
}

async fn work(
    state: &AppState,
    caller: Caller,
    id: PaymentId,
    body: &NewRefund,
    claim: &Claim,
) -> Result<Answer, Problem> {
    let payment = state.payments.payment(id).await?.ok_or_else(|| Problem::not_found("payment"))?;
    if !matches!(payment.status, Status::Captured { .. }) {
        return Err(Problem::new(Kind::Conflict, "Nothing was taken by this payment, so nothing can be given back."));
    }
    let amount = amount(state, &payment, body).await?;
    let trace = trace::current();
    let _working = trace.map(|context| event::trace::enter(&payment.booking.to_string(), context));
    let open = OpenRefund {
        charge_reference: payment.reference.clone(),
        reference: format!("{}/refund-{}", payment.booking, idempotency::number(claim).simple()),
        amount,
        purpose: Purpose::Goodwill,
        reason: body.reason.clone(),
        requested_by: Some(caller.user),
        needs_approval: needs_approval(state, &payment, amount).await?,
        saga: Some(REFUND.name),
    };
    let refund = match state.payments.open_refund(open).await {
        Ok(OpenedRefund::Fresh(refund) | OpenedRefund::Found(refund)) => refund,
        Ok(OpenedRefund::Nothing) => {
            return Err(Problem::new(Kind::Conflict, "Nothing is left of this payment."));
        }
        Err(failure) if exceeds_captured(&failure) => {
            let detail = "Together with what went back or is on its way, this is more than was paid.";
            return Err(Problem::new(Kind::RefundExceedsPayment, detail).with("captured", payment.amount));
        }
        Err(failure) => return Err(failure.into()),
    };
    if refund.status == RefundStatus::Pending {
        state.handover.refund(&state.payments, &refund);
    }
    answer(202, &refund)
}

/// How much is asked for, checked against the payment and its booking.
async fn amount(state: &AppState, payment: &Payment, body: &NewRefund) -> Result<Amount, Problem> {
    let mut wrongs = Vec::new();
    if body.reason.trim().is_empty() {
        wrongs.push(Wrong::at("#/reason", "Say why."));
    }
    if body.currency.is_some_and(|currency| currency != payment.amount.currency) {
        wrongs.push(Wrong::at("#/currency", "The payment is in another currency."));
    }
    let money = |amount| Amount::Exactly(Money::new(amount, payment.amount.currency));
    let amount = match (body.amount, &body.seats) {
        (Some(_), Some(_)) => {
            wrongs.push(Wrong::at("#/seats", "Name an amount or seats, not both."));
            Amount::Rest
        }
        (Some(amount), None) if amount <= 0 => {
            wrongs.push(Wrong::at("#/amount", "Give back one minor unit at least."));
            Amount::Rest
        }
        (Some(amount), None) => money(amount),
        (None, None) => Amount::Rest,
        (None, Some(names)) => {
            let booking = state.bookings.get(payment.booking).await?.ok_or_else(|| Problem::not_found("booking"))?;
            let mut sum = 0;
            for (index, name) in names.iter().enumerate() {
                match booking.seats.iter().find(|(seat, _)| seat.as_str() == name) {
                    Some((_, price)) if !names[..index].contains(name) => sum += price.amount,
                    _ => wrongs.push(Wrong::at(
                        format!("#/seats/{index}"),
                        "The booking has no such seat, or it is named twice.",
                    )),
                }
            }
            if sum == 0 && wrongs.is_empty() {
                wrongs.push(Wrong::at("#/seats", "Name a seat that costs something."));
            }
            money(sum)
        }
    };
    if wrongs.is_empty() { Ok(amount) } else { Err(unprocessable(&wrongs)) }
}

/// Whether a second person is needed: many small kindnesses to one payment are one large one.
async fn needs_approval(state: &AppState, payment: &Payment, amount: Amount) -> Result<bool, Problem> {
    let before = state.payments.refunds(payment.id).await?;
    let given =
        before.iter().filter(|refund| refund.purpose == Purpose::Goodwill && refund.status.standing().holds_money());
    let given: i64 = given.map(|refund| refund.amount.amount).sum();
    let asked = match amount {
        Amount::Exactly(money) | Amount::AtMost(money) => money.amount,
        Amount::Rest => payment.amount.amount.saturating_sub(given),
    };
    Ok(given.saturating_add(asked) > state.settings.refund_approval_above)
}
