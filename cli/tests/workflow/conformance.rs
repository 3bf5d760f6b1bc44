//! Recorded cases, of which there are three here: one that agrees, one that does not, one verdict on a definition.

use serde_json::{Value, json};

use crate::command::Folder;

fn cases() -> Value {
    let definition = json!({ "StartAt": "S", "States": { "S": { "Type": "Pass", "Result": 1, "End": true } } });
    let execution = |id: &str, output: i64| {
        json!({ "id": id, "area": "basics", "kind": "execution", "tier": "pure", "type": "STANDARD",
            "definition": definition, "input": {}, "expected": { "status": "SUCCEEDED", "output": output } })
    };
    let verdict = json!({ "id": "wrong", "area": "definitions", "kind": "validation", "type": "STANDARD",
        "definition": { "StartAt": "S" }, "expected": { "valid": false } });
    json!([execution("agrees", 1), execution("differs", 2), verdict])
}

#[test]
fn cases_are_counted_and_what_differs_is_shown() {
    let folder = Folder::new();
    folder.file("cases.json", &cases());
    folder.text("README.md", "no cases");
    let called = folder.call(&["conformance", ".", "--differences", "--results", "results.txt"]);
    assert_eq!(called.code, 1, "{}", called.err);
    assert!(called.out.contains("differs (basics): output 1 instead of 2"), "{}", called.out);
    let row = called.out.lines().find(|line| line.contains("basics ")).unwrap();
    let numbers: Vec<&str> = row.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    assert_eq!(numbers, ["2", "1", "1", "1", "1"], "{row}");
    let results: Value = serde_json::from_str(&std::fs::read_to_string(folder.path("results.txt")).unwrap()).unwrap();
    assert_eq!(results["agrees"]["status"], "SUCCEEDED");
    assert_eq!((&results["agrees"]["output"], &results["agrees"]["error"]), (&json!(1), &Value::Null));
    assert_eq!((&results["wrong"]["valid"], &results["wrong"]["code"]), (&json!(false), &json!("InvalidDefinition")));
    let message = "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: The field 'States' is required but was missing at /'";
    assert_eq!(results["wrong"]["message"], message);
}

#[test]
fn agreement_is_a_success_and_a_wrong_file_a_wrong_call() {
    let folder = Folder::new();
    let agreeing = folder.file("cases.json", &json!([cases()[0]]));
    assert_eq!(folder.call(&["conformance", &agreeing]).code, 0);
    let other = folder.text("other.json", "{}");
    let called = folder.call(&["conformance", &other]);
    assert_eq!(called.code, 2);
    assert!(called.err.contains("other.json is not a file of cases"), "{}", called.err);
}
