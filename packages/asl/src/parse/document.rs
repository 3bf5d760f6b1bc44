//! Reads JSON, strictly, and remembers where everything stands.
//!
//! Two readers look at the text. serde_json decides what is JSON and gives the values, with its own limit on nesting;
//! jsonc-parser, which keeps ranges, says where a member stands and notices a name that is given twice in one object. A
//! plain reader keeps the last one silently, which would drop a state that somebody copied and forgot to rename.

use std::{collections::HashSet, ops::Range};

use jsonc_parser::{CollectOptions, ParseOptions, ast, common::Ranged, parse_to_ast};
use serde_json::Value;

use crate::problem::{Anchor, Code, Location, Problem, Problems, Span};

/// AWS takes definitions of up to this many bytes.
const LARGEST: usize = 1024 * 1024;

/// A definition as it was written.
pub(crate) struct Document<'t> {
    /// What it says.
    pub(crate) value: Value,
    text: &'t str,
    tree: Option<ast::Value<'t>>,
}

impl<'t> Document<'t> {
    /// Reads a text as JSON.
    pub(crate) fn read(text: &'t str, problems: &Problems) -> Option<Self> {
        let refuse = |code, message: String, bytes: Range<usize>| {
            let problem = Problem::new(code, &Location::default(), message);
            problems.add(Problem { anchor: Anchor::Placed, span: span(text, bytes), ..problem });
        };
        if text.len() > LARGEST {
            let message = format!("The definition has {} bytes; at most {LARGEST} are allowed", text.len());
            refuse(Code::SchemaValidationFailed, message, 0..0);
            return None;
        }
        if text.trim().is_empty() {
            refuse(Code::MissingDescription, "The definition is empty".to_owned(), 0..0);
            return None;
        }
        match serde_json::from_str(text) {
            Ok(value) => {
                let document = Self { value, text, tree: tree(text) };
                if let Some(tree) = &document.tree {
                    document.find_twins(tree, &Location::default(), problems);
                }
                Some(document)
            }
            Err(error) => {
                let (message, place) = (error.to_string(), offset(text, error.line(), error.column()));
                let reason = message.split(" at line ").next().unwrap_or_default().to_owned();
                refuse(Code::InvalidJsonDescription, format!("This is not JSON: {reason}"), place);
                None
            }
        }
    }

    /// Gives every problem its line and column.
    pub(crate) fn place(&self, problems: &mut [Problem]) {
        for problem in problems.iter_mut().filter(|problem| problem.anchor != Anchor::Placed) {
            let bytes = self.tree.as_ref().map(|tree| find(tree, &problem.path, problem.anchor)).unwrap_or_default();
            problem.span = span(self.text, bytes);
        }
    }

    fn find_twins(&self, value: &ast::Value<'_>, location: &Location, problems: &Problems) {
        match value {
            ast::Value::Object(object) => {
                let mut seen = HashSet::new();
                for member in &object.properties {
                    let name = member.name.as_str();
                    let place = if location.is_states() { location.state(name) } else { location.child(name) };
                    if !seen.insert(name) {
                        let problem = Problem::new(
                            Code::SchemaValidationFailed,
                            &place,
                            format!("The name '{name}' is given twice in one object"),
                        );
                        problems.add(Problem {
                            field: Some(name.to_owned()),
                            help: Some("only the last one would count; rename or remove one of them".to_owned()),
                            anchor: Anchor::Placed,
                            span: span(self.text, bytes(&member.name)),
                            ..problem
                        });
                    }
                    self.find_twins(&member.value, &place, problems);
                }
            }
            ast::Value::Array(array) => {
                for (index, element) in array.elements.iter().enumerate() {
                    self.find_twins(element, &location.element(index), problems);
                }
            }
            _ => {}
        }
    }
}

/// The same text with ranges. Absent only if the two readers disagree about what JSON is; then problems have no place.
fn tree(text: &str) -> Option<ast::Value<'_>> {
    parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default()).ok()?.value
}

/// The bytes that a problem at `path` is shown at: the deepest thing on the way that exists.
fn find(root: &ast::Value<'_>, path: &str, anchor: Anchor) -> Range<usize> {
    let (mut value, mut name) = (root, None);
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.peek() {
        let segment = segment.replace("~1", "/").replace("~0", "~");
        let below = match value {
            // The last of twins, because that is the one whose value counts.
            ast::Value::Object(object) => object
                .properties
                .iter()
                .rfind(|member| member.name.as_str() == segment)
                .map(|member| (&member.value, Some(bytes(&member.name)))),
            ast::Value::Array(array) => {
                segment.parse::<usize>().ok().and_then(|index| array.elements.get(index)).map(|element| (element, None))
            }
            _ => None,
        };
        let Some(below) = below else { break };
        (value, name) = below;
        segments.next();
    }
    let is_container = matches!(value, ast::Value::Object(_) | ast::Value::Array(_));
    match name {
        Some(name) if is_container || anchor == Anchor::Name => name,
        // An element of a list, or the whole: its first brace says enough.
        None if is_container => bytes(value).start..bytes(value).start + 1,
        _ => bytes(value),
    }
}

fn bytes(part: &impl Ranged) -> Range<usize> {
    let range = part.range();
    range.start..range.end
}

/// The bytes of the character at a line and column as serde_json counts them: lines from 1, columns in bytes from 1.
fn offset(text: &str, line: usize, column: usize) -> Range<usize> {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let start = text.floor_char_boundary(before + column.saturating_sub(1));
    let length = text.get(start..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    start..start + length
}

fn span(text: &str, bytes: Range<usize>) -> Span {
    let ((line, column), (end_line, end_column)) = (position(text, bytes.start), position(text, bytes.end));
    Span { line, column, end_line, end_column, bytes }
}

fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}
