//! Each call to the provider about a charge: when, what was asked, what was heard.
//!
//! A call is written down before it is made and completed after it. A row that was never completed is a call that nobody
//! came back from, which is the first thing to look at when money is missing. The undisturbed charge pays no round trip for
//! this: its attempt is begun by the statement that opens the payment and completed by the one that settles it. To add a
//! call, add a variant and its name to the constraint of the table.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use usher_core::ids::{AttemptId, PaymentId};
use usher_database::Failure;
use uuid::Uuid;

use crate::{
    Payments,
    provider::{ChargeRecord, ChargeState, ProviderFailure},
};

/// What was asked of the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// To keep the money ready.
    Authorise,
    /// To close the reference.
    Cancel,
    /// To take the money that is kept ready.
    Capture,
    /// To take the money.
    Charge,
    /// What stands under the reference.
    LookUp,
}

impl Call {
    /// Its name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Authorise => "authorise",
            Self::Cancel => "cancel",
            Self::Capture => "capture",
            Self::Charge => "charge",
            Self::LookUp => "look_up",
        }
    }
}

/// What was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Heard {
    /// An answer that is no refusal.
    Answered,
    /// A refusal.
    Declined,
    /// Nothing that could be relied on.
    Unknown,
    /// That the request was wrong.
    Rejected,
}

impl Heard {
    /// Its name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Declined => "declined",
            Self::Unknown => "unknown",
            Self::Rejected => "rejected",
        }
    }

    /// What a record says, with its detail.
    pub(crate) fn of(record: Option<&ChargeRecord>) -> (Self, &str) {
        match record.map(|record| &record.state) {
            None => (Self::Answered, "nothing"),
            Some(ChargeState::Pending) => (Self::Answered, "pending"),
            Some(ChargeState::RequiresAction { .. }) => (Self::Answered, "requires_action"),
            Some(ChargeState::Authorised) => (Self::Answered, "authorised"),
            Some(ChargeState::Captured) => (Self::Answered, "captured"),
            Some(ChargeState::Cancelled) => (Self::Answered, "void"),
            Some(ChargeState::Declined { code }) => (Self::Declined, code),
        }
    }

    /// What the lack of an answer says.
    pub(crate) fn of_failure(failure: &ProviderFailure) -> (Self, &str) {
        match failure {
            ProviderFailure::Unclear(reason) => (Self::Unknown, reason),
            ProviderFailure::Rejected(reason) => (Self::Rejected, reason),
        }
    }
}

/// One call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Its name.
    pub id: AttemptId,
    /// What was asked: one of the names of [`Call`].
    pub call: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub began_at: OffsetDateTime,
    /// What was heard: one of the names of [`Heard`], or nothing so far.
    pub heard: Option<String>,
    /// Where the charge stood, or why nothing is known.
    pub detail: Option<String>,
    /// When it was heard.
    #[serde(with = "time::serde::rfc3339::option")]
    pub heard_at: Option<OffsetDateTime>,
}

/// A call that is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asking {
    pub(crate) payment: PaymentId,
    pub(crate) id: Uuid,
}

impl Asking {
    /// The attempt that a payment is opened with.
    pub(crate) const fn first(payment: PaymentId) -> Self {
        Self { payment, id: payment.uuid() }
    }
}

impl Payments {
    /// The calls about a payment, oldest first.
    pub async fn attempts(&self, payment: PaymentId) -> Result<Vec<Attempt>, Failure> {
        let rows = sqlx::query!(
            "SELECT id, call, began_at, heard, detail, heard_at FROM payments.attempts WHERE payment_id = $1
             ORDER BY began_at, id",
            payment.uuid(),
        );
        let rows = rows.fetch_all(&self.pool).await?.into_iter();
        let attempts = rows.map(|row| Attempt {
            id: row.id.into(),
            call: row.call,
            began_at: row.began_at,
            heard: row.heard,
            detail: row.detail,
            heard_at: row.heard_at,
        });
        Ok(attempts.collect())
    }

    /// Writes down that a call is about to be made.
    pub(crate) async fn ask(&self, payment: PaymentId, call: Call) -> Result<Asking, Failure> {
        let id = AttemptId::new(&*self.ambient).uuid();
        sqlx::query!(
            "INSERT INTO payments.attempts (payment_id, id, call, began_at) VALUES ($1, $2, $3, $4)",
            payment.uuid(),
            id,
            call.as_str(),
            self.ambient.now(),
        )
        .execute(&self.pool)
        .await?;
        Ok(Asking { payment, id })
    }

    /// Writes down what came of a call.
    pub(crate) async fn heard(&self, asking: Asking, (heard, detail): (Heard, &str)) -> Result<(), Failure> {
        sqlx::query!(
            "UPDATE payments.attempts SET heard = $3, detail = $4, heard_at = $5 WHERE payment_id = $1 AND id = $2 AND heard IS NULL",
            asking.payment.uuid(),
            asking.id,
            heard.as_str(),
            detail,
            self.ambient.now(),
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Makes a call with its attempt on record, where there is a payment to record it under.
    pub(crate) async fn noted<T, E: From<Failure> + From<ProviderFailure>>(
        &self,
        payment: Option<PaymentId>,
        call: Call,
        asked: impl Future<Output = Result<T, ProviderFailure>>,
        heard: impl for<'a> FnOnce(&'a T) -> (Heard, &'a str),
    ) -> Result<T, E> {
        let Some(payment) = payment else { return Ok(asked.await?) };
        let asking = self.ask(payment, call).await?;
        let answer = asked.await;
        self.heard(asking, answer.as_ref().map_or_else(Heard::of_failure, heard)).await?;
        Ok(answer?)
    }
}
