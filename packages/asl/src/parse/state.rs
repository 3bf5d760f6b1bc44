//! One state: its type, what its type shares with others, and whatever only its type has.

use serde_json::Value;

use super::{choice, containers, fail, fields::Fields, handlers, jsonata, task, wait};
use crate::model::{DataFlow, Kind, Next, Placement, ReferencePath, Selection, State};

/// Reads a state. Nothing comes back when its type is not known.
pub(super) fn read(name: &str, fields: Fields<'_>, depth: usize) -> Option<State> {
    let mut state = State { comment: fields.text("Comment"), ..blank(name) };
    let kind = fields.required_text("Type")?;
    if jsonata(&fields) {
        // Its transitions still count, so that the states behind it are not reported as unreachable.
        state.next = if kind == "Succeed" || kind == "Fail" { Some(Next::End) } else { next(&fields) };
        return Some(state);
    }
    match kind.as_str() {
        "Pass" => {
            state.kind = Kind::Pass { result: fields.get("Result").cloned() };
            state.data = DataFlow { parameters: fields.template("Parameters"), ..data(&fields, true) };
            state.next = next(&fields);
        }
        "Task" => {
            state.kind = Kind::Task(Box::new(task::read(&fields)?));
            state.data = DataFlow {
                parameters: fields.template("Parameters"),
                result_selector: fields.object_template("ResultSelector"),
                ..data(&fields, true)
            };
            (state.retry, state.catch) = handlers::read(&fields);
            state.next = next(&fields);
        }
        "Choice" => {
            state.kind = Kind::Choice(choice::read(&fields));
            state.data = data(&fields, false);
        }
        "Wait" => {
            state.kind = Kind::Wait(wait::read(&fields)?);
            state.data = data(&fields, false);
            state.next = next(&fields);
        }
        "Succeed" => {
            state.kind = Kind::Succeed;
            state.data = DataFlow {
                input: selection(&fields, "InputPath"),
                output: selection(&fields, "OutputPath"),
                ..DataFlow::default()
            };
        }
        "Fail" => state.kind = Kind::Fail(fail::read(&fields)),
        "Parallel" => {
            state.kind = Kind::Parallel(containers::parallel(&fields, depth));
            state.data = DataFlow {
                parameters: fields.template("Parameters"),
                result_selector: fields.object_template("ResultSelector"),
                ..data(&fields, true)
            };
            (state.retry, state.catch) = handlers::read(&fields);
            state.next = next(&fields);
        }
        "Map" => {
            state.kind = Kind::Map(Box::new(containers::map(&fields, depth)?));
            state.data = DataFlow { result_selector: fields.object_template("ResultSelector"), ..data(&fields, true) };
            (state.retry, state.catch) = handlers::read(&fields);
            state.next = next(&fields);
        }
        unknown => {
            fields.report("Type", format!("There is no state type '{unknown}'"));
            return None;
        }
    }
    let what = format!("a {} state", state.type_name());
    fields.close(&what);
    Some(state)
}

/// Stands in for a state that could not be read, so that the names which lead to and from it are not reported as well.
pub(super) fn unreadable(name: &str, value: &Value) -> State {
    let next = value.get("Next").and_then(Value::as_str).map(|name| Next::State(name.to_owned()));
    State { next: next.or(Some(Next::End)), ..blank(name) }
}

/// `ResultPath`: of a state, and of a catcher.
pub(super) fn placement(fields: &Fields<'_>) -> Placement {
    match fields.get("ResultPath") {
        None => Placement::Replace,
        Some(Value::Null) => Placement::Discard,
        Some(Value::String(text)) => match ReferencePath::parse(text) {
            Ok(path) if path.is_whole() => Placement::Replace,
            Ok(path) => Placement::At(path),
            Err(reason) => {
                fields.report("ResultPath", reason);
                Placement::Replace
            }
        },
        Some(_) => {
            fields.report("ResultPath", "The field 'ResultPath' must be a reference path or null");
            Placement::Replace
        }
    }
}

fn blank(name: &str) -> State {
    State {
        name: name.to_owned(),
        comment: None,
        data: DataFlow::default(),
        retry: Vec::new(),
        catch: Vec::new(),
        next: None,
        kind: Kind::Pass { result: None },
    }
}

fn data(fields: &Fields<'_>, has_result: bool) -> DataFlow {
    DataFlow {
        input: selection(fields, "InputPath"),
        output: selection(fields, "OutputPath"),
        result: if has_result { placement(fields) } else { Placement::Replace },
        assign: fields.object_template("Assign"),
        ..DataFlow::default()
    }
}

fn selection(fields: &Fields<'_>, name: &'static str) -> Selection {
    match fields.get(name) {
        None => Selection::Whole,
        Some(Value::Null) => Selection::Nothing,
        Some(_) => match fields.path(name) {
            Some(path) if !path.is_whole_input() => Selection::Path(path),
            _ => Selection::Whole,
        },
    }
}

fn next(fields: &Fields<'_>) -> Option<Next> {
    let (name, end) = (fields.text("Next"), fields.flag("End"));
    match (name, end) {
        (Some(_), Some(true)) => {
            fields.report("End", "Only one of 'Next' and 'End' may be given");
            Some(Next::End)
        }
        (Some(name), _) => Some(Next::State(name)),
        (None, Some(true)) => Some(Next::End),
        (None, _) => {
            if !fields.has("Next") {
                fields.report("Next", "One of 'Next' and 'End' is required");
            }
            None
        }
    }
}
