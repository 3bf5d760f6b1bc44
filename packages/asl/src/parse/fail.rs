//! What only Fail states have.

use super::fields::Fields;
use crate::model::{Expression, Fail, Reason};

/// Reads it.
pub(super) fn read(fields: &Fields<'_>) -> Fail {
    Fail { error: reason(fields, "Error", "ErrorPath"), cause: reason(fields, "Cause", "CausePath") }
}

fn reason(fields: &Fields<'_>, name: &'static str, path: &'static str) -> Option<Reason> {
    if fields.is_query(name) {
        return fields.query(name).map(|query| Reason::Expression(Expression::Query(query)));
    }
    if fields.is_jsonata() {
        return fields.text(name).map(Reason::Text);
    }
    fields.exclusive(&[name, path]);
    if let Some(text) = fields.text(name) {
        return Some(Reason::Text(text));
    }
    match Expression::parse(&fields.text(path)?) {
        Ok(Expression::Call(call)) if !call.gives_text() => {
            fields.report(path, format!("'{}' does not give a string", call.text()));
            None
        }
        Ok(expression) => Some(Reason::Expression(expression)),
        Err(message) => {
            fields.report(path, format!("The field '{path}' must be a JSONPath or an intrinsic function: {message}"));
            None
        }
    }
}
