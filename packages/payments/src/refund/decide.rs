//! What the second person says of a refund that waits for approval: go on, or call it off.

use sqlx::PgConnection;
use usher_core::ids::{RefundId, UserId};
use usher_database::{Failure, outbox};

use super::{Action, Refund, RefundStatus, by_references, open};
use crate::Payments;

/// What became of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decided {
    /// It is so, now or since the same person said it before.
    Done(Refund),
    /// Whoever asked for a refund does not approve it.
    SamePerson,
    /// It does not wait for a decision.
    NotWaiting(Refund),
    /// There is no such refund.
    NotFound,
}

impl Payments {
    /// Approves a refund and writes the command that starts its `saga`. Never by the one who asked for it.
    pub async fn approve_refund(&self, id: RefundId, by: UserId, saga: &str) -> Result<Decided, Failure> {
        let now = self.ambient.now();
        let mut transaction = self.pool.begin().await?;
        let Some(refund) = locked(&mut transaction, id).await? else { return Ok(Decided::NotFound) };
        if refund.requested_by == Some(by) {
            return Ok(Decided::SamePerson);
        }
        if !waits(&refund) {
            let repeated = refund.decided_by == Some(by) && refund.status != RefundStatus::Cancelled;
            return Ok(if repeated { Decided::Done(refund) } else { Decided::NotWaiting(refund) });
        }
        sqlx::query!(
            "UPDATE payments.refunds SET status = 'pending', action = NULL, decided_by = $2, released_at = $3 WHERE id = $1",
            id.uuid(),
            by.uuid(),
            now,
        )
        .execute(&mut *transaction)
        .await?;
        let approved = Refund { status: RefundStatus::Pending, decided_by: Some(by), released_at: now, ..refund };
        outbox::write(&mut transaction, &[open::start(saga, &approved)], now).await?;
        transaction.commit().await?;
        Ok(Decided::Done(approved))
    }

    /// Calls off a refund that waits for approval. The provider was never asked, so nothing has to be taken back.
    pub async fn cancel_refund(&self, id: RefundId, by: UserId) -> Result<Decided, Failure> {
        let now = self.ambient.now();
        let mut transaction = self.pool.begin().await?;
        let Some(refund) = locked(&mut transaction, id).await? else { return Ok(Decided::NotFound) };
        if refund.status == RefundStatus::Cancelled {
            return Ok(Decided::Done(refund));
        }
        if !waits(&refund) {
            return Ok(Decided::NotWaiting(refund));
        }
        sqlx::query!(
            "UPDATE payments.refunds SET status = 'cancelled', action = NULL, decided_by = $2, settled_at = $3 WHERE id = $1",
            id.uuid(),
            by.uuid(),
            now,
        )
        .execute(&mut *transaction)
        .await?;
        let cancelled =
            Refund { status: RefundStatus::Cancelled, decided_by: Some(by), settled_at: Some(now), ..refund };
        let told: Vec<_> = crate::events::of_refund(&*self.ambient, &cancelled).into_iter().collect();
        outbox::write(&mut transaction, &told, now).await?;
        transaction.commit().await?;
        Ok(Decided::Done(cancelled))
    }
}

fn waits(refund: &Refund) -> bool {
    refund.status == RefundStatus::RequiresAction { action: Action::Approval }
}

async fn locked(connection: &mut PgConnection, id: RefundId) -> Result<Option<Refund>, sqlx::Error> {
    let reference = sqlx::query_scalar!("SELECT reference FROM payments.refunds WHERE id = $1 FOR UPDATE", id.uuid())
        .fetch_optional(&mut *connection)
        .await?;
    let Some(reference) = reference else { return Ok(None) };
    Ok(by_references(connection, &[reference]).await?.pop())
}
