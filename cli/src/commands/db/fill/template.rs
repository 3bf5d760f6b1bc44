//! A text that differs from one booking to the next in a few places only.
//!
//! An execution is played once, with placeholders for what is its own and at a moment of its own; afterwards a copy of it
//! costs as much as writing it down. `"@@name@@"`, with its quotation marks, gives way to JSON; `@name@` within a text to
//! text; and moments - microseconds in a snapshot, RFC 3339 in a history - move by as much as the copy begins later.

use std::fmt::Write as _;

use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339, macros::datetime};

/// When everything is played.
pub const PLAYED_AT: OffsetDateTime = datetime!(2001-01-01 00:00 UTC);

/// How its microseconds begin, and how many digits there are.
const MICROSECONDS: (&str, usize) = ("978", 15);

/// How its days begin: what is played takes nine of them at most.
const DAY: &str = "2001-01-0";

/// What a name in a template stands for.
pub type Values<'a> = [(&'static str, &'a str)];

/// A text with places.
#[derive(Debug, Clone)]
pub struct Template(Vec<Part>);

#[derive(Debug, Clone)]
enum Part {
    Text(String),
    Value(String),
    Microseconds(Duration),
    Moment(Duration),
}

impl Template {
    /// Takes a text apart.
    pub fn of(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let found = value(rest).or_else(|| microseconds(rest)).or_else(|| moment(rest));
            let length = if let Some((part, length)) = found {
                parts.push(Part::Text(std::mem::take(&mut literal)));
                parts.push(part);
                length
            } else {
                literal.push(first);
                first.len_utf8()
            };
            rest = rest.get(length..).unwrap_or_default();
        }
        parts.push(Part::Text(literal));
        Self(parts)
    }

    /// The text with these values, of something that began at that moment.
    pub fn fill(&self, values: &Values<'_>, began_at: OffsetDateTime) -> String {
        let mut text = String::with_capacity(4096);
        for part in &self.0 {
            match part {
                Part::Text(literal) => text.push_str(literal),
                Part::Value(name) => {
                    let value = values.iter().find(|(known, _)| known == name);
                    text.push_str(value.map_or("null", |(_, value)| value));
                }
                Part::Microseconds(after) => {
                    let micros = (began_at + *after).unix_timestamp_nanos() / 1000;
                    let _ = write!(text, "{micros}"); // Writing into a string does not fail.
                }
                Part::Moment(after) => text.push_str(&(began_at + *after).format(&Rfc3339).unwrap_or_default()),
            }
        }
        text
    }
}

/// A placeholder at the beginning of the text, and how long it is.
fn value(text: &str) -> Option<(Part, usize)> {
    between(text, "\"@@", "@@\"").or_else(|| between(text, "@", "@"))
}

fn between(text: &str, opening: &str, closing: &str) -> Option<(Part, usize)> {
    let (name, _) = text.strip_prefix(opening)?.split_once(closing)?;
    let is_name = !name.is_empty() && name.chars().all(|sign| sign.is_ascii_lowercase() || sign == '_');
    is_name.then(|| (Part::Value(name.to_owned()), opening.len() + name.len() + closing.len()))
}

fn microseconds(text: &str) -> Option<(Part, usize)> {
    let (prefix, length) = MICROSECONDS;
    let digits = text.get(..length).filter(|digits| digits.starts_with(prefix))?;
    let is_longer = text.get(length..)?.starts_with(|sign: char| sign.is_ascii_digit());
    let micros: i64 = digits.parse().ok().filter(|_| !is_longer)?;
    let after = Duration::microseconds(micros) - (PLAYED_AT - OffsetDateTime::UNIX_EPOCH);
    Some((Part::Microseconds(after), length))
}

fn moment(text: &str) -> Option<(Part, usize)> {
    if !text.starts_with(DAY) {
        return None;
    }
    let length = text.find('Z')? + 1;
    let moment = OffsetDateTime::parse(text.get(..length)?, &Rfc3339).ok()?;
    Some((Part::Moment(moment - PLAYED_AT), length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_filled_in_and_moments_move_along() {
        let text = r#"{"id":"booking:@id@","seats":"@@seats@@","at":978307200005000,"and":"2001-01-02T00:00:00.5Z","n":978,"mail":"a@b"}"#;
        let filled = Template::of(text).fill(&[("id", "bkg_1"), ("seats", "[1]")], datetime!(2026-11-20 10:00 UTC));
        let expected = r#"{"id":"booking:bkg_1","seats":[1],"at":1795168800005000,"and":"2026-11-21T10:00:00.5Z","n":978,"mail":"a@b"}"#;
        assert_eq!(filled, expected);
    }
}
