//! What an expression can see: in JSONPath the data (`$`), the variables (`$name`) and the context object (`$$`), in
//! JSONata the variables and `$states`; and, for a few functions, randomness and the time. A scope is a handful of references, made anew for each state and cheap to copy.

use serde_json::{Map, Value};

use time::OffsetDateTime;

use crate::context::ContextObject;

/// Everything an expression may refer to.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    /// The data at hand, for JSONPath.
    pub(crate) input: &'a Value,
    /// The data of the state, for JSONata.
    pub(crate) states: States<'a>,
    pub(crate) variables: Variables<'a>,
    pub(crate) context: ContextObject<'a>,
    pub(crate) now: OffsetDateTime,
    pub(crate) random: &'a dyn Random,
}

/// The reserved variable `$states` of JSONata, but for its `context`.
#[derive(Clone, Copy)]
pub(crate) struct States<'a> {
    /// What the state was given.
    pub(crate) input: &'a Value,
    /// What its task, branches or iterations gave, once they have.
    pub(crate) result: Option<&'a Value>,
    /// What a catcher caught.
    pub(crate) error: Option<&'a Value>,
}

impl<'a> Scope<'a> {
    /// The same scope over other data.
    pub(crate) fn over<'b>(self, input: &'b Value) -> Scope<'b>
    where
        'a: 'b,
    {
        Scope { input, ..self }
    }

    /// The same scope in a state whose input has been lent out.
    pub(crate) fn of_state<'b>(self, input: &'b Value) -> Scope<'b>
    where
        'a: 'b,
    {
        Scope { input, states: States { input, ..self.states }, ..self }
    }

    /// The same scope with a result.
    pub(crate) fn with_result<'b>(self, result: &'b Value) -> Scope<'b>
    where
        'a: 'b,
    {
        Scope { input: result, states: States { result: Some(result), ..self.states }, ..self }
    }

    /// The same scope with what was caught.
    pub(crate) fn with_error<'b>(self, error: &'b Value) -> Scope<'b>
    where
        'a: 'b,
    {
        Scope { input: error, states: States { error: Some(error), ..self.states }, ..self }
    }
}

/// Variables of a branch and of everything around it. An inner branch reads the outer ones and writes only its own.
#[derive(Clone, Copy)]
pub(crate) struct Variables<'a> {
    pub(crate) own: &'a Map<String, Value>,
    pub(crate) outer: Option<&'a Variables<'a>>,
}

impl<'a> Variables<'a> {
    pub(crate) fn get(&self, name: &str) -> Option<&'a Value> {
        self.own.get(name).or_else(|| self.outer.and_then(|outer| outer.get(name)))
    }

    /// Shows every variable, those of outer branches first, so that an inner one of the same name comes later.
    pub(crate) fn visit(&self, show: &mut impl FnMut(&'a str, &'a Value)) {
        if let Some(outer) = self.outer {
            outer.visit(show);
        }
        self.own.iter().for_each(|(name, value)| show(name, value));
    }
}

/// Where random numbers come from.
pub(crate) trait Random {
    /// A number, uniformly distributed over all of them.
    fn next(&self) -> u64;
}
