//! Any text as a definition: it is refused with problems that stand inside the text, or it runs.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::json;
use usher_asl::{StateMachine, Target, check};
use usher_fuzz::play;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let checked = check(text, Target::Any);
    for problem in &checked.problems {
        assert!(!problem.message.is_empty());
        assert!(text.get(problem.span.bytes.clone()).is_some(), "{problem:?} stands outside of the text");
    }
    match StateMachine::parse(text) {
        Ok(machine) => drop(play(machine, json!({ "items": [1, 2], "seconds": 1, "a": { "b": "c" } }))),
        Err(problems) => assert!(!problems.is_empty()),
    }
});
