//! Tries one state alone, as the `TestState` operation of AWS does: the state is entered with an input, whatever it would
//! have others do is mocked, and the answer tells what came of it and, if asked, what its data looked like on the way.
//!
//! `request` is what is asked, `mock` and `context` refuse what makes no sense, `schema` knows what services answer, `run`
//! has the state do its work and `inspect` looks over its shoulder.

mod context;
mod inspect;
mod mock;
mod request;
mod run;
mod schema;

use std::fmt;

use serde::Serialize;
use serde_json::Value;

pub use request::{ErrorOutput, InspectionLevel, Mock, Request, StateConfiguration, ValidationMode};

use crate::{
    execution::Surroundings,
    model::{Flow, Kind, State, StateMachine},
    parse::{self, document::Document},
    problem::{Problem, Problems},
};

/// The name that a state has when it is given without its machine.
const NAMELESS: &str = "StateName";

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rejection {
    /// The name of the exception.
    pub code: String,
    /// What is wrong, as a sentence.
    pub message: String,
}

impl Rejection {
    fn validation(message: impl Into<String>) -> Self {
        Self { code: "ValidationException".to_owned(), message: message.into() }
    }

    /// The definition is wrong.
    pub(crate) fn definition<'p>(problems: impl IntoIterator<Item = &'p Problem>) -> Self {
        let said = problems.into_iter().map(|one| format!("{}: {} at {}", one.code, one.message, one.location));
        let message = format!("Invalid State Machine Definition: '{}'", said.collect::<Vec<_>>().join(", "));
        Self { code: "InvalidDefinition".to_owned(), message }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.code, self.message)
    }
}

/// Tries one state. The answer has the members that AWS's has; documents in it are values instead of texts.
pub fn test_state(request: &Request, around: &mut Surroundings<'_>) -> Result<Value, Rejection> {
    request.state_name.as_deref().map(constrain).transpose()?;
    if request.reveal_secrets && request.mock.is_some() {
        return Err(Rejection::validation("Secrets cannot be revealed of a task that is mocked."));
    }
    let machine = machine(request)?;
    let name = request.state_name.as_deref().unwrap_or(NAMELESS);
    let found = find(machine.flow(), name, false);
    let (state, inside_map) = found.ok_or_else(|| Rejection::validation("State not found in definition"))?;
    let result = mock::check(state, request.mock.as_ref())?;
    let input = document(request.input.as_deref().unwrap_or("{}"), "Input")?;
    let context = request.context.as_deref().map(|text| document(text, "Context")).transpose()?;
    context.as_ref().map(context::check).transpose()?;
    let variables = request.variables.as_deref().map(|text| document(text, "Variables")).transpose()?;
    let variables = match variables {
        None => serde_json::Map::new(),
        Some(Value::Object(members)) => members,
        Some(_) => return Err(Rejection::validation("Variables must be a JSON object.")),
    };
    let trial = run::Trial { state, inside_map, request, input, context, variables, result };
    Ok(trial.run(around))
}

/// The limits of a state's name, in the words in which AWS tells of all such limits.
fn constrain(name: &str) -> Result<(), Rejection> {
    let bound = match name.chars().count() {
        0 => "greater than or equal to 1",
        1..=80 => return Ok(()),
        _ => "less than or equal to 80",
    };
    Err(Rejection::validation(format!(
        "1 validation error detected: Value '{name}' at 'stateName' failed to satisfy constraint: Member must have length {bound}"
    )))
}

/// The machine of the request; a state that stands alone is put into one. Names that lead nowhere are no mistake here.
fn machine(request: &Request) -> Result<StateMachine, Rejection> {
    let problems = Problems::default();
    let machine = Document::read(&request.definition, &problems).and_then(|document| {
        let is_machine = document.value.get("States").is_some();
        let value = if is_machine {
            document.value
        } else {
            serde_json::json!({ "StartAt": NAMELESS, "States": { NAMELESS: document.value } })
        };
        parse::machine(&value, &problems)
    });
    let problems = problems.into_list();
    let errors: Vec<_> = problems.iter().filter(|problem| problem.is_error()).collect();
    machine.filter(|_| errors.is_empty()).ok_or_else(|| Rejection::definition(errors))
}

/// The state of this name, at any depth, and whether it is inside a Map state.
fn find<'m>(flow: &'m Flow, name: &str, inside_map: bool) -> Option<(&'m State, bool)> {
    flow.get(name).map(|state| (state, inside_map)).or_else(|| {
        flow.states().find_map(|state| {
            let inside_map = inside_map || matches!(state.kind, Kind::Map(_));
            state.flows().into_iter().find_map(|(_, inner)| find(inner, name, inside_map))
        })
    })
}

fn document(text: &str, what: &str) -> Result<Value, Rejection> {
    serde_json::from_str(text).map_err(|error| Rejection::validation(format!("{what} must be valid JSON: {error}")))
}
