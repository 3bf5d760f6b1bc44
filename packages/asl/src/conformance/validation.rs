//! Compares verdicts on definitions, as `ValidateStateMachineDefinition` and `CreateStateMachine` give them.

use serde_json::{Value, json};

use super::{Case, Level, Verdict};
use crate::{Problem, Target, check, test_state::Rejection};

/// Whether the definition of a case is judged as it was recorded.
pub(super) fn run(case: &Case) -> Verdict {
    let target = if case.workflow_type == "EXPRESS" { Target::AwsExpress } else { Target::Any };
    let checked = check(&case.definition_text(), target);
    let valid = checked.is_valid();
    let errors: Vec<_> = checked.problems.iter().filter(|problem| problem.is_error()).collect();
    let result = result(valid, &checked.problems, &errors);
    if Some(valid) == case.expected.valid {
        return Verdict::exact(case, result);
    }
    let said: Vec<_> = errors.iter().map(ToString::to_string).collect();
    let difference =
        if valid { "it should be refused".to_owned() } else { format!("it is refused: {}", said.join("; ")) };
    Verdict::differs(case, Level::Nothing, difference, result)
}

/// Both answers of AWS: the diagnostics, and the exception that a creation would throw.
fn result(valid: bool, problems: &[Problem], errors: &[&Problem]) -> Value {
    let diagnostics: Vec<_> = problems
        .iter()
        .map(|problem| {
            json!({
                "severity": problem.severity, "code": problem.code,
                "message": problem.message, "location": problem.location,
            })
        })
        .collect();
    let rejection = (!valid).then(|| Rejection::definition(errors.iter().copied()));
    let (code, message) = rejection.map(|Rejection { code, message }| (code, message)).unzip();
    json!({ "valid": valid, "code": code, "message": message, "diagnostics": diagnostics })
}
