//! One state: its type, what its type shares with others, and whatever only its type has.

use serde_json::Value;

use super::{choice, containers, fail, fields::Fields, handlers, query_language, task, wait};
use crate::{
    model::{DataFlow, Kind, Next, Placement, QueryLanguage, ReferencePath, Selection, State, Template},
    problem::{Code, Problem, listed, similar},
};

/// Every state type.
const TYPES: [&str; 8] = ["Choice", "Fail", "Map", "Parallel", "Pass", "Succeed", "Task", "Wait"];

/// Reads a state. Nothing comes back when its type is not known.
pub(super) fn read(name: &str, fields: Fields<'_>, depth: usize) -> Option<State> {
    let machine_language = fields.language;
    let language = query_language(&fields, machine_language);
    let fields = fields.speaking(language);
    let mut state = State { query_language: language, comment: fields.text("Comment"), ..blank(name) };
    match fields.required_text("Type")?.as_str() {
        "Pass" => {
            if !fields.is_jsonata() {
                state.kind = Kind::Pass { result: fields.get("Result").cloned() };
                state.data.parameters = fields.template("Parameters");
            }
            flow(&fields, &mut state, true);
        }
        "Task" => {
            state.kind = Kind::Task(Box::new(task::read(&fields)?));
            state.data.parameters = arguments(&fields);
            work(&fields, &mut state);
        }
        "Choice" => {
            state.kind = Kind::Choice(choice::read(&fields));
            pipeline(&fields, &mut state.data, false);
        }
        "Wait" => {
            state.kind = Kind::Wait(wait::read(&fields)?);
            flow(&fields, &mut state, false);
        }
        "Succeed" => {
            state.kind = Kind::Succeed;
            ends(&fields, &mut state.data);
        }
        "Fail" => state.kind = Kind::Fail(fail::read(&fields)),
        "Parallel" => {
            state.kind = Kind::Parallel(containers::parallel(&fields, machine_language, depth));
            state.data.parameters = arguments(&fields);
            work(&fields, &mut state);
        }
        "Map" => {
            state.kind = Kind::Map(Box::new(containers::map(&fields, machine_language, depth)?));
            work(&fields, &mut state);
        }
        unknown => {
            let problem = Problem::with_field(
                Code::SchemaValidationFailed,
                &fields.location,
                "Type",
                format!("There is no state type '{unknown}'"),
            );
            fields.problems.add(problem.help(match similar(unknown, TYPES) {
                Some(near) => format!("did you mean '{near}'?"),
                None => format!("the types are {}", listed(TYPES)),
            }));
            return None;
        }
    }
    let what = format!("a {} state", state.type_name());
    fields.close(&what);
    Some(state)
}

/// What a state is given instead of its input.
fn arguments(fields: &Fields<'_>) -> Option<Template> {
    fields.template(if fields.is_jsonata() { "Arguments" } else { "Parameters" })
}

/// What states have that others do work for: they can fail, be retried and be caught.
fn work(fields: &Fields<'_>, state: &mut State) {
    if !fields.is_jsonata() {
        state.data.result_selector = fields.object_template("ResultSelector");
    }
    (state.retry, state.catch) = handlers::read(fields);
    flow(fields, state, true);
}

/// What states have that lead to another one.
fn flow(fields: &Fields<'_>, state: &mut State, has_result: bool) {
    pipeline(fields, &mut state.data, has_result);
    state.next = next(fields);
}

fn pipeline(fields: &Fields<'_>, data: &mut DataFlow, has_result: bool) {
    ends(fields, data);
    if has_result && !fields.is_jsonata() {
        data.result = placement(fields);
    }
    data.assign = fields.object_template("Assign");
}

/// What even a state has that leads nowhere.
fn ends(fields: &Fields<'_>, data: &mut DataFlow) {
    if fields.is_jsonata() {
        data.output = fields.output();
    } else {
        data.input = selection(fields, "InputPath");
        data.output = selection(fields, "OutputPath");
    }
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
        query_language: QueryLanguage::default(),
        comment: None,
        data: DataFlow::default(),
        retry: Vec::new(),
        catch: Vec::new(),
        next: None,
        kind: Kind::Pass { result: None },
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
