//! The queues of the steps, and the messages that nobody could handle: each with its saga, and whether anybody still waits
//! for its answer.

pub(crate) mod dead_letters;
pub(crate) mod discard;
pub(crate) mod list;
pub(crate) mod redrive;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use usher_core::problem::Kind;
use usher_messaging::{
    error::MessagingError,
    events::queue_of,
    queue::{DeadLetter, TaskQueue},
};
use usher_workflows::{envelope::Envelope, step::STEPS};
use utoipa::ToSchema;

use super::inspection::engine_problem;
use crate::{
    problem::Problem,
    selection::{Wrong, unprocessable},
    state::AppState,
};

/// What a queue could not do, as a client may hear of it.
pub(crate) fn messaging_problem(error: MessagingError) -> Problem {
    if error.is_transient() {
        Problem::new(Kind::Unavailable, "The queues cannot be asked at the moment.").retry_after(2).because(error)
    } else {
        Problem::new(Kind::InvalidRequest, error.to_string())
    }
}

/// The queue of this name; `events-...` are those of consumers of events.
fn known(queue: &str) -> Result<&str, Problem> {
    let is_known = STEPS.iter().any(|step| step.name == queue) || queue.starts_with(&queue_of(""));
    if is_known { Ok(queue) } else { Err(Problem::not_found("queue")) }
}

/// A message that nobody could handle.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeadLetter)]
pub(crate) struct Letter {
    id: String,
    queue: String,
    /// The execution whose step it asks for; null where the message is no request.
    saga_id: Option<String>,
    step: Option<String>,
    attempt: Option<u32>,
    /// `alive` while the engine waits for an answer with its token, `dead` when that is over, `none` where it carries none.
    #[schema(example = "dead", pattern = "^(alive|dead|none)$")]
    token: &'static str,
    /// How often it was delivered.
    receives: i32,
    /// Why it is here.
    reason: String,
    #[serde(with = "time::serde::rfc3339")]
    died_at: OffsetDateTime,
    /// What to do about it.
    suggestion: String,
}

/// A letter with what the engine says of its token.
async fn letter(state: &AppState, queue: &str, letter: DeadLetter) -> Result<Letter, Problem> {
    let envelope: Option<Envelope> = serde_json::from_str(&letter.body).ok();
    let token = match &envelope {
        Some(envelope) if state.orchestrator.is_awaited(envelope).await.map_err(engine_problem)? => "alive",
        Some(_) => "dead",
        None => "none",
    };
    let id = &letter.id;
    let suggestion = match (&envelope, token) {
        (Some(_), "alive") => format!("usher queue redrive {queue} {id}"),
        (Some(envelope), _) => format!("usher saga explain {}, then usher queue discard {queue} {id}", envelope.name),
        (None, _) if queue.starts_with(&queue_of("")) => format!("usher queue redrive {queue} {id}"),
        (None, _) => format!("usher queue discard {queue} {id}"),
    };
    Ok(Letter {
        saga_id: envelope.as_ref().map(|envelope| envelope.name.clone()),
        step: envelope.as_ref().map(|envelope| envelope.step.clone()),
        attempt: envelope.as_ref().map(|envelope| envelope.attempt),
        queue: queue.to_owned(),
        token,
        receives: letter.receives,
        reason: letter.reason,
        died_at: letter.died_at,
        suggestion,
        id: letter.id,
    })
}

/// Which dead letters to do something with.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChosenLetters, example = json!({"ids": ["msg_01KAG3V0Q8Z6X4N2M7R5T9W1YC"]}))]
pub(crate) struct Chosen {
    /// At most 100.
    ids: Vec<String>,
}

/// What was done.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LettersDone)]
pub(crate) struct Done {
    /// How many letters.
    count: u64,
}

impl Chosen {
    fn checked(&self) -> Result<&[String], Problem> {
        if self.ids.is_empty() || self.ids.len() > 100 {
            return Err(unprocessable(&[Wrong::at("#/ids", "Name 1 to 100 letters.")]));
        }
        Ok(&self.ids)
    }

    /// The letters of these names, as they are in the queue now.
    async fn letters(&self, queue: &dyn TaskQueue, name: &str) -> Result<Vec<DeadLetter>, Problem> {
        let (wanted, mut found, mut cursor) = (self.checked()?, Vec::new(), None::<String>);
        loop {
            let page = queue.dead_letters(name, cursor.as_deref(), 500).await.map_err(messaging_problem)?;
            let Some(last) = page.last() else { break };
            cursor = Some(last.id.clone());
            found.extend(page.into_iter().filter(|letter| wanted.contains(&letter.id)));
            if found.len() == wanted.len() {
                break;
            }
        }
        match wanted.iter().find(|id| !found.iter().any(|letter| letter.id == **id)) {
            Some(missing) => Err(Problem::not_found("dead letter").with("id", missing.as_str())),
            None => Ok(found),
        }
    }
}
