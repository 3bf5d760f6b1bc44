//! What an expression can see: the data (`$`), the variables (`$name`), the context object (`$$`) and, for two
//! functions, randomness. A scope is a handful of references, made anew for each state and cheap to copy.

use serde_json::{Map, Value};

use crate::context::ContextObject;

/// Everything an expression may refer to.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) input: &'a Value,
    pub(crate) variables: Variables<'a>,
    pub(crate) context: ContextObject<'a>,
    pub(crate) random: &'a dyn Random,
}

impl<'a> Scope<'a> {
    /// The same scope over other data.
    pub(crate) fn over<'b>(self, input: &'b Value) -> Scope<'b>
    where
        'a: 'b,
    {
        Scope { input, ..self }
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
}

/// Where random numbers come from.
pub(crate) trait Random {
    /// A number, uniformly distributed over all of them.
    fn next(&self) -> u64;
}
