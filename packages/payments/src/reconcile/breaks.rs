//! Breaks as they are kept: from the day they were first seen until somebody, or their absence, closes them.

use serde::Serialize;
use time::OffsetDateTime;
use usher_database::Failure;

use super::Seen;
use crate::Payments;

/// Where the sides disagree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Break {
    /// What disagrees.
    pub kind: String,
    /// What it is about.
    pub reference: String,
    /// What was seen on which side.
    pub detail: String,
    /// Who looks after it.
    pub owner: Option<String>,
    /// Since when.
    #[serde(with = "time::serde::rfc3339")]
    pub first_seen: OffsetDateTime,
}

/// Writes down what was seen, closes what is no longer there, and tells what is open.
pub(super) async fn record(payments: &Payments, found: &[Seen], now: OffsetDateTime) -> Result<Vec<Break>, Failure> {
    let mut transaction = payments.pool.begin().await?;
    sqlx::query!(
        "INSERT INTO payments.breaks AS known (kind, reference, detail, first_seen, last_seen)
         SELECT kind, reference, detail, $4, $4 FROM unnest($1::text[], $2::text[], $3::text[]) AS new (kind, reference, detail)
         ON CONFLICT (kind, reference) DO UPDATE
         SET detail = excluded.detail, last_seen = excluded.last_seen,
           first_seen = CASE WHEN known.closed_at IS NULL THEN known.first_seen ELSE excluded.first_seen END,
           closed_at = NULL, reason = NULL",
        &found.iter().map(|seen| seen.kind.to_owned()).collect::<Vec<_>>(),
        &found.iter().map(|seen| seen.reference.clone()).collect::<Vec<_>>(),
        &found.iter().map(|seen| seen.detail.clone()).collect::<Vec<_>>(),
        now,
    )
    .execute(&mut *transaction)
    .await?;
    sqlx::query!(
        "UPDATE payments.breaks SET closed_at = $1, reason = 'no longer seen' WHERE closed_at IS NULL AND last_seen < $1",
        now,
    )
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    payments.open_breaks().await
}

impl Payments {
    /// The breaks that are open, the oldest first.
    pub async fn open_breaks(&self) -> Result<Vec<Break>, Failure> {
        let rows = sqlx::query_as!(
            Break,
            "SELECT kind, reference, detail, owner, first_seen FROM payments.breaks
             WHERE closed_at IS NULL ORDER BY first_seen, kind, reference",
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// Names who looks after a break. False when there is none open.
    pub async fn own_break(&self, kind: &str, reference: &str, owner: &str) -> Result<bool, Failure> {
        let update = sqlx::query!(
            "UPDATE payments.breaks SET owner = $3 WHERE kind = $1 AND reference = $2 AND closed_at IS NULL",
            kind,
            reference,
            owner,
        );
        Ok(update.execute(&self.pool).await?.rows_affected() > 0)
    }

    /// Closes a break with the reason. False when there is none open. The next reconciliation that sees it opens it again.
    pub async fn close_break(&self, kind: &str, reference: &str, reason: &str) -> Result<bool, Failure> {
        let closed = sqlx::query!(
            "UPDATE payments.breaks SET closed_at = $4, reason = $3 WHERE kind = $1 AND reference = $2 AND closed_at IS NULL",
            kind,
            reference,
            reason,
            self.ambient.now(),
        );
        Ok(closed.execute(&self.pool).await?.rows_affected() > 0)
    }
}
