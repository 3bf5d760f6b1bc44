//! Acts that are not over, as rows: what was asked for, and whose turn it is to look.

use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};
use usher_core::ids::ActId;

use crate::{
    act::{Act, Person},
    chain::{Entry, Event, Sight},
};

/// How long whoever works on an act has before somebody else takes it up: well above the slowest call to an engine.
const LEASE: Duration = Duration::seconds(30);

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Request {
    pub id: ActId,
    pub saga: String,
    pub name: String,
    pub act: Act,
    pub reason: String,
    pub ticket: Option<String>,
    pub by: Person,
    pub saw: Sight,
    /// Another execution that does it: saga and name.
    pub follows: Option<(String, String)>,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    AwaitingApproval,
    Requested,
    CarriedOut,
}

impl Stage {
    const fn as_str(self) -> &'static str {
        match self {
            Self::AwaitingApproval => "awaiting_approval",
            Self::Requested => "requested",
            Self::CarriedOut => "carried_out",
        }
    }
}

impl Request {
    /// An entry about it with nothing but what happened.
    pub fn entry(&self, event: Event, at: OffsetDateTime) -> Entry {
        Entry {
            act: self.id,
            kind: self.act.name().to_owned(),
            event,
            at,
            by: None,
            saga: self.saga.clone(),
            name: self.name.clone(),
            reason: None,
            ticket: None,
            saw: None,
            detail: serde_json::Value::Null,
        }
    }

    fn execution(&self) -> String {
        format!("{}:{}", self.saga, self.name)
    }

    fn text(&self) -> Result<String, sqlx::Error> {
        serde_json::to_string(self).map_err(|error| sqlx::Error::Encode(Box::new(error)))
    }
}

fn read(text: &str) -> Result<Request, sqlx::Error> {
    serde_json::from_str(text).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

/// Writes it down, leased to the caller; false when another act on the same execution is open.
pub(crate) async fn insert(
    connection: &mut PgConnection,
    request: &Request,
    stage: Stage,
    now: OffsetDateTime,
) -> Result<bool, sqlx::Error> {
    let inserted = sqlx::query!(
        "INSERT INTO operations.open_acts (act, execution, stage, request, look_at, opened_at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        request.id.to_string(),
        request.execution(),
        stage.as_str(),
        request.text()?,
        now + LEASE,
        now,
    );
    Ok(inserted.execute(connection).await?.rows_affected() == 1)
}

/// The act, locked, if it waits for a second person.
pub(crate) async fn awaiting(connection: &mut PgConnection, id: ActId) -> Result<Option<Request>, sqlx::Error> {
    let row = sqlx::query_scalar!(
        "SELECT request FROM operations.open_acts WHERE act = $1 AND stage = 'awaiting_approval' FOR UPDATE",
        id.to_string(),
    );
    row.fetch_optional(connection).await?.as_deref().map(read).transpose()
}

/// Notes that the engine is about to be asked.
pub(crate) async fn try_it(connection: &mut PgConnection, id: ActId) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE operations.open_acts SET tried = true WHERE act = $1", id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Moves it on, leased to the caller. Tells whether it was still open.
pub(crate) async fn to_stage(
    connection: &mut PgConnection,
    id: ActId,
    stage: Stage,
    now: OffsetDateTime,
) -> Result<bool, sqlx::Error> {
    let moved = sqlx::query!(
        "UPDATE operations.open_acts SET stage = $2, look_at = $3 WHERE act = $1 AND stage <> $2",
        id.to_string(),
        stage.as_str(),
        if stage == Stage::CarriedOut { now } else { now + LEASE },
    );
    Ok(moved.execute(connection).await?.rows_affected() == 1)
}

/// Notes which other execution does it.
pub(crate) async fn rewrite(connection: &mut PgConnection, request: &Request) -> Result<(), sqlx::Error> {
    let text = request.text()?;
    sqlx::query!("UPDATE operations.open_acts SET request = $2 WHERE act = $1", request.id.to_string(), text)
        .execute(connection)
        .await?;
    Ok(())
}

/// It is over. Tells whether it was still open: only who closed it says how it ended.
pub(crate) async fn close(connection: &mut PgConnection, id: ActId) -> Result<bool, sqlx::Error> {
    let closed = sqlx::query!("DELETE FROM operations.open_acts WHERE act = $1", id.to_string());
    Ok(closed.execute(connection).await?.rows_affected() == 1)
}

/// An act that somebody has to look at.
pub(crate) struct Due {
    pub request: Request,
    pub is_carried_out: bool,
    /// The engine was asked before.
    pub tried: bool,
}

/// Takes the acts that are due. The longer one is open, the more seldom it is looked at: every second at first, every half a
/// minute when it has been open for some minutes.
pub(crate) async fn take_due(
    connection: &mut PgConnection,
    now: OffsetDateTime,
    limit: i64,
) -> Result<Vec<Due>, sqlx::Error> {
    let rows = sqlx::query!(
        "WITH due AS MATERIALIZED (
           SELECT act FROM operations.open_acts WHERE stage <> 'awaiting_approval' AND look_at <= $1
           ORDER BY look_at LIMIT $2 FOR UPDATE SKIP LOCKED
         )
         UPDATE operations.open_acts SET look_at = CASE stage WHEN 'requested' THEN $1 + $3::interval
           ELSE $1 + least(greatest(($1 - opened_at) / 10, interval '0.3 seconds'), $3::interval) END
         FROM due WHERE open_acts.act = due.act RETURNING request, stage, tried",
        now,
        limit,
        sqlx::postgres::types::PgInterval::try_from(LEASE).map_err(sqlx::Error::Encode)?,
    );
    let rows = rows.fetch_all(connection).await?.into_iter();
    rows.map(|row| {
        Ok(Due {
            request: read(&row.request)?,
            is_carried_out: row.stage == Stage::CarriedOut.as_str(),
            tried: row.tried,
        })
    })
    .collect()
}
