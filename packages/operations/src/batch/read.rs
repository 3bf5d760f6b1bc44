//! How far a batch is.

use time::OffsetDateTime;
use usher_core::ids::BatchId;
use usher_database::Failure;

use super::{Batch, Counts, Item, Stage};
use crate::Operations;

struct Row {
    id: String,
    act: String,
    reason: String,
    ticket: Option<String>,
    asked_by: String,
    rate: i32,
    stage: String,
    stake: String,
    created_at: OffsetDateTime,
}

impl Row {
    fn with(self, counts: Counts) -> Result<Batch, sqlx::Error> {
        let json = |error: serde_json::Error| sqlx::Error::Decode(Box::new(error));
        let stage = Stage::ALL.into_iter().find(|stage| stage.as_str() == self.stage);
        Ok(Batch {
            id: self.id.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
            act: serde_json::from_str(&self.act).map_err(json)?,
            reason: self.reason,
            ticket: self.ticket,
            by: serde_json::from_str(&self.asked_by).map_err(json)?,
            stage: stage.ok_or_else(|| sqlx::Error::Protocol(format!("no batch is `{}`", self.stage)))?,
            rate: self.rate,
            stake: serde_json::from_str(&self.stake).map_err(json)?,
            counts,
            created_at: self.created_at,
        })
    }
}

impl Operations {
    /// One batch.
    pub async fn batch(&self, id: BatchId) -> Result<Option<Batch>, Failure> {
        let row = sqlx::query_as!(
            Row,
            "SELECT id, act, reason, ticket, asked_by, rate, stage, stake, created_at FROM operations.batches WHERE id = $1",
            id.to_string(),
        );
        let Some(row) = row.fetch_optional(&self.pool).await? else { return Ok(None) };
        let counts = self.counts(&row.id).await?;
        Ok(Some(row.with(counts)?))
    }

    /// The latest batches, newest first.
    pub async fn batches(&self, limit: i64) -> Result<Vec<Batch>, Failure> {
        let rows = sqlx::query_as!(
            Row,
            "SELECT id, act, reason, ticket, asked_by, rate, stage, stake, created_at FROM operations.batches
             ORDER BY id DESC LIMIT $1",
            limit,
        );
        let mut batches = Vec::new();
        for row in rows.fetch_all(&self.pool).await? {
            let counts = self.counts(&row.id).await?;
            batches.push(row.with(counts)?);
        }
        Ok(batches)
    }

    /// The items of a batch after a place, in their order.
    pub async fn batch_items(&self, id: BatchId, after: Option<i32>, limit: i64) -> Result<Vec<Item>, Failure> {
        let items = sqlx::query_as!(
            Item,
            "SELECT place, name, version, outcome, act, note FROM operations.batch_items
             WHERE batch = $1 AND place > $2 ORDER BY place LIMIT $3",
            id.to_string(),
            after.unwrap_or(-1),
            limit,
        );
        Ok(items.fetch_all(&self.pool).await?)
    }

    /// All in one statement, so that they come to the whole whatever moves meanwhile.
    async fn counts(&self, id: &str) -> Result<Counts, sqlx::Error> {
        sqlx::query_as!(
            Counts,
            r#"SELECT count(*) AS "total!",
                 count(*) FILTER (WHERE outcome = 'pending') AS "pending!",
                 count(*) FILTER (WHERE outcome = 'begun') AS "begun!",
                 count(*) FILTER (WHERE outcome = 'worked') AS "worked!",
                 count(*) FILTER (WHERE outcome = 'failed_again') AS "failed_again!",
                 count(*) FILTER (WHERE outcome = 'refused') AS "refused!",
                 count(*) FILTER (WHERE outcome = 'declined') AS "declined!",
                 count(*) FILTER (WHERE outcome = 'skipped') AS "skipped!",
                 count(*) FILTER (WHERE outcome = 'cancelled') AS "cancelled!"
               FROM operations.batch_items WHERE batch = $1"#,
            id,
        )
        .fetch_one(&self.pool)
        .await
    }
}
