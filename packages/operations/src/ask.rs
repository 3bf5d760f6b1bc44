//! Asking for an act: looked at, written down, and only then done.

use serde_json::{Value, json};
use usher_core::ids::ActId;
use usher_database::Failure;
use usher_workflows::amend::Standing;

use crate::{
    Operations, Preview, Story,
    act::{Act, Person},
    chain::{self, Entry, Event, Sight},
    open::{self, Request, Stage},
};

/// What somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The act's own name: the same for every try of one request.
    pub id: ActId,
    /// The execution.
    pub name: String,
    /// What to do.
    pub act: Act,
    /// Why.
    pub reason: String,
    /// Where the matter is followed.
    pub ticket: Option<String>,
    /// Who asks.
    pub by: Person,
    /// The version of the execution that they saw.
    pub expected_version: u64,
    /// Whether they go on although something is in the way.
    pub despite_obstacles: bool,
}

/// Why an act was not begun.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// There is no such execution, or no such act.
    #[error("there is no such execution or act")]
    NotFound,
    /// The execution is not as it was seen.
    #[error("it moved on from version {expected} to {}", standing.version)]
    Moved {
        /// What was seen.
        expected: u64,
        /// How it stands now.
        standing: Box<Standing>,
    },
    /// Somebody else's act is not over.
    #[error("another act on it is not over")]
    Busy(Box<Story>),
    /// Not as the execution stands.
    #[error("{why}")]
    NotPossible {
        /// Why.
        why: String,
        /// How it stands.
        standing: Box<Standing>,
        /// What can be done instead.
        possible: Vec<&'static str>,
    },
    /// Something is in the way of the steps to come.
    #[error("something is in the way")]
    Obstacles(Box<Preview>),
    /// Something is missing or wrong in what was asked for.
    #[error("{1}")]
    Invalid(&'static str, String),
    /// The act does not wait for a decision.
    #[error("it does not wait for a decision")]
    NotWaiting(Box<Story>),
    /// Nobody approves what they asked for.
    #[error("somebody else has to approve it")]
    SamePerson,
    /// This engine cannot do it.
    #[error("{0}")]
    Unsupported(String),
    /// The engine says no.
    #[error("{0}")]
    Refused(String),
    /// Something that has to be asked first does not answer.
    #[error("{0}")]
    Unavailable(String),
    /// The database did not take it.
    #[error(transparent)]
    Database(Failure),
}

impl ActError {
    pub(crate) fn not_possible(standing: &Standing, why: String) -> Self {
        Self::NotPossible { why, standing: Box::new(standing.clone()), possible: Act::possible(standing) }
    }
}

impl Operations {
    /// Looks at what the act would touch, writes it down and carries it out, or has it wait for a second person. Asking again
    /// under the same id gives the story so far.
    pub async fn ask(&self, ask: Ask) -> Result<Story, ActError> {
        if let Some(story) = self.act(ask.id).await? {
            return Ok(story);
        }
        if ask.reason.trim().is_empty() {
            return Err(ActError::Invalid("#/reason", "Say why: it stands in the saga's history.".to_owned()));
        }
        if matches!(&ask.act, Act::Complete { evidence, .. } if evidence.trim().is_empty()) {
            let text = "Say how anybody can see that it is done.".to_owned();
            return Err(ActError::Invalid("#/evidence", text));
        }
        let standing = self.standing(&ask.name).await?;
        if let Some(open) = self.open_act_of(&standing.execution.saga, &ask.name).await? {
            return if open.id == ask.id { Ok(open) } else { Err(ActError::Busy(Box::new(open))) };
        }
        if standing.version != ask.expected_version {
            return Err(ActError::Moved { expected: ask.expected_version, standing: Box::new(standing) });
        }
        let preview = self.preview_of(&standing, &ask.act).await?;
        if matches!(ask.act, Act::Complete { .. }) && preview.output.is_none() {
            let text = "Say what the step would have answered: nothing of it can be found.".to_owned();
            return Err(ActError::Invalid("#/output", text));
        }
        if !preview.obstacles.is_empty() && !ask.despite_obstacles {
            return Err(ActError::Obstacles(Box::new(preview)));
        }
        let (id, by) = (ask.id, ask.by.clone());
        let request = Request {
            id,
            saga: standing.execution.saga.clone(),
            name: ask.name,
            act: match ask.act {
                Act::Complete { evidence, .. } => Act::Complete { output: preview.output.clone(), evidence },
                act => act,
            },
            reason: ask.reason,
            ticket: ask.ticket,
            by,
            saw: Sight::from(&standing),
            follows: None,
        };
        let stage = if preview.needs_approval { Stage::AwaitingApproval } else { Stage::Requested };
        if !self.write(&request, stage, &preview).await? {
            if let Some(story) = self.act(id).await? {
                return Ok(story); // Another try of the same request was faster.
            }
            let open = self.open_act_of(&request.saga, &request.name).await?.ok_or(ActError::NotFound)?;
            return Err(ActError::Busy(Box::new(open)));
        }
        if stage == Stage::Requested {
            self.carry_out(request, false).await?;
        }
        self.act(id).await?.ok_or(ActError::NotFound)
    }

    /// Writes the act down; false when somebody else's came in between.
    async fn write(&self, request: &Request, stage: Stage, preview: &Preview) -> Result<bool, ActError> {
        let mut transaction = self.pool.begin().await?;
        if !open::insert(&mut transaction, request, stage, self.ambient.now()).await? {
            return Ok(false);
        }
        let event = if stage == Stage::AwaitingApproval { Event::Proposed } else { Event::Requested };
        let entry = Entry {
            by: Some(request.by.clone()),
            reason: Some(request.reason.clone()),
            ticket: request.ticket.clone(),
            saw: Some(request.saw.clone()),
            detail: detail(request, preview),
            ..request.entry(event, self.ambient.now())
        };
        chain::append(&mut transaction, &entry).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// The second person says yes.
    pub async fn approve(&self, id: ActId, by: Person) -> Result<Story, ActError> {
        let request = self.decide(id, by, Event::Approved).await?;
        self.carry_out(request, false).await?;
        self.act(id).await?.ok_or(ActError::NotFound)
    }

    /// Somebody says no: the second person, or the first, who thought again.
    pub async fn decline(&self, id: ActId, by: Person) -> Result<Story, ActError> {
        self.decide(id, by, Event::Declined).await?;
        self.act(id).await?.ok_or(ActError::NotFound)
    }

    async fn decide(&self, id: ActId, by: Person, event: Event) -> Result<Request, ActError> {
        let mut transaction = self.pool.begin().await?;
        let Some(request) = open::awaiting(&mut transaction, id).await? else {
            let story = self.act(id).await?.ok_or(ActError::NotFound)?;
            return Err(ActError::NotWaiting(Box::new(story)));
        };
        if event == Event::Approved && request.by.user == by.user {
            return Err(ActError::SamePerson);
        }
        let now = self.ambient.now();
        match event {
            Event::Approved => open::to_stage(&mut transaction, id, Stage::Requested, now).await?,
            _ => open::close(&mut transaction, id).await?,
        };
        chain::append(&mut transaction, &Entry { by: Some(by), ..request.entry(event, now) }).await?;
        transaction.commit().await?;
        Ok(request)
    }
}

/// What belongs to the entry besides who, why and what was seen.
fn detail(request: &Request, preview: &Preview) -> Value {
    let mut detail = json!({ "effect": preview.effect, "stake": preview.stake });
    let mut add = |name: &str, value: Value| {
        if let Some(members) = detail.as_object_mut() {
            members.insert(name.to_owned(), value);
        }
    };
    if !preview.changes.is_empty() {
        add("changes", json!(preview.changes));
    }
    if !preview.obstacles.is_empty() {
        add("despite", json!(preview.obstacles));
    }
    if let Act::Complete { output, evidence } = &request.act {
        add("evidence", json!(evidence));
        add("output", json!(output));
    }
    detail
}
