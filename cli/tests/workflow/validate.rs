//! Exit codes, the form for machines, and our own sagas.

use std::path::Path;

use serde_json::{Value, json};

use crate::command::Folder;

fn workflows() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../workflows");
    ["booking", "cancellation"].map(|saga| root.join(format!("{saga}.asl.json")).display().to_string()).to_vec()
}

#[test]
fn our_sagas_are_valid_for_the_laptop_and_for_aws_and_show_their_budget() {
    let folder = Folder::new();
    for target in ["embedded", "aws"] {
        let files = workflows();
        let arguments: Vec<&str> =
            ["validate", "--target", target].into_iter().chain(files.iter().map(String::as_str)).collect();
        let called = folder.call(&arguments);
        assert_eq!(called.code, 0, "{}{}", called.out, called.err);
        assert_eq!(called.out.matches("valid, 0 errors, 0 warnings").count(), 2, "{}", called.out);
        assert!(called.out.contains("112 + 174 = 286 s < 300 s, the life of a hold"), "{}", called.out);
    }
}

#[test]
fn machines_get_every_problem_with_its_place() {
    let folder = Folder::new();
    let good = folder.file("good.json", &json!({ "StartAt": "S", "States": { "S": { "Type": "Succeed" } } }));
    let bad = folder
        .text("bad.json", "{ \"StartAt\": \"S\",\n  \"States\": { \"S\": { \"Type\": \"Pass\", \"Next\": \"T\" } } }");
    let called = folder.call(&["validate", "-o", "json", &good, &bad]);
    assert_eq!(called.code, 1);
    let files = called.json();
    assert_eq!(files[0], json!({ "file": "good.json", "valid": true, "problems": [], "before_charge": null }));
    let problem = files[1]["problems"].as_array().unwrap().iter().find(|problem| problem["path"] == "/States/S/Next");
    assert_eq!(
        problem.unwrap(),
        &json!({ "severity": "ERROR", "code": "MISSING_TRANSITION_TARGET", "path": "/States/S/Next",
            "location": "/States/S/Next", "state": "S", "field": "Next", "message": "Missing 'Next' target: T",
            "help": "did you mean 'S'?", "line": 2, "column": 46, "end_line": 2, "end_column": 49 })
    );
}

#[test]
fn warnings_do_not_fail_and_targets_decide() {
    let folder = Folder::new();
    let definition = json!({ "StartAt": "S", "States": { "S": { "Type": "Task", "Resource": "work", "End": true } } });
    let file = folder.file("work.json", &definition);
    let called = folder.call(&["validate", &file]);
    assert_eq!((called.code, called.out.contains("valid, 0 errors, 1 warning\n")), (0, true), "{}", called.out);
    for target in ["aws", "aws-express", "embedded"] {
        assert_eq!(folder.call(&["validate", "--target", target, &file]).code, 1, "{target}");
    }
}

#[test]
fn a_wrong_call_is_not_a_wrong_definition() {
    let folder = Folder::new();
    assert_eq!(folder.call(&["validate"]).code, 2);
    let called = folder.call(&["validate", "nowhere.json"]);
    assert_eq!(called.code, 2);
    assert!(called.err.contains("nowhere.json cannot be read"), "{}", called.err);
    assert_eq!(folder.call(&["validate", "--target", "moon", "x.json"]).code, 2);
}

#[test]
fn a_definition_may_come_through_a_pipe() {
    let called = Folder::new().call_with(&["validate", "-o", "json", "-"], "{}");
    let paths: Vec<Value> =
        called.json()[0]["problems"].as_array().unwrap().iter().map(|one| one["path"].clone()).collect();
    assert_eq!((called.code, paths), (1, vec![json!("/StartAt"), json!("/States")]));
}
