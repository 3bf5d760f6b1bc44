//! The bodies that wait in the database.

use std::{collections::HashMap, sync::Arc};

use sqlx::PgPool;
use time::Duration;
use usher_core::ambient::SharedAmbient;

use super::{bus::CheckedBus, queue::CheckedQueue, reference::Reference};
use crate::{error::MessagingError, events::EventBus, queue::TaskQueue};

/// Keeps large bodies for whoever receives a reference to one. Everybody who sends or receives has to be given the same
/// database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ClaimCheck {
    pool: PgPool,
    ambient: SharedAmbient,
}

impl ClaimCheck {
    /// How long a body is kept after it was last sent: longer than SQS keeps a message, 14 days, and then a dead letter of
    /// it, 14 days again.
    pub const LIFE: Duration = Duration::days(30);

    /// Keeps bodies in the schema `messaging` of this database.
    pub const fn new(pool: PgPool, ambient: SharedAmbient) -> Self {
        Self { pool, ambient }
    }

    /// The bus, with large events sent by reference.
    pub fn bus(&self, inner: Arc<dyn EventBus>) -> CheckedBus {
        CheckedBus { inner, claim_check: self.clone() }
    }

    /// The queue, with large messages sent by reference, and references received as what they refer to.
    pub fn queue(&self, inner: Arc<dyn TaskQueue>) -> CheckedQueue {
        CheckedQueue { inner, claim_check: self.clone() }
    }

    /// Removes bodies that were last sent longer than [`LIFE`](Self::LIFE) ago, at most `limit`, and tells how many.
    pub async fn prune(&self, limit: i64) -> Result<u64, MessagingError> {
        let pruned = sqlx::query!(
            "DELETE FROM messaging.large_bodies
             WHERE sha256 IN (SELECT sha256 FROM messaging.large_bodies WHERE stored_at < $1 LIMIT $2)",
            self.ambient.now() - Self::LIFE,
            limit,
        );
        Ok(pruned.execute(&self.pool).await?.rows_affected())
    }

    /// Stores bodies, and answers their references in the same order.
    pub(super) async fn store(&self, bodies: &[&str]) -> Result<Vec<Reference>, MessagingError> {
        let references: Vec<Reference> = bodies.iter().map(|body| Reference::to(body)).collect();
        // In one order for everybody, and each once: two relays with the same events wait for one another, no more.
        let mut rows: Vec<(Vec<u8>, &str)> = Vec::with_capacity(bodies.len());
        rows.extend(references.iter().zip(bodies).filter_map(|(reference, body)| Some((reference.digest()?, *body))));
        rows.sort_unstable();
        rows.dedup();
        let (digests, bodies): (Vec<_>, Vec<_>) =
            rows.into_iter().map(|(digest, body)| (digest, body.to_owned())).unzip();
        sqlx::query!(
            "INSERT INTO messaging.large_bodies (sha256, body, stored_at)
             SELECT sha256, body, $3 FROM unnest($1::bytea[], $2::text[]) AS new (sha256, body)
             ON CONFLICT (sha256) DO UPDATE SET stored_at = greatest(large_bodies.stored_at, excluded.stored_at)",
            &digests,
            &bodies,
            self.ambient.now(),
        )
        .execute(&self.pool)
        .await?;
        Ok(references)
    }

    /// The bodies that these refer to, by their digests in hexadecimal digits. What is not there is left out.
    pub(super) async fn find(&self, references: &[Reference]) -> Result<HashMap<String, String>, MessagingError> {
        let digests: Vec<Vec<u8>> = references.iter().filter_map(Reference::digest).collect();
        let rows = sqlx::query!(
            r#"SELECT encode(sha256, 'hex') AS "sha256!", body FROM messaging.large_bodies WHERE sha256 = ANY($1)"#,
            &digests
        );
        Ok(rows.fetch_all(&self.pool).await?.into_iter().map(|row| (row.sha256, row.body)).collect())
    }
}
