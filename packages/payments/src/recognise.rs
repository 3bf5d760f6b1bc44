//! Turning a prepayment into revenue once its tickets are issued.
//!
//! A posting and nothing else: no row says "recognised" beside the ledger, and the ledger's own key makes a repetition
//! harmless. What is on its way back is not recognised; the payment's row is locked so that a refund which is being
//! opened and a recognition see each other.

use std::collections::{HashMap, HashSet};

use futures::future::BoxFuture;
use sqlx::PgConnection;
use usher_core::{ambient::SharedAmbient, ids::BookingId};
use usher_database::group_commit::Apply;
use uuid::Uuid;

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recognised {
    /// It was booked as revenue, now or before.
    Revenue,
    /// There is nothing to book: no captured payment, or all of it went back.
    Nothing,
}

/// Recognises in batches.
#[derive(Debug)]
pub(crate) struct Recognition(pub(crate) SharedAmbient);

impl Apply<BookingId, Recognised> for Recognition {
    fn apply<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        commands: &'a [BookingId],
    ) -> BoxFuture<'a, Result<Vec<Recognised>, sqlx::Error>> {
        Box::pin(async move {
            let payments = lock(connection, commands).await?;
            let ids: Vec<Uuid> = payments.values().copied().collect();
            let mut revenue = self.post(connection, &ids).await?;
            if revenue.len() < ids.len() {
                revenue.extend(recognised_before(connection, &ids).await?);
            }
            let is_revenue = |booking: &BookingId| payments.get(booking).is_some_and(|id| revenue.contains(id));
            let outcome = |booking| if is_revenue(booking) { Recognised::Revenue } else { Recognised::Nothing };
            Ok(commands.iter().map(outcome).collect())
        })
    }
}

/// Locks the captured payments of the bookings, always in one order.
async fn lock(connection: &mut PgConnection, bookings: &[BookingId]) -> Result<HashMap<BookingId, Uuid>, sqlx::Error> {
    let bookings: Vec<_> = bookings.iter().map(|booking| booking.uuid()).collect();
    let rows = sqlx::query!(
        "SELECT id, booking_id FROM payments.payments WHERE booking_id = ANY($1) AND status = 'captured'
         ORDER BY id FOR NO KEY UPDATE",
        &bookings,
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(|row| (row.booking_id.into(), row.id)).collect())
}

impl Recognition {
    /// Books what is left of each payment. A statement of its own, because only one that begins after the lock sees all
    /// the refunds that were opened before it.
    async fn post(&self, connection: &mut PgConnection, ids: &[Uuid]) -> Result<HashSet<Uuid>, sqlx::Error> {
        if ids.is_empty() {
            return Ok(HashSet::new());
        }
        let posted = sqlx::query_scalar!(
            "INSERT INTO payments.transfers
               (payment_id, booking_id, kind, reference, debit, credit, amount, currency, occurred_at)
             SELECT payment.id, payment.booking_id, 'recognise', payment.reference, 'customer_prepayments', 'revenue',
               payment.amount - leaving.amount, payment.currency, $2
             FROM payments.payments AS payment
             CROSS JOIN LATERAL (
               SELECT coalesce(sum(refund.amount), 0)::bigint AS amount FROM payments.refunds AS refund
               WHERE refund.payment_id = payment.id AND refund.status IN ('pending', 'requires_action', 'succeeded')
             ) AS leaving
             WHERE payment.id = ANY($1) AND payment.amount > leaving.amount
             ON CONFLICT (payment_id, kind, reference) DO NOTHING
             RETURNING payment_id",
            ids,
            self.0.now(),
        );
        Ok(posted.fetch_all(connection).await?.into_iter().collect())
    }
}

async fn recognised_before(connection: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT payment_id FROM payments.transfers WHERE payment_id = ANY($1) AND kind = 'recognise'",
        ids,
    )
    .fetch_all(connection)
    .await
}
