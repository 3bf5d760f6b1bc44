//! Reads the members of one object of a definition, each by its type, and remembers which it was asked for, so that the
//! ones nobody asked for can be reported as unknown.

use std::{cell::RefCell, ops::RangeInclusive};

use serde_json::{Map, Value};

use super::unsupported;
use crate::{
    jsonata,
    model::{Amount, Path, Query, QueryLanguage, Selection, Template},
    problem::{Code, Location, Problem, Problems},
};

/// One object of a definition.
pub(super) struct Fields<'d> {
    members: &'d Map<String, Value>,
    pub(super) location: Location,
    pub(super) problems: &'d Problems,
    /// The language of its expressions.
    pub(super) language: QueryLanguage,
    /// The way to it from its state, as failures of JSONata expressions name it: `Choices[0]/`.
    way: String,
    known: RefCell<Vec<&'static str>>,
}

impl<'d> Fields<'d> {
    /// The members of `value`, which must be an object.
    pub(super) fn of(
        value: &'d Value,
        location: Location,
        problems: &'d Problems,
        language: QueryLanguage,
    ) -> Option<Self> {
        let Value::Object(members) = value else {
            problems.report(&location, "This must be an object");
            return None;
        };
        Some(Self { members, location, problems, language, way: String::new(), known: RefCell::default() })
    }

    /// The members of an element of the list `name`.
    pub(super) fn element(&self, name: &str, position: usize, value: &'d Value) -> Option<Self> {
        let location = self.location.child(name).element(position);
        let element = Self::of(value, location, self.problems, self.language)?;
        Some(Self { way: format!("{}{name}[{position}]/", self.way), ..element })
    }

    /// The same with expressions in another language.
    pub(super) fn speaking(self, language: QueryLanguage) -> Self {
        Self { language, ..self }
    }

    /// Whether its expressions are JSONata.
    pub(super) fn is_jsonata(&self) -> bool {
        self.language == QueryLanguage::Jsonata
    }

    /// A member as it is.
    pub(super) fn get(&self, name: &'static str) -> Option<&'d Value> {
        self.known.borrow_mut().push(name);
        self.members.get(name)
    }

    /// A member that must be there.
    pub(super) fn required(&self, name: &'static str) -> Option<&'d Value> {
        let value = self.get(name);
        if value.is_none() {
            self.problems.add(Problem::missing(&self.location, name));
        }
        value
    }

    /// A text.
    pub(super) fn text(&self, name: &'static str) -> Option<String> {
        self.read(name, "a string", |value| value.as_str().map(str::to_owned))
    }

    /// A text that must be there.
    pub(super) fn required_text(&self, name: &'static str) -> Option<String> {
        self.required(name)?;
        self.text(name)
    }

    /// True or false.
    pub(super) fn flag(&self, name: &'static str) -> Option<bool> {
        self.read(name, "true or false", Value::as_bool)
    }

    /// A list.
    pub(super) fn list(&self, name: &'static str) -> Option<&'d Vec<Value>> {
        self.read(name, "an array", Value::as_array)
    }

    /// A whole number within limits.
    pub(super) fn whole(&self, name: &'static str, limits: RangeInclusive<u64>) -> Option<u64> {
        let wanted = format!("a whole number from {} to {}", limits.start(), limits.end());
        self.read(name, &wanted, |value| value.as_u64().filter(|number| limits.contains(number)))
    }

    /// A path.
    pub(super) fn path(&self, name: &'static str) -> Option<Path> {
        let text = self.text(name)?;
        Path::parse(&text).map_err(|reason| self.problems.add(self.not_a_path(name, reason))).ok()
    }

    /// A number; or in JSONPath, under another name, the path to one, and in JSONata an expression.
    pub(super) fn amount(&self, name: &'static str, path: &'static str, limits: RangeInclusive<u64>) -> Option<Amount> {
        self.number(name, path, || self.whole(name, limits))
    }

    /// The same for a percentage.
    pub(super) fn percentage(&self, name: &'static str, path: &'static str) -> Option<Amount<f64>> {
        self.number(name, path, || {
            let within = |value: &Value| value.as_f64().filter(|share| (0.0..=100.0).contains(share));
            self.read(name, "a number from 0 to 100", within)
        })
    }

    /// Whether a member is an expression in JSONata.
    pub(super) fn is_query(&self, name: &str) -> bool {
        let text = self.members.get(name).and_then(Value::as_str);
        self.is_jsonata() && text.and_then(jsonata::delimited).is_some()
    }

    /// An expression in JSONata.
    pub(super) fn query(&self, name: &'static str) -> Option<Query> {
        let text = jsonata::delimited(self.get(name)?.as_str()?)?;
        let wrong = |reason: String| jsonata::not_an_expression(&self.location.child(name), &reason);
        Query::parse(text).map_err(|reason| self.problems.add(wrong(reason))).ok()
    }

    /// The way to a member from the state, as failures of JSONata expressions name it.
    pub(super) fn way_to(&self, name: &str) -> String {
        format!("{}{name}", self.way)
    }

    /// A payload template.
    pub(super) fn template(&self, name: &'static str) -> Option<Template> {
        let (value, location) = (self.get(name)?, self.location.child(name));
        Some(match self.language {
            QueryLanguage::JsonPath => Template::parse(value, &location, self.problems),
            QueryLanguage::Jsonata => Template::of_queries(value, &self.way_to(name), &location, self.problems),
        })
    }

    /// `Output`: what of all that is passed on, in JSONata.
    pub(super) fn output(&self) -> Selection {
        self.template("Output").map_or(Selection::Whole, Selection::Template)
    }

    /// A payload template that must be an object.
    pub(super) fn object_template(&self, name: &'static str) -> Option<Template> {
        if self.get(name).is_some_and(|value| !value.is_object()) {
            self.report(name, format!("The field '{name}' must be an object"));
            return None;
        }
        self.template(name)
    }

    /// Whether a member is there.
    pub(super) fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// Reports fields that exclude each other. Gives how many of them are there.
    pub(super) fn exclusive(&self, names: &[&'static str]) -> usize {
        self.known.borrow_mut().extend(names);
        let present: Vec<_> = names.iter().filter(|name| self.has(name)).collect();
        if let [first, second, ..] = present.as_slice() {
            self.report(second, format!("Only one of '{first}' and '{second}' may be given"));
        }
        present.len()
    }

    /// Reports a problem with a member.
    pub(super) fn report(&self, name: &str, message: impl Into<String>) {
        self.problems.report_field(&self.location, name, message);
    }

    /// The problem of a member that should be a path.
    pub(super) fn not_a_path(&self, name: &str, reason: String) -> Problem {
        let message = "Value must be a valid JSONPath.";
        Problem::with_field(Code::SchemaValidationFailed, &self.location, name, message).help(reason)
    }

    /// Reports every member that nobody asked for.
    pub(super) fn close(self, what: &str) {
        let known = self.known.into_inner();
        for name in self.members.keys().filter(|name| !known.contains(&name.as_str())) {
            let place = unsupported::Place { location: &self.location, what, language: self.language, known: &known };
            self.problems.add(place.problem(name));
        }
    }

    fn number<T>(
        &self,
        name: &'static str,
        path: &'static str,
        fixed: impl FnOnce() -> Option<T>,
    ) -> Option<Amount<T>> {
        if self.is_jsonata() {
            return if self.is_query(name) { self.query(name).map(Amount::Query) } else { fixed().map(Amount::Fixed) };
        }
        self.exclusive(&[name, path]);
        fixed().map(Amount::Fixed).or_else(|| self.path(path).map(Amount::At))
    }

    fn read<T>(&self, name: &'static str, wanted: &str, convert: impl Fn(&'d Value) -> Option<T>) -> Option<T> {
        let value = self.get(name)?;
        let converted = convert(value);
        if converted.is_none() {
            self.report(name, format!("The field '{name}' must be {wanted}"));
        }
        converted
    }
}
