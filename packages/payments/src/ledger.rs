//! Where the money is: a double-entry ledger of transfers that are only ever added.
//!
//! Double entry usually means two rows that must agree. Here a posting is one row that names both accounts, so it cannot
//! be out of balance, and the sum over all accounts is zero by construction. Postings are written in the transaction of
//! what causes them and never alone. Every figure about money comes from here; there are no side counters to drift.
//!
//! | account | holds |
//! |---|---|
//! | `provider` | what the provider owes us |
//! | `customer_prepayments` | what customers paid and got no ticket for yet: money in flight |
//! | `revenue` | what tickets were issued for |
//! | `fees` | what the provider kept |
//! | `bank` | our own account: what we paid out past the provider |
//!
//! To add a kind of posting, write it where its cause is written, and add its accounts to the constraint `transfers_known`.

use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use time::OffsetDateTime;
use usher_core::{
    ids::{BookingId, PaymentId},
    money::Money,
};
use usher_database::Failure;
use uuid::Uuid;

use crate::{Payments, payment::money};

/// Where money can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// What the provider owes us.
    Provider,
    /// Paid, no ticket yet.
    CustomerPrepayments,
    /// Tickets were issued for it.
    Revenue,
    /// Kept by the provider.
    Fees,
    /// Our own account, from which customers are paid when a refund fails.
    Bank,
}

impl Account {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Provider, Self::CustomerPrepayments, Self::Revenue, Self::Fees, Self::Bank];

    /// The account's name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::CustomerPrepayments => "customer_prepayments",
            Self::Revenue => "revenue",
            Self::Fees => "fees",
            Self::Bank => "bank",
        }
    }

    /// The account of that name.
    pub(crate) fn named(name: &str) -> Result<Self, sqlx::Error> {
        let account = Self::ALL.into_iter().find(|account| account.as_str() == name);
        account.ok_or_else(|| sqlx::Error::Decode(format!("there is no account `{name}`").into()))
    }
}

/// What a posting tells of. Captures are booked by the statement that settles them ([`crate::settle`]), recognition by one
/// of its own ([`crate::recognise`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The provider gave money back.
    Refund,
    /// Money that it gave back returned to it.
    Reversal,
    /// We paid the customer ourselves.
    Payout,
    /// The customer's bank took the money.
    Dispute,
    /// And gave it back.
    DisputeWon,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Refund => "refund",
            Self::Reversal => "reversal",
            Self::Payout => "payout",
            Self::Dispute => "dispute",
            Self::DisputeWon => "dispute_won",
        }
    }

    /// The account that gains and the one that gives, where `source` is the one that the money had been on.
    const fn accounts(self, source: Account) -> (Account, Account) {
        match self {
            Self::Refund | Self::Dispute => (source, Account::Provider),
            Self::Reversal | Self::DisputeWon => (Account::Provider, source),
            Self::Payout => (source, Account::Bank),
        }
    }
}

/// Money that left one of our accounts, or came back to it.
#[derive(Debug, Clone)]
pub(crate) struct Posting {
    /// Of which payment.
    pub payment: PaymentId,
    /// Of which booking.
    pub booking: BookingId,
    /// What happened.
    pub kind: Kind,
    /// What caused it.
    pub reference: String,
    /// How much.
    pub amount: Money,
    /// Where it had been.
    pub source: Account,
}

/// Books. What was booked before is a unique violation: nothing may be booked twice, not even silently.
pub(crate) async fn post(
    connection: &mut PgConnection,
    postings: &[Posting],
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    if postings.is_empty() {
        return Ok(());
    }
    let accounts: Vec<_> = postings.iter().map(|posting| posting.kind.accounts(posting.source)).collect();
    let payments: Vec<_> = postings.iter().map(|posting| posting.payment.uuid()).collect();
    let bookings: Vec<_> = postings.iter().map(|posting| posting.booking.uuid()).collect();
    let kinds: Vec<_> = postings.iter().map(|posting| posting.kind.as_str().to_owned()).collect();
    let references: Vec<_> = postings.iter().map(|posting| posting.reference.clone()).collect();
    let debits: Vec<_> = accounts.iter().map(|(debit, _)| debit.as_str().to_owned()).collect();
    let credits: Vec<_> = accounts.iter().map(|(_, credit)| credit.as_str().to_owned()).collect();
    let amounts: Vec<_> = postings.iter().map(|posting| posting.amount.amount).collect();
    let currencies: Vec<_> = postings.iter().map(|posting| posting.amount.currency.to_string()).collect();
    // The debited account gains what the credited one gives.
    sqlx::query!(
        "INSERT INTO payments.transfers
           (payment_id, booking_id, kind, reference, debit, credit, amount, currency, occurred_at)
         SELECT payment_id, booking_id, kind, reference, debit, credit, amount, currency, $9
         FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[])
           AS new (payment_id, booking_id, kind, reference, debit, credit, amount, currency)",
        &payments,
        &bookings,
        &kinds,
        &references,
        &debits,
        &credits,
        &amounts,
        &currencies,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A captured payment, and the account on which its money is.
pub(crate) struct Captured {
    pub payment: PaymentId,
    pub booking: BookingId,
    pub source: Account,
}

/// The captured payment under a charge's reference in that currency, locked until the transaction ends, so that no refund and
/// no recognition slips in between. What somebody did at the provider by hand knows the charge by the provider's own name
/// only: no index leads there (see the decision on it), and all payments are read.
pub(crate) async fn captured(
    connection: &mut PgConnection,
    charge_reference: &str,
    amount: Money,
) -> Result<Option<Captured>, sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT id, booking_id, EXISTS (
             SELECT FROM payments.transfers AS transfer WHERE transfer.payment_id = payment.id AND transfer.kind = 'recognise'
           ) AS "is_revenue!"
           FROM payments.payments AS payment
           WHERE currency = $2 AND status = 'captured' AND id = (
             SELECT id FROM payments.payments WHERE reference = $1 UNION ALL
             SELECT id FROM payments.payments WHERE provider_id = $1 LIMIT 1
           ) FOR NO KEY UPDATE"#,
        charge_reference,
        amount.currency.as_str(),
    );
    Ok(row.fetch_optional(connection).await?.map(|row| Captured {
        payment: row.id.into(),
        booking: row.booking_id.into(),
        source: if row.is_revenue { Account::Revenue } else { Account::CustomerPrepayments },
    }))
}

/// What an account holds in one currency: debits less credits. Negative where we owe, as with prepayments and revenue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    /// The account.
    pub account: Account,
    /// What it holds.
    pub balance: Money,
}

/// The money of one payment, to the cent. Always `captured = revenue + refunded + in_flight + elsewhere`, and what the
/// provider owes us for it is `captured - refunded - fees`, less what was disputed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The payment.
    pub payment: PaymentId,
    /// Its booking.
    pub booking: BookingId,
    /// What the customer paid.
    pub captured: Money,
    /// What tickets were issued for and not given back.
    pub revenue: Money,
    /// What was given back and did not return.
    pub refunded: Money,
    /// What we paid out ourselves, and what the customer's bank took.
    pub elsewhere: Money,
    /// What is neither yet.
    pub in_flight: Money,
    /// What the provider kept.
    pub fees: Money,
}

/// One posting, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// `capture`, `recognise`, `refund` or `fee`.
    pub kind: String,
    /// The account that gains.
    pub debit: Account,
    /// The account that gives.
    pub credit: Account,
    /// How much.
    pub amount: Money,
    /// When it was booked.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

impl Payments {
    /// The postings of a payment, oldest first.
    pub async fn lines(&self, payment: PaymentId) -> Result<Vec<Line>, Failure> {
        let rows = sqlx::query!(
            "SELECT kind, debit, credit, amount, currency, occurred_at FROM payments.transfers
             WHERE payment_id = $1 ORDER BY occurred_at, kind, reference",
            payment.uuid(),
        );
        let rows = rows.fetch_all(&self.pool).await?.into_iter();
        let lines = rows.map(|row| {
            Ok(Line {
                kind: row.kind,
                debit: Account::named(&row.debit)?,
                credit: Account::named(&row.credit)?,
                amount: money(row.amount, &row.currency)?,
                at: row.occurred_at,
            })
        });
        Ok(lines.collect::<Result<_, sqlx::Error>>()?)
    }

    /// What every account holds, by account and currency. They add up to zero in each currency.
    pub async fn balances(&self) -> Result<Vec<Balance>, Failure> {
        let rows = sqlx::query!(
            r#"SELECT account AS "account!", currency AS "currency!", sum(amount)::bigint AS "amount!"
               FROM (
                 SELECT debit AS account, currency, amount FROM payments.transfers
                 UNION ALL
                 SELECT credit, currency, -amount FROM payments.transfers
               ) AS entries
               GROUP BY account, currency ORDER BY account, currency"#,
        );
        let rows = rows.fetch_all(&self.pool).await?.into_iter();
        let balances = rows.map(|row| {
            Ok(Balance { account: Account::named(&row.account)?, balance: money(row.amount, &row.currency)? })
        });
        Ok(balances.collect::<Result<_, sqlx::Error>>()?)
    }

    /// The money of every payment that ever moved any, in the order of their ids, from the one after `after` on.
    pub async fn positions(&self, after: Option<PaymentId>, limit: i64) -> Result<Vec<Position>, Failure> {
        let rows = sqlx::query!(
            r#"SELECT payment_id, booking_id, currency,
                 coalesce(sum(amount) FILTER (WHERE kind = 'capture'), 0)::bigint AS "captured!",
                 coalesce(sum(CASE WHEN credit = 'revenue' THEN amount WHEN debit = 'revenue' THEN -amount END), 0)::bigint AS "revenue!",
                 coalesce(sum(CASE kind WHEN 'refund' THEN amount WHEN 'reversal' THEN -amount END), 0)::bigint AS "refunded!",
                 coalesce(sum(CASE WHEN kind IN ('payout', 'dispute') THEN amount WHEN kind = 'dispute_won' THEN -amount END), 0)::bigint
                   AS "elsewhere!",
                 coalesce(sum(CASE WHEN credit = 'customer_prepayments' THEN amount
                                   WHEN debit = 'customer_prepayments' THEN -amount END), 0)::bigint AS "in_flight!",
                 coalesce(sum(amount) FILTER (WHERE kind = 'fee'), 0)::bigint AS "fees!"
               FROM payments.transfers WHERE payment_id > $1
               GROUP BY payment_id, booking_id, currency ORDER BY payment_id LIMIT $2"#,
            after.map_or(Uuid::nil(), PaymentId::uuid),
            limit,
        );
        let rows = rows.fetch_all(&self.pool).await?.into_iter();
        let positions = rows.map(|row| {
            let money = |amount| money(amount, &row.currency);
            Ok(Position {
                payment: row.payment_id.into(),
                booking: row.booking_id.into(),
                captured: money(row.captured)?,
                revenue: money(row.revenue)?,
                refunded: money(row.refunded)?,
                elsewhere: money(row.elsewhere)?,
                in_flight: money(row.in_flight)?,
                fees: money(row.fees)?,
            })
        });
        Ok(positions.collect::<Result<_, sqlx::Error>>()?)
    }
}
