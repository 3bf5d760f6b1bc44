//! `Choices` and `Default`.

use serde_json::Value;

use super::fields::Fields;
use crate::{
    model::{Choice, Comparand, Condition, Nature, Relation, Rule, Selection, Subject, Test},
    states::choice::pieces,
};

/// Deeper nesting than this in one rule is refused, so that no definition can exhaust the stack.
const DEPTH: usize = 32;

const NATURES: &[(&str, Nature)] = &[
    ("IsBoolean", Nature::Boolean),
    ("IsNull", Nature::Null),
    ("IsNumeric", Nature::Numeric),
    ("IsPresent", Nature::Present),
    ("IsString", Nature::String),
    ("IsTimestamp", Nature::Timestamp),
];

/// Reads both.
pub(super) fn read(fields: &Fields<'_>) -> Choice {
    let default = fields.text("Default");
    fields.required("Choices");
    let list = fields.list("Choices").map(Vec::as_slice).unwrap_or_default();
    if list.is_empty() && fields.has("Choices") {
        fields.report("Choices", "There must be at least one rule");
    }
    let mut rules = Vec::with_capacity(list.len());
    for (position, value) in list.iter().enumerate() {
        let Some(rule) = fields.element("Choices", position, value) else { continue };
        let next = rule.required_text("Next");
        let output = if rule.is_jsonata() { rule.output() } else { Selection::Whole };
        let assign = rule.object_template("Assign");
        let condition = if rule.is_jsonata() { query(rule) } else { condition(rule, 0) };
        rules.extend(condition.zip(next).map(|(condition, next)| Rule { condition, next, output, assign }));
    }
    Choice { rules, default }
}

/// `Condition`: an expression, or simply true or false.
fn query(fields: Fields<'_>) -> Option<Condition> {
    fields.get("Comment");
    fields.required("Condition");
    let condition = if fields.is_query("Condition") {
        fields.query("Condition").map(|query| Condition::Query(query, fields.way_to("Condition")))
    } else {
        fields.flag("Condition").map(Condition::Constant)
    };
    fields.close("a choice rule");
    condition
}

fn condition(fields: Fields<'_>, depth: usize) -> Option<Condition> {
    fields.get("Comment");
    if depth > DEPTH {
        fields.problems.report(&fields.location, "The rule is nested too deeply");
        return None;
    }
    let condition = if fields.has("And") {
        parts(&fields, "And", depth).map(Condition::And)
    } else if fields.has("Or") {
        parts(&fields, "Or", depth).map(Condition::Or)
    } else if let Some(value) = fields.get("Not") {
        inner(value, fields.location.child("Not"), &fields, depth).map(|part| Condition::Not(Box::new(part)))
    } else {
        test(&fields)
    };
    fields.close("a choice rule of this kind");
    condition
}

fn parts(fields: &Fields<'_>, name: &'static str, depth: usize) -> Option<Vec<Condition>> {
    let list = fields.list(name)?;
    if list.is_empty() {
        fields.report(name, format!("'{name}' must have at least one part"));
    }
    let location = fields.location.child(name);
    let read = list.iter().enumerate().map(|(position, value)| inner(value, location.element(position), fields, depth));
    let parts: Vec<_> = read.collect();
    parts.into_iter().collect()
}

fn inner(value: &Value, location: crate::problem::Location, fields: &Fields<'_>, depth: usize) -> Option<Condition> {
    condition(Fields::of(value, location, fields.problems, fields.language)?, depth + 1)
}

fn test(fields: &Fields<'_>) -> Option<Condition> {
    let variable = fields.required("Variable").and_then(|_| fields.path("Variable"));
    let mut tests = Vec::new();
    if let Some(pattern) = fields.text("StringMatches") {
        tests.push(Test::Matches(pieces(&pattern)));
    }
    for (name, nature) in NATURES {
        tests.extend(fields.flag(name).map(|wanted| Test::Is(*nature, wanted)));
    }
    for operator in OPERATORS.iter().filter(|operator| fields.has(operator.name)) {
        tests.extend(compare(fields, operator));
    }
    let given = fields.operators();
    if given != 1 {
        let found = if given == 0 { "there is none" } else { "there are several" };
        fields.problems.report(&fields.location, format!("A rule needs exactly one operator, but {found}"));
        return None;
    }
    Some(Condition::Test { variable: variable?, test: tests.pop()? })
}

fn compare(fields: &Fields<'_>, operator: &Operator) -> Option<Test> {
    if operator.is_path {
        return fields.path(operator.name).map(|path| Test::ComparePath(operator.relation, operator.subject, path));
    }
    let comparand = fields.get(operator.name).and_then(|value| Comparand::read(operator.subject, value));
    if comparand.is_none() {
        let wanted = match operator.subject {
            Subject::Boolean => "true or false",
            Subject::Numeric => "a number",
            Subject::String => "a string",
            Subject::Timestamp => "an RFC3339 timestamp",
        };
        fields.report(operator.name, format!("The field '{}' must be {wanted}", operator.name));
    }
    comparand.map(|comparand| Test::Compare(operator.relation, comparand))
}

/// A comparison operator: its name, what it compares and how, and whether the other side is a path.
struct Operator {
    name: &'static str,
    subject: Subject,
    relation: Relation,
    is_path: bool,
}

/// Every comparison operator that the language has.
static OPERATORS: &[Operator] = &[
    operator("BooleanEquals", Subject::Boolean, Relation::Equals, false),
    operator("BooleanEqualsPath", Subject::Boolean, Relation::Equals, true),
    operator("NumericEquals", Subject::Numeric, Relation::Equals, false),
    operator("NumericEqualsPath", Subject::Numeric, Relation::Equals, true),
    operator("NumericGreaterThan", Subject::Numeric, Relation::GreaterThan, false),
    operator("NumericGreaterThanPath", Subject::Numeric, Relation::GreaterThan, true),
    operator("NumericGreaterThanEquals", Subject::Numeric, Relation::GreaterThanEquals, false),
    operator("NumericGreaterThanEqualsPath", Subject::Numeric, Relation::GreaterThanEquals, true),
    operator("NumericLessThan", Subject::Numeric, Relation::LessThan, false),
    operator("NumericLessThanPath", Subject::Numeric, Relation::LessThan, true),
    operator("NumericLessThanEquals", Subject::Numeric, Relation::LessThanEquals, false),
    operator("NumericLessThanEqualsPath", Subject::Numeric, Relation::LessThanEquals, true),
    operator("StringEquals", Subject::String, Relation::Equals, false),
    operator("StringEqualsPath", Subject::String, Relation::Equals, true),
    operator("StringGreaterThan", Subject::String, Relation::GreaterThan, false),
    operator("StringGreaterThanPath", Subject::String, Relation::GreaterThan, true),
    operator("StringGreaterThanEquals", Subject::String, Relation::GreaterThanEquals, false),
    operator("StringGreaterThanEqualsPath", Subject::String, Relation::GreaterThanEquals, true),
    operator("StringLessThan", Subject::String, Relation::LessThan, false),
    operator("StringLessThanPath", Subject::String, Relation::LessThan, true),
    operator("StringLessThanEquals", Subject::String, Relation::LessThanEquals, false),
    operator("StringLessThanEqualsPath", Subject::String, Relation::LessThanEquals, true),
    operator("TimestampEquals", Subject::Timestamp, Relation::Equals, false),
    operator("TimestampEqualsPath", Subject::Timestamp, Relation::Equals, true),
    operator("TimestampGreaterThan", Subject::Timestamp, Relation::GreaterThan, false),
    operator("TimestampGreaterThanPath", Subject::Timestamp, Relation::GreaterThan, true),
    operator("TimestampGreaterThanEquals", Subject::Timestamp, Relation::GreaterThanEquals, false),
    operator("TimestampGreaterThanEqualsPath", Subject::Timestamp, Relation::GreaterThanEquals, true),
    operator("TimestampLessThan", Subject::Timestamp, Relation::LessThan, false),
    operator("TimestampLessThanPath", Subject::Timestamp, Relation::LessThan, true),
    operator("TimestampLessThanEquals", Subject::Timestamp, Relation::LessThanEquals, false),
    operator("TimestampLessThanEqualsPath", Subject::Timestamp, Relation::LessThanEquals, true),
];

const fn operator(name: &'static str, subject: Subject, relation: Relation, is_path: bool) -> Operator {
    Operator { name, subject, relation, is_path }
}

impl Fields<'_> {
    /// How many operators a rule has.
    fn operators(&self) -> usize {
        let names = OPERATORS.iter().map(|operator| operator.name).chain(NATURES.iter().map(|(name, _)| *name));
        names.chain(["StringMatches"]).filter(|name| self.has(name)).count()
    }
}
