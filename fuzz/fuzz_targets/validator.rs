//! Any JSON as a definition, for everybody who may run it: what suits somebody in particular suits the language, and
//! lint, diagram and comparison take whatever the check took.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use usher_asl::{
    StateMachine, Target, check,
    diff::compare,
    graph::mermaid,
    lint::{Role, Rules, Step, lint},
};

fuzz_target!(|bytes: &[u8]| {
    let Ok(definition) = serde_json::from_slice::<Value>(bytes) else { return };
    let text = definition.to_string();
    let any = check(&text, Target::Any);
    for target in [Target::Aws, Target::AwsExpress, Target::Embedded] {
        assert!(!check(&text, target).is_valid() || any.is_valid(), "valid for {target}, but not at all");
    }
    let steps = [Step { name: "reserve", role: Role::Compensatable { undo: "release" } }];
    for problem in
        lint(&text, Target::Any, &Rules { steps: &steps, hold_seconds: 300, longest_seconds: 86_400 }).checked.problems
    {
        assert!(text.get(problem.span.bytes.clone()).is_some(), "{problem:?} stands outside of the text");
    }
    if let Ok(machine) = StateMachine::parse(&text) {
        assert!(mermaid(&machine).starts_with("stateDiagram-v2\n"));
    }
    assert!(compare(&definition, &definition).is_empty(), "nothing changed");
});
