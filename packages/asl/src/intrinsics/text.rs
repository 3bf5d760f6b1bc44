//! Functions that build and cut texts.

use serde_json::Value;

use super::Inputs;

/// Fills `{}` in a template. Escaped braces stay braces.
pub(super) fn format(inputs: &Inputs<'_>) -> Result<Value, String> {
    let template = inputs.spelling.map_or_else(|| inputs.text(0), Ok)?;
    let mut filled = String::with_capacity(template.len());
    let mut arguments = inputs.values.iter().skip(1);
    let mut characters = template.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' if matches!(characters.peek(), Some('{' | '}' | '\'' | '\\')) => filled.extend(characters.next()),
            '{' if characters.peek() == Some(&'}') => {
                characters.next();
                let argument = arguments.next().ok_or("there are more {} than arguments")?;
                render(argument, &mut filled);
            }
            other => filled.push(other),
        }
    }
    if arguments.next().is_some() {
        return Err("there are more arguments than {}".to_owned());
    }
    Ok(filled.into())
}

/// The second argument is a set of characters; empty parts are dropped.
pub(super) fn split(inputs: &Inputs<'_>) -> Result<Value, String> {
    let (text, delimiters) = (inputs.text(0)?, inputs.text(1)?);
    Ok(text.split(|c: char| delimiters.contains(c)).filter(|part| !part.is_empty()).collect())
}

/// A random UUID (version 4).
pub(super) fn uuid(inputs: &Inputs<'_>) -> Result<Value, String> {
    Ok(random_uuid(|| inputs.random.next()).into())
}

/// A UUID of version 4.
pub(crate) fn random_uuid(mut random: impl FnMut() -> u64) -> String {
    let bits = (u128::from(random()) << 64) | u128::from(random());
    uuid::Builder::from_random_bytes(bits.to_be_bytes()).into_uuid().to_string()
}

/// Objects and arrays look as in Java: `{name=value, list=[1, 2]}` (recorded).
fn render(value: &Value, text: &mut String) {
    match value {
        Value::String(inner) => text.push_str(inner),
        Value::Array(items) => {
            text.push('[');
            for (position, item) in items.iter().enumerate() {
                text.push_str(if position == 0 { "" } else { ", " });
                render(item, text);
            }
            text.push(']');
        }
        Value::Object(members) => {
            text.push('{');
            for (position, (key, member)) in members.iter().enumerate() {
                text.push_str(if position == 0 { "" } else { ", " });
                text.push_str(key);
                text.push('=');
                render(member, text);
            }
            text.push('}');
        }
        plain => text.push_str(&plain.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::call;

    #[test]
    fn templates_are_filled() {
        let data = json!({ "who": "Ada", "o": { "k": "v", "l": [1, "x"] }, "t": "{} sat" });
        assert_eq!(call("States.Format('Hi {}, {}', $.who, 1.5)", &data), Ok(json!("Hi Ada, 1.5")));
        assert_eq!(call("States.Format('{}', $.o)", &data), Ok(json!("{k=v, l=[1, x]}")));
        assert_eq!(call(r"States.Format('\{{}\} \'q\'', null)", &data), Ok(json!("{null} 'q'")));
        assert_eq!(call("States.Format($.t, $.who)", &data), Ok(json!("Ada sat")));
        assert!(call("States.Format('{}')", &data).is_err());
        assert!(call("States.Format('x', 1)", &data).is_err());
    }

    #[test]
    fn texts_are_split_at_any_of_the_characters() {
        assert_eq!(call("States.StringSplit('a,b;;c', ',;')", &json!({})), Ok(json!(["a", "b", "c"])));
        assert_eq!(call("States.StringSplit('abc', '-')", &json!({})), Ok(json!(["abc"])));
    }

    #[test]
    fn uuids_are_of_version_four() {
        let text = call("States.UUID()", &json!({})).unwrap();
        let id = uuid::Uuid::parse_str(text.as_str().unwrap()).unwrap();
        assert_eq!(id.get_version_num(), 4);
    }
}
