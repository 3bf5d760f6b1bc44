//! Fail: ends its flow with an error, which a Parallel or Map state around it may still handle.

use std::borrow::Cow;

use serde_json::Value;

use crate::{
    errors::Failure,
    evaluation,
    execution::{Progress, Turn},
    model::{Expression, Fail, Reason},
};

pub(super) fn execute(turn: &mut Turn<'_, '_>, fail: &Fail) -> Progress {
    let texts = text(turn, "Error", fail.error.as_ref())
        .and_then(|error| Ok((error, text(turn, "Cause", fail.cause.as_ref())?)));
    Progress::Failed(match texts {
        Ok((error, cause)) => Failure::reported(error, cause),
        Err(failure) => failure,
    })
}

fn text(turn: &Turn<'_, '_>, field: &str, reason: Option<&Reason>) -> Result<Option<String>, Failure> {
    let expression = match reason {
        None => return Ok(None),
        Some(Reason::Text(text)) => return Ok(Some(text.clone())),
        Some(Reason::Expression(Expression::Query(query))) => {
            let text = |value: &Value| value.as_str().map(str::to_owned);
            return turn.located(evaluation::typed(query, field, "string", &turn.scope(), text)).map(Some);
        }
        Some(Reason::Expression(expression)) => expression,
    };
    let field = format!("{field}Path");
    let value = turn.located(evaluation::evaluate(expression, &field, &turn.scope()))?;
    match value {
        Cow::Owned(Value::String(text)) => Ok(Some(text)),
        Cow::Borrowed(Value::String(text)) => Ok(Some(text.clone())),
        other => Err(turn.fatal(&format!(
            "The {field} field must reference a string value, but '{}' gave {other}",
            expression.text()
        ))),
    }
}
