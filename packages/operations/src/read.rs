//! The story of an act, put together from the chain.

use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;
use usher_core::ids::ActId;
use usher_database::Failure;

use crate::{
    Operations,
    act::Person,
    chain::{Entry, Event, Sight},
};

/// Where an act stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ActStatus {
    /// A second person has to say yes.
    AwaitingApproval,
    /// Written down; its saga has not passed the step yet.
    Requested,
    /// The saga has passed the step.
    Worked,
    /// The saga has failed again.
    FailedAgain,
    /// Nothing was changed, and nothing will be.
    Refused,
    /// Somebody said no.
    Declined,
}

impl ActStatus {
    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AwaitingApproval => "awaiting_approval",
            Self::Requested => "requested",
            Self::Worked => "worked",
            Self::FailedAgain => "failed_again",
            Self::Refused => "refused",
            Self::Declined => "declined",
        }
    }

    /// Whether nothing more happens to it.
    pub const fn is_over(self) -> bool {
        !matches!(self, Self::AwaitingApproval | Self::Requested)
    }
}

/// One act, from its request to what came of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Story {
    /// Its id.
    pub id: ActId,
    /// What was asked for.
    pub act: String,
    /// Of which saga.
    pub saga: String,
    /// And which execution of it.
    pub name: String,
    /// Where it stands.
    pub status: ActStatus,
    /// Who asked.
    pub by: Option<Person>,
    /// Who said yes or no.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<Person>,
    /// Why.
    pub reason: String,
    /// Where the matter is followed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    /// When it was asked for.
    #[serde(with = "time::serde::rfc3339")]
    pub asked_at: OffsetDateTime,
    /// When it was over.
    #[serde(with = "time::serde::rfc3339::option")]
    pub ended_at: Option<OffsetDateTime>,
    /// How the execution stood.
    pub before: Option<Sight>,
    /// How it stood when the act was over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Sight>,
    /// What was to be touched, what an edited input changed, evidence.
    pub detail: Value,
    /// Why it was refused, or both errors.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub outcome: Value,
}

impl Story {
    fn of(entries: &[Entry]) -> Option<Self> {
        let first = entries.first()?;
        let mut story = Self {
            id: first.act,
            act: first.kind.clone(),
            saga: first.saga.clone(),
            name: first.name.clone(),
            status: ActStatus::Requested,
            by: first.by.clone(),
            decided_by: None,
            reason: first.reason.clone().unwrap_or_default(),
            ticket: first.ticket.clone(),
            asked_at: first.at,
            ended_at: None,
            before: first.saw.clone(),
            after: None,
            detail: first.detail.clone(),
            outcome: Value::Null,
        };
        for entry in entries {
            story.take(entry);
        }
        Some(story)
    }

    fn take(&mut self, entry: &Entry) {
        let ended = match entry.event {
            Event::Proposed => ActStatus::AwaitingApproval,
            Event::Requested | Event::Approved | Event::CarriedOut => ActStatus::Requested,
            Event::Declined => ActStatus::Declined,
            Event::Refused => ActStatus::Refused,
            Event::Worked => ActStatus::Worked,
            Event::FailedAgain => ActStatus::FailedAgain,
        };
        self.status = ended;
        if matches!(entry.event, Event::Approved | Event::Declined) {
            self.decided_by.clone_from(&entry.by);
        }
        if ended.is_over() {
            self.ended_at = Some(entry.at);
            self.after.clone_from(&entry.saw);
            self.outcome = entry.detail.clone();
        }
    }
}

fn parse(entry: &str) -> Result<Entry, sqlx::Error> {
    serde_json::from_str(entry).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

impl Operations {
    /// One act.
    pub async fn act(&self, id: ActId) -> Result<Option<Story>, Failure> {
        let rows = sqlx::query_scalar!(
            r#"SELECT entry::text AS "entry!" FROM operations.chain WHERE act = $1 ORDER BY seq"#,
            id.to_string(),
        );
        let rows = rows.fetch_all(&self.pool).await?;
        let entries: Vec<Entry> = rows.iter().map(|row| parse(row)).collect::<Result<_, _>>()?;
        Ok(Story::of(&entries))
    }

    /// Everything that people did to an execution, oldest first.
    pub async fn acts_of(&self, saga: &str, name: &str) -> Result<Vec<Story>, Failure> {
        let rows = sqlx::query_scalar!(
            r#"SELECT entry::text AS "entry!" FROM operations.chain WHERE execution = $1 ORDER BY seq"#,
            format!("{saga}:{name}"),
        );
        let rows = rows.fetch_all(&self.pool).await?;
        let mut acts: Vec<Vec<Entry>> = Vec::new();
        for row in &rows {
            let entry = parse(row)?;
            match acts.iter_mut().find(|act| act[0].act == entry.act) {
                Some(act) => act.push(entry),
                None => acts.push(vec![entry]),
            }
        }
        Ok(acts.iter().filter_map(|entries| Story::of(entries)).collect())
    }

    /// The act on an execution that is not over.
    pub(crate) async fn open_act_of(&self, saga: &str, name: &str) -> Result<Option<Story>, Failure> {
        let execution = format!("{saga}:{name}");
        let open = sqlx::query_scalar!("SELECT act FROM operations.open_acts WHERE execution = $1", execution);
        let Some(open) = open.fetch_optional(&self.pool).await? else { return Ok(None) };
        let id = open.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
        self.act(id).await
    }
}
