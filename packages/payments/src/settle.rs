//! Writing down what the provider said to a charge: the payment's status, the ledger, the event, in one transaction.
//!
//! News come from the answer to a call, from a look-up, a webhook and the provider's report, in any order and more than
//! once. An outcome is overruled only by a higher one ([`Outcome::standing`]), so every order ends in the same state, and at
//! the top is the capture: whatever we believed, when the provider has the customer's money, the books must say so. What the
//! saga was told first is kept beside it. Money that turns up after it was told of a refusal opens an incident, and goes
//! back.

use std::{collections::HashMap, sync::Arc};

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use time::OffsetDateTime;
use usher_core::{ambient::SharedAmbient, ids::PaymentId};
use usher_database::{Failure, once::ApplyOnce, outbox::Message};
use uuid::Uuid;

use crate::{
    Payments,
    attempt::{Asking, Heard},
    events,
    payment::{self, Payment, Row, Status},
    provider::{Answer, CANCELLED, ChargeRecord, ChargeState},
    success_rate::SuccessRate,
};

/// What the provider said of the charge under a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settle {
    /// The charge's reference. Its payment must have been opened.
    pub reference: String,
    /// What it said.
    pub outcome: Outcome,
    /// Whether the saga is told of it now.
    pub is_told: bool,
    /// The call that it answers, if it answers one of ours.
    pub(crate) asking: Option<Asking>,
}

impl Settle {
    /// What the saga is told now, by another way than an answer to a call of ours.
    pub const fn told(reference: String, outcome: Outcome) -> Self {
        Self { reference, outcome, is_told: true, asking: None }
    }

    /// What became known while no saga asked.
    pub const fn news(reference: String, outcome: Outcome) -> Self {
        Self { reference, outcome, is_told: false, asking: None }
    }
}

/// How a charge ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The provider keeps the money ready.
    Authorised {
        /// Its own name for the charge.
        provider_id: String,
    },
    /// The provider has the money.
    Captured {
        /// Its own name for the charge.
        provider_id: String,
    },
    /// The provider refused.
    Declined {
        /// Why, in its words.
        code: String,
    },
    /// The reference was closed before anything was charged.
    Void,
}

impl Outcome {
    /// What an answer says, or the address at which the customer has to do something first.
    pub(crate) fn of_answer(answer: Answer) -> Result<Self, String> {
        match answer {
            Answer::Authorised { id } => Ok(Self::Authorised { provider_id: id }),
            Answer::Captured { id } => Ok(Self::Captured { provider_id: id }),
            Answer::Declined { code } if code == CANCELLED => Ok(Self::Void),
            Answer::Declined { code } => Ok(Self::Declined { code }),
            Answer::RequiresAction { url } => Err(url),
        }
    }

    /// What a record says, or `None` while it says nothing yet.
    pub(crate) fn of(record: &ChargeRecord) -> Option<Self> {
        match &record.state {
            ChargeState::Pending | ChargeState::RequiresAction { .. } => None,
            ChargeState::Authorised => Some(Self::Authorised { provider_id: record.id.clone() }),
            ChargeState::Captured => Some(Self::Captured { provider_id: record.id.clone() }),
            ChargeState::Declined { code } => Some(Self::Declined { code: code.clone() }),
            ChargeState::Cancelled => Some(Self::Void),
        }
    }

    /// The value of the column `status`, and the label of the metrics.
    pub(crate) const fn as_str(&self) -> &'static str {
        match self {
            Self::Authorised { .. } => "authorised",
            Self::Captured { .. } => "captured",
            Self::Declined { .. } => "declined",
            Self::Void => "void",
        }
    }

    /// Which of two outcomes counts: the higher. `payments.standing` in the database is the same list.
    pub const fn standing(&self) -> u8 {
        match self {
            Self::Authorised { .. } => 2,
            Self::Void => 3,
            Self::Declined { .. } => 4,
            Self::Captured { .. } => 5,
        }
    }

    /// What an attempt is completed with.
    pub(crate) fn heard(&self) -> (Heard, &str) {
        match self {
            Self::Declined { code } => (Heard::Declined, code),
            Self::Authorised { .. } | Self::Captured { .. } | Self::Void => (Heard::Answered, self.as_str()),
        }
    }
}

/// What the payment is after settling, whoever settled it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// The payment.
    pub payment: PaymentId,
    /// Where it stands.
    #[serde(flatten)]
    pub status: Status,
    /// The attempt that was completed with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) attempt: Option<Uuid>,
}

/// Settles payments in batches.
#[derive(Debug)]
pub(crate) struct Settling {
    pub(crate) ambient: SharedAmbient,
    pub(crate) success_rate: Arc<SuccessRate>,
}

impl ApplyOnce<Settle, Settled> for Settling {
    fn apply<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        commands: &'a [&'a Settle],
        told: &'a mut Vec<Message>,
    ) -> BoxFuture<'a, Result<Vec<Settled>, sqlx::Error>> {
        Box::pin(async move {
            let now = self.ambient.now();
            let changed = update(connection, &one_per_reference(commands), commands, now).await?;
            told.extend(changed.iter().filter_map(|payment| events::of_payment(&*self.ambient, payment)));
            for payment in &changed {
                match &payment.status {
                    Status::Captured { .. } => self.success_rate.record("captured"),
                    Status::Declined { .. } => self.success_rate.record("declined"),
                    Status::Open | Status::Unknown | Status::Authorised { .. } | Status::Void => {}
                }
            }
            answers(connection, commands, changed).await
        })
    }
}

/// One command for each reference: the one that counts, and told if any of them is.
fn one_per_reference(commands: &[&Settle]) -> Vec<Settle> {
    let mut chosen: HashMap<&str, Settle> = HashMap::with_capacity(commands.len());
    for command in commands {
        let slot = chosen.entry(&command.reference).or_insert_with(|| (*command).clone());
        let is_told = slot.is_told || command.is_told;
        if command.outcome.standing() > slot.outcome.standing() {
            *slot = (*command).clone();
        }
        slot.is_told = is_told;
    }
    chosen.into_values().collect()
}

/// Writes the outcomes that are news, books the captures among them, opens incidents for those that come after a refusal
/// was told, completes the attempts, and answers the payments that changed. That the references are named twice is for the
/// planner, which would otherwise read the whole table once it has seen it small.
async fn update(
    connection: &mut PgConnection,
    outcomes: &[Settle],
    commands: &[&Settle],
    now: OffsetDateTime,
) -> Result<Vec<Payment>, sqlx::Error> {
    let references: Vec<_> = outcomes.iter().map(|command| command.reference.clone()).collect();
    let statuses: Vec<_> = outcomes.iter().map(|command| command.outcome.as_str().to_owned()).collect();
    let (provider_ids, codes): (Vec<_>, Vec<_>) = outcomes
        .iter()
        .map(|command| match &command.outcome {
            Outcome::Authorised { provider_id } | Outcome::Captured { provider_id } => {
                (Some(provider_id.clone()), None)
            }
            Outcome::Declined { code } => (None, Some(code.clone())),
            Outcome::Void => (None, None),
        })
        .unzip();
    let told: Vec<_> = outcomes.iter().map(|command| command.is_told).collect();
    let answered: Vec<_> =
        commands.iter().filter_map(|command| Some((command.asking?, command.outcome.heard()))).collect();
    let rows = sqlx::query_as!(
        Row,
        r#"WITH changed AS (
           UPDATE payments.payments AS payment
           SET status = new.status, provider_id = coalesce(new.provider_id, payment.provider_id),
             code = coalesce(new.code, payment.code), settled_at = $5,
             told = CASE WHEN new.told THEN coalesce(payment.told, new.status) ELSE payment.told END
           FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $6::boolean[])
             AS new (reference, status, provider_id, code, told)
           WHERE payment.reference = new.reference AND payment.reference = ANY($1)
             AND payments.standing(new.status) > payments.standing(payment.status)
           RETURNING payment.id, payment.booking_id, payment.reference, payment.amount, payment.currency, payment.method,
             payment.status, payment.provider_id, payment.code, payment.opened_at, payment.settled_at, payment.told
         ), booked AS (
           INSERT INTO payments.transfers
             (payment_id, booking_id, kind, reference, debit, credit, amount, currency, occurred_at)
           SELECT id, booking_id, 'capture', reference, 'provider', 'customer_prepayments', amount, currency, $5
           FROM changed WHERE status = 'captured'
         ), late AS (
           INSERT INTO payments.incidents (id, kind, reference, payment_id, detail, customer_text, opened_at)
           SELECT id, 'late_success', reference, id, 'captured after the booking was told: ' || told, 'payment_late', $5
           FROM changed WHERE status = 'captured' AND told IN ('declined', 'void')
           ON CONFLICT DO NOTHING
         ), heard AS (
           UPDATE payments.attempts AS attempt SET heard = new.heard, detail = new.detail, heard_at = $5
           FROM unnest($7::uuid[], $8::uuid[], $9::text[], $10::text[]) AS new (payment_id, id, heard, detail)
           WHERE attempt.payment_id = new.payment_id AND attempt.id = new.id AND attempt.payment_id = ANY($7)
             AND attempt.heard IS NULL
         )
         SELECT id AS "id!", booking_id AS "booking_id!", reference AS "reference!", amount AS "amount!",
           currency AS "currency!", method AS "method!", status AS "status!", provider_id, code, opened_at AS "opened_at!",
           settled_at
         FROM changed"#,
        &references,
        &statuses,
        &provider_ids as &[Option<String>],
        &codes as &[Option<String>],
        now,
        &told,
        &answered.iter().map(|(asking, _)| asking.payment.uuid()).collect::<Vec<_>>(),
        &answered.iter().map(|(asking, _)| asking.id).collect::<Vec<_>>(),
        &answered.iter().map(|(_, (heard, _))| heard.as_str().to_owned()).collect::<Vec<_>>(),
        &answered.iter().map(|(_, (_, detail))| (*detail).to_owned()).collect::<Vec<_>>(),
    );
    rows.fetch_all(connection).await?.into_iter().map(Payment::try_from).collect()
}

/// Remembers that the saga hears now of what was settled by somebody else before.
async fn tell(connection: &mut PgConnection, references: &[String]) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE payments.payments SET told = status
         WHERE reference = ANY($1) AND told IS NULL AND status NOT IN ('open', 'unknown')",
        references,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// An answer for each command: from what changed, else from what was settled before.
async fn answers(
    connection: &mut PgConnection,
    commands: &[&Settle],
    changed: Vec<Payment>,
) -> Result<Vec<Settled>, sqlx::Error> {
    let mut payments: HashMap<String, Payment> =
        changed.into_iter().map(|payment| (payment.reference.clone(), payment)).collect();
    let others: Vec<String> = commands
        .iter()
        .filter(|command| !payments.contains_key(&command.reference))
        .map(|command| command.reference.clone())
        .collect();
    if !others.is_empty() {
        let told: Vec<String> = commands
            .iter()
            .filter(|command| command.is_told && others.contains(&command.reference))
            .map(|command| command.reference.clone())
            .collect();
        if !told.is_empty() {
            tell(&mut *connection, &told).await?;
        }
        let settled = payment::by_references(connection, &others).await?;
        payments.extend(settled.into_iter().map(|payment| (payment.reference.clone(), payment)));
    }
    let in_order = commands.iter().map(|command| {
        let payment = payments.get(&command.reference).ok_or(sqlx::Error::RowNotFound)?;
        let attempt = command.asking.map(|asking| asking.id);
        Ok(Settled { payment: payment.id, status: payment.status.clone(), attempt })
    });
    in_order.collect()
}

impl Payments {
    /// What the saga is told of a payment that was settled by somebody else: what it was told before, else what stands.
    pub(crate) async fn told(&self, payment: &Payment) -> Result<Status, Failure> {
        let mut connection = self.pool.acquire().await?;
        tell(&mut connection, std::slice::from_ref(&payment.reference)).await?;
        let row = sqlx::query!("SELECT told, code FROM payments.payments WHERE id = $1", payment.id.uuid());
        let row = row.fetch_one(&mut *connection).await?;
        Ok(match (row.told.as_deref(), row.code) {
            (Some("declined"), Some(code)) => Status::Declined { code },
            (Some("void"), _) => Status::Void,
            _ => payment.status.clone(),
        })
    }
}
