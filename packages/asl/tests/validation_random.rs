//! Whatever a definition holds, it is judged: nothing panics, every problem stands inside the text, and what is valid for
//! somebody in particular is valid at all.

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use usher_asl::{
    Problem, StateMachine, Target, check,
    diff::compare,
    graph::mermaid,
    lint::{Role, Rules, Step, lint},
};

const NAMES: &[&str] = &[
    "Arguments",
    "Assign",
    "Branches",
    "Catch",
    "Cause",
    "Choices",
    "Comment",
    "Condition",
    "Credentials",
    "Default",
    "End",
    "Error",
    "ErrorEquals",
    "HeartbeatSeconds",
    "InputPath",
    "ItemProcessor",
    "Items",
    "ItemsPath",
    "Label",
    "MaxAttempts",
    "MessageBody",
    "Next",
    "Output",
    "Parameters",
    "QueryLanguage",
    "Resource",
    "Result",
    "Retry",
    "Seconds",
    "StartAt",
    "States",
    "TimeoutSeconds",
    "Timestamp",
    "Type",
    "Variable",
    "a.$",
    "step",
    "ä",
];

const TEXTS: &[&str] = &[
    "A",
    "B",
    "Task",
    "Pass",
    "Map",
    "Parallel",
    "Choice",
    "Wait",
    "Succeed",
    "Fail",
    "JSONata",
    "$.a",
    "$$.Task.Token",
    "{% $states.input %}",
    "{% a",
    "{% ( %}",
    "States.ALL",
    "States.Format('{}', $.a)",
    "States.Format(",
    "reserve",
    "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
    "2026-01-01T00:00:00Z",
    "",
    "é\n\u{1F39F}",
];

const TYPES: &[&str] = &["Task", "Pass", "Map", "Parallel", "Choice", "Wait", "Succeed", "Fail"];

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-2_i64..100_000_000_000).prop_map(Value::from),
        (-2.0_f64..3.0).prop_map(Value::from),
        prop::sample::select(TEXTS).prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((prop::sample::select(NAMES), inner), 0..7).prop_map(|members| {
                Value::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>())
            }),
        ]
    })
}

/// A machine that could be one, with anything in it.
fn definition() -> impl Strategy<Value = Value> {
    let state = (prop::sample::select(TYPES).prop_map(str::to_owned), value()).prop_map(|(kind, mut state)| {
        if let Value::Object(members) = &mut state {
            members.insert("Type".to_owned(), kind.into());
        }
        state
    });
    (prop::collection::vec(state, 1..4), any::<bool>()).prop_map(|(states, jsonata)| {
        let named = ["A", "B", "C"].into_iter().map(str::to_owned).zip(states).collect::<Map<_, _>>();
        let language = if jsonata { "JSONata" } else { "JSONPath" };
        json!({ "StartAt": "A", "QueryLanguage": language, "States": named })
    })
}

fn is_inside(problem: &Problem, text: &str) -> bool {
    let bytes = &problem.span.bytes;
    text.get(bytes.clone()).is_some()
        && (problem.span.line, problem.span.column) <= (problem.span.end_line, problem.span.end_column)
        && problem.span.end_line <= text.split('\n').count()
}

proptest! {
    #[test]
    fn every_definition_is_judged(definition in definition()) {
        let text = serde_json::to_string_pretty(&definition).unwrap();
        let any = check(&text, Target::Any);
        for problem in &any.problems {
            prop_assert!(is_inside(problem, &text), "{problem:?}\n{text}");
        }
        for target in [Target::Aws, Target::AwsExpress, Target::Embedded] {
            prop_assert!(!check(&text, target).is_valid() || any.is_valid(), "{target}: {text}");
        }
        let steps = [Step { name: "reserve", role: Role::Compensatable { undo: "reserve" } }];
        lint(&text, Target::Any, &Rules { steps: &steps, hold_seconds: 300, longest_seconds: 86_400 });
        if let Ok(machine) = StateMachine::parse(&text) {
            prop_assert!(mermaid(&machine).starts_with("stateDiagram-v2\n"));
        }
        prop_assert!(compare(&definition, &definition).is_empty());
    }

    #[test]
    fn every_text_is_judged(text in "[\\[\\]{}:,\"\\\\a-z0-9\n é]{0,80}") {
        for problem in check(&text, Target::Any).problems {
            prop_assert!(is_inside(&problem, &text), "{problem:?}\n{text:?}");
        }
    }
}
