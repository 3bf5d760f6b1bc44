//! Incidents: troubles with an owner, notes and an end.
//!
//! A look for trouble opens them and closes those that it does not find any more; people take them over, write notes, and
//! close what no machine can see the end of. What was closed and comes again is a new one.

use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use time::OffsetDateTime;
use usher_core::{ambient::SharedAmbient, ids::IncidentId};
use usher_database::Failure;
use uuid::Uuid;

use crate::{Class, trouble::Trouble};

/// The incidents. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Incidents {
    pool: PgPool,
    ambient: SharedAmbient,
}

/// One incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// Its name.
    pub id: IncidentId,
    /// What kind of trouble.
    pub class: Class,
    /// What it is about: a saga's name, a step, a queue, an incident of the payments.
    pub reference: String,
    /// The state or queue that it is in.
    pub step: Option<String>,
    /// What is wrong, in a sentence.
    pub says: String,
    /// What was seen.
    pub evidence: Vec<String>,
    /// The command to give next.
    pub suggestion: String,
    /// How many sagas or messages it concerns.
    pub count: i64,
    /// When the trouble began.
    #[serde(with = "time::serde::rfc3339::option")]
    pub since: Option<OffsetDateTime>,
    /// When it was found.
    #[serde(with = "time::serde::rfc3339")]
    pub opened_at: OffsetDateTime,
    /// When it was last seen to be so.
    #[serde(with = "time::serde::rfc3339")]
    pub seen_at: OffsetDateTime,
    /// Who looks after it.
    pub owner: Option<String>,
    /// When it ended.
    #[serde(with = "time::serde::rfc3339::option")]
    pub resolved_at: Option<OffsetDateTime>,
    /// Who ended it; nobody when it went away by itself.
    pub resolved_by: Option<String>,
    /// How.
    pub resolution: Option<String>,
    /// Where to read what to do.
    pub runbook: String,
}

/// What somebody wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Who.
    pub author: String,
    /// What.
    pub note: String,
}

/// Which incidents.
#[derive(Debug, Clone, Default)]
pub struct Which {
    /// Also those that have ended.
    pub ended: bool,
    /// Only of this class.
    pub class: Option<Class>,
    /// Only those that this person looks after.
    pub owner: Option<String>,
    /// Only about this.
    pub reference: Option<String>,
    /// Those that were found before this one: the end of the page before.
    pub before: Option<IncidentId>,
    /// At most so many.
    pub limit: i64,
}

/// What ending an incident came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved {
    /// It has ended.
    Now(Incident),
    /// It had ended before, and is as it was.
    Before(Incident),
}

/// What a look changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Looked {
    /// Incidents that are new.
    pub opened: usize,
    /// Incidents that went away.
    pub gone: usize,
}

impl Incidents {
    /// Over the database of the schema `inspection`.
    pub fn new(pool: PgPool, ambient: SharedAmbient) -> Self {
        Self { pool, ambient }
    }

    /// Takes the turn to look for trouble, if it is time to and nobody else does.
    pub async fn may_look(&self, again_after: time::Duration) -> Result<bool, Failure> {
        let now = self.ambient.now();
        let taken = sqlx::query!("UPDATE inspection.look SET next_at = $2 WHERE next_at <= $1", now, now + again_after);
        Ok(taken.execute(&self.pool).await?.rows_affected() > 0)
    }

    /// Makes the open incidents agree with what a look found.
    pub async fn found(&self, troubles: &[Trouble]) -> Result<Looked, Failure> {
        let now = self.ambient.now();
        let mut transaction = self.pool.begin().await?;
        let mut looked = Looked::default();
        for trouble in troubles {
            let is_new = sqlx::query_scalar!(
                r#"INSERT INTO inspection.incidents AS known
                     (id, class, reference, step, says, evidence, suggestion, count, since, opened_at, seen_at)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
                   ON CONFLICT (class, reference) WHERE resolved_at IS NULL DO UPDATE SET step = $4, says = $5, evidence = $6,
                     suggestion = $7, count = $8, seen_at = $10, since = coalesce(known.since, excluded.since)
                   RETURNING known.id = $1 AS "is_new!""#,
                IncidentId::new(&*self.ambient).uuid(),
                trouble.class.as_str(),
                trouble.reference,
                trouble.step,
                trouble.says,
                &trouble.evidence,
                trouble.suggestion,
                trouble.count,
                trouble.since,
                now,
            );
            if is_new.fetch_one(&mut *transaction).await? {
                looked.opened += 1;
                metrics::counter!("usher_incidents_total", "class" => trouble.class.as_str()).increment(1);
                tracing::warn!(
                    class = trouble.class.as_str(),
                    reference = trouble.reference,
                    suggestion = trouble.suggestion,
                    "{}",
                    trouble.says
                );
            }
        }
        let gone = sqlx::query!(
            "UPDATE inspection.incidents SET resolved_at = $1, resolution = 'went away by itself'
             WHERE resolved_at IS NULL AND seen_at < $1",
            now,
        );
        looked.gone = usize::try_from(gone.execute(&mut *transaction).await?.rows_affected()).unwrap_or_default();
        transaction.commit().await?;
        Ok(looked)
    }

    /// Incidents, the newest first.
    pub async fn list(&self, which: &Which) -> Result<Vec<Incident>, Failure> {
        let rows = sqlx::query_as!(
            Row,
            "SELECT id, class, reference, step, says, evidence, suggestion, count, since, opened_at, seen_at, owner, resolved_at,
               resolved_by, resolution
             FROM inspection.incidents
             WHERE ($1 OR resolved_at IS NULL) AND ($2::text IS NULL OR class = $2) AND ($3::text IS NULL OR owner = $3)
               AND ($4::text IS NULL OR reference = $4) AND id < $5
             ORDER BY id DESC LIMIT $6",
            which.ended,
            which.class.map(Class::as_str),
            which.owner,
            which.reference,
            which.before.map_or(Uuid::max(), IncidentId::uuid),
            which.limit,
        );
        Ok(rows.fetch_all(&self.pool).await?.into_iter().filter_map(Row::incident).collect())
    }

    /// One incident.
    pub async fn get(&self, id: IncidentId) -> Result<Option<Incident>, Failure> {
        let row = sqlx::query_as!(
            Row,
            "SELECT id, class, reference, step, says, evidence, suggestion, count, since, opened_at, seen_at, owner, resolved_at,
               resolved_by, resolution
             FROM inspection.incidents WHERE id = $1",
            id.uuid(),
        );
        Ok(row.fetch_optional(&self.pool).await?.and_then(Row::incident))
    }

    /// How many are open, by class.
    pub async fn open(&self) -> Result<Vec<(Class, i64)>, Failure> {
        let rows = sqlx::query!(
            r#"SELECT class, count(*) AS "count!" FROM inspection.incidents WHERE resolved_at IS NULL GROUP BY class"#
        );
        let rows = rows.fetch_all(&self.pool).await?;
        let counts: std::collections::HashMap<String, i64> =
            rows.into_iter().map(|row| (row.class, row.count)).collect();
        Ok(Class::ALL.map(|class| (class, counts.get(class.as_str()).copied().unwrap_or_default())).to_vec())
    }

    /// What was written about an incident, oldest first.
    pub async fn notes(&self, id: IncidentId) -> Result<Vec<Note>, Failure> {
        let notes = sqlx::query_as!(
            Note,
            "SELECT at, author, note FROM inspection.notes WHERE incident_id = $1 ORDER BY at",
            id.uuid()
        );
        Ok(notes.fetch_all(&self.pool).await?)
    }

    /// Somebody looks after it; with nobody, nobody does any more. The incident as it is then; nothing when there is none.
    pub async fn assign(&self, id: IncidentId, owner: Option<&str>, by: &str) -> Result<Option<Incident>, Failure> {
        let mut transaction = self.pool.begin().await?;
        let assigned = sqlx::query!("UPDATE inspection.incidents SET owner = $2 WHERE id = $1", id.uuid(), owner);
        if assigned.execute(&mut *transaction).await?.rows_affected() == 0 {
            return Ok(None);
        }
        let note = owner.map_or_else(|| "given back".to_owned(), |owner| format!("assigned to {owner}"));
        write(&mut transaction, id, by, &note, self.ambient.now()).await?;
        transaction.commit().await?;
        self.get(id).await
    }

    /// Writes something about it. The incident; nothing when there is none.
    pub async fn note(&self, id: IncidentId, by: &str, note: &str) -> Result<Option<Incident>, Failure> {
        let Some(incident) = self.get(id).await? else { return Ok(None) };
        write(&mut *self.pool.acquire().await?, id, by, note, self.ambient.now()).await?;
        Ok(Some(incident))
    }

    /// Ends it. Nothing when there is none.
    pub async fn resolve(&self, id: IncidentId, by: &str, resolution: &str) -> Result<Option<Resolved>, Failure> {
        let resolved = sqlx::query!(
            "UPDATE inspection.incidents SET resolved_at = $2, resolved_by = $3, resolution = $4 WHERE id = $1 AND resolved_at IS NULL",
            id.uuid(),
            self.ambient.now(),
            by,
            resolution,
        );
        let is_done = resolved.execute(&self.pool).await?.rows_affected() > 0;
        Ok(self
            .get(id)
            .await?
            .map(|incident| if is_done { Resolved::Now(incident) } else { Resolved::Before(incident) }))
    }
}

async fn write(
    connection: &mut sqlx::PgConnection,
    id: IncidentId,
    author: &str,
    note: &str,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO inspection.notes (incident_id, at, author, note) VALUES ($1, $2, $3, $4)",
        id.uuid(),
        now,
        author,
        note,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A row as PostgreSQL has it.
struct Row {
    id: Uuid,
    class: String,
    reference: String,
    step: Option<String>,
    says: String,
    evidence: Vec<String>,
    suggestion: String,
    count: i64,
    since: Option<OffsetDateTime>,
    opened_at: OffsetDateTime,
    seen_at: OffsetDateTime,
    owner: Option<String>,
    resolved_at: Option<OffsetDateTime>,
    resolved_by: Option<String>,
    resolution: Option<String>,
}

impl Row {
    /// Nothing for a class of another release.
    fn incident(self) -> Option<Incident> {
        let class: Class = self.class.parse().ok()?;
        Some(Incident {
            id: self.id.into(),
            class,
            reference: self.reference,
            step: self.step,
            says: self.says,
            evidence: self.evidence,
            suggestion: self.suggestion,
            count: self.count,
            since: self.since,
            opened_at: self.opened_at,
            seen_at: self.seen_at,
            owner: self.owner,
            resolved_at: self.resolved_at,
            resolved_by: self.resolved_by,
            resolution: self.resolution,
            runbook: class.runbook(),
        })
    }
}
