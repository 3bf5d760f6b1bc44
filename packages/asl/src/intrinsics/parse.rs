//! Reads calls of intrinsic functions. Texts stand in single quotes; inside, a backslash may stand before a quote, a
//! brace or a backslash and before nothing else (recorded: AWS refuses the definition).

use serde_json::Value;

use super::{Argument, Call, FUNCTIONS};
use crate::path::PathParser;

/// AWS allows ten levels of calls inside calls.
const DEPTH: usize = 10;

/// Parses a text that must be a call from its first to its last character.
pub(super) fn whole(text: &str) -> Result<Call, String> {
    let mut parser = Parser { text, position: 0 };
    let call = parser.call(0)?;
    if parser.rest().is_empty() { Ok(call) } else { Err(format!("cannot read '{}'", parser.rest())) }
}

struct Parser<'t> {
    text: &'t str,
    position: usize,
}

impl<'t> Parser<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.position..).unwrap_or_default()
    }

    fn accept(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.position += token.len();
        }
        found
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        self.position += rest.len() - rest.trim_start().len();
    }

    fn call(&mut self, depth: usize) -> Result<Call, String> {
        let start = self.position;
        if depth > DEPTH {
            return Err("calls are nested more than ten levels deep".to_owned());
        }
        if !self.accept("States.") {
            return Err("it starts neither with '$' nor with 'States.'".to_owned());
        }
        let end = self.rest().find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(self.rest().len());
        let name = self.rest().get(..end).unwrap_or_default();
        let function = FUNCTIONS.iter().find(|function| function.name == name);
        let function = function.ok_or_else(|| format!("there is no intrinsic function States.{name}"))?;
        self.position += end;
        let arguments = self.arguments(depth)?;
        if arguments.len() < function.fewest || arguments.len() > function.most {
            return Err(format!("States.{name} does not take {} arguments", arguments.len()));
        }
        let text = self.text.get(start..self.position).unwrap_or_default().into();
        Ok(Call { text, function, arguments })
    }

    fn arguments(&mut self, depth: usize) -> Result<Vec<Argument>, String> {
        let mut arguments = Vec::new();
        if !self.accept("(") {
            return Err("'(' is missing".to_owned());
        }
        self.skip_space();
        if self.accept(")") {
            return Ok(arguments);
        }
        loop {
            self.skip_space();
            arguments.push(self.argument(depth)?);
            self.skip_space();
            if self.accept(")") {
                return Ok(arguments);
            }
            if !self.accept(",") {
                return Err(format!("',' or ')' is missing before '{}'", self.rest()));
            }
        }
    }

    fn argument(&mut self, depth: usize) -> Result<Argument, String> {
        for (word, value) in [("true", Value::Bool(true)), ("false", Value::Bool(false)), ("null", Value::Null)] {
            if self.accept(word) {
                return Ok(Argument::Literal { value, spelling: None });
            }
        }
        match self.rest().chars().next() {
            Some('$') => self.path(),
            Some('\'') => self.quoted(),
            Some('S') => self.call(depth + 1).map(Argument::Call),
            _ => self.number(),
        }
    }

    fn path(&mut self) -> Result<Argument, String> {
        let mut inner = PathParser::new(self.rest());
        let path = inner.path()?;
        self.position += self.rest().len() - inner.rest().len();
        Ok(Argument::Path(path))
    }

    fn number(&mut self) -> Result<Argument, String> {
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_ascii_digit() && !"+-.eE".contains(c)).unwrap_or(rest.len());
        let number = rest.get(..end).and_then(|text| text.parse().ok());
        let number = number.ok_or_else(|| format!("an argument cannot be read at '{rest}'"))?;
        self.position += end;
        Ok(Argument::Literal { value: Value::Number(number), spelling: None })
    }

    fn quoted(&mut self) -> Result<Argument, String> {
        let rest = self.rest();
        let mut value = String::new();
        let mut escaped = false;
        for (offset, character) in rest.char_indices().skip(1) {
            match character {
                '\'' | '{' | '}' | '\\' if escaped => {
                    value.push(character);
                    escaped = false;
                }
                other if escaped => return Err(format!("'\\{other}' is not an escape")),
                '\\' => escaped = true,
                '\'' => {
                    self.position += offset + 1;
                    let spelling = rest.get(1..offset).map(Into::into);
                    return Ok(Argument::Literal { value: Value::String(value), spelling });
                }
                other => value.push(other),
            }
        }
        Err("a quote is not closed".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::call, *};

    #[test]
    fn arguments_may_be_literals_paths_and_calls() {
        let data = json!({ "a": { "b-c": [1, 2] } });
        let text = r"States.Array('it\'s', 1, -2.5, true, null, $.a.b-c[0], $.a['b-c'], States.Array())";
        assert_eq!(call(text, &data), Ok(json!(["it's", 1, -2.5, true, null, 1, [1, 2], []])));
        assert_eq!(call("States.ArrayLength( $.a.b-c )", &data), Ok(json!(2)));
    }

    #[test]
    fn malformed_calls_are_refused() {
        for wrong in [
            "States.Xyz($.a)",
            " States.UUID()",
            "States.UUID",
            "States.UUID(",
            "States.UUID(1)",
            "States.Format()",
            "States.Array('open)",
            r#"States.Array('a\"b')"#,
            "States.Array(1 2)",
            "States.UUID() ",
            "States.Array(,)",
            "prod-v1",
        ] {
            assert!(whole(wrong).is_err(), "{wrong}");
        }
        let deep = format!("{}1{}", "States.Array(".repeat(12), ")".repeat(12));
        assert!(whole(&deep).unwrap_err().contains("ten levels"));
    }
}
