//! JSONPath in the dialect that Step Functions accepts, parsed once with the definition. `$` is the state's data, `$$`
//! the context object, `$name` a variable. Definite paths (names and indexes only) are followed by reference without
//! copying anything and fail when nothing is there; indefinite ones (slices, wildcards, filters, unions, descents)
//! always give an array, empty when nothing matches. A new kind of step is a variant of [`Step`], a line in `parse`
//! and one in `evaluate`.

mod evaluate;
mod filter;
mod parse;
mod reference;

use std::fmt;

pub(crate) use evaluate::Missing;
pub(crate) use filter::Filter;
pub(crate) use parse::PathParser;
pub use reference::ReferencePath;

/// A parsed path. Its text is kept, because failures quote it.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    text: Box<str>,
    pub(crate) root: Root,
    pub(crate) steps: Vec<Step>,
    pub(crate) length: bool,
}

impl Path {
    /// Parses a whole text as a path. The error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        parse::whole(text)
    }

    /// The path as the definition spells it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the path can point to one place only.
    pub fn is_definite(&self) -> bool {
        self.steps.iter().all(Step::is_definite)
    }

    /// The variable the path starts from, if it starts from one.
    pub fn variable(&self) -> Option<&str> {
        match &self.root {
            Root::Variable(name) => Some(name),
            Root::Input | Root::Context => None,
        }
    }

    /// Whether it is `$`: the data as it is.
    pub(crate) fn is_whole_input(&self) -> bool {
        self.root == Root::Input && self.steps.is_empty() && !self.length
    }
}

impl fmt::Display for Path {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

/// What a path starts from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Root {
    Input,
    Context,
    Variable(String),
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Step {
    /// `.name` or `['name']`.
    Member(String),
    /// `[3]`, or from the end `[-1]` and `[(@.length-1)]`.
    Index(i64),
    /// `['a','b']`.
    Members(Vec<String>),
    /// `[0,2]`.
    Indexes(Vec<i64>),
    /// `[start:end:step]`.
    Slice { start: Option<i64>, end: Option<i64>, step: i64 },
    /// `.*` or `[*]`.
    Wildcard,
    /// `..`: the value and everything below it.
    Descend,
    /// `[?(...)]`.
    Filter(Filter),
}

impl Step {
    fn is_definite(&self) -> bool {
        matches!(self, Self::Member(_) | Self::Index(_))
    }
}
