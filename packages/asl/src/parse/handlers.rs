//! `Retry` and `Catch`.

use serde_json::Value;

use super::{LONGEST_SECONDS, fields::Fields, state::placement};
use crate::{
    errors,
    model::{Catcher, JitterStrategy, Placement, Retrier, Selection},
    problem::{Code, Problem, similar},
};

/// The longest `MaxDelaySeconds` that AWS accepts: a leap year.
const LONGEST_DELAY: u64 = 31_622_400;

/// Reads both lists of a state.
pub(super) fn read(fields: &Fields<'_>) -> (Vec<Retrier>, Vec<Catcher>) {
    (each(fields, "Retry", retrier), each(fields, "Catch", catcher))
}

fn each<T>(fields: &Fields<'_>, name: &'static str, read: fn(&Fields<'_>, bool) -> Option<T>) -> Vec<T> {
    let list = fields.list(name).map(Vec::as_slice).unwrap_or_default();
    let mut elements = Vec::with_capacity(list.len());
    for (position, value) in list.iter().enumerate() {
        let Some(element) = fields.element(name, position, value) else { continue };
        elements.extend(read(&element, position + 1 == list.len()));
        element.close(if name == "Retry" { "a retrier" } else { "a catcher" });
    }
    elements
}

fn retrier(fields: &Fields<'_>, last: bool) -> Option<Retrier> {
    fields.get("Comment");
    let error_equals = error_equals(fields, last);
    let interval_seconds = fields.whole("IntervalSeconds", 1..=LONGEST_SECONDS).unwrap_or(1);
    let max_attempts = fields.whole("MaxAttempts", 0..=LONGEST_SECONDS).unwrap_or(3);
    let max_delay_seconds = fields.whole("MaxDelaySeconds", 1..=LONGEST_DELAY);
    if max_delay_seconds.is_some_and(|longest| longest <= interval_seconds) {
        fields.report("MaxDelaySeconds", "'MaxDelaySeconds' must be greater than 'IntervalSeconds'");
    }
    let backoff_rate = match fields.get("BackoffRate").map(Value::as_f64) {
        None => 2.0,
        Some(Some(rate)) if rate >= 1.0 => rate,
        Some(_) => {
            fields.report("BackoffRate", "The field 'BackoffRate' must be a number from 1.0");
            return None;
        }
    };
    let jitter_strategy = match fields.text("JitterStrategy").as_deref() {
        None | Some("NONE") => JitterStrategy::None,
        Some("FULL") => JitterStrategy::Full,
        Some(_) => {
            fields.report("JitterStrategy", "The field 'JitterStrategy' must be 'FULL' or 'NONE'");
            return None;
        }
    };
    let error_equals = error_equals?;
    Some(Retrier { error_equals, interval_seconds, max_attempts, backoff_rate, max_delay_seconds, jitter_strategy })
}

fn catcher(fields: &Fields<'_>, last: bool) -> Option<Catcher> {
    fields.get("Comment");
    let error_equals = error_equals(fields, last);
    let result = if fields.is_jsonata() { Placement::Replace } else { placement(fields) };
    let output = if fields.is_jsonata() { fields.output() } else { Selection::Whole };
    let assign = fields.object_template("Assign");
    let next = fields.required_text("Next");
    Some(Catcher { error_equals: error_equals?, result, output, assign, next: next? })
}

/// Whether a name is one of the service's own, and there is none such. Answers of endpoints have numbers.
fn is_unknown(name: &str) -> bool {
    let is_own = name.starts_with("States.") && !name.starts_with("States.Http.StatusCode.");
    is_own && !errors::RESERVED.contains(&name)
}

fn error_equals(fields: &Fields<'_>, is_last: bool) -> Option<Vec<String>> {
    const FIELD: &str = "ErrorEquals";
    fields.required(FIELD)?;
    let list = fields.list(FIELD)?;
    let names: Vec<String> = list.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    if names.is_empty() || names.len() != list.len() {
        fields.report(FIELD, "The field 'ErrorEquals' must be an array of at least one error name");
        return None;
    }
    for name in names.iter().filter(|name| is_unknown(name)) {
        let message = format!("There is no error '{name}'; names that start with 'States.' are reserved");
        let help = similar(name, errors::RESERVED.iter().copied()).map(|near| format!("did you mean '{near}'?"));
        let problem = Problem::with_field(Code::SchemaValidationFailed, &fields.location, FIELD, message);
        fields.problems.add(problem.help(help));
    }
    if names.iter().any(|name| name == errors::ALL) {
        if names.len() > 1 {
            fields.report(FIELD, "'States.ALL' must be the only error name in its list");
        }
        if !is_last {
            fields.report(FIELD, "'States.ALL' must be in the last element, because it takes everything");
        }
    }
    Some(names)
}
