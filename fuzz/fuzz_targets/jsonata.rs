//! Any text as a JSONata expression, over any data: it has a value, or the execution fails in an orderly way.
//!
//! A panic inside the crate that evaluates JSONata fails the expression and is no finding: it is caught in
//! `packages/asl/src/jsonata`, which is why the hook that libFuzzer installs, and which ends the process, is taken out
//! again. What is not caught there still is one.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::json;
use usher_asl::model::Query;
use usher_fuzz::{evaluate, expression_and_data};

fuzz_target!(
    init: drop(std::panic::take_hook()),
    |bytes: &[u8]| {
        let Some((text, data)) = expression_and_data(bytes) else { return };
        if Query::parse(text).is_err() {
            return;
        }
        let output = format!("{{% {text} %}}");
        evaluate(&json!({ "Type": "Pass", "QueryLanguage": "JSONata", "Output": output, "End": true }), data);
    }
);
