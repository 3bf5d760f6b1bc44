//! Writing down what the provider said to a charge: the payment's status, the ledger, the event, in one transaction.
//!
//! An outcome is written once. The only thing that can overrule a written one is a capture: whatever we believed, when
//! the provider has the customer's money, the books must say so.

use std::{collections::HashMap, sync::Arc};

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use time::OffsetDateTime;
use usher_core::{ambient::SharedAmbient, ids::PaymentId};
use usher_database::{once::ApplyOnce, outbox::Message};

use crate::{
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
}

/// How a charge ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
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

impl From<Answer> for Outcome {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Captured { id } => Self::Captured { provider_id: id },
            Answer::Declined { code } if code == CANCELLED => Self::Void,
            Answer::Declined { code } => Self::Declined { code },
        }
    }
}

impl Outcome {
    /// What a record says, or `None` while it says nothing yet.
    pub(crate) fn of(record: &ChargeRecord) -> Option<Self> {
        match &record.state {
            ChargeState::Pending => None,
            ChargeState::Captured => Some(Self::Captured { provider_id: record.id.clone() }),
            ChargeState::Declined { code } => Some(Self::Declined { code: code.clone() }),
            ChargeState::Cancelled => Some(Self::Void),
        }
    }

    /// The value of the column `status`, and the label of the metrics.
    pub(crate) const fn as_str(&self) -> &'static str {
        match self {
            Self::Captured { .. } => "captured",
            Self::Declined { .. } => "declined",
            Self::Void => "void",
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
            let changed = update(connection, &one_per_reference(commands), now).await?;
            told.extend(changed.iter().filter_map(|payment| events::of_payment(&*self.ambient, payment)));
            for payment in &changed {
                match &payment.status {
                    Status::Captured { .. } => self.success_rate.record("captured"),
                    Status::Declined { .. } => self.success_rate.record("declined"),
                    Status::Open | Status::Unknown | Status::Void => {}
                }
            }
            answers(connection, commands, changed).await
        })
    }
}

/// One command for each reference. Where two disagree, the capture counts.
fn one_per_reference<'a>(commands: &[&'a Settle]) -> Vec<&'a Settle> {
    let mut chosen: HashMap<&str, &'a Settle> = HashMap::with_capacity(commands.len());
    for command in commands {
        let slot = chosen.entry(&command.reference).or_insert(command);
        if matches!(command.outcome, Outcome::Captured { .. }) {
            *slot = command;
        }
    }
    chosen.into_values().collect()
}

/// Writes the outcomes that are news, books the captures among them, and answers the payments that they changed. That
/// the references are named twice is for the planner, which would otherwise read the whole table once it has seen it small.
async fn update(
    connection: &mut PgConnection,
    commands: &[&Settle],
    now: OffsetDateTime,
) -> Result<Vec<Payment>, sqlx::Error> {
    let references: Vec<_> = commands.iter().map(|command| command.reference.clone()).collect();
    let statuses: Vec<_> = commands.iter().map(|command| command.outcome.as_str().to_owned()).collect();
    let (provider_ids, codes): (Vec<_>, Vec<_>) = commands
        .iter()
        .map(|command| match &command.outcome {
            Outcome::Captured { provider_id } => (Some(provider_id.clone()), None),
            Outcome::Declined { code } => (None, Some(code.clone())),
            Outcome::Void => (None, None),
        })
        .unzip();
    let rows = sqlx::query_as!(
        Row,
        "WITH changed AS (
           UPDATE payments.payments AS payment
           SET status = new.status, provider_id = new.provider_id, code = new.code, settled_at = $5
           FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS new (reference, status, provider_id, code)
           WHERE payment.reference = new.reference AND payment.reference = ANY($1)
             AND (payment.status IN ('open', 'unknown') OR (new.status = 'captured' AND payment.status <> 'captured'))
           RETURNING payment.id, payment.booking_id, payment.reference, payment.amount, payment.currency, payment.method,
             payment.status, payment.provider_id, payment.code, payment.opened_at, payment.settled_at
         ), booked AS (
           INSERT INTO payments.transfers
             (payment_id, booking_id, kind, reference, debit, credit, amount, currency, occurred_at)
           SELECT id, booking_id, 'capture', reference, 'provider', 'customer_prepayments', amount, currency, $5
           FROM changed WHERE status = 'captured'
         )
         SELECT * FROM changed",
        &references,
        &statuses,
        &provider_ids as &[Option<String>],
        &codes as &[Option<String>],
        now,
    );
    rows.fetch_all(connection).await?.into_iter().map(Payment::try_from).collect()
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
        let settled = payment::by_references(connection, &others).await?;
        payments.extend(settled.into_iter().map(|payment| (payment.reference.clone(), payment)));
    }
    let in_order = commands.iter().map(|command| {
        let payment = payments.get(&command.reference).ok_or(sqlx::Error::RowNotFound)?;
        Ok(Settled { payment: payment.id, status: payment.status.clone() })
    });
    in_order.collect()
}
