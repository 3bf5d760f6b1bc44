//! The queue: rows, leases, receives, dead letters.
//!
//! Receiving is `FOR UPDATE SKIP LOCKED`, so consumers never wait for each other. A consumer looks into the database only
//! when it has reason to - it was told that rows wait, or two seconds passed - and not on every call.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::future::BoxFuture;
use sqlx::{PgConnection, PgPool};
use time::OffsetDateTime;
use tokio::{sync::broadcast, time::Instant};
use usher_core::{ambient::SharedAmbient, ids::MessageId};
use usher_database::{
    GroupCommit,
    group_commit::Apply,
    migrate::Schema,
    signals::{Signals, notify},
};
use uuid::Uuid;

use super::{
    enlist::{Enlisted, Enlisting},
    handover::{Consumer, Consumers},
    lease::{Lease, Leases},
};
use crate::{
    error::{MessagingError, Trouble},
    queue::{DeadLetter, Delivery, Depth, LEASE, MAX_DELAY, MAX_RECEIVES, Receipt, TaskQueue, admit},
    sequence::Sequence,
};

/// The channel on which processes tell one another that rows wait in a queue.
pub const CHANNEL: &str = "usher_queues";

/// How often a consumer looks by itself: leases that ran out and signals that were lost are found after this long.
const LOOK: Duration = Duration::from_secs(2);

/// The schema `messaging`.
pub fn schema() -> Schema {
    Schema { name: "messaging", migrations: sqlx::migrate!() }
}

/// Queues over PostgreSQL. Cheap to clone.
#[derive(Debug, Clone)]
pub struct EmbeddedQueue {
    pool: PgPool,
    ambient: SharedAmbient,
    consumers: Consumers,
    sequence: Sequence,
    ack: GroupCommit<Receipt, ()>,
    lease: time::Duration,
}

impl EmbeddedQueue {
    /// Starts the batches; call it inside a runtime. `signals` has to be listening to [`CHANNEL`].
    pub fn new(pool: PgPool, ambient: SharedAmbient, signals: &Signals) -> Self {
        let consumers = Consumers::default();
        tokio::spawn(stir_on(signals.subscribe(CHANNEL), consumers.clone()));
        let ack = GroupCommit::spawn(pool.clone(), "acknowledge", Acknowledge);
        let lease = time::Duration::try_from(LEASE).unwrap_or(time::Duration::MAX);
        Self { pool, ambient, consumers, sequence: Sequence::default(), ack, lease }
    }

    /// The same queue with another lease, for tests that cannot wait for half a minute.
    #[must_use]
    pub fn with_lease(self, lease: time::Duration) -> Self {
        Self { lease, ..self }
    }

    /// Adds messages in the caller's transaction. Once that is committed, call [`Enlisted::release`].
    pub async fn enlist(
        &self,
        connection: &mut PgConnection,
        messages: Vec<(String, String)>,
    ) -> Result<Enlisted, sqlx::Error> {
        let enlisting = self.prepare(messages);
        let rows = &enlisting.rows;
        if !rows.ids.is_empty() {
            sqlx::query!(
                "WITH written AS (
                   INSERT INTO messaging.messages (queue, id, body, receives, visible_at, sent_at)
                   SELECT queue, id, body, receives, visible_at, $6
                   FROM unnest($1::text[], $2::uuid[], $3::text[], $4::integer[], $5::timestamptz[]) AS new (queue, id, body, receives, visible_at)
                 )
                 SELECT pg_notify($7, queue) FROM unnest($8::text[]) AS waiting (queue)",
                &rows.queues,
                &rows.ids,
                &rows.bodies,
                &rows.receives,
                &rows.visible,
                rows.sent_at,
                CHANNEL,
                &enlisting.waiting,
            )
            .execute(&mut *connection)
            .await?;
        }
        Ok(enlisting.written())
    }

    /// Reserves places for messages that the caller will write itself, as a part of a statement of its own.
    pub fn prepare(&self, messages: Vec<(String, String)>) -> Enlisting {
        Enlisting::new(&self.consumers, messages, &self.sequence, self.lease, &*self.ambient)
    }

    async fn receive_as(
        &self,
        consumer: &Consumer,
        queue: &str,
        max: usize,
        deadline: Instant,
    ) -> Result<Vec<Delivery>, MessagingError> {
        loop {
            consumer.want(max);
            let handed = consumer.take_handed(max);
            if !handed.is_empty() {
                return Ok(handed);
            }
            if consumer.take_stale() {
                let leased = match self.lease_visible(queue, max).await {
                    Ok(leased) => leased,
                    Err(error) => {
                        consumer.stir(); // What waits is still waiting.
                        return Err(error);
                    }
                };
                if leased.len() >= max {
                    consumer.stir();
                }
                if !leased.is_empty() {
                    return Ok(leased);
                }
            }
            let patience = deadline.saturating_duration_since(Instant::now());
            match tokio::time::timeout(patience.min(LOOK), consumer.wait(max)).await {
                Ok(handed) if !handed.is_empty() => return Ok(handed),
                Ok(_) => {}
                Err(_) if patience <= LOOK => {
                    consumer.stir();
                    return self.lease_visible(queue, max).await;
                }
                Err(_) => consumer.stir(),
            }
        }
    }

    /// Writes messages that nobody is handed: whoever looks once the delay is over finds them.
    async fn write_for_later(&self, queue: &str, bodies: &[String], delay: Duration) -> Result<(), MessagingError> {
        let ids: Vec<Uuid> = self.sequence.take(bodies.len(), &*self.ambient).collect();
        let now = self.ambient.now();
        sqlx::query!(
            "INSERT INTO messaging.messages (queue, id, body, visible_at, sent_at)
             SELECT $1, id, body, $4, $5 FROM unnest($2::uuid[], $3::text[]) AS new (id, body)",
            queue,
            &ids,
            bodies,
            now + delay,
            now,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    async fn lease_visible(&self, queue: &str, max: usize) -> Result<Vec<Delivery>, MessagingError> {
        let reason = format!("delivered {MAX_RECEIVES} times without an answer");
        loop {
            let leased = self.lease_once_more(queue, max).await?;
            let (alive, dead): (Vec<_>, Vec<_>) =
                leased.into_iter().partition(|delivery| delivery.receives <= MAX_RECEIVES);
            for delivery in &dead {
                self.reject(&delivery.receipt, &reason).await?;
            }
            // The dead may have taken the places of others.
            if dead.is_empty() || !alive.is_empty() {
                return Ok(alive);
            }
        }
    }

    async fn lease_once_more(&self, queue: &str, max: usize) -> Result<Vec<Delivery>, MessagingError> {
        let now = self.ambient.now();
        let never = now + self.lease + self.lease; // Nobody leases or delays for that long: the clock has gone back since.
        let latest = now + MAX_DELAY + self.lease;
        let rows = sqlx::query!(
            // Materialised, because a plan that ran the inner query again for each row would lease more than the limit.
            "WITH due AS MATERIALIZED (
               SELECT id FROM messaging.messages WHERE queue = $1 AND (visible_at <= $2 OR visible_at > CASE receives WHEN 0 THEN $6::timestamptz ELSE $5 END)
               ORDER BY id LIMIT $4 FOR UPDATE SKIP LOCKED
             )
             UPDATE messaging.messages SET receives = receives + 1, visible_at = $3
             FROM due WHERE messages.queue = $1 AND messages.id = due.id
             RETURNING messages.id, messages.body, messages.receives",
            queue,
            now,
            now + self.lease,
            i64::try_from(max).unwrap_or(i64::MAX),
            never,
            latest,
        );
        let delivery = |id, body, receives| Delivery {
            body,
            receives,
            receipt: Lease { queue, id, receives }.receipt(),
            trace: None,
        };
        let rows = rows.fetch_all(&self.pool).await?.into_iter();
        Ok(rows.map(|row| delivery(row.id, row.body, row.receives)).collect())
    }
}

async fn stir_on(mut signals: broadcast::Receiver<String>, consumers: Consumers) {
    loop {
        match signals.recv().await {
            Ok(queue) => consumers.stir(&queue),
            Err(broadcast::error::RecvError::Lagged(_)) => {} // They look by themselves within two seconds.
            Err(broadcast::error::RecvError::Closed) => return,
        }
    }
}

#[async_trait]
impl TaskQueue for EmbeddedQueue {
    async fn send_later(&self, queue: &str, bodies: Vec<String>, delay: Duration) -> Result<(), MessagingError> {
        admit(&bodies, delay)?;
        if !delay.is_zero() {
            return self.write_for_later(queue, &bodies, delay).await;
        }
        let messages = bodies.into_iter().map(|body| (queue.to_owned(), body)).collect();
        let mut connection = self.pool.acquire().await?;
        self.enlist(&mut connection, messages).await?.release(); // A single statement is durable when it ends.
        Ok(())
    }

    async fn receive(&self, queue: &str, max: usize, wait: Duration) -> Result<Vec<Delivery>, MessagingError> {
        let consumer = self.consumers.of(queue);
        let presence = consumer.arrive();
        let received = self.receive_as(&consumer, queue, max, Instant::now() + wait).await;
        presence.served();
        received
    }

    async fn extend(&self, receipt: &Receipt) -> Result<bool, MessagingError> {
        let lease = Lease::of(receipt)?;
        let extended = sqlx::query!(
            "UPDATE messaging.messages SET visible_at = $4 WHERE queue = $1 AND id = $2 AND receives = $3",
            lease.queue,
            lease.id,
            lease.receives,
            self.ambient.now() + self.lease,
        );
        Ok(extended.execute(&self.pool).await?.rows_affected() == 1)
    }

    async fn ack(&self, receipt: &Receipt) -> Result<(), MessagingError> {
        Ok(self.ack.submit(receipt.clone()).await?)
    }

    async fn reject(&self, receipt: &Receipt, reason: &str) -> Result<(), MessagingError> {
        let lease = Lease::of(receipt)?;
        // A message that was leased once too often was not delivered that time.
        let buried = sqlx::query!(
            "WITH dead AS (DELETE FROM messaging.messages WHERE queue = $1 AND id = $2 AND receives = $3 RETURNING *)
             INSERT INTO messaging.dead_letters (id, queue, body, receives, reason, sent_at, died_at)
             SELECT id, queue, body, least(receives, $6), $4, sent_at, $5 FROM dead",
            lease.queue,
            lease.id,
            lease.receives,
            reason,
            self.ambient.now(),
            MAX_RECEIVES,
        );
        let buried = buried.execute(&self.pool).await?.rows_affected();
        metrics::counter!("usher_dead_letters_total").increment(buried);
        Ok(())
    }

    async fn give_back(&self, receipts: &[Receipt]) -> Result<(), MessagingError> {
        let leases: Vec<Lease<'_>> = receipts.iter().map(Lease::of).collect::<Result<_, _>>()?;
        let columns = Leases::of(&leases);
        let queues = sqlx::query_scalar!(
            "UPDATE messaging.messages SET visible_at = $4, receives = messages.receives - 1
             FROM unnest($1::text[], $2::uuid[], $3::integer[]) AS back (queue, id, receives)
             WHERE messages.queue = back.queue AND messages.id = back.id AND messages.receives = back.receives
             RETURNING messages.queue",
            &columns.queues,
            &columns.ids,
            &columns.receives,
            self.ambient.now(),
        );
        let mut connection = self.pool.acquire().await?;
        let mut queues = queues.fetch_all(&mut *connection).await?;
        queues.sort_unstable();
        queues.dedup();
        for queue in queues {
            notify(&mut connection, CHANNEL, &queue).await?;
        }
        Ok(())
    }

    async fn depth(&self, queue: &str) -> Result<Depth, MessagingError> {
        let now = self.ambient.now();
        let row = sqlx::query!(
            r#"SELECT count(*) FILTER (WHERE visible_at <= $2) AS "waiting!", count(*) FILTER (WHERE visible_at > $2) AS "leased!",
                 min(sent_at) FILTER (WHERE visible_at <= $2) AS oldest,
                 (SELECT count(*) FROM messaging.dead_letters WHERE queue = $1) AS "dead!"
               FROM messaging.messages WHERE queue = $1"#,
            queue,
            now,
        );
        let row = row.fetch_one(&self.pool).await?;
        let oldest_seconds = row.oldest.map_or(0, |oldest: OffsetDateTime| (now - oldest).whole_seconds());
        Ok(Depth { waiting: row.waiting, leased: row.leased, dead: row.dead, oldest_seconds })
    }

    async fn dead_letters(
        &self,
        queue: &str,
        cursor: Option<&str>,
        limit: i64,
    ) -> Result<Vec<DeadLetter>, MessagingError> {
        let after = cursor.map(str::parse::<MessageId>).transpose();
        let after = after
            .map_err(|error| MessagingError::Refused(Trouble::new("this is not a cursor").because(Arc::new(error))))?;
        let after = after.map_or(Uuid::nil(), MessageId::uuid);
        let rows = sqlx::query!(
            "SELECT id, body, receives, reason, died_at FROM messaging.dead_letters WHERE queue = $1 AND id > $2 ORDER BY id LIMIT $3",
            queue,
            after,
            limit,
        );
        let letters = rows.fetch_all(&self.pool).await?.into_iter().map(|row| DeadLetter {
            id: MessageId::from(row.id).to_string(),
            body: row.body,
            receives: row.receives,
            reason: row.reason,
            died_at: row.died_at,
        });
        Ok(letters.collect())
    }

    async fn discard(&self, queue: &str, ids: &[String]) -> Result<u64, MessagingError> {
        let ids: Vec<Uuid> = ids.iter().filter_map(|id| Some(id.parse::<MessageId>().ok()?.uuid())).collect();
        let gone = sqlx::query!("DELETE FROM messaging.dead_letters WHERE queue = $1 AND id = ANY($2)", queue, &ids);
        Ok(gone.execute(&self.pool).await?.rows_affected())
    }

    async fn redrive(&self, queue: &str, ids: &[String]) -> Result<u64, MessagingError> {
        let ids: Vec<Uuid> = ids.iter().filter_map(|id| Some(id.parse::<MessageId>().ok()?.uuid())).collect();
        // Under new ids, so that no receipt of the life before this one counts.
        let new: Vec<Uuid> = self.sequence.take(ids.len(), &*self.ambient).collect();
        let mut transaction = self.pool.begin().await?;
        let moved = sqlx::query!(
            "WITH moved AS (
               DELETE FROM messaging.dead_letters USING unnest($2::uuid[], $3::uuid[]) AS again (dead_id, new_id)
               WHERE queue = $1 AND id = dead_id RETURNING new_id, body, sent_at
             )
             INSERT INTO messaging.messages (queue, id, body, visible_at, sent_at) SELECT $1, new_id, body, $4, sent_at FROM moved",
            queue,
            &ids,
            &new,
            self.ambient.now(),
        );
        let moved = moved.execute(&mut *transaction).await?.rows_affected();
        notify(&mut transaction, CHANNEL, queue).await?;
        transaction.commit().await?;
        Ok(moved)
    }
}

#[derive(Debug)]
struct Acknowledge;

impl Apply<Receipt, ()> for Acknowledge {
    fn autocommits(&self) -> bool {
        true
    }

    fn apply<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        receipts: &'a [Receipt],
    ) -> BoxFuture<'a, Result<Vec<()>, sqlx::Error>> {
        Box::pin(async move {
            let leases: Vec<Lease<'_>> = receipts.iter().filter_map(|receipt| Lease::of(receipt).ok()).collect();
            let columns = Leases::of(&leases);
            sqlx::query!(
                "DELETE FROM messaging.messages USING unnest($1::text[], $2::uuid[], $3::integer[]) AS done (queue, id, receives)
                 WHERE messages.queue = done.queue AND messages.id = done.id AND messages.receives = done.receives",
                &columns.queues,
                &columns.ids,
                &columns.receives,
            )
            .execute(connection)
            .await?;
            Ok(vec![(); receipts.len()])
        })
    }
}
