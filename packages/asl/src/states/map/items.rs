//! What a Map state works through, and what each iteration is given of it.

use std::borrow::Cow;

use serde_json::Value;

use crate::{
    context::Item,
    errors::Failure,
    evaluation::{self, FlowFailure},
    execution::Turn,
    model::{Expression, Items, Map, NamedExpression, QueryLanguage, Template},
    scope::Scope,
};

/// The items, borrowed from the state's input where they are part of it.
pub(crate) fn items<'a>(
    language: QueryLanguage,
    map: &Map,
    scope: &Scope<'a>,
) -> Result<Cow<'a, [Value]>, FlowFailure> {
    let (found, text) = match &map.items {
        None => (Cow::Borrowed(scope.input), "$"),
        Some(Items::At(path)) => (evaluation::look_up(path, scope)?, path.text()),
        Some(Items::Template(Template::Expression(NamedExpression {
            field,
            expression: Expression::Query(query),
        }))) => {
            let items = evaluation::typed(query, field, "array", scope, |value| value.as_array().cloned())?;
            return Ok(Cow::Owned(items));
        }
        Some(Items::Template(template)) => (Cow::Owned(evaluation::fill(template, scope)?), "$"),
    };
    match found {
        Cow::Borrowed(Value::Array(items)) => Ok(Cow::Borrowed(items)),
        Cow::Owned(Value::Array(items)) => Ok(Cow::Owned(items)),
        other if language == QueryLanguage::Jsonata => Err(FlowFailure::Query {
            location: None,
            message: format!("Map state input must be an array but was: {other}"),
        }),
        _ => Err(FlowFailure::Runtime(format!(
            "Reference path \"{}\" must point to array.",
            text.replacen("$$", "$", 1)
        ))),
    }
}

/// What an iteration is given. `computed` are the items, if they are at hand.
pub(crate) fn item_input(
    turn: &Turn<'_, '_>,
    map: &Map,
    computed: Option<&[Value]>,
    index: usize,
) -> Result<Value, Failure> {
    let scope = turn.scope();
    let effective = turn.located(turn.state.data.effective_input(&scope))?;
    let mut scope = scope.over(&effective);
    let items = match computed {
        Some(computed) => Cow::Borrowed(computed),
        None => turn.located(items(turn.state.query_language, map, &scope))?,
    };
    let value = items.get(index).unwrap_or(&Value::Null);
    match &map.item_selector {
        None => Ok(value.clone()),
        Some(template) => {
            scope.context.item = Some(Item { index, value });
            turn.located(evaluation::fill(template, &scope))
        }
    }
}
