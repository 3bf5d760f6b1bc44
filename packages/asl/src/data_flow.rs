//! How data passes through a state: what it sees of its input, what it is given, what becomes of its result. In JSONPath
//! that is a pipeline (InputPath, Parameters, ResultSelector, Assign, ResultPath, OutputPath); in JSONata it is two
//! templates (Arguments, Output) and Assign. The states call the methods of [`DataFlow`] and need not know which.

use std::{borrow::Cow, mem};

use serde_json::{Map, Value};

use crate::{
    errors,
    evaluation::{FlowFailure, fill, look_up},
    path::{Path, ReferencePath},
    scope::Scope,
    template::Template,
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
