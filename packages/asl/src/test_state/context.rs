//! The context object that a request brings along: only what a real one has.

use serde_json::Value;

use super::Rejection;

/// The sections and what each may have.
const SECTIONS: &[(&str, &[&str])] = &[
    ("Execution", &["Id", "Input", "Name", "RedriveCount", "RedriveTime", "RoleArn", "StartTime"]),
    ("State", &["EnteredTime", "Name", "RetryCount"]),
    ("StateMachine", &["Id", "Name"]),
    ("Task", &["Token"]),
];

pub(super) fn check(context: &Value) -> Result<(), Rejection> {
    let invalid = |reason: String| Err(Rejection::validation(format!("Invalid Context object provided: {reason}")));
    let Value::Object(sections) = context else { return invalid("it must be a JSON object".to_owned()) };
    for (name, section) in sections {
        if name == "Map" {
            return invalid("'Map' field is not supported when mocking a Context object".to_owned());
        }
        let Some((_, members)) = SECTIONS.iter().find(|(known, _)| known == name) else {
            return invalid(format!("Field '{name}' is not allowed"));
        };
        let Value::Object(found) = section else { return invalid(format!("Field '{name}' must be an object")) };
        if let Some(unknown) = found.keys().find(|key| !members.contains(&key.as_str())) {
            return invalid(format!("Field '{unknown}' is not allowed"));
        }
    }
    Ok(())
}
