//! Reads paths. The parser works on a cursor instead of a whole text, because a path may also stand as an argument of
//! an intrinsic function, where the next comma or parenthesis ends it.

use super::{Filter, Path, Root, Step};

/// The characters that end an unquoted name.
const DELIMITERS: &[char] = &['.', '[', ']', '(', ')', ',', '\'', '"', ' ', '\t', '\n', '\r', '{', '}', '$', '@'];

/// How deep conditions may be nested, so that no text can exhaust the stack.
const CONDITIONS: usize = 4;

/// How often a path may descend. Each time multiplies what it finds by the depth of the data.
const DESCENTS: usize = 4;

/// Parses a text that must be a path from its first to its last character.
pub(super) fn whole(text: &str) -> Result<Path, String> {
    let mut parser = PathParser::new(text);
    let path = parser.path()?;
    match parser.rest() {
        "" => Ok(path),
        rest => Err(format!("'{text}' is not a valid JSONPath: cannot read '{rest}'")),
    }
}

/// A cursor over a text that holds a path.
#[derive(Debug, Clone)]
pub(crate) struct PathParser<'t> {
    text: &'t str,
    position: usize,
    /// How many conditions are open around this place.
    conditions: usize,
}

impl<'t> PathParser<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text, position: 0, conditions: 0 }
    }

    /// What has not been read yet.
    pub(crate) fn rest(&self) -> &'t str {
        self.text.get(self.position..).unwrap_or_default()
    }

    /// Reads a path that starts here.
    pub(crate) fn path(&mut self) -> Result<Path, String> {
        let start = self.position;
        let root = self.root()?;
        let (steps, length) = self.steps()?;
        let text = self.text.get(start..self.position).unwrap_or_default();
        Ok(Path { text: text.into(), root, steps, length })
    }

    /// Reads steps until something follows that is none. The flag says whether `.length()` closed them.
    pub(super) fn steps(&mut self) -> Result<(Vec<Step>, bool), String> {
        let mut steps = Vec::new();
        loop {
            if self.accept("..") {
                if steps.iter().filter(|step| matches!(step, Step::Descend)).count() == DESCENTS {
                    return Err(self.complaint("'..' is there too often"));
                }
                steps.push(Step::Descend);
                if self.accept("*") {
                    steps.push(Step::Wildcard);
                } else if !self.rest().starts_with('[') {
                    steps.push(Step::Member(self.name()?));
                }
            } else if self.accept(".*") {
                steps.push(Step::Wildcard);
            } else if self.accept(".length()") {
                return Ok((steps, true));
            } else if self.accept(".") {
                let name = self.name()?;
                if self.rest().starts_with('(') {
                    return Err(format!("the path function '{name}()' is not supported; only length() is"));
                }
                steps.push(Step::Member(name));
            } else if self.accept("[") {
                steps.push(self.bracket()?);
            } else {
                return Ok((steps, false));
            }
        }
    }

    /// Moves past `token` when it is next.
    pub(super) fn accept(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.position += token.len();
        }
        found
    }

    /// Moves past white space.
    pub(super) fn skip_space(&mut self) {
        let rest = self.rest();
        self.position += rest.len() - rest.trim_start().len();
    }

    /// Demands `token` here.
    pub(super) fn expect(&mut self, token: &str) -> Result<(), String> {
        if self.accept(token) { Ok(()) } else { Err(self.complaint(&format!("'{token}' is missing"))) }
    }

    /// Reads a quoted text whose opening quote is next. Only the quote and the backslash can be escaped (recorded:
    /// any other backslash belongs to the name).
    pub(super) fn quoted(&mut self) -> Result<String, String> {
        let mut characters = self.rest().char_indices();
        let Some((_, quote @ ('\'' | '"'))) = characters.next() else {
            return Err(self.complaint("a quoted name is missing"));
        };
        let mut text = String::new();
        let mut escaped = false;
        for (offset, character) in characters {
            match character {
                '\\' if !escaped => escaped = true,
                character if !escaped && character == quote => {
                    self.position += offset + character.len_utf8();
                    return Ok(text);
                }
                character => {
                    if escaped && character != quote && character != '\\' {
                        text.push('\\');
                    }
                    text.push(character);
                    escaped = false;
                }
            }
        }
        Err(self.complaint("a quote is not closed"))
    }

    /// A message about this place.
    pub(super) fn complaint(&self, what: &str) -> String {
        format!("'{}' is not a valid JSONPath: {what} at character {}", self.text, self.position + 1)
    }

    /// Reads a whole number, possibly negative.
    pub(super) fn integer(&mut self) -> Option<i64> {
        let rest = self.rest();
        let sign = usize::from(rest.starts_with('-'));
        let digits = rest.get(sign..)?.bytes().take_while(u8::is_ascii_digit).count();
        let number = rest.get(..sign + digits)?.parse().ok()?;
        self.position += sign + digits;
        Some(number)
    }

    fn root(&mut self) -> Result<Root, String> {
        if self.accept("$$") {
            return Ok(Root::Context);
        }
        if !self.accept("$") {
            return Err(format!("'{}' is not a valid JSONPath: it must start with '$'", self.text));
        }
        let starts_name = self.rest().starts_with(|first: char| first.is_alphabetic() || first == '_');
        if starts_name { self.name().map(Root::Variable) } else { Ok(Root::Input) }
    }

    fn name(&mut self) -> Result<String, String> {
        let rest = self.rest();
        let end = rest.find(DELIMITERS).unwrap_or(rest.len());
        let name = rest.get(..end).filter(|name| !name.is_empty());
        let name = name.ok_or_else(|| self.complaint("a name is missing"))?;
        self.position += end;
        Ok(name.to_owned())
    }

    fn bracket(&mut self) -> Result<Step, String> {
        self.skip_space();
        let step = match self.rest().chars().next() {
            Some('*') => {
                self.position += 1;
                Step::Wildcard
            }
            Some('?') => {
                self.position += 1;
                if self.conditions == CONDITIONS {
                    return Err(self.complaint("conditions are nested too deeply"));
                }
                self.conditions += 1;
                let filter = Filter::parse(self)?;
                self.conditions -= 1;
                Step::Filter(filter)
            }
            Some('(') => self.script()?,
            Some('\'' | '"') => self.names()?,
            _ => self.numbers()?,
        };
        self.skip_space();
        self.expect("]")?;
        Ok(step)
    }

    /// `(@.length-1)`: the older way to count from the end.
    fn script(&mut self) -> Result<Step, String> {
        self.expect("(@.length")?;
        self.skip_space();
        if !self.rest().starts_with('-') {
            return Err(self.complaint("only (@.length-n) is understood"));
        }
        self.position += 1;
        self.skip_space();
        let back = self.integer().filter(|back| *back > 0).ok_or_else(|| self.complaint("a number is missing"))?;
        self.skip_space();
        self.expect(")")?;
        Ok(Step::Index(-back))
    }

    fn names(&mut self) -> Result<Step, String> {
        let mut names = vec![self.quoted()?];
        loop {
            self.skip_space();
            if !self.accept(",") {
                break;
            }
            self.skip_space();
            names.push(self.quoted()?);
        }
        Ok(if names.len() == 1 { Step::Member(names.swap_remove(0)) } else { Step::Members(names) })
    }

    fn numbers(&mut self) -> Result<Step, String> {
        let first = self.integer();
        self.skip_space();
        if self.accept(":") {
            self.skip_space();
            let end = self.integer();
            self.skip_space();
            let step = if self.accept(":") { self.integer().unwrap_or(1) } else { 1 };
            if step < 1 {
                return Err(self.complaint("the step of a slice must be 1 or more"));
            }
            return Ok(Step::Slice { start: first, end, step });
        }
        let mut indexes = vec![first.ok_or_else(|| self.complaint("an index is missing"))?];
        while self.accept(",") {
            self.skip_space();
            indexes.push(self.integer().ok_or_else(|| self.complaint("an index is missing"))?);
            self.skip_space();
        }
        Ok(if indexes.len() == 1 { Step::Index(indexes.swap_remove(0)) } else { Step::Indexes(indexes) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definite_paths_are_told_from_indefinite_ones() {
        for definite in ["$", "$$", "$name", "$.a.b", "$['a b'][0]", "$.delivery-partner", "$[-1]", "$$.Task.Token"] {
            assert!(whole(definite).unwrap().is_definite(), "{definite}");
        }
        for indefinite in ["$[*]", "$.*", "$..a", "$[1:]", "$[:2]", "$['a','b']", "$[0,1]", "$[?(@.a == 1)]"] {
            assert!(!whole(indefinite).unwrap().is_definite(), "{indefinite}");
        }
    }

    #[test]
    fn nonsense_is_refused_with_a_reason() {
        for wrong in
            ["", "a", "$.", "$[", "$[]", "$['a]", "$.a b", "$.a[1", "$[x]", "$.a.max()", "$[1:2:0]", "$[?(]", "$$$"]
        {
            let message = whole(wrong).unwrap_err();
            assert!(message.contains("JSONPath") || message.contains("supported"), "{wrong}: {message}");
        }
    }

    #[test]
    fn quoted_names_keep_foreign_backslashes() {
        let path = whole(r#"$['Test\""Name"']"#).unwrap();
        assert_eq!(path.steps, vec![Step::Member(r#"Test\""Name""#.into())]);
        assert_eq!(whole(r"$['it\'s']").unwrap().steps, vec![Step::Member("it's".into())]);
    }
}
