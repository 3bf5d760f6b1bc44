//! JSONata, the second query language. This module is the only one that knows the crate which evaluates it, so that the
//! crate can be replaced: in come a text and a [`Scope`], out come a JSON value or the reason why there is none.
//!
//! Expressions are parsed with the definition. The most frequent ones, plain paths such as `$states.input.order.id`, are
//! followed by reference without the engine, which also keeps whole numbers beyond 2^53 exact: the engine knows floats
//! only. `functions` holds what Step Functions adds to the language; a new function is a line in its list.

mod direct;
mod functions;
mod references;
mod values;
mod wording;

use std::panic::{AssertUnwindSafe, catch_unwind};

use jsonata_core::{
    ast::AstNode,
    evaluator::{Context, Evaluator, EvaluatorOptions},
    parser,
    value::JValue,
};
use serde_json::{Map, Value, json};

use crate::{
    problem::{Code, Location, Problem},
    scope::Scope,
};
use direct::{Direct, Found};
pub(crate) use references::Unsupported;

/// Nothing legitimate comes near these limits; they end what would otherwise never end. A second is what one expression
/// may take, 1,000 how deep its functions may call one another, a million how many items a range may have.
const LIMITS: EvaluatorOptions = EvaluatorOptions {
    timeout_ms: Some(1_000),
    cancel: None,
    max_stack_depth: Some(1_000),
    max_sequence_length: Some(1_000_000),
};

/// The longest expression that is accepted, in bytes: what AWS allows for a whole definition is a hundred times that.
const LONGEST: usize = 10_000;

/// A parsed expression: what stands between `{%` and `%}`.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    text: Box<str>,
    direct: Option<Direct>,
    tree: Box<AstNode>,
}

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// It evaluates to nothing.
    Undefined,
    /// It went wrong. The code, if there is one, stands in front.
    Error(String),
}

/// The problem of a text between delimiters that is no expression. AWS leaves out the number that JSONata's own errors
/// begin with.
pub(crate) fn not_an_expression(location: &Location, reason: &str) -> Problem {
    let number = |code: &str| code.len() == 5 && code.chars().skip(1).all(|c| c.is_ascii_digit());
    let message = reason.split_once(": ").filter(|(code, _)| number(code)).map_or(reason, |(_, message)| message);
    Problem::new(Code::InvalidJsonataExpression, location, message)
}

/// What stands inside the delimiters, if `text` is an expression at all. Blanks outside of them make it a plain text.
pub(crate) fn delimited(text: &str) -> Option<&str> {
    text.strip_prefix("{%")?.strip_suffix("%}").map(str::trim)
}

impl Query {
    /// Parses an expression, without its delimiters. The error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err(format!("the expression is longer than {LONGEST} bytes"));
        }
        let tree = guarded(|| parser::parse(text).map_err(|error| error.to_string()))?;
        Ok(Self { text: text.into(), direct: Direct::read(text), tree: Box::new(tree) })
    }

    /// The expression as the definition spells it, without its delimiters.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its value.
    pub(crate) fn evaluate(&self, scope: &Scope<'_>) -> Result<Value, Failure> {
        match self.direct.as_ref().map(|direct| direct.follow(scope)) {
            Some(Found::Value(value)) => return Ok(value),
            Some(Found::Nothing) => return Err(Failure::Undefined),
            Some(Found::Unclear) | None => {}
        }
        guarded(|| {
            let mut evaluator = Evaluator::with_options(self.bindings(scope), LIMITS);
            functions::register(&mut evaluator, scope, &self.text).map_err(Failure::Error)?;
            let result = evaluator.evaluate(&self.tree, &JValue::Undefined);
            let result = result.map_err(|error| Failure::Error(wording::as_reference(error.message(), &self.text)))?;
            values::to_json(&result.unwrap_sequence()).ok_or(Failure::Undefined)
        })
    }

    /// Everything that the text mentions. Turning a document into the engine's own values costs, so nothing else is.
    fn bindings(&self, scope: &Scope<'_>) -> Context {
        let mut context = Context::new();
        if self.text.contains("$states") {
            context.bind("states".to_owned(), values::from_json(&states(scope)));
        }
        scope.variables.visit(&mut |name, value| {
            if self.text.contains(name) {
                context.bind(name.to_owned(), values::from_json(value));
            }
        });
        context
    }
}

/// The reserved variable `$states`.
fn states(scope: &Scope<'_>) -> Value {
    let mut members = Map::new();
    members.insert("input".to_owned(), scope.states.input.clone());
    members.insert("context".to_owned(), scope.context.resolve(&[]).0.unwrap_or_else(|| json!({})));
    for (name, value) in [("result", scope.states.result), ("errorOutput", scope.states.error)] {
        members.extend(value.map(|value| (name.to_owned(), value.clone())));
    }
    Value::Object(members)
}

/// The engine is a large body of code that meets untrusted texts. A panic in it fails the expression, not the process.
fn guarded<T, E: From<String>>(work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(E::from("the expression could not be evaluated".to_owned())))
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::Error(message)
    }
}
