//! Words for what goes wrong in an expression. The engine reports the codes of JSONata's reference implementation and, for
//! some of them, words of its own; Step Functions uses the reference's. What the engine does not tell cannot be put into
//! them, so only those are reworded that lose nothing. A new one is an arm of [`as_reference`].

/// An error of the engine in the words of the reference, as far as that can be done. `expression` is what failed.
pub(super) fn as_reference(message: &str, expression: &str) -> String {
    let Some((code, told)) = message.split_once(": ") else { return message.to_owned() };
    let reworded = match code {
        "D3030" => quoted(told).map(|value| format!("Unable to cast value to a number: \"{value}\"")),
        "T0410" => only_function(expression).map(|name| {
            format!("Argument {} of function \"{name}\" does not match function signature", position(told))
        }),
        "T0412" => only_function(expression).zip(told.split_once(" must be ")).map(|(name, (_, wanted))| {
            let wanted = wanted.to_lowercase();
            format!("Argument {} of function \"{name}\" must be {wanted}s", position(told))
        }),
        "T1006" => Some("Attempted to invoke a non-function".to_owned()),
        "T2001" | "T2002" => between(told, " of the ", " operator ")
            .map(|operator| told.replacen(&format!(" {operator} "), &format!(" \"{operator}\" "), 1)),
        _ => None,
    };
    reworded.map_or_else(|| message.to_owned(), |reworded| format!("{code}: {reworded}"))
}

/// The function that an expression calls, if it calls only one.
fn only_function(expression: &str) -> Option<&str> {
    let mut called = expression.split('$').skip(1).filter_map(|behind| {
        let end = behind.find(|letter: char| !letter.is_ascii_alphanumeric())?;
        let (name, rest) = behind.split_at_checked(end)?;
        rest.trim_start().starts_with('(').then_some(name)
    });
    let name = called.next()?;
    called.all(|other| other == name).then_some(name)
}

/// Which argument a message is about; a count that does not fit is found at the first.
fn position(told: &str) -> &str {
    between(told, "Argument ", " must").or_else(|| between(told, "Argument ", " of")).unwrap_or("1")
}

fn quoted(told: &str) -> Option<&str> {
    between(told, "'", "'")
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> Option<&'t str> {
    text.split_once(start)?.1.split_once(end).map(|(inner, _)| inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_read_as_in_the_reference() {
        for (told, expression, wanted) in [
            (
                "T2001: The left side of the + operator must evaluate to a number",
                "'a' + 1",
                "T2001: The left side of the \"+\" operator must evaluate to a number",
            ),
            (
                "T0410: Argument 1 must be Number",
                "$abs('a')",
                "T0410: Argument 1 of function \"abs\" does not match function signature",
            ),
            ("T0410: Argument 1 must be Number", "$abs($floor('a'))", "T0410: Argument 1 must be Number"),
            (
                "T0412: Argument 1 must be an array of Number",
                "$sum ($states.input)",
                "T0412: Argument 1 of function \"sum\" must be an array of numbers",
            ),
            ("T1006: Attempted to invoke a non-function: $x", "$x(1)", "T1006: Attempted to invoke a non-function"),
            ("D3030: Cannot convert 'x' to number", "$number('x')", "D3030: Unable to cast value to a number: \"x\""),
            ("D3137: boom", "$error('boom')", "D3137: boom"),
            ("no code", "1", "no code"),
        ] {
            assert_eq!(as_reference(told, expression), wanted);
        }
    }
}
