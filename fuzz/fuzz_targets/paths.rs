//! Any text as a path, as a reference path and as a call of an intrinsic function, over any data.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::json;
use usher_asl::model::{Expression, Path, ReferencePath};
use usher_fuzz::{evaluate, expression_and_data};

fuzz_target!(|bytes: &[u8]| {
    let Some((text, data)) = expression_and_data(bytes) else { return };
    if let Ok(path) = Path::parse(text) {
        assert_eq!(path.text(), text, "a path keeps its text");
        assert_eq!(Path::parse(path.text()).as_ref(), Ok(&path), "and reads the same from it");
    }
    let _ = ReferencePath::parse(text);
    if Expression::parse(text).is_err() {
        return;
    }
    evaluate(&json!({ "Type": "Pass", "Parameters": { "value.$": text }, "End": true }), data.clone());
    evaluate(&json!({ "Type": "Pass", "InputPath": text, "ResultPath": text, "OutputPath": text, "End": true }), data);
});
