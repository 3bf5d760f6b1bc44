//! What is asked of an act and answered about it, and what can be wrong with one.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::OffsetDateTime;
use usher_core::{
    ids::{ActId, UserId},
    problem::Kind,
};
use usher_database::idempotency::Answer;
use usher_operations::{ActError, Person, Story, chain::Sight};
use usher_workflows::amend::Standing;
use utoipa::ToSchema;

use crate::{
    auth::Caller,
    problem::Problem,
    selection::{Wrong, unprocessable},
};

/// What to do, and why.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"reason": "The provider answers again.", "expected_version": 42}))]
pub(crate) struct NewAct {
    /// Why. It stands in the saga's history.
    #[serde(default)]
    pub reason: String,
    /// The version of the saga that was seen; a dry run tells it. Not needed for a dry run.
    #[serde(default)]
    pub expected_version: Option<u64>,
    /// Where the matter is followed, such as the number of a ticket of support.
    #[serde(default)]
    pub ticket: Option<String>,
    /// Only say what it would touch.
    #[serde(default)]
    pub dry_run: bool,
    /// Go on although something is in the way; the dry run lists what.
    #[serde(default)]
    pub despite_obstacles: bool,
    /// Only for `redrive`: what the state is given instead of what it had.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub input: Option<Value>,
    /// Only for `complete`: what the step would have answered, where that cannot be found.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub output: Option<Value>,
    /// Only for `complete`, and needed there: how anybody can see that it is done.
    #[serde(default)]
    pub evidence: Option<String>,
    /// Only for `stop`, and needed there: whether to undo, too. Without it a second person has to say yes.
    #[serde(default)]
    pub undo: Option<bool>,
}

/// How a saga stood.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SagaSight)]
pub(crate) struct SightView {
    /// Its status, in the words of Step Functions.
    #[schema(pattern = "^(RUNNING|SUCCEEDED|FAILED|TIMED_OUT|ABORTED)$")]
    status: &'static str,
    /// The states that it stands in.
    states: Vec<String>,
    /// The number of its last event: what the next act states as `expected_version`.
    version: u64,
    /// The error that it ended with.
    error: Option<String>,
    /// And the story behind that.
    cause: Option<String>,
}

impl From<Sight> for SightView {
    fn from(sight: Sight) -> Self {
        let Sight { status, states, version, error, cause } = sight;
        Self { status: status.as_str(), states, version, error, cause }
    }
}

/// Somebody who acted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Actor {
    #[schema(value_type = String, example = "usr_01KAG3V0Q8Z6X4N2M7R5T9W1YC")]
    user: UserId,
    /// What they could do then.
    role: String,
}

impl From<Person> for Actor {
    fn from(Person { user, role }: Person) -> Self {
        Self { user, role }
    }
}

/// One act and what came of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Act)]
pub(crate) struct ActView {
    #[schema(value_type = String, example = "act_01KAG3V0Q8Z6X4N2M7R5T9W1YC")]
    id: ActId,
    /// What was asked for.
    #[schema(pattern = "^(redrive|undo|retry|skip|complete|stop)$")]
    act: String,
    /// Of which saga.
    saga: String,
    /// And which execution of it.
    name: String,
    /// `requested` until the saga has passed the step or has failed in it again.
    #[schema(pattern = "^(awaiting_approval|requested|worked|failed_again|refused|declined)$")]
    status: &'static str,
    /// Who asked.
    by: Option<Actor>,
    /// The second person.
    decided_by: Option<Actor>,
    reason: String,
    ticket: Option<String>,
    #[serde(with = "time::serde::rfc3339")]
    asked_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    ended_at: Option<OffsetDateTime>,
    /// How the saga stood when it was asked for.
    before: Option<SightView>,
    /// How it stood when the act was over.
    after: Option<SightView>,
    /// What it was to touch, what an edited input changed, the evidence.
    #[schema(value_type = Object)]
    detail: Value,
    /// Why it was refused; or both errors, `before` and `after`.
    #[schema(value_type = Option<Object>)]
    outcome: Value,
}

impl From<Story> for ActView {
    fn from(story: Story) -> Self {
        Self {
            id: story.id,
            act: story.act,
            saga: story.saga,
            name: story.name,
            status: story.status.as_str(),
            by: story.by.map(Into::into),
            decided_by: story.decided_by.map(Into::into),
            reason: story.reason,
            ticket: story.ticket,
            asked_at: story.asked_at,
            ended_at: story.ended_at,
            before: story.before.map(Into::into),
            after: story.after.map(Into::into),
            detail: story.detail,
            outcome: story.outcome,
        }
    }
}

/// The caller as the chain remembers them.
pub(crate) fn person(caller: Caller) -> Person {
    let role = serde_json::to_value(caller.role).unwrap_or_default();
    Person { user: caller.user, role: role.as_str().unwrap_or_default().to_owned() }
}

/// The act as an answer that is stored for repetitions.
pub(crate) fn answer(status: i16, story: Story) -> Result<Answer, Problem> {
    let body = serde_json::to_value(ActView::from(story))
        .map_err(|error| Problem::new(Kind::Internal, "The act could not be shown.").because(error))?;
    Ok(Answer { status, body })
}

/// What is wrong with an act, as a client hears it.
pub(crate) fn problem(error: ActError) -> Problem {
    let conflict = |detail: &str| Problem::new(Kind::Conflict, detail);
    match error {
        ActError::NotFound => Problem::not_found("saga or act"),
        ActError::Moved { standing, .. } => {
            conflict("The saga is not as you saw it. Look again, and decide anew.").with("saga", sight(&standing))
        }
        ActError::Busy(story) => {
            let detail = "Another act on this saga is not over.";
            conflict(detail).with("act", ActView::from(*story))
        }
        ActError::NotPossible { why, standing, possible } => conflict(&format!("Not as the saga stands: {why}."))
            .with("saga", sight(&standing))
            .with("possible", possible),
        ActError::Obstacles(preview) => {
            let detail =
                "Something is in the way of the next steps. Look at it, and ask again with `despite_obstacles`.";
            conflict(detail).with("obstacles", &preview.obstacles).with("saga", &preview.saga)
        }
        ActError::Invalid(pointer, text) => unprocessable(&[Wrong::at(pointer, text)]),
        ActError::NotWaiting(story) => conflict("It does not wait for a decision.").with("act", ActView::from(*story)),
        ActError::SamePerson => Problem::new(Kind::Forbidden, "You asked for it; somebody else has to approve it."),
        ActError::Unsupported(what) => Problem::new(Kind::EngineCannot, format!("Not with this engine: {what}.")),
        ActError::Refused(what) => conflict(&format!("The engine says no: {what}.")),
        ActError::Unavailable(what) => Problem::new(Kind::Unavailable, "The engine does not answer at the moment.")
            .retry_after(2)
            .because(std::io::Error::other(what)),
        ActError::Database(failure) => failure.into(),
    }
}

fn sight(standing: &Standing) -> Value {
    json!(Sight::from(standing))
}
