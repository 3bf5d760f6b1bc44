//! The label of a distributed Map becomes part of an ARN, so only some characters may stand in it.

use serde_json::Value;

use super::walk::{self, Written};
use crate::problem::{Code, Problem, Problems};

/// The longest label, in characters.
const LONGEST: usize = 40;

/// Brackets, wildcards and the characters that mean something in an ARN or a URL.
const FORBIDDEN: &str = "<>{}[]?*\"#%\\^|~`$&,;:/";

/// What else `Label` and the reading and writing of items need.
const DISTRIBUTED: &[&str] = &["ItemBatcher", "ItemReader", "Label", "ResultWriter"];

pub(super) fn check(document: &Value, problems: &Problems) {
    walk::states(document, &mut |state| {
        if state.text("Type") == Some("Map") {
            if state.is_distributed() {
                label(state, problems);
            } else {
                inline(state, problems);
            }
        }
    });
}

fn label(state: &Written<'_>, problems: &Problems) {
    let Some(label) = state.text("Label") else { return };
    let help = format!(
        "a label has 1 to {LONGEST} characters, none of them white space, a control character or one of {FORBIDDEN}"
    );
    let message = match label.chars().find(|c| is_forbidden(*c)) {
        Some(wrong) => format!("Label contains invalid character: {wrong:?}"),
        None if label.is_empty() => "Label is empty".to_owned(),
        None if label.chars().count() > LONGEST => format!("Label has more than {LONGEST} characters"),
        None => return,
    };
    problems.add(Problem::with_field(Code::SchemaValidationFailed, &state.location, "Label", message).help(help));
}

fn is_forbidden(c: char) -> bool {
    c.is_whitespace() || c.is_control() || FORBIDDEN.contains(c) || matches!(c, '\u{fffe}' | '\u{ffff}' | '\u{10ffff}')
}

fn inline(state: &Written<'_>, problems: &Problems) {
    for field in DISTRIBUTED.iter().filter(|field| state.members.contains_key(**field)) {
        let help =
            "only a Map whose ItemProcessor has the ProcessorConfig {\"Mode\": \"DISTRIBUTED\"} has it".to_owned();
        problems.add(Problem::unsupported(&state.location, field).help(help));
    }
}
