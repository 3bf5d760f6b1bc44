//! Choice: the first rule that holds decides where to go.

use std::{borrow::Cow, cmp::Ordering};

use serde_json::Value;
use time::OffsetDateTime;

use crate::{
    data_flow::Selection,
    errors::Failure,
    evaluation::{self, FlowFailure},
    execution::{Progress, Turn},
    model::{Choice, Next, Path, Query, QueryLanguage, Template},
    moment,
    scope::Scope,
};

/// One element of `Choices`.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// When it holds.
    pub condition: Condition,
    /// Where it leads.
    pub next: String,
    /// In JSONata, what of all that is passed on.
    pub output: Selection,
    /// Variables it sets.
    pub assign: Option<Template>,
}

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// All of them hold.
    And(Vec<Condition>),
    /// One of them holds.
    Or(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// It holds, or does not, whatever the data are.
    Constant(bool),
    /// It holds when the expression, which stands in this field, gives true.
    Query(Query, String),
    /// A test of a value.
    Test {
        /// Where the value is.
        variable: Path,
        /// What it is tested for.
        test: Test,
    },
}

/// A test of one value.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// Compared with a value of the definition.
    Compare(Relation, Comparand),
    /// Compared with a value of the same data.
    ComparePath(Relation, Subject, Path),
    /// `StringMatches`.
    Matches(Vec<Piece>),
    /// `IsNull` and its like, true or false.
    Is(Nature, bool),
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the operators")]
pub enum Relation {
    Equals,
    GreaterThan,
    GreaterThanEquals,
    LessThan,
    LessThanEquals,
}

/// What kind of values a comparison takes. A value of another kind makes it false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the operators")]
pub enum Subject {
    Boolean,
    Numeric,
    String,
    Timestamp,
}

/// A value that the definition compares with.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names are those of the operators")]
pub enum Comparand {
    Boolean(bool),
    Numeric(serde_json::Number),
    String(String),
    Timestamp(OffsetDateTime),
}

/// What a value can be asked to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the operators")]
pub enum Nature {
    Boolean,
    Null,
    Numeric,
    Present,
    String,
    Timestamp,
}

/// A piece of a `StringMatches` pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// These characters.
    Text(String),
    /// Any characters, also none.
    Anything,
}

pub(super) fn execute(turn: &mut Turn<'_, '_>, choice: &Choice) -> Progress {
    match decide(turn, choice) {
        Ok(way) => turn.pass_through(way.assign, way.output, Next::State(way.next.to_owned())),
        Err(failure) => Progress::Failed(failure),
    }
}

/// Where to go, and what to do on the way.
struct Way<'c> {
    next: &'c str,
    output: &'c Selection,
    assign: Option<&'c Template>,
}

fn decide<'c>(turn: &Turn<'c, '_>, choice: &'c Choice) -> Result<Way<'c>, Failure> {
    let scope = turn.scope();
    let effective = turn.located(turn.state.data.effective_input(&scope))?;
    let scope = scope.over(&effective);
    for rule in &choice.rules {
        if turn.located(rule.condition.holds(&scope))? {
            // In JSONPath the output is the state's own, whichever rule decides.
            let own = turn.state.query_language == QueryLanguage::JsonPath;
            let output = if own { &turn.state.data.output } else { &rule.output };
            return Ok(Way { next: &rule.next, output, assign: rule.assign.as_ref() });
        }
    }
    match &choice.default {
        Some(next) => {
            let data = &turn.state.data;
            Ok(Way { next, output: &data.output, assign: data.assign.as_ref() })
        }
        None => Err(turn.fatal("Failed to transition out of the state. The state does not point to a next state.")),
    }
}

impl Condition {
    /// Every path in it, for whoever analyses a definition.
    pub fn paths(&self) -> Vec<&Path> {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().flat_map(Self::paths).collect(),
            Self::Not(part) => part.paths(),
            Self::Constant(_) | Self::Query(..) => Vec::new(),
            Self::Test { variable, test: Test::ComparePath(_, _, other) } => vec![variable, other],
            Self::Test { variable, .. } => vec![variable],
        }
    }

    fn holds(&self, scope: &Scope<'_>) -> Result<bool, FlowFailure> {
        match self {
            Self::And(parts) => parts.iter().try_fold(true, |so_far, part| Ok(so_far && part.holds(scope)?)),
            Self::Or(parts) => parts.iter().try_fold(false, |so_far, part| Ok(so_far || part.holds(scope)?)),
            Self::Not(part) => Ok(!part.holds(scope)?),
            Self::Constant(holds) => Ok(*holds),
            Self::Query(query, field) => evaluation::typed(query, field, "boolean", scope, Value::as_bool),
            Self::Test { variable, test: Test::Is(Nature::Present, wanted) } => {
                Ok(variable.evaluate(scope).is_ok() == *wanted)
            }
            Self::Test { variable, test } => {
                let value = look_up(variable, scope)?;
                Ok(match test {
                    Test::Compare(relation, comparand) => relation.accepts(comparand.order(&value)),
                    Test::ComparePath(relation, subject, path) => {
                        let other = look_up(path, scope)?;
                        let comparand = Comparand::read(*subject, &other);
                        comparand.is_some_and(|comparand| relation.accepts(comparand.order(&value)))
                    }
                    Test::Matches(pieces) => value.as_str().is_some_and(|text| matches(text, pieces)),
                    Test::Is(nature, wanted) => nature.describes(&value) == *wanted,
                })
            }
        }
    }
}

fn look_up<'a>(path: &Path, scope: &Scope<'a>) -> Result<Cow<'a, Value>, FlowFailure> {
    path.evaluate(scope).map_err(|_| {
        FlowFailure::Runtime(format!(
            "Invalid path '{path}': The choice state's condition path references an invalid value."
        ))
    })
}

impl Relation {
    fn accepts(self, order: Option<Ordering>) -> bool {
        order.is_some_and(|order| match self {
            Self::Equals => order.is_eq(),
            Self::GreaterThan => order.is_gt(),
            Self::GreaterThanEquals => order.is_ge(),
            Self::LessThan => order.is_lt(),
            Self::LessThanEquals => order.is_le(),
        })
    }
}

impl Comparand {
    /// Takes a value as one of this kind, if it is one.
    pub(crate) fn read(subject: Subject, value: &Value) -> Option<Self> {
        match (subject, value) {
            (Subject::Boolean, Value::Bool(flag)) => Some(Self::Boolean(*flag)),
            (Subject::Numeric, Value::Number(number)) => Some(Self::Numeric(number.clone())),
            (Subject::String, Value::String(text)) => Some(Self::String(text.clone())),
            (Subject::Timestamp, Value::String(text)) => moment::parse(text).map(Self::Timestamp),
            _ => None,
        }
    }

    /// How `value` compares with this; nothing when it is of another kind.
    fn order(&self, value: &Value) -> Option<Ordering> {
        match (self, value) {
            (Self::Boolean(own), Value::Bool(flag)) => Some(flag.cmp(own)),
            (Self::Numeric(own), Value::Number(number)) => match (number.as_i64(), own.as_i64()) {
                (Some(number), Some(own)) => Some(number.cmp(&own)),
                _ => number.as_f64()?.partial_cmp(&own.as_f64()?),
            },
            (Self::String(own), Value::String(text)) => Some(text.as_str().cmp(own)),
            (Self::Timestamp(own), Value::String(text)) => moment::parse(text).map(|moment| moment.cmp(own)),
            _ => None,
        }
    }
}

impl Nature {
    fn describes(self, value: &Value) -> bool {
        match self {
            Self::Boolean => value.is_boolean(),
            Self::Null => value.is_null(),
            Self::Numeric => value.is_number(),
            Self::Present => true,
            Self::String => value.is_string(),
            Self::Timestamp => value.as_str().and_then(moment::parse).is_some(),
        }
    }
}

/// Whether a text fits a pattern. Each piece of text is sought as early as possible behind the wildcard before it.
fn matches(text: &str, pieces: &[Piece]) -> bool {
    let mut rest = text;
    let mut open = false;
    for (position, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Anything => open = true,
            Piece::Text(wanted) if !open => match rest.strip_prefix(wanted.as_str()) {
                Some(behind) => rest = behind,
                None => return false,
            },
            Piece::Text(wanted) if position + 1 == pieces.len() => return rest.ends_with(wanted.as_str()),
            Piece::Text(wanted) => match rest.split_once(wanted.as_str()) {
                Some((_, behind)) => {
                    rest = behind;
                    open = false;
                }
                None => return false,
            },
        }
    }
    open || rest.is_empty()
}

/// Cuts a `StringMatches` pattern into pieces. A backslash makes the character behind it a plain one.
pub(crate) fn pieces(pattern: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        match character {
            '*' => {
                if !text.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut text)));
                }
                pieces.push(Piece::Anything);
            }
            '\\' => text.push(characters.next().unwrap_or('\\')),
            plain => text.push(plain),
        }
    }
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_wildcards_do() {
        for (pattern, text, fits) in [
            ("log-*.txt", "log-2026.txt", true),
            ("log-*.txt", "log-.txt", true),
            ("log-*.txt", "log-2026.txt.gz", false),
            ("*", "", true),
            ("*a*b", "xaybzb", true),
            ("*a*b", "xb", false),
            ("plain", "plain", true),
            ("plain", "plainer", false),
            (r"a\*", "a*", true),
            (r"a\*", "ab", false),
            ("ab*ab", "ab", false),
            ("", "", true),
        ] {
            assert_eq!(matches(text, &pieces(pattern)), fits, "{pattern} {text}");
        }
    }
}
