//! What to say about a field that does not belong where it is.

use crate::{
    model::QueryLanguage,
    problem::{Location, Problem, listed, similar},
};

/// Fields of the JSONPath query language, and what takes their place in JSONata.
const JSONPATH_ONLY: &[(&str, &str)] = &[
    ("CausePath", "use 'Cause'"),
    ("ErrorPath", "use 'Error'"),
    ("HeartbeatSecondsPath", "use 'HeartbeatSeconds'"),
    ("InputPath", "refer to '$states.input' instead"),
    ("ItemsPath", "use 'Items'"),
    ("MaxConcurrencyPath", "use 'MaxConcurrency'"),
    ("OutputPath", "use 'Output'"),
    ("Parameters", "use 'Arguments'"),
    ("ResultPath", "use 'Output'"),
    ("ResultSelector", "use 'Output'"),
    ("SecondsPath", "use 'Seconds'"),
    ("TimeoutSecondsPath", "use 'TimeoutSeconds'"),
    ("TimestampPath", "use 'Timestamp'"),
    ("ToleratedFailureCountPath", "use 'ToleratedFailureCount'"),
    ("ToleratedFailurePercentagePath", "use 'ToleratedFailurePercentage'"),
    ("Variable", "use 'Condition'"),
];

/// Fields of JSONata, and what takes their place in JSONPath.
const JSONATA_ONLY: &[(&str, &str)] = &[
    ("Arguments", "use 'Parameters'"),
    ("Condition", "use 'Variable' and an operator"),
    ("Items", "use 'ItemsPath'"),
    ("Output", "use 'ResultSelector', 'ResultPath' and 'OutputPath'"),
];

/// The object that a field does not belong to.
pub(super) struct Place<'p> {
    /// Where it is.
    pub location: &'p Location,
    /// What it is, for instance `a Task state`.
    pub what: &'p str,
    /// The language of its expressions.
    pub language: QueryLanguage,
    /// The fields that it may have.
    pub known: &'p [&'static str],
}

impl Place<'_> {
    /// The problem of this field.
    pub(super) fn problem(&self, name: &str) -> Problem {
        let (fields, here, there) = match self.language {
            QueryLanguage::JsonPath => (JSONATA_ONLY, "JSONPath", "JSONata"),
            QueryLanguage::Jsonata => (JSONPATH_ONLY, "JSONata", "JSONPath"),
        };
        let problem = Problem::unsupported(self.location, name);
        let Some((_, instead)) = fields.iter().find(|(field, _)| *field == name) else {
            return problem.help(self.allowed(name));
        };
        let message = format!(
            "The QueryLanguage is set to '{here}', but field '{name}' is only supported for the '{there}' QueryLanguage"
        );
        Problem { message, ..problem }.help((*instead).to_owned())
    }

    fn allowed(&self, name: &str) -> String {
        if let Some(near) = similar(name, self.known.iter().copied()) {
            return format!("did you mean '{near}'?");
        }
        let mut known = self.known.to_vec();
        known.sort_unstable();
        known.dedup();
        format!("{} knows {}", self.what, listed(known))
    }
}
