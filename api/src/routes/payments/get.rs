//! `GET /api/payments/{id}`: a payment with its attempts and its lines in the ledger.

use axum::{Json, extract::State};
use serde::Serialize;
use time::OffsetDateTime;
use usher_core::ids::{AttemptId, BookingId, PaymentId};
use usher_payments::{
    attempt::Attempt,
    customer_text::{self, CustomerText},
    ledger::Line,
    payment::{Payment, Status},
};
use utoipa::ToSchema;

use crate::{
    auth::Caller, extract::Id, money::Money, problem::Problem, routes::bookings::view::Action, state::AppState,
};

/// What one booking was asked to pay, and what became of it.
#[derive(Serialize, ToSchema)]
#[schema(as = Payment)]
pub(crate) struct PaymentView {
    #[schema(value_type = String, example = "pay_01KAG3V0Q8Z6X4N2M7R5T9W1YC")]
    id: PaymentId,
    #[schema(value_type = String)]
    booking_id: BookingId,
    #[serde(flatten)]
    standing: Standing,
    amount: Money,
    /// What the customer has to do first.
    #[serde(skip_serializing_if = "Option::is_none")]
    requires_action: Option<Action>,
    /// Every call to the provider, oldest first.
    attempts: Vec<AttemptLine>,
    /// Every posting, oldest first.
    ledger: Vec<LedgerLine>,
    #[serde(with = "time::serde::rfc3339")]
    opened_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    settled_at: Option<OffsetDateTime>,
}

/// Where a payment stands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Standing {
    /// `unknown`: the provider gave no clear answer, and it is being looked up. Do not pay again.
    #[schema(example = "captured", pattern = "^(open|unknown|requires_action|authorised|captured|declined|void)$")]
    status: &'static str,
    /// The provider's reason, where it declined.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    message: Message,
}

impl Standing {
    /// In words for programs and for people; `is_challenged` while the customer has something to confirm.
    pub(crate) fn of(payment: &Status, is_challenged: bool) -> Self {
        let text = customer_text::of(payment, is_challenged);
        let (status, code) = match payment {
            Status::Open | Status::Unknown if is_challenged => ("requires_action", None),
            Status::Open => ("open", None),
            Status::Unknown => ("unknown", None),
            Status::Authorised { .. } => ("authorised", None),
            Status::Captured { .. } => ("captured", None),
            Status::Declined { code } => ("declined", Some(code.clone())),
            Status::Void => ("void", None),
        };
        Self { status, code, message: Message { key: text.key, text: text.text } }
    }
}

/// What the customer is told.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Message {
    /// The same for everything in this state.
    #[schema(example = "payment_checked")]
    key: &'static str,
    text: &'static str,
}

impl From<CustomerText> for Message {
    fn from(CustomerText { key, text }: CustomerText) -> Self {
        Self { key, text }
    }
}

/// A call to the provider.
#[derive(Serialize, ToSchema)]
struct AttemptLine {
    #[schema(value_type = String, example = "att_01KAG3V0Q8Z6X4N2M7R5T9W1YC")]
    id: AttemptId,
    /// What was asked.
    #[schema(example = "charge", pattern = "^(authorise|cancel|capture|charge|look_up)$")]
    call: String,
    /// What was heard; absent when nobody came back from the call.
    #[schema(example = "answered", pattern = "^(answered|declined|unknown|rejected)$")]
    heard: Option<String>,
    /// Where the charge stood, or what was seen instead of an answer.
    detail: Option<String>,
    #[serde(with = "time::serde::rfc3339")]
    began_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    heard_at: Option<OffsetDateTime>,
}

impl From<Attempt> for AttemptLine {
    fn from(attempt: Attempt) -> Self {
        let Attempt { id, call, began_at, heard, detail, heard_at } = attempt;
        Self { id, call, heard, detail, began_at, heard_at }
    }
}

/// A posting: one amount from one account to another.
#[derive(Serialize, ToSchema)]
struct LedgerLine {
    /// `capture`, `recognise`, `refund` and their like.
    #[schema(example = "capture")]
    kind: String,
    /// The account that gains.
    debit: String,
    /// The account that gives.
    credit: String,
    amount: Money,
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
}

impl From<Line> for LedgerLine {
    fn from(line: Line) -> Self {
        let Line { kind, debit, credit, amount, at } = line;
        Self { kind, debit: debit.as_str().to_owned(), credit: credit.as_str().to_owned(), amount: amount.into(), at }
    }
}

/// One payment
///
/// With every call to the provider and every posting. Yours, or anybody's for operators.
#[utoipa::path(get, path = "/api/payments/{id}", tag = "payments", security(("bearer" = [])),
    params(("id" = String, Path, description = "`pay_...`")), responses(
    (status = 200, description = "The payment.", body = PaymentView),
    (status = 404, description = "`not-found`: no such payment of yours."),
))]
pub(crate) async fn get(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id<PaymentId>,
) -> Result<Json<PaymentView>, Problem> {
    let not_found = || Problem::not_found("payment");
    let payment = state.payments.payment(id).await?.ok_or_else(not_found)?;
    if !caller.sees_the_house() {
        let booking = state.bookings.get(payment.booking).await?;
        booking.filter(|booking| booking.user_id == caller.user).ok_or_else(not_found)?;
    }
    Ok(Json(view(&state, payment).await?))
}

async fn view(state: &AppState, payment: Payment) -> Result<PaymentView, Problem> {
    let (attempts, ledger) = tokio::try_join!(state.payments.attempts(payment.id), state.payments.lines(payment.id))?;
    let requires_action =
        if payment.status.is_settled() { None } else { state.payments.challenge(payment.id).await?.map(Action::from) };
    Ok(PaymentView {
        id: payment.id,
        booking_id: payment.booking,
        standing: Standing::of(&payment.status, requires_action.is_some()),
        amount: payment.amount.into(),
        requires_action,
        attempts: attempts.into_iter().map(AttemptLine::from).collect(),
        ledger: ledger.into_iter().map(LedgerLine::from).collect(),
        opened_at: payment.opened_at,
        settled_at: payment.settled_at,
    })
}
