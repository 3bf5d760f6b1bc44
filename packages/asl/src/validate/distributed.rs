//! A distributed Map, whose iterations are executions of their own: how they run, where its items come from, where its
//! results go, and its label, which becomes part of an ARN.

use serde_json::{Map, Value};

use super::{
    Target,
    walk::{self, Written},
};
use crate::problem::{Code, Location, Problem, Problems, Severity, listed};

/// The longest label, in characters.
const LONGEST: usize = 40;

/// Brackets, wildcards and the characters that mean something in an ARN or a URL.
const FORBIDDEN: &str = "<>{}[]?*\"#%\\^|~`$&,;:/";

/// The fields that only a distributed Map has.
const ONLY: [&str; 4] = ["ItemBatcher", "ItemReader", "Label", "ResultWriter"];

/// Fields with a fixed choice of values: the way to them, and the values.
const CHOICES: &[(&str, &[&str])] = &[
    ("ItemProcessor/ProcessorConfig/ExecutionType", &["EXPRESS", "STANDARD"]),
    ("Iterator/ProcessorConfig/ExecutionType", &["EXPRESS", "STANDARD"]),
    ("ItemReader/ReaderConfig/InputType", &["CSV", "JSON", "JSONL", "MANIFEST", "PARQUET"]),
    ("ItemReader/ReaderConfig/CSVHeaderLocation", &["FIRST_ROW", "GIVEN"]),
    ("ItemReader/ReaderConfig/CSVDelimiter", &["COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"]),
];

/// Pairs of which only one may be given: the object, and the pair.
const EXCLUSIVE: &[(&str, [&str; 2])] = &[
    ("ItemReader/ReaderConfig", ["MaxItems", "MaxItemsPath"]),
    ("ItemBatcher", ["MaxItemsPerBatch", "MaxItemsPerBatchPath"]),
    ("ItemBatcher", ["MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath"]),
];

pub(super) fn check(document: &Value, target: Target, problems: &Problems) {
    walk::states(document, &mut |state| {
        if state.text("Type") == Some("Map") {
            if state.is_distributed() {
                label(state, problems);
            } else {
                inline(state, target, problems);
            }
            choices(state, problems);
            exclusive(state, problems);
        }
    });
}

fn label(state: &Written<'_>, problems: &Problems) {
    let Some(label) = state.text("Label") else { return };
    let message = match label.chars().find(|c| is_forbidden(*c)) {
        Some(wrong) => format!("Label contains invalid character: {wrong:?}"),
        None if label.is_empty() => "Label is empty".to_owned(),
        None if label.chars().count() > LONGEST => format!("Label has more than {LONGEST} characters"),
        None => return,
    };
    let help = format!(
        "a label has 1 to {LONGEST} characters, none of them white space, a control character or one of {FORBIDDEN}"
    );
    problems.add(Problem::with_field(Code::SchemaValidationFailed, &state.location, "Label", message).help(help));
}

fn is_forbidden(c: char) -> bool {
    c.is_whitespace() || c.is_control() || FORBIDDEN.contains(c) || matches!(c, '\u{fffe}' | '\u{ffff}' | '\u{10ffff}')
}

/// An inline Map ignores what it does not have.
fn inline(state: &Written<'_>, target: Target, problems: &Problems) {
    let severity = if target == Target::Any { Severity::Warning } else { Severity::Error };
    for field in ONLY.iter().filter(|field| state.members.contains_key(**field)) {
        let help =
            "only a Map whose ItemProcessor has the ProcessorConfig {\"Mode\": \"DISTRIBUTED\"} has it".to_owned();
        problems.add(Problem { severity, ..Problem::unsupported(&state.location, field).help(help) });
    }
}

fn choices(state: &Written<'_>, problems: &Problems) {
    for (way, allowed) in CHOICES {
        let Some((around, field)) = way.rsplit_once('/') else { continue };
        let Some(value) = below(state, around).and_then(|members| members.get(field)) else { continue };
        let is_expression = value.as_str().is_some_and(|text| state.is_jsonata && text.starts_with("{%"));
        if !is_expression && !value.as_str().is_some_and(|text| allowed.contains(&text)) {
            let place = place(state, around);
            let message = format!("The field '{field}' must be one of {}", listed(allowed.iter().copied()));
            problems.add(Problem::with_field(Code::SchemaValidationFailed, &place, field, message));
        }
    }
}

fn exclusive(state: &Written<'_>, problems: &Problems) {
    for (way, [one, other]) in EXCLUSIVE {
        if below(state, way).is_some_and(|members| members.contains_key(*one) && members.contains_key(*other)) {
            let message = format!("Only one of '{one}' and '{other}' may be given");
            problems.add(Problem::with_field(Code::SchemaValidationFailed, &place(state, way), other, message));
        }
    }
}

fn below<'d>(state: &Written<'d>, way: &str) -> Option<&'d Map<String, Value>> {
    way.split('/').try_fold(state.members, |members, name| members.get(name)?.as_object())
}

fn place(state: &Written<'_>, way: &str) -> Location {
    state.location.descend(way)
}
