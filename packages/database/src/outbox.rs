//! Messages written with the change they tell of, and sent afterwards.
//!
//! Saving and then publishing loses the message when the process dies in between; publishing first tells of changes that
//! never happened. So a message is a row in the change's own transaction. After the commit the writer may hand it over at
//! once and [`discard`] the row; what was not handed over is found by the relay, which [`lease`]s rows that are due, sends
//! them, and discards them. A crash anywhere in between sends a message twice and never not at all.

use serde_json::Value;
use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// What a row is, and so who sends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A domain event for the bus.
    Event,
    /// A request to start an execution.
    Start,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Start => "start",
        }
    }
}

/// One message that waits to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Unique; receivers use it to recognise a repetition.
    pub id: Uuid,
    /// Who sends it.
    pub kind: Kind,
    /// The name of the event or of the saga.
    pub topic: String,
    /// What is sent.
    pub payload: Value,
}

/// How long a writer has to hand a message over itself before the relay thinks it dead.
pub const HAND_OVER: Duration = Duration::seconds(2);

/// How long a relay owns what it has leased.
const LEASE: Duration = Duration::seconds(30);

/// Nothing is put off for that long. What seems to be was written before the clock went back, and is due.
const NEVER: Duration = Duration::minutes(1);

/// The columns of messages, side by side: for a statement that writes the rows of `usher.outbox` with its own.
#[derive(Debug)]
pub struct Columns {
    /// `id`
    pub ids: Vec<Uuid>,
    /// `kind`
    pub kinds: Vec<String>,
    /// `topic`
    pub topics: Vec<String>,
    /// `payload`
    pub payloads: Vec<Value>,
    /// `due_at`
    pub due: Vec<OffsetDateTime>,
}

impl Columns {
    /// The columns of these messages. Events are due at once; starts after [`HAND_OVER`].
    pub fn of(messages: &[Message], now: OffsetDateTime) -> Self {
        let due = |message: &Message| if message.kind == Kind::Start { now + HAND_OVER } else { now };
        Self {
            ids: messages.iter().map(|message| message.id).collect(),
            kinds: messages.iter().map(|message| message.kind.as_str().to_owned()).collect(),
            topics: messages.iter().map(|message| message.topic.clone()).collect(),
            payloads: messages.iter().map(|message| message.payload.clone()).collect(),
            due: messages.iter().map(due).collect(),
        }
    }
}

/// Adds the messages to the transaction of their change.
pub async fn write(
    connection: &mut PgConnection,
    messages: &[Message],
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    if messages.is_empty() {
        return Ok(());
    }
    let messages = Columns::of(messages, now);
    sqlx::query!(
        "INSERT INTO usher.outbox (id, kind, topic, payload, due_at, written_at)
         SELECT id, kind, topic, payload, due_at, $6
         FROM unnest($1::uuid[], $2::text[], $3::text[], $4::jsonb[], $5::timestamptz[]) AS new (id, kind, topic, payload, due_at)",
        &messages.ids,
        &messages.kinds,
        &messages.topics,
        &messages.payloads,
        &messages.due,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// What waits to be sent about something, oldest first: kind, topic, and since when. Reads all that waits, which is little.
pub async fn about(
    connection: &mut PgConnection,
    name: &str,
) -> Result<Vec<(String, String, OffsetDateTime)>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT kind, topic, written_at FROM usher.outbox WHERE strpos(payload::text, $1) > 0 ORDER BY id LIMIT 100",
        name
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(|row| (row.kind, row.topic, row.written_at)).collect())
}

/// Takes messages of a kind that are due, oldest first, and hides them from other relays for half a minute.
pub async fn lease(
    connection: &mut PgConnection,
    kind: Kind,
    limit: i64,
    now: OffsetDateTime,
) -> Result<Vec<Message>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        // Materialised, because a plan that ran the inner query again for each row would lease more than the limit.
        "WITH due AS MATERIALIZED (
           SELECT id FROM usher.outbox WHERE kind = $1 AND (due_at <= $2 OR due_at > $5) ORDER BY id LIMIT $4 FOR UPDATE SKIP LOCKED
         )
         UPDATE usher.outbox SET due_at = $3 FROM due WHERE outbox.id = due.id
         RETURNING outbox.id, outbox.topic, outbox.payload",
        kind.as_str(),
        now,
        now + LEASE,
        limit,
        now + NEVER,
    )
    .fetch_all(connection)
    .await?;
    Ok(in_order(kind, rows))
}

/// Takes messages of a kind that are due, oldest first, out of the outbox: for whoever passes them on in the same
/// transaction.
pub async fn take(
    connection: &mut PgConnection,
    kind: Kind,
    limit: i64,
    now: OffsetDateTime,
) -> Result<Vec<Message>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        "WITH due AS MATERIALIZED (
           SELECT id FROM usher.outbox WHERE kind = $1 AND (due_at <= $2 OR due_at > $4) ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED
         )
         DELETE FROM usher.outbox USING due WHERE outbox.id = due.id
         RETURNING outbox.id, outbox.topic, outbox.payload",
        kind.as_str(),
        now,
        limit,
        now + NEVER,
    )
    .fetch_all(connection)
    .await?;
    Ok(in_order(kind, rows))
}

struct Row {
    id: Uuid,
    topic: String,
    payload: Value,
}

fn in_order(kind: Kind, mut rows: Vec<Row>) -> Vec<Message> {
    rows.sort_unstable_by_key(|row| row.id);
    rows.into_iter().map(|row| Message { id: row.id, kind, topic: row.topic, payload: row.payload }).collect()
}

/// Forgets messages that were sent.
pub async fn discard(connection: &mut PgConnection, ids: &[Uuid]) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM usher.outbox WHERE id = ANY($1)", ids).execute(connection).await?;
    Ok(())
}

/// How many messages wait, and since when the oldest of them: a relay that is behind or dead shows here.
pub async fn backlog(connection: &mut PgConnection) -> Result<(i64, Option<OffsetDateTime>), sqlx::Error> {
    let row = sqlx::query!(r#"SELECT count(*) AS "waiting!", min(written_at) AS oldest FROM usher.outbox"#);
    let row = row.fetch_one(connection).await?;
    Ok((row.waiting, row.oldest))
}
