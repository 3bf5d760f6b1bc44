//! Payload templates: JSON with expressions in it. In JSONPath every key that ends in `.$` holds one, in JSONata every
//! text between `{%` and `%}` is one. Parsed once; a part without expressions stays a literal and is copied as it is.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::{
    intrinsics::{Call, IntrinsicFailure},
    jsonata::{self, Query},
    path::{Missing, Path},
    problem::{Code, Location, Problem, Problems},
    scope::Scope,
};

/// A parsed payload template.
#[derive(Debug, Clone, PartialEq)]
pub enum Template {
    /// Copied as it is.
    Literal(Value),
    /// Evaluated.
    Expression(NamedExpression),
    /// An object with expressions somewhere below.
    Object(Vec<(String, Template)>),
    /// An array with expressions somewhere below.
    Array(Vec<Template>),
}

/// An expression together with the field it stands in, which failures name.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedExpression {
    /// The field: in JSONPath its name, `.$` included; in JSONata the way to it, for instance `Output/total`.
    pub field: String,
    /// What it holds.
    pub expression: Expression,
}

/// A path, a call of an intrinsic function, or a JSONata expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// `$...`, `$$...` or `$name...`.
    Path(Path),
    /// `States.Name(...)`.
    Call(Call),
    /// `{% ... %}`.
    Query(Query),
}

/// Why a template could not be filled.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum TemplateFailure {
    NotFound { path: String, field: String },
    Intrinsic(IntrinsicFailure),
    Query { text: String, field: String, failure: jsonata::Failure },
}

impl Expression {
    /// Parses an expression of JSONPath. The error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.starts_with('$') { Path::parse(text).map(Self::Path) } else { Call::parse(text).map(Self::Call) }
    }

    /// The expression as the definition spells it.
    pub fn text(&self) -> &str {
        match self {
            Self::Path(path) => path.text(),
            Self::Call(call) => call.text(),
            Self::Query(query) => query.text(),
        }
    }

    /// Its value. `field` is what a failure is reported about.
    pub(crate) fn evaluate<'a>(&self, field: &str, scope: &Scope<'a>) -> Result<Cow<'a, Value>, TemplateFailure> {
        match self {
            Self::Path(path) => path.evaluate(scope).map_err(|Missing(_)| TemplateFailure::NotFound {
                path: path.text().to_owned(),
                field: field.to_owned(),
            }),
            Self::Call(call) => call.evaluate(scope).map(Cow::Owned).map_err(TemplateFailure::Intrinsic),
            Self::Query(query) => query.evaluate(scope).map(Cow::Owned).map_err(|failure| TemplateFailure::Query {
                text: query.text().to_owned(),
                field: field.to_owned(),
                failure,
            }),
        }
    }
}

impl Template {
    /// Parses a template in JSONata that stands in `field`, reporting every expression that is none.
    pub(crate) fn of_queries(value: &Value, field: &str, location: &Location, problems: &Problems) -> Self {
        let template = match value {
            Value::Object(members) => Self::Object(
                members
                    .iter()
                    .map(|(key, member)| {
                        let place = location.child(key);
                        (key.clone(), Self::of_queries(member, &format!("{field}/{key}"), &place, problems))
                    })
                    .collect(),
            ),
            Value::Array(items) => Self::Array(
                items
                    .iter()
                    .enumerate()
                    .map(|(index, item)| {
                        let place = location.element(index);
                        Self::of_queries(item, &format!("{field}[{index}]"), &place, problems)
                    })
                    .collect(),
            ),
            Value::String(text) => match jsonata::delimited(text).map(Query::parse) {
                None => Self::Literal(value.clone()),
                Some(Ok(query)) => {
                    let expression = Expression::Query(query);
                    return Self::Expression(NamedExpression { field: field.to_owned(), expression });
                }
                Some(Err(reason)) => {
                    problems.add(jsonata::not_an_expression(location, &reason));
                    Self::Literal(value.clone())
                }
            },
            literal => Self::Literal(literal.clone()),
        };
        // What holds no expression is copied as it is.
        if template.expressions().is_empty() { Self::Literal(value.clone()) } else { template }
    }

    /// Parses a template in JSONPath, reporting every expression that is none.
    pub(crate) fn parse(value: &Value, location: &Location, problems: &Problems) -> Self {
        match value {
            Value::Object(members) => Self::object(members, location, problems),
            Value::Array(items) => {
                let parts: Vec<_> = items
                    .iter()
                    .enumerate()
                    .map(|(index, item)| Self::parse(item, &location.element(index), problems))
                    .collect();
                if parts.iter().all(Self::is_literal) { Self::Literal(value.clone()) } else { Self::Array(parts) }
            }
            literal => Self::Literal(literal.clone()),
        }
    }

    /// Fills the template.
    pub(crate) fn fill(&self, scope: &Scope<'_>) -> Result<Value, TemplateFailure> {
        match self {
            Self::Literal(value) => Ok(value.clone()),
            Self::Expression(named) => named.expression.evaluate(&named.field, scope).map(Cow::into_owned),
            Self::Object(members) => members
                .iter()
                .map(|(key, part)| Ok((key.clone(), part.fill(scope)?)))
                .collect::<Result<Map<_, _>, _>>()
                .map(Value::Object),
            Self::Array(parts) => {
                parts.iter().map(|part| part.fill(scope)).collect::<Result<Vec<_>, _>>().map(Value::Array)
            }
        }
    }

    /// What stands at a path of names, if it is written out in the definition: for whoever analyses one.
    pub fn literal(&self, names: &[&str]) -> Option<&Value> {
        match (self, names) {
            (Self::Literal(value), names) => names.iter().try_fold(value, |value, name| value.get(name)),
            (Self::Object(members), [name, rest @ ..]) => {
                members.iter().find(|(key, _)| key == name).and_then(|(_, part)| part.literal(rest))
            }
            _ => None,
        }
    }

    /// Every expression in it, for whoever analyses a definition.
    pub fn expressions(&self) -> Vec<&Expression> {
        match self {
            Self::Literal(_) => Vec::new(),
            Self::Expression(named) => vec![&named.expression],
            Self::Object(members) => members.iter().flat_map(|(_, part)| part.expressions()).collect(),
            Self::Array(parts) => parts.iter().flat_map(Self::expressions).collect(),
        }
    }

    fn object(members: &Map<String, Value>, location: &Location, problems: &Problems) -> Self {
        let mut parts = Vec::with_capacity(members.len());
        for (key, member) in members {
            let Some(name) = key.strip_suffix(".$") else {
                parts.push((key.clone(), Self::parse(member, &location.child(key), problems)));
                continue;
            };
            if members.contains_key(name) {
                problems.report_field(
                    location,
                    key,
                    format!("The fields '{name}' and '{key}' give the same name twice"),
                );
            }
            match member.as_str().map(Expression::parse) {
                Some(Ok(expression)) => {
                    parts.push((name.to_owned(), Self::Expression(NamedExpression { field: key.clone(), expression })));
                }
                Some(Err(reason)) => problems.add(not_an_expression(location, key, reason)),
                None => problems.add(not_an_expression(location, key, "it is not a string".to_owned())),
            }
        }
        if parts.iter().all(|(_, part)| part.is_literal()) {
            return Self::Literal(Value::Object(members.clone()));
        }
        Self::Object(parts)
    }

    fn is_literal(&self) -> bool {
        matches!(self, Self::Literal(_))
    }
}

fn not_an_expression(location: &Location, key: &str, reason: String) -> Problem {
    let message =
        format!("The value for the field '{key}' must be a valid JSONPath or a valid intrinsic function call");
    Problem::with_field(Code::SchemaValidationFailed, location, key, message).around(location).help(reason)
}
