//! Wait: does nothing until a moment.

use serde_json::Value;
use time::OffsetDateTime;

use crate::{
    errors::Failure,
    evaluation,
    execution::{Activity, Progress, Turn},
    model::{Amount, Next, Path, Wait},
    moment,
    path::Missing,
};

pub(super) fn execute(turn: &mut Turn<'_, '_>, wait: &Wait) -> Progress {
    match until(turn, wait) {
        Err(failure) => Progress::Failed(failure),
        Ok(until) if until <= turn.run.now => finish(turn),
        Ok(until) => {
            turn.place.activity = Activity::Waiting(moment::truncate(until));
            Progress::Waiting
        }
    }
}

/// The moment has come.
pub(crate) fn finish(turn: &mut Turn<'_, '_>) -> Progress {
    let data = &turn.state.data;
    turn.pass_through(data.assign.as_ref(), &data.output, turn.state.next.clone().unwrap_or(Next::End))
}

fn until(turn: &Turn<'_, '_>, wait: &Wait) -> Result<OffsetDateTime, Failure> {
    match wait {
        Wait::Until(moment) => Ok(*moment),
        Wait::Seconds(Amount::Fixed(seconds)) => Ok(moment::after(turn.run.now, *seconds)),
        Wait::Seconds(Amount::At(path)) => {
            let value = look_up(turn, path, "SecondsPath")?;
            let seconds = match (value.as_u64(), value.as_i64()) {
                (Some(seconds), _) => seconds,
                (None, Some(_)) => {
                    let message = format!("The SecondsPath parameter references a negative value: {path} == {value}");
                    return Err(turn.fatal(&message));
                }
                (None, None) => {
                    let message =
                        format!("The SecondsPath parameter cannot be parsed as a long value: {path} == {value}");
                    return Err(turn.fatal(&message));
                }
            };
            Ok(moment::after(turn.run.now, seconds))
        }
        Wait::Seconds(amount @ Amount::Query(_)) => {
            let seconds = turn.located(evaluation::whole(Some(amount), "Seconds", 0, &turn.scope()))?;
            Ok(moment::after(turn.run.now, seconds.unwrap_or_default()))
        }
        Wait::UntilQuery(query) => {
            let text = |value: &Value| value.as_str().map(str::to_owned);
            let text = turn.located(evaluation::typed(query, "Timestamp", "string", &turn.scope(), text))?;
            moment::parse(&text).ok_or_else(|| {
                let message = format!(
                    "The Timestamp parameter does not reference a valid ISO-8601 extended offset date-time format string: {} == {text}",
                    query.text()
                );
                turn.query_failure("Timestamp", message)
            })
        }
        Wait::UntilAt(path) => {
            let value = look_up(turn, path, "TimestampPath")?;
            value.as_str().and_then(moment::parse).ok_or_else(|| {
                let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                turn.fatal(&format!(
                    "The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: {path} == {shown}"
                ))
            })
        }
    }
}

fn look_up(turn: &Turn<'_, '_>, path: &Path, field: &str) -> Result<Value, Failure> {
    let scope = turn.scope();
    let effective = turn.located(turn.state.data.effective_input(&scope))?;
    let found = path.evaluate(&scope.over(&effective)).map(std::borrow::Cow::into_owned);
    found.map_err(|Missing(_)| turn.fatal(&format!("The {field} parameter does not reference an input value: {path}")))
}
