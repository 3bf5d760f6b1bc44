//! The intrinsic functions, `States.Name(argument, ...)`: parsed with the definition, called while a template is
//! filled. A new function is a line in [`FUNCTIONS`] and a Rust function in the file of its kind.

#[expect(clippy::unnecessary_wraps, reason = "functions of the list share one signature")]
mod array;
mod encoding;
#[expect(clippy::unnecessary_wraps, reason = "functions of the list share one signature")]
mod json;
mod math;
mod parse;
#[expect(clippy::unnecessary_wraps, reason = "functions of the list share one signature")]
mod text;

pub(crate) use array::numbers;
pub(crate) use encoding::digest;
pub(crate) use math::{GOLDEN, scramble};
pub(crate) use text::random_uuid;

use std::borrow::Cow;

use serde_json::Value;

use crate::{
    path::{Missing, Path},
    scope::{Random, Scope},
};

/// A parsed call.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    text: Box<str>,
    function: &'static Function,
    arguments: Vec<Argument>,
}

/// Why a call gave no value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct IntrinsicFailure {
    pub(crate) call: String,
    pub(crate) message: String,
}

/// One argument of a call.
#[derive(Debug, Clone, PartialEq)]
enum Argument {
    Path(Path),
    Call(Call),
    /// A literal, and for a text also the spelling with its escapes, which `States.Format` needs.
    Literal {
        value: Value,
        spelling: Option<Box<str>>,
    },
}

/// A function: its name, how many arguments it takes, what it does, and whether its result is always a text.
#[derive(Debug)]
struct Function {
    name: &'static str,
    fewest: usize,
    most: usize,
    text: bool,
    run: fn(&Inputs<'_>) -> Result<Value, String>,
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// Every function, in alphabetical order. Those that cannot fail answer a `Result` too, so that they fit in the list.
#[rustfmt::skip]
static FUNCTIONS: &[Function] = &[
    Function { name: "Array",          fewest: 0, most: usize::MAX, text: false, run: array::array },
    Function { name: "ArrayContains",  fewest: 2, most: 2,          text: false, run: array::contains },
    Function { name: "ArrayGetItem",   fewest: 2, most: 2,          text: true,  run: array::get_item },
    Function { name: "ArrayLength",    fewest: 1, most: 1,          text: false, run: array::length },
    Function { name: "ArrayPartition", fewest: 2, most: 2,          text: false, run: array::partition },
    Function { name: "ArrayRange",     fewest: 3, most: 3,          text: false, run: array::range },
    Function { name: "ArrayUnique",    fewest: 1, most: 1,          text: false, run: array::unique },
    Function { name: "Base64Decode",   fewest: 1, most: 1,          text: true,  run: encoding::base64_decode },
    Function { name: "Base64Encode",   fewest: 1, most: 1,          text: true,  run: encoding::base64_encode },
    Function { name: "Format",         fewest: 1, most: usize::MAX, text: true,  run: text::format },
    Function { name: "Hash",           fewest: 2, most: 2,          text: true,  run: encoding::hash },
    Function { name: "JsonMerge",      fewest: 3, most: 3,          text: false, run: json::merge },
    Function { name: "JsonToString",   fewest: 1, most: 1,          text: true,  run: json::to_string },
    Function { name: "MathAdd",        fewest: 2, most: 2,          text: false, run: math::add },
    Function { name: "MathRandom",     fewest: 2, most: 3,          text: false, run: math::random },
    Function { name: "StringSplit",    fewest: 2, most: 2,          text: false, run: text::split },
    Function { name: "StringToJson",   fewest: 1, most: 1,          text: false, run: json::from_string },
    Function { name: "UUID",           fewest: 0, most: 0,          text: true,  run: text::uuid },
];

/// What a function gets to see.
struct Inputs<'a> {
    values: Vec<Cow<'a, Value>>,
    /// How the first argument is spelt, when it is a literal text.
    spelling: Option<&'a str>,
    random: &'a dyn Random,
}

impl Inputs<'_> {
    fn get(&self, index: usize) -> &Value {
        self.values.get(index).map_or(&Value::Null, AsRef::as_ref)
    }

    fn text(&self, index: usize) -> Result<&str, String> {
        let value = self.get(index);
        value.as_str().ok_or_else(|| format!("argument {} must be a string, but was {value}", index + 1))
    }

    fn array(&self, index: usize) -> Result<&Vec<Value>, String> {
        let value = self.get(index);
        value.as_array().ok_or_else(|| format!("argument {} must be an array, but was {value}", index + 1))
    }

    fn integer(&self, index: usize) -> Result<i64, String> {
        let value = self.get(index);
        math::rounded(value).ok_or_else(|| format!("argument {} must be a number, but was {value}", index + 1))
    }
}

impl Call {
    /// Parses a whole text as a call. The error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        parse::whole(text)
    }

    /// The call as the definition spells it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it always gives a text, and may therefore stand in `ErrorPath` and `CausePath`.
    pub(crate) fn gives_text(&self) -> bool {
        self.function.text
    }

    /// Every path among its arguments, at any depth.
    pub fn paths(&self) -> Vec<&Path> {
        self.arguments
            .iter()
            .flat_map(|argument| match argument {
                Argument::Path(path) => vec![path],
                Argument::Call(call) => call.paths(),
                Argument::Literal { .. } => Vec::new(),
            })
            .collect()
    }

    /// The value of the call.
    pub(crate) fn evaluate(&self, scope: &Scope<'_>) -> Result<Value, IntrinsicFailure> {
        let mut values = Vec::with_capacity(self.arguments.len());
        for argument in &self.arguments {
            values.push(match argument {
                Argument::Path(path) => path.evaluate(scope).map_err(|Missing(reason)| self.failure(reason))?,
                Argument::Call(call) => Cow::Owned(call.evaluate(scope)?),
                Argument::Literal { value, .. } => Cow::Borrowed(value),
            });
        }
        let spelling = match self.arguments.first() {
            Some(Argument::Literal { spelling, .. }) => spelling.as_deref(),
            _ => None,
        };
        let inputs = Inputs { values, spelling, random: scope.random };
        (self.function.run)(&inputs).map_err(|message| self.failure(message))
    }

    fn failure(&self, message: String) -> IntrinsicFailure {
        IntrinsicFailure { call: self.text.to_string(), message }
    }
}

/// Calls one function on plain values: for the tests of the functions themselves.
#[cfg(test)]
fn call(text: &str, data: &Value) -> Result<Value, String> {
    struct Counter(std::cell::Cell<u64>);
    impl Random for Counter {
        fn next(&self) -> u64 {
            self.0.set(self.0.get().wrapping_add(0x9E37_79B9_7F4A_7C15));
            self.0.get()
        }
    }
    let identity = crate::execution::Identity::default();
    let (none, random) = (serde_json::Map::new(), Counter(std::cell::Cell::new(7)));
    let context = crate::context::ContextObject {
        identity: &identity,
        execution_input: data,
        redrives: 0,
        redriven_at: None,
        state: "S",
        entered_at: time::OffsetDateTime::UNIX_EPOCH,
        retry_count: 0,
        token: None,
        item: None,
        given: None,
    };
    let variables = crate::scope::Variables { own: &none, outer: None };
    let states = crate::scope::States { input: data, result: None, error: None };
    let now = time::OffsetDateTime::UNIX_EPOCH;
    let scope = Scope { input: data, states, variables, context, now, random: &random };
    Call::parse(text)?.evaluate(&scope).map_err(|failure| failure.message)
}
