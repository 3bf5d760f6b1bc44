//! What to say about a field that does not belong where it is.

use crate::problem::{listed, similar};

/// Fields of the JSONPath query language, and what takes their place in JSONata.
const JSONPATH_ONLY: &[(&str, &str)] = &[
    ("InputPath", "refer to '$states.input' instead"),
    ("ItemsPath", "use 'Items'"),
    ("OutputPath", "use 'Output'"),
    ("Parameters", "use 'Arguments'"),
    ("ResultPath", "use 'Output'"),
    ("ResultSelector", "use 'Output'"),
    ("Variable", "use 'Condition'"),
];

/// Fields of JSONata, and what takes their place in JSONPath.
const JSONATA_ONLY: &[(&str, &str)] = &[
    ("Arguments", "use 'Parameters'"),
    ("Condition", "use 'Variable' and an operator"),
    ("Items", "use 'ItemsPath'"),
    ("Output", "use 'ResultSelector', 'ResultPath' and 'OutputPath'"),
];

/// What was probably meant, or what is allowed. `known` are the fields that `what` was asked for.
pub(super) fn help(name: &str, what: &str, known: &[&'static str]) -> String {
    if let Some(near) = similar(name, known.iter().copied()) {
        return format!("did you mean '{near}'?");
    }
    for (fields, own, other) in [(JSONPATH_ONLY, "JSONPath", "Arguments"), (JSONATA_ONLY, "JSONata", "Parameters")] {
        let known_elsewhere = fields.iter().find(|(field, _)| *field == name);
        if let Some((_, instead)) = known_elsewhere.filter(|_| known.contains(&other)) {
            return format!("'{name}' belongs to the query language {own}; here {instead}");
        }
    }
    let mut known = known.to_vec();
    known.sort_unstable();
    known.dedup();
    format!("{what} knows {}", listed(known))
}
