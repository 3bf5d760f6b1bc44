//! `GET /api/sagas/{id}`: one saga with every attempt, and everything that happened around it.

use axum::{
    Json,
    extract::{Path, State},
};
use serde::Serialize;
use serde_json::Value;
use usher_inspection::{attempts, attempts::Attempt, drawing, timeline::Entry};
use usher_workflows::orchestrator::Execution;
use utoipa::ToSchema;

use super::{engine_problem, facts, surroundings, view::SagaLine};
use crate::{auth::Operator, problem::Problem, state::AppState};

/// One saga and everything around it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SagaDetail)]
pub(crate) struct SagaView {
    #[serde(flatten)]
    line: SagaLine,
    /// What the engine calls it: the ARN on AWS.
    execution_id: String,
    /// What it began with.
    input: Value,
    /// What it ended with.
    output: Option<Value>,
    /// The states that were entered, in order.
    path: Vec<String>,
    /// Every attempt of every step, oldest first: state, step, attempt, began_at, ended_at, milliseconds, outcome, error, cause, input,
    /// output, and deliveries with worker, receives, began_at, ended_at and outcome.
    #[schema(value_type = Vec<Object>)]
    attempts: Vec<Attempt>,
    /// Everything that happened, oldest first: at, layer, what, detail, trace_id. Layers: request, outbox, engine, queue, effect,
    /// provider, webhook, ledger, tickets, message, operator, incident.
    #[schema(value_type = Vec<Object>)]
    timeline: Vec<Entry>,
    /// The state machine with the way that was taken, as Mermaid; null where the engine does not keep the definition.
    diagram: Option<String>,
    /// The same in characters.
    drawing: Option<String>,
}

/// One saga
///
/// As the engine has it, with what was written down about it everywhere else.
#[utoipa::path(get, path = "/api/sagas/{id}", tag = "operators", security(("bearer" = [])),
    params(("id" = String, Path, description = "The execution's name: `bkg_...`, `can_...`, `pcn_...`, `rfd_...` or `sho_...`")),
    responses(
        (status = 200, description = "The saga.", body = SagaView),
        (status = 403, description = "`forbidden`: for people who run the house."),
        (status = 404, description = "`not-found`: no such saga."),
    ))]
pub(crate) async fn get(
    State(state): State<AppState>,
    _: Operator,
    Path(name): Path<String>,
) -> Result<Json<SagaView>, Problem> {
    let (execution, line) = facts::of(&state, &name).await?;
    let seen = Seen::of(&state, &execution).await?;
    let drawn = seen.definition.as_deref().and_then(|text| drawing::of(text, &seen.path, &execution.states));
    let (diagram, drawing) = drawn.map(|drawn| (drawn.diagram, drawn.text)).unzip();
    Ok(Json(SagaView {
        line: line.into(),
        diagram,
        drawing,
        execution_id: execution.id,
        input: execution.input,
        output: execution.output,
        path: seen.path,
        attempts: seen.attempts,
        timeline: seen.timeline,
    }))
}

/// What was written down about an execution.
pub(super) struct Seen {
    pub history: Vec<Value>,
    pub path: Vec<String>,
    pub attempts: Vec<Attempt>,
    pub timeline: Vec<Entry>,
    /// The definition that it runs on.
    pub definition: Option<String>,
}

impl Seen {
    pub async fn of(state: &AppState, execution: &Execution) -> Result<Self, Problem> {
        let (saga, name) = (&execution.saga, &execution.name);
        let engine = &state.orchestrator;
        let asked =
            tokio::try_join!(engine.history(saga, name), engine.deliveries(saga, name), engine.definition(saga, name),);
        let (history, deliveries, definition) = asked.map_err(engine_problem)?;
        let timeline = surroundings::of(state, execution, (&history, &deliveries)).await?;
        let attempts = attempts::of(&history, &deliveries);
        Ok(Self { path: attempts::path(&history), attempts, timeline, definition, history })
    }
}
