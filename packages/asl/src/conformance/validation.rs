//! Compares verdicts on definitions.

use serde_json::json;

use super::{Case, Level, Verdict};
use crate::StateMachine;

/// Whether the definition of a case is judged as it was recorded.
pub(super) fn run(case: &Case) -> Verdict {
    let problems = StateMachine::parse(&case.definition_text()).err().unwrap_or_default();
    let valid = problems.is_empty();
    let result = json!({ "valid": valid, "problems": problems });
    if Some(valid) == case.expected.valid {
        return Verdict::exact(case, result);
    }
    let said: Vec<_> = problems.iter().map(ToString::to_string).collect();
    let difference =
        if valid { "it should be refused".to_owned() } else { format!("it is refused: {}", said.join("; ")) };
    Verdict::differs(case, Level::Nothing, difference, result)
}
