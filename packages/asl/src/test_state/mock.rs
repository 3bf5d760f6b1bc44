//! Whether a mock fits the state that it stands in for.

use serde_json::Value;

use super::{Mock, Rejection, ValidationMode, schema};
use crate::model::{Kind, State, Task};

/// Refuses what does not fit. Gives the mocked result, if there is one.
pub(super) fn check(state: &State, mock: Option<&Mock>) -> Result<Option<Value>, Rejection> {
    let Some(mock) = mock else { return without(state) };
    if !matches!(state.kind, Kind::Task(_) | Kind::Map(_) | Kind::Parallel(_)) {
        let message = format!("State type '{}' is not supported when a mock is specified", state.type_name());
        return Err(Rejection::validation(message));
    }
    let Some(text) = &mock.result else { return Ok(None) };
    if mock.error_output.is_some() {
        let message = "A test mock should have only one of the following fields: [result, errorOutput].";
        return Err(Rejection::validation(message));
    }
    let result: Value =
        serde_json::from_str(text).map_err(|_| Rejection::validation("Mocked result must be valid JSON"))?;
    match &state.kind {
        Kind::Map(map) if map.has_result_writer && !result.is_object() => {
            Err(Rejection::validation("Mocked result must be a JSON object."))
        }
        Kind::Map(map) if map.has_result_writer => Ok(Some(result)),
        Kind::Map(_) | Kind::Parallel(_) if !result.is_array() => {
            Err(Rejection::validation("Mocked result must be an array."))
        }
        Kind::Parallel(parallel) if result.as_array().map(Vec::len) != Some(parallel.branches.len()) => {
            Err(Rejection::validation("Mocked result must have one item for each branch."))
        }
        Kind::Task(task) if mock.field_validation_mode != ValidationMode::None => {
            let strict = mock.field_validation_mode == ValidationMode::Strict;
            let checked = schema::check(&task.integration, &result, strict);
            checked
                .map(|()| Some(result))
                .map_err(|reason| Rejection::validation(format!("Mock result schema validation error: {reason}")))
        }
        _ => Ok(Some(result)),
    }
}

/// States whose work cannot be had on the spot cannot do without a mock.
fn without(state: &State) -> Result<Option<Value>, Rejection> {
    match &state.kind {
        Kind::Map(_) | Kind::Parallel(_) => Err(Rejection {
            code: "InvalidDefinition".to_owned(),
            message: "TestState API does not support Map or Parallel states. Supported state types include: [Task, \
                      Wait, Pass, Succeed, Fail, Choice]"
                .to_owned(),
        }),
        Kind::Task(task) if is_long(task) => {
            let message = format!("A mock must be specified to test a task with the resource '{}'", task.resource);
            Err(Rejection::validation(message))
        }
        _ => Ok(None),
    }
}

fn is_long(task: &Task) -> bool {
    let resource = &task.integration.resource;
    task.integration.family == crate::model::Family::Activity
        || [".sync", ".sync:2", ".waitForTaskToken"].iter().any(|pattern| resource.ends_with(pattern))
}
