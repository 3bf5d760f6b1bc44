//! What an act would touch, before anybody does it. Nothing is changed, here or at the payment provider.

use serde::Serialize;
use serde_json::Value;
use usher_database::Failure;
use usher_workflows::{
    amend::Standing,
    business::{Finding, Stake},
    definitions,
    orchestrator::{OrchestratorError, Status},
    step::{STEPS, StepKind},
};

use crate::{Operations, act::Act, ask::ActError, chain::Sight};

/// An act as it would go.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Preview {
    /// Which act.
    #[serde(flatten)]
    pub act: Act,
    /// Of which execution.
    pub name: String,
    /// How that stands now. Its version is what the act has to state.
    pub saga: Sight,
    /// What would become of what is at stake.
    pub effect: Effect,
    /// What is at stake: seats, money, tickets, messages to the customer.
    pub stake: Stake,
    /// What each step would find.
    pub findings: Vec<Finding>,
    /// What would be in the way of the steps to come. Whoever goes on all the same has to say so.
    pub obstacles: Vec<String>,
    /// What an edited input changes.
    pub changes: Vec<Change>,
    /// Whether a second person has to say yes.
    pub needs_approval: bool,
    /// What the step is taken to have answered, where it is marked as done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<Value>,
}

/// What becomes of what is at stake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// It stays, and the saga goes on towards its end.
    GoesOn,
    /// Seats become free, money goes back, tickets become invalid, the customer is told.
    GoesBack,
    /// It stays as it is, and nobody works on it any more.
    IsLeft,
}

/// One place in which an edited input differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// A JSON pointer.
    pub path: String,
    /// What was there.
    pub before: Option<Value>,
    /// What is there now.
    pub after: Option<Value>,
}

impl Operations {
    /// What the act would do to the execution as it stands now.
    pub async fn preview(&self, name: &str, act: &Act) -> Result<Preview, ActError> {
        let standing = self.standing(name).await?;
        self.preview_of(&standing, act).await
    }

    /// How an execution stands.
    pub async fn standing(&self, name: &str) -> Result<Standing, ActError> {
        let saga = definitions::saga_of(name).ok_or(ActError::NotFound)?;
        self.orchestrator.standing(saga.name, name).await?.ok_or(ActError::NotFound)
    }

    pub(crate) async fn preview_of(&self, standing: &Standing, act: &Act) -> Result<Preview, ActError> {
        if let Some(why) = act.refusal(standing) {
            return Err(ActError::not_possible(standing, why));
        }
        let execution = &standing.execution;
        let data = match act {
            Act::Redrive { input: Some(input) } => input,
            _ if standing.data.is_object() => &standing.data,
            _ => &execution.input,
        };
        let probed = self.business.probe(&execution.saga, &execution.name, &execution.states, data).await;
        let probed = probed.map_err(|error| ActError::Unavailable(error.to_string()))?;
        let effect = match act {
            Act::Stop => Effect::IsLeft,
            Act::Undo => Effect::GoesBack,
            _ if goes_back(&execution.states) => Effect::GoesBack,
            _ => Effect::GoesOn,
        };
        let obstacles = match act {
            Act::Redrive { .. } | Act::Retry | Act::Complete { .. } | Act::Skip => {
                probed.findings.iter().flat_map(|finding| finding.obstacles.clone()).collect()
            }
            Act::Undo | Act::Stop => Vec::new(),
        };
        let changes = match act {
            Act::Redrive { input: Some(input) } => changes(&standing.data, input),
            _ => Vec::new(),
        };
        let refunds_much =
            *act == Act::Undo && probed.stake.money.is_some_and(|money| money.amount > self.approval_above);
        Ok(Preview {
            name: execution.name.clone(),
            saga: standing.into(),
            effect,
            stake: probed.stake,
            obstacles,
            changes,
            needs_approval: *act == Act::Stop && execution.status == Status::Running || refunds_much,
            output: output(act, &execution.states, &probed.findings),
            findings: probed.findings,
            act: act.clone(),
        })
    }
}

/// Whether an execution that stands in these states is on its way back already.
fn goes_back(states: &[String]) -> bool {
    let undoes = |name: &str| {
        STEPS.iter().any(
            |step| matches!(step.kind, StepKind::Compensatable { undo } | StepKind::Pivot { undo } if undo == name),
        )
    };
    states.iter().any(|state| STEPS.iter().any(|step| step.state == state && undoes(step.name)))
}

/// What a step that is marked as done is taken to have answered: what was given, or else what its probe found.
fn output(act: &Act, states: &[String], findings: &[Finding]) -> Option<Value> {
    let Act::Complete { output, .. } = act else { return None };
    let found = || {
        let step = STEPS.iter().find(|step| states.iter().any(|state| state == step.state))?;
        findings.iter().find(|finding| finding.step == step.name)?.output.clone()
    };
    output.clone().or_else(found)
}

/// The differences, in the order of RFC 6902, with what was there before.
fn changes(before: &Value, after: &Value) -> Vec<Change> {
    let patch = json_patch::diff(before, after);
    let paths = patch.0.iter().map(|operation| operation.path().to_string());
    let at = |value: &Value, path: &str| value.pointer(path).cloned();
    paths.map(|path| Change { before: at(before, &path), after: at(after, &path), path }).collect()
}

impl From<OrchestratorError> for ActError {
    fn from(error: OrchestratorError) -> Self {
        match error {
            OrchestratorError::NotFound => Self::NotFound,
            OrchestratorError::Unsupported(what) => Self::Unsupported(what),
            OrchestratorError::Conflict(what) | OrchestratorError::Refused(what) => Self::Refused(what),
            error @ (OrchestratorError::Unavailable(_)
            | OrchestratorError::Busy { .. }
            | OrchestratorError::TokenDead) => Self::Unavailable(error.to_string()),
        }
    }
}

impl From<Failure> for ActError {
    fn from(failure: Failure) -> Self {
        Self::Database(failure)
    }
}

impl From<sqlx::Error> for ActError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.into())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_changed_input_is_shown_place_by_place() {
        let changed = changes(&json!({ "a": 1, "b": { "c": 2 }, "d": 3 }), &json!({ "a": 1, "b": { "c": 5 }, "e": 4 }));
        let told: Vec<_> = changed.iter().map(|one| (&*one.path, one.before.clone(), one.after.clone())).collect();
        assert!(told.contains(&("/b/c", Some(json!(2)), Some(json!(5)))), "{told:?}");
        assert!(told.contains(&("/d", Some(json!(3)), None)), "{told:?}");
        assert!(told.contains(&("/e", None, Some(json!(4)))), "{told:?}");
        assert_eq!(told.len(), 3);
    }

    #[test]
    fn the_way_back_is_known_by_its_states() {
        assert!(goes_back(&["RefundPayment".to_owned()]));
        assert!(!goes_back(&["IssueTickets".to_owned()]));
    }
}
