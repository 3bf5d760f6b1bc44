//! How data passes through a state: what it sees of its input, what it is given, what becomes of its result. In JSONPath
//! that is a pipeline (InputPath, Parameters, ResultSelector, Assign, ResultPath, OutputPath); in JSONata it is two
//! templates (Arguments, Output) and Assign. The states call the methods of [`DataFlow`] and need not know which.

use std::{borrow::Cow, mem};

use serde_json::{Map, Value};

use crate::{
    errors::{self, Failure},
    jsonata::{self, Query},
    model::Amount,
    path::{Path, ReferencePath},
    scope::Scope,
    template::{Expression, Template, TemplateFailure},
};

/// The input and output processing of one state.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DataFlow {
    /// What of the raw input the state works on.
    pub input: Selection,
    /// `Parameters` or `Arguments`: what a Task, Parallel or Pass state is given instead of its input.
    pub parameters: Option<Template>,
    /// What a result is turned into before it is placed.
    pub result_selector: Option<Template>,
    /// Where the result goes.
    pub result: Placement,
    /// What of all that is passed on.
    pub output: Selection,
    /// Variables set when the state is left.
    pub assign: Option<Template>,
}

/// `InputPath`, `OutputPath` and `Output`.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Selection {
    /// `$`: everything.
    #[default]
    Whole,
    /// `null`: an empty object.
    Nothing,
    /// What the path points to.
    Path(Path),
    /// What the template makes of it.
    Template(Template),
}

/// `ResultPath`.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Placement {
    /// `$`: the result replaces the input.
    #[default]
    Replace,
    /// `null`: the result is dropped and the input passed on.
    Discard,
    /// The result is put into the input.
    At(ReferencePath),
}

/// What leaving a state produces.
#[derive(Debug)]
pub(crate) struct Departure {
    pub(crate) output: Value,
    pub(crate) assigned: Map<String, Value>,
}

impl Departure {
    /// Whether any of its values is too large to be carried.
    pub(crate) fn is_too_large(&self, exceeds_limit: impl Fn(&Value) -> bool) -> bool {
        exceeds_limit(&self.output) || self.assigned.values().any(exceeds_limit)
    }
}

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

impl Selection {
    /// The selected part of the scope's data.
    pub(crate) fn select<'a>(&self, scope: &Scope<'a>) -> Result<Cow<'a, Value>, FlowFailure> {
        match self {
            Self::Whole => Ok(Cow::Borrowed(scope.input)),
            Self::Nothing => Ok(Cow::Owned(Value::Object(Map::new()))),
            Self::Path(path) => look_up(path, scope),
            Self::Template(template) => fill(template, scope).map(Cow::Owned),
        }
    }
}

impl Placement {
    /// Puts a result where it belongs. The input is used up, unless that fails.
    pub(crate) fn place(&self, input: &mut Value, result: Value) -> Result<Value, FlowFailure> {
        match self {
            Self::Replace => Ok(result),
            Self::Discard => Ok(mem::take(input)),
            Self::At(path) => {
                let refused = |reason| FlowFailure::Named(errors::RESULT_PATH_MATCH_FAILURE, reason);
                path.check(input).map_err(refused)?;
                path.insert(input, result).map_err(refused)?;
                Ok(mem::take(input))
            }
        }
    }
}

impl DataFlow {
    /// What the state works on.
    pub(crate) fn effective_input<'a>(&self, scope: &Scope<'a>) -> Result<Cow<'a, Value>, FlowFailure> {
        self.input.select(scope)
    }

    /// What the state hands to its task or its branches.
    pub(crate) fn arguments<'a>(&self, scope: &Scope<'a>) -> Result<Cow<'a, Value>, FlowFailure> {
        let effective = self.effective_input(scope)?;
        match &self.parameters {
            None => Ok(effective),
            Some(template) => fill(template, &scope.over(&effective)).map(Cow::Owned),
        }
    }

    /// Leaves a state that has a result: selects, assigns, places and selects again. The input is used up, unless that
    /// fails.
    pub(crate) fn depart(&self, input: &mut Value, result: Value, scope: &Scope<'_>) -> Result<Departure, FlowFailure> {
        let result = match &self.result_selector {
            None => result,
            Some(template) => fill(template, &scope.over(&result))?,
        };
        let inner = scope.of_state(input).with_result(&result);
        let assigned = assigned(self.assign.as_ref(), &inner)?;
        let output = match &self.output {
            Selection::Template(template) => fill(template, &inner)?,
            Selection::Whole => self.result.place(input, result)?,
            selection => {
                let placed = self.result.place(&mut input.clone(), result)?;
                selection.select(&scope.over(&placed))?.into_owned()
            }
        };
        Ok(Departure { output, assigned })
    }

    /// Leaves a state that has no result of its own and passes its input on. The input is used up, unless that fails.
    /// `assign` and `output` are the state's own, or those of the rule that decided.
    pub(crate) fn pass_through(
        &self,
        input: &mut Value,
        assign: Option<&Template>,
        output: &Selection,
        scope: &Scope<'_>,
    ) -> Result<Departure, FlowFailure> {
        if self.input == Selection::Whole && *output == Selection::Whole && assign.is_none() {
            return Ok(Departure { output: mem::take(input), assigned: Map::new() });
        }
        let scope = scope.of_state(input);
        let effective = self.effective_input(&scope)?;
        let inner = scope.over(&effective);
        let assigned = assigned(assign, &inner)?;
        let output = output.select(&inner)?.into_owned();
        Ok(Departure { output, assigned })
    }
}

/// The variables that an `Assign` template sets.
pub(crate) fn assigned(template: Option<&Template>, scope: &Scope<'_>) -> Result<Map<String, Value>, FlowFailure> {
    match template.map(|template| fill(template, scope)).transpose()? {
        Some(Value::Object(members)) => Ok(members),
        _ => Ok(Map::new()),
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
