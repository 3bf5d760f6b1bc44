//! The conditions inside `[?( )]`: comparisons between the candidate (`@`), the document (`$`) and literals, joined by
//! `&&`, `||` and `!`. Regular expressions are refused when the definition is read.

use std::cmp::Ordering;

use serde_json::Value;

use super::{PathParser, Step, evaluate::select};

/// Deeper nesting than this in one condition is refused, so that no definition can exhaust the stack.
const DEPTH: usize = 16;

/// A parsed condition.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Filter {
    Or(Vec<Filter>),
    And(Vec<Filter>),
    Not(Box<Filter>),
    Exists(Operand),
    Compare(Operand, Comparison, Operand),
}

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Operand {
    Literal(Value),
    Candidate(Vec<Step>),
    Document(Vec<Step>),
}

/// How two sides are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
}

/// Longer spellings first, so that `<=` is not read as `<`.
const OPERATORS: &[(&str, Comparison)] = &[
    ("==", Comparison::Equal),
    ("!=", Comparison::NotEqual),
    ("<=", Comparison::LessOrEqual),
    ("<", Comparison::Less),
    (">=", Comparison::GreaterOrEqual),
    (">", Comparison::Greater),
    ("in ", Comparison::In),
    ("nin ", Comparison::NotIn),
];

impl Filter {
    /// Reads a condition behind its question mark.
    pub(super) fn parse(parser: &mut PathParser<'_>) -> Result<Self, String> {
        any(parser, 0)
    }

    /// Whether `candidate` fulfils the condition.
    pub(super) fn accepts(&self, candidate: &Value, document: &Value) -> bool {
        match self {
            Self::Or(parts) => parts.iter().any(|part| part.accepts(candidate, document)),
            Self::And(parts) => parts.iter().all(|part| part.accepts(candidate, document)),
            Self::Not(part) => !part.accepts(candidate, document),
            Self::Exists(operand) => operand.value(candidate, document).is_some(),
            Self::Compare(left, comparison, right) => {
                match (left.value(candidate, document), right.value(candidate, document)) {
                    (Some(left), Some(right)) => comparison.holds(left, right),
                    _ => false,
                }
            }
        }
    }
}

impl Operand {
    fn value<'a>(&'a self, candidate: &'a Value, document: &'a Value) -> Option<&'a Value> {
        match self {
            Self::Literal(value) => Some(value),
            Self::Candidate(steps) => select(vec![candidate], steps, document).first().copied(),
            Self::Document(steps) => select(vec![document], steps, document).first().copied(),
        }
    }
}

impl Comparison {
    fn holds(self, left: &Value, right: &Value) -> bool {
        let order = order(left, right);
        match self {
            Self::Equal => left == right || order == Some(Ordering::Equal),
            Self::NotEqual => left != right && order != Some(Ordering::Equal),
            Self::Less => order.is_some_and(Ordering::is_lt),
            Self::LessOrEqual => order.is_some_and(Ordering::is_le),
            Self::Greater => order.is_some_and(Ordering::is_gt),
            Self::GreaterOrEqual => order.is_some_and(Ordering::is_ge),
            Self::In => right.as_array().is_some_and(|items| items.contains(left)),
            Self::NotIn => right.as_array().is_some_and(|items| !items.contains(left)),
        }
    }
}

fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64()?.partial_cmp(&right.as_f64()?),
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

fn any(parser: &mut PathParser<'_>, depth: usize) -> Result<Filter, String> {
    let first = all(parser, depth)?;
    let mut parts = vec![first];
    while joined(parser, "||") {
        parts.push(all(parser, depth)?);
    }
    Ok(if parts.len() == 1 { parts.swap_remove(0) } else { Filter::Or(parts) })
}

fn all(parser: &mut PathParser<'_>, depth: usize) -> Result<Filter, String> {
    let mut parts = vec![term(parser, depth)?];
    while joined(parser, "&&") {
        parts.push(term(parser, depth)?);
    }
    Ok(if parts.len() == 1 { parts.swap_remove(0) } else { Filter::And(parts) })
}

fn joined(parser: &mut PathParser<'_>, token: &str) -> bool {
    parser.skip_space();
    parser.accept(token)
}

fn term(parser: &mut PathParser<'_>, depth: usize) -> Result<Filter, String> {
    if depth > DEPTH {
        return Err(parser.complaint("the condition is nested too deeply"));
    }
    parser.skip_space();
    if parser.accept("!") {
        return Ok(Filter::Not(Box::new(term(parser, depth + 1)?)));
    }
    if parser.accept("(") {
        let inner = any(parser, depth + 1)?;
        parser.skip_space();
        parser.expect(")")?;
        return Ok(inner);
    }
    let left = operand(parser)?;
    parser.skip_space();
    let Some((_, comparison)) = OPERATORS.iter().find(|(token, _)| parser.accept(token)) else {
        return Ok(Filter::Exists(left));
    };
    parser.skip_space();
    Ok(Filter::Compare(left, *comparison, operand(parser)?))
}

fn operand(parser: &mut PathParser<'_>) -> Result<Operand, String> {
    if parser.accept("@") {
        return Ok(Operand::Candidate(parser.steps()?.0));
    }
    if parser.rest().starts_with('$') && !parser.rest().starts_with("$$") {
        parser.accept("$");
        return Ok(Operand::Document(parser.steps()?.0));
    }
    literal(parser).map(Operand::Literal)
}

fn literal(parser: &mut PathParser<'_>) -> Result<Value, String> {
    for (word, value) in [("true", Value::Bool(true)), ("false", Value::Bool(false)), ("null", Value::Null)] {
        if parser.accept(word) {
            return Ok(value);
        }
    }
    match parser.rest().chars().next() {
        Some('\'' | '"') => parser.quoted().map(Value::String),
        Some('[') => {
            parser.accept("[");
            let mut items = Vec::new();
            parser.skip_space();
            while !parser.accept("]") {
                if parser.rest().starts_with('[') {
                    return Err(parser.complaint("a list inside a list is not supported"));
                }
                items.push(literal(parser)?);
                parser.skip_space();
                parser.accept(",");
                parser.skip_space();
            }
            Ok(Value::Array(items))
        }
        _ => number(parser),
    }
}

fn number(parser: &mut PathParser<'_>) -> Result<Value, String> {
    let rest = parser.rest();
    let end = rest.find(|c: char| !c.is_ascii_digit() && !"+-.eE".contains(c)).unwrap_or(rest.len());
    let text = rest.get(..end).unwrap_or_default();
    match text.parse::<serde_json::Number>() {
        Ok(number) => {
            parser.accept(text);
            Ok(Value::Number(number))
        }
        Err(_) => Err(parser.complaint("a value to compare with is missing")),
    }
}
