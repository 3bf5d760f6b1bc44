//! How data passes through a state: what it sees of its input, what it is given, what becomes of its result. This is
//! the JSONPath pipeline (InputPath, Parameters, ResultSelector, Assign, ResultPath, OutputPath). States call only the
//! methods of [`DataFlow`]; the JSONata pipeline (Arguments, Output) becomes a second inside of it, without touching
//! them.

use std::{borrow::Cow, mem};

use serde_json::{Map, Value};

use crate::{
    errors::{self, Failure},
    path::{Path, ReferencePath},
    scope::Scope,
    template::{Expression, Template, TemplateFailure},
};

/// The input and output processing of one state.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DataFlow {
    /// What of the raw input the state works on.
    pub input: Selection,
    /// What a Task, Parallel or Pass state is given instead of its input.
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

/// `InputPath` and `OutputPath`.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Selection {
    /// `$`: everything.
    #[default]
    Whole,
    /// `null`: an empty object.
    Nothing,
    /// What the path points to.
    Path(Path),
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
}

impl FlowFailure {
    /// Adds where it happened.
    pub(crate) fn in_state(self, state: &str, entered_event: u64) -> Failure {
        match self {
            Self::Runtime(message) => Failure::in_state(state, entered_event, &message),
            Self::Named(error, message) => Failure::named(error, Failure::describe(state, entered_event, &message)),
        }
    }
}

impl Selection {
    /// The selected part of the scope's data.
    pub(crate) fn select<'a>(&self, scope: &Scope<'a>) -> Result<Cow<'a, Value>, FlowFailure> {
        match self {
            Self::Whole => Ok(Cow::Borrowed(scope.input)),
            Self::Nothing => Ok(Cow::Owned(Value::Object(Map::new()))),
            Self::Path(path) => path
                .evaluate(scope)
                .map_err(|missing| FlowFailure::Runtime(format!("Invalid path '{}' : {}", path.text(), missing.0))),
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
        let assigned = assigned(self.assign.as_ref(), &scope.over(&result))?;
        let output = match &self.output {
            Selection::Whole => self.result.place(input, result)?,
            selection => {
                let placed = self.result.place(&mut input.clone(), result)?;
                selection.select(&scope.over(&placed))?.into_owned()
            }
        };
        Ok(Departure { output, assigned })
    }

    /// Leaves a state that has no result of its own and passes its input on. The input is used up, unless that fails.
    pub(crate) fn pass_through(
        &self,
        input: &mut Value,
        assign: Option<&Template>,
        scope: &Scope<'_>,
    ) -> Result<Departure, FlowFailure> {
        if self.input == Selection::Whole && self.output == Selection::Whole && assign.is_none() {
            return Ok(Departure { output: mem::take(input), assigned: Map::new() });
        }
        let scope = scope.over(input);
        let effective = self.effective_input(&scope)?;
        let inner = scope.over(&effective);
        let assigned = assigned(assign, &inner)?;
        let output = self.output.select(&inner)?.into_owned();
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
    }
}
