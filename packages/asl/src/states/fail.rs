//! Fail: ends its flow with an error, which a Parallel or Map state around it may still handle.

use std::borrow::Cow;

use serde_json::Value;

use crate::{
    data_flow,
    errors::Failure,
    execution::{Progress, Turn},
    model::{Fail, Reason},
};

pub(super) fn execute(turn: &mut Turn<'_, '_>, fail: &Fail) -> Progress {
    let texts = text(turn, "ErrorPath", fail.error.as_ref())
        .and_then(|error| Ok((error, text(turn, "CausePath", fail.cause.as_ref())?)));
    Progress::Failed(match texts {
        Ok((error, cause)) => Failure::reported(error, cause),
        Err(failure) => failure,
    })
}

fn text(turn: &Turn<'_, '_>, field: &str, reason: Option<&Reason>) -> Result<Option<String>, Failure> {
    let expression = match reason {
        None => return Ok(None),
        Some(Reason::Text(text)) => return Ok(Some(text.clone())),
        Some(Reason::Expression(expression)) => expression,
    };
    let value = turn.located(data_flow::evaluate(expression, field, &turn.scope()))?;
    match value {
        Cow::Owned(Value::String(text)) => Ok(Some(text)),
        Cow::Borrowed(Value::String(text)) => Ok(Some(text.clone())),
        other => Err(turn.fatal(&format!(
            "The {field} field must reference a string value, but '{}' gave {other}",
            expression.text()
        ))),
    }
}
