//! Names of variables: what expressions can refer to, and nothing that is taken.

use serde_json::Value;

use super::walk;
use crate::problem::{Anchor, Code, Location, Problem, Problems};

/// The longest name, in characters.
const LONGEST: usize = 80;

pub(super) fn check(document: &Value, problems: &Problems) {
    walk::states(document, &mut |state| {
        let mut assigned = vec![(state.members.get("Assign"), state.location.clone())];
        for field in ["Catch", "Choices"] {
            let elements = state.members.get(field).and_then(Value::as_array).into_iter().flatten().enumerate();
            let place = state.location.child(field);
            assigned.extend(elements.map(|(index, element)| (element.get("Assign"), place.element(index))));
        }
        for (assign, location) in assigned {
            let place = location.child("Assign");
            for name in assign.and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name) {
                let plain = if state.is_jsonata { name } else { name.strip_suffix(".$").unwrap_or(name) };
                variable(name, plain, &place, problems);
            }
        }
    });
}

fn variable(field: &str, name: &str, place: &Location, problems: &Problems) {
    let message = if name == "states" {
        "The variable 'states' is reserved".to_owned()
    } else if !is_identifier(name) {
        format!("'{name}' cannot be the name of a variable")
    } else {
        return;
    };
    let help = format!("a name has 1 to {LONGEST} letters, digits and '_', and does not begin with a digit");
    let problem = Problem::with_field(Code::SchemaValidationFailed, place, field, message).help(help);
    problems.add(Problem { anchor: Anchor::Name, ..problem });
}

fn is_identifier(name: &str) -> bool {
    let begins_well = name.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_');
    begins_well && name.chars().count() <= LONGEST && name.chars().all(|c| c.is_alphanumeric() || c == '_')
}
