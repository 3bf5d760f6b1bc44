//! Incidents: what is wrong now, who looks after it, what they found, how it ended.

pub(crate) mod assign;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod note;
pub(crate) mod resolve;

use serde::Serialize;
use time::OffsetDateTime;
use usher_core::{ids::IncidentId, problem::Kind};
use usher_database::idempotency::Answer;
use usher_inspection::incidents::{Incident, Note};
use utoipa::ToSchema;

use crate::{
    auth::Caller,
    problem::Problem,
    selection::{Wrong, unprocessable},
};

/// Something that is wrong, or was.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Incident)]
pub(crate) struct IncidentView {
    #[schema(value_type = String, example = "inc_01KAG3V0Q8Z6X4N2M7R5T9W1YC")]
    id: IncidentId,
    /// no_worker, slow_step, retry_loop, waiting_for_provider, dead_token, undo_failed, saga_failed, dead_letter, no_engine,
    /// projection_behind or money.
    #[schema(example = "no_worker")]
    class: &'static str,
    /// What it is about: a saga, a step, a queue.
    #[schema(example = "reserve-seats")]
    reference: String,
    step: Option<String>,
    /// What is wrong.
    says: String,
    /// What was seen.
    evidence: Vec<String>,
    /// The command to give next.
    suggestion: String,
    /// How many sagas or messages it concerns.
    count: i64,
    /// When the trouble began; it was found at `opened_at`.
    #[serde(with = "time::serde::rfc3339::option")]
    since: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339")]
    opened_at: OffsetDateTime,
    /// When it was last seen to be so.
    #[serde(with = "time::serde::rfc3339")]
    seen_at: OffsetDateTime,
    owner: Option<String>,
    #[serde(with = "time::serde::rfc3339::option")]
    resolved_at: Option<OffsetDateTime>,
    /// Null when it went away by itself.
    resolved_by: Option<String>,
    resolution: Option<String>,
    /// Where to read what to do.
    runbook: String,
    /// What people wrote, oldest first; only where one incident is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<Vec<NoteView>>,
}

/// What somebody wrote about it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IncidentNote)]
pub(crate) struct NoteView {
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
    author: String,
    note: String,
}

impl From<Note> for NoteView {
    fn from(note: Note) -> Self {
        let Note { at, author, note } = note;
        Self { at, author, note }
    }
}

impl From<Incident> for IncidentView {
    fn from(incident: Incident) -> Self {
        Self {
            id: incident.id,
            class: incident.class.as_str(),
            reference: incident.reference,
            step: incident.step,
            says: incident.says,
            evidence: incident.evidence,
            suggestion: incident.suggestion,
            count: incident.count,
            since: incident.since,
            opened_at: incident.opened_at,
            seen_at: incident.seen_at,
            owner: incident.owner,
            resolved_at: incident.resolved_at,
            resolved_by: incident.resolved_by,
            resolution: incident.resolution,
            runbook: incident.runbook,
            notes: None,
        }
    }
}

/// Who does it, as it is written down: an account, or whoever has the database at hand.
fn author(caller: Caller) -> String {
    if caller == Caller::local() { "local".to_owned() } else { caller.user.to_string() }
}

/// A text that must say something.
fn said<'a>(pointer: &'static str, text: &'a str) -> Result<&'a str, Problem> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > 2000 {
        return Err(unprocessable(&[Wrong::at(pointer, "Write 1 to 2000 characters.")]));
    }
    Ok(text)
}

/// The incident as an answer that is stored for repetitions.
fn answer(incident: Incident) -> Result<Answer, Problem> {
    let body = serde_json::to_value(IncidentView::from(incident))
        .map_err(|error| Problem::new(Kind::Internal, "The incident could not be shown.").because(error))?;
    Ok(Answer { status: 200, body })
}
