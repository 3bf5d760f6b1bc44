//! A charge that waits for the customer: 3-D Secure and its kin.
//!
//! The step does not wait in a worker. It leaves its token here and ends; the message is acknowledged. A keeper sends the
//! heartbeats as long as the deadline runs ([`Payments::keep_challenges`]), and whichever process learns of the outcome - by a
//! webhook, a look-up, another delivery - answers the step ([`Payments::answer_challenges`]). Two minutes are what a
//! customer has: the step is tried four times for 40 s each, 160 s in all, and the seats are held for 300 s. Then the charge
//! is closed at the provider, whose last word decides.

use time::{Duration, OffsetDateTime};
use usher_core::ids::{BookingId, PaymentId};
use usher_database::Failure;
use usher_workflows::{
    booking::Charged,
    envelope::TaskToken,
    error::{Reason, StepError},
    orchestrator::{Orchestrator, OrchestratorError},
};
use uuid::Uuid;

use crate::{
    Payments,
    attempt::{Call, Heard},
    payment::{Payment, Row, Status},
    provider::CANCELLED,
    settle::Outcome,
};

/// How long a customer has, from the moment at which they were asked.
pub const TIME_TO_ANSWER: Duration = Duration::minutes(2);

/// How long a keeper has a challenge to itself: two of its rounds.
const KEPT: Duration = Duration::seconds(6);

/// How many challenges a round looks after.
const ROUND: i64 = 500;

/// A challenge as the customer sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// Where the payment is confirmed.
    pub url: String,
    /// Until when.
    pub deadline: OffsetDateTime,
}

/// Whether a step waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parked {
    /// It does; its token is kept.
    Waiting,
    /// The outcome became known meanwhile: ask again.
    Settled,
}

impl Payments {
    /// Keeps the token of a step whose payment waits for the customer. The payment is locked, so that an outcome either is
    /// seen here or sees the token.
    pub async fn park(&self, payment: PaymentId, token: &TaskToken, url: &str) -> Result<Parked, Failure> {
        let now = self.ambient.now();
        let parked = sqlx::query!(
            "WITH waiting AS (
               SELECT id FROM payments.payments WHERE id = $1 AND status IN ('open', 'unknown') FOR NO KEY UPDATE
             )
             INSERT INTO payments.challenges AS challenge (payment_id, task_token, url, opened_at, deadline, kept_until)
             SELECT id, $2, $3, $4, $5, $4 FROM waiting
             ON CONFLICT (payment_id) DO UPDATE
             SET task_token = excluded.task_token, url = excluded.url, kept_until = excluded.kept_until, answered_at = NULL",
            payment.uuid(),
            token.0,
            url,
            now,
            now + TIME_TO_ANSWER,
        );
        let parked = parked.execute(&self.pool).await?.rows_affected() > 0;
        Ok(if parked { Parked::Waiting } else { Parked::Settled })
    }

    /// What the customer has to confirm for a payment, if anything.
    pub async fn challenge(&self, payment: PaymentId) -> Result<Option<Challenge>, Failure> {
        let row = sqlx::query_as!(
            Challenge,
            "SELECT url, deadline FROM payments.challenges WHERE payment_id = $1 AND answered_at IS NULL AND deadline > $2",
            payment.uuid(),
            self.ambient.now(),
        );
        Ok(row.fetch_optional(&self.pool).await?)
    }

    /// What the customer has to confirm for a booking, if anything.
    pub async fn challenge_of(&self, booking: BookingId) -> Result<Option<Challenge>, Failure> {
        let row = sqlx::query_as!(
            Challenge,
            "SELECT challenge.url, challenge.deadline
             FROM payments.payments AS payment JOIN payments.challenges AS challenge ON challenge.payment_id = payment.id
             WHERE payment.booking_id = $1 AND challenge.answered_at IS NULL AND challenge.deadline > $2",
            booking.uuid(),
            self.ambient.now(),
        );
        Ok(row.fetch_optional(&self.pool).await?)
    }

    /// One round of a keeper: shows that the waiting steps live, closes those whose time is over, and answers those whose
    /// outcome is known. Several keepers share the work. Tells how many it looked after.
    pub async fn keep_challenges(&self, orchestrator: &dyn Orchestrator) -> Result<usize, Failure> {
        self.answer_challenges(orchestrator).await?;
        let now = self.ambient.now();
        let kept = sqlx::query!(
            "WITH mine AS MATERIALIZED (
               SELECT payment_id FROM payments.challenges WHERE answered_at IS NULL AND kept_until <= $1
               ORDER BY kept_until LIMIT $3 FOR UPDATE SKIP LOCKED
             )
             UPDATE payments.challenges AS challenge SET kept_until = $2 FROM mine
             WHERE challenge.payment_id = mine.payment_id
             RETURNING challenge.payment_id, challenge.task_token, challenge.deadline",
            now,
            now + KEPT,
            ROUND,
        );
        let kept = kept.fetch_all(&self.pool).await?;
        let mut overdue = false;
        for row in &kept {
            if row.deadline <= now {
                overdue |= self.close(row.payment_id.into()).await?;
            } else if let Err(error) = orchestrator.heartbeat(&TaskToken(row.task_token.clone())).await {
                tracing::debug!(%error, "the heartbeat of a challenge was not taken");
            }
        }
        if overdue {
            self.answer_challenges(orchestrator).await?;
        }
        Ok(kept.len())
    }

    /// The customer's time is over: asks the provider for its last word. False when it gave none.
    async fn close(&self, payment: PaymentId) -> Result<bool, Failure> {
        let Some(Payment { reference, .. }) = self.payment(payment).await? else { return Ok(false) };
        let asking = self.ask(payment, Call::Cancel).await?;
        match self.provider.cancel(&reference).await {
            Ok(record) => {
                self.heard(asking, Heard::of(Some(&record))).await?;
                let Some(outcome) = Outcome::of(&record) else { return Ok(false) };
                self.settle_news(&reference, outcome).await?;
                Ok(true)
            }
            Err(failure) => {
                self.heard(asking, Heard::of_failure(&failure)).await?;
                Ok(false)
            }
        }
    }

    /// Answers every waiting step whose outcome is known. Reported first and marked afterwards: who dies in between reports
    /// again, and a token that was answered is dead.
    pub async fn answer_challenges(&self, orchestrator: &dyn Orchestrator) -> Result<usize, Failure> {
        let rows = sqlx::query_as!(
            Row,
            "SELECT payment.id, payment.booking_id, payment.reference, payment.amount, payment.currency, payment.method,
               payment.status, payment.provider_id, payment.code, payment.opened_at, payment.settled_at
             FROM payments.challenges AS challenge JOIN payments.payments AS payment ON payment.id = challenge.payment_id
             WHERE challenge.answered_at IS NULL AND payment.status NOT IN ('open', 'unknown') LIMIT $1",
            ROUND,
        );
        let mut answered = 0;
        for row in rows.fetch_all(&self.pool).await? {
            let payment = Payment::try_from(row)?;
            if self.answer(orchestrator, &payment).await? {
                answered += 1;
            }
        }
        Ok(answered)
    }

    async fn answer(&self, orchestrator: &dyn Orchestrator, payment: &Payment) -> Result<bool, Failure> {
        let token = sqlx::query_scalar!(
            "SELECT task_token FROM payments.challenges WHERE payment_id = $1 AND answered_at IS NULL",
            payment.id.uuid(),
        );
        let Some(token) = token.fetch_optional(&self.pool).await?.map(TaskToken) else { return Ok(false) };
        let told = self.told(payment).await?;
        let answered = match outcome(payment.id, &told) {
            Ok(output) => orchestrator.succeed(&token, output).await,
            Err(error) => orchestrator.fail(&token, &error).await,
        };
        match answered {
            // A dead token's attempt is over; the next delivery finds the outcome.
            Ok(()) | Err(OrchestratorError::TokenDead | OrchestratorError::NotFound) => {}
            Err(error) => {
                tracing::warn!(%error, "a step that waited for a customer could not be answered yet");
                return Ok(false);
            }
        }
        self.answered(payment.id.uuid(), &token).await?;
        Ok(true)
    }

    /// Only for this token: a delivery that came meanwhile has another, and waits on.
    async fn answered(&self, payment: Uuid, token: &TaskToken) -> Result<(), Failure> {
        sqlx::query!(
            "UPDATE payments.challenges SET answered_at = $3 WHERE payment_id = $1 AND task_token = $2",
            payment,
            token.0,
            self.ambient.now(),
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

/// What the step answers.
fn outcome(payment: PaymentId, status: &Status) -> Result<serde_json::Value, StepError> {
    let declined = |code: &str| Err(StepError::Rejected(Reason::PaymentDeclined, code.to_owned()));
    match status {
        Status::Authorised { .. } | Status::Captured { .. } => serde_json::to_value(Charged { payment_id: payment })
            .map_err(|error| StepError::Rejected(Reason::InvalidRequest, error.to_string())),
        Status::Declined { code } => declined(code),
        Status::Void => declined(CANCELLED),
        Status::Open | Status::Unknown => Err(StepError::Unknown("the payment is not settled".to_owned())),
    }
}
