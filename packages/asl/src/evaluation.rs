//! Gets values out of what definitions leave open: templates, paths, JSONata expressions that must give a value of one
//! type, numbers. What goes wrong is worded as AWS words it; where it happened is added by the state.

use std::borrow::Cow;

use serde_json::Value;

use crate::{
    errors::{self, Failure},
    jsonata::{self, Query},
    model::{Amount, Path},
    scope::Scope,
    template::{Expression, Template, TemplateFailure},
};

/// A failure that does not know yet in which state it happened.
#[derive(Debug)]
pub(crate) enum FlowFailure {
    /// Ends the execution.
    Runtime(String),
    /// May be handled.
    Named(&'static str, String),
    /// A JSONata expression has no usable value.
    Query { location: Option<String>, message: String },
}

impl FlowFailure {
    /// Adds where it happened.
    pub(crate) fn in_state(self, state: &str, entered_event: u64) -> Failure {
        match self {
            Self::Runtime(message) => Failure::in_state(state, entered_event, &message),
            Self::Named(error, message) => Failure::named(error, Failure::describe(state, entered_event, &message)),
            Self::Query { location, message } => {
                Failure::evaluation(location, Failure::describe(state, entered_event, &message))
            }
        }
    }
}

/// Fills a template, wording what goes wrong as AWS does.
pub(crate) fn fill(template: &Template, scope: &Scope<'_>) -> Result<Value, FlowFailure> {
    template.fill(scope).map_err(|failure| reworded(failure, scope.input))
}

/// Evaluates one expression that stands in `field`.
pub(crate) fn evaluate<'a>(
    expression: &Expression,
    field: &str,
    scope: &Scope<'a>,
) -> Result<Cow<'a, Value>, FlowFailure> {
    expression.evaluate(field, scope).map_err(|failure| reworded(failure, scope.input))
}

fn reworded(failure: TemplateFailure, input: &Value) -> FlowFailure {
    match failure {
        TemplateFailure::NotFound { path, field } => FlowFailure::Runtime(format!(
            "The JSONPath '{path}' specified for the field '{field}' could not be found in the input '{input}'"
        )),
        TemplateFailure::Intrinsic(failure) => FlowFailure::Named(
            errors::INTRINSIC_FAILURE,
            format!("The function '{}' had the following error: {}", failure.call, failure.message),
        ),
        TemplateFailure::Query { text, field, failure } => no_value(&text, &field, failure),
    }
}

/// Evaluates a JSONata expression that stands in `field` and must give a value of one type, which `wanted` names.
pub(crate) fn typed<T>(
    query: &Query,
    field: &str,
    wanted: &str,
    scope: &Scope<'_>,
    convert: impl FnOnce(&Value) -> Option<T>,
) -> Result<T, FlowFailure> {
    let value = query.evaluate(scope).map_err(|failure| no_value(query.text(), field, failure))?;
    convert(&value).ok_or_else(|| FlowFailure::Query {
        location: Some(field.to_owned()),
        message: format!(
            "The JSONata expression '{}' specified for the field '{field}' returned an unexpected result type. Expected '{wanted}', but was '{}' for value: {value}",
            query.text(),
            type_name(&value),
        ),
    })
}

/// A percentage. `field` is the field that gives it, or would if it were not a path.
pub(crate) fn percentage(amount: &Amount<f64>, field: &str, scope: &Scope<'_>) -> Result<f64, FlowFailure> {
    let value = match amount {
        Amount::Fixed(share) => *share,
        Amount::At(path) => {
            let value = look_up(path, scope)?;
            value.as_f64().ok_or_else(|| {
                let shown = shown(&value);
                FlowFailure::Runtime(format!(
                    "The {field}Path field refers to value \"{shown}\" which is not a valid float: {path}"
                ))
            })?
        }
        Amount::Query(query) => typed(query, field, "number", scope, Value::as_f64)?,
    };
    if (0.0..=100.0).contains(&value) {
        return Ok(value);
    }
    let message = format!("{field} must be between 0 and 100.");
    Err(match amount {
        Amount::Query(_) => FlowFailure::Query { location: Some(field.to_owned()), message },
        _ => FlowFailure::Runtime(message),
    })
}

/// What a path that must lead somewhere leads to.
pub(crate) fn look_up<'a>(path: &Path, scope: &Scope<'a>) -> Result<Cow<'a, Value>, FlowFailure> {
    path.evaluate(scope).map_err(|missing| FlowFailure::Runtime(format!("Invalid path '{path}' : {}", missing.0)))
}

/// A whole number that is at least `least`. `field` is the field that gives it, or would if it were not a path.
pub(crate) fn whole(
    amount: Option<&Amount>,
    field: &str,
    least: u64,
    scope: &Scope<'_>,
) -> Result<Option<u64>, FlowFailure> {
    match amount {
        None => Ok(None),
        Some(Amount::Fixed(number)) => Ok(Some(*number)),
        Some(Amount::At(path)) => {
            let value = look_up(path, scope)?;
            if value.as_i64().is_some_and(i64::is_negative) {
                return Err(FlowFailure::Runtime(match field {
                    "MaxConcurrency" => {
                        format!("Expected non-negative integer for MaxConcurrency, got '{value}' instead.")
                    }
                    _ => format!("{field} cannot be negative."),
                }));
            }
            value.as_u64().filter(|number| *number >= least).map(Some).ok_or_else(|| {
                let shown = shown(&value);
                FlowFailure::Runtime(format!(
                    "The {field}Path field refers to value \"{shown}\" which is not a valid integer: {path}"
                ))
            })
        }
        Some(Amount::Query(query)) => {
            let value = typed(query, field, "number", scope, |value| value.as_number().cloned())?;
            value.as_u64().filter(|number| *number >= least).map(Some).ok_or_else(|| FlowFailure::Query {
                location: Some(field.to_owned()),
                message: format!("The {field} field cannot be parsed as an integer: {value}"),
            })
        }
    }
}

/// A value inside the quotes of a message: a text without its own.
pub(crate) fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The name of a value's type, as JSON Schema has it.
fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// An expression that went wrong says so with its code, behind a full stop; without one, behind a colon (recorded).
fn no_value(text: &str, field: &str, failure: jsonata::Failure) -> FlowFailure {
    let outcome = match failure {
        jsonata::Failure::Undefined => "returned nothing (undefined).".to_owned(),
        jsonata::Failure::Error(message) => {
            let separator = if has_code(&message) { "." } else { ":" };
            format!("threw an error during evaluation{separator} {message}")
        }
    };
    FlowFailure::Query {
        location: Some(field.to_owned()),
        message: format!("The JSONata expression '{text}' specified for the field '{field}' {outcome}"),
    }
}

/// Whether a message begins with a code such as `T2001:`.
fn has_code(message: &str) -> bool {
    message.split_once(':').is_some_and(|(code, _)| {
        code.len() == 5
            && code.starts_with(|letter: char| letter.is_ascii_uppercase())
            && code.bytes().skip(1).all(|byte| byte.is_ascii_digit())
    })
}
