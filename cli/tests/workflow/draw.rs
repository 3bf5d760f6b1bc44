//! Pictures.

use serde_json::json;

use crate::command::Folder;

fn drawn(more: &[&str]) -> String {
    let folder = Folder::new();
    let inner = json!({ "StartAt": "In", "States": { "In": { "Type": "Pass", "End": true } } });
    let file = folder.file(
        "d.json",
        &json!({ "StartAt": "Try & see", "States": {
            "Try & see": { "Type": "Task", "Resource": "r", "Next": "Each", "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "Try & see" }] },
            "Each": { "Type": "Map", "ItemProcessor": inner, "Next": "Which" },
            "Which": { "Type": "Choice", "Default": "Done", "Choices": [{ "Variable": "$", "IsNull": true, "Next": "Try & see" }] },
            "Done": { "Type": "Succeed" } } }),
    );
    let called = folder.call(&[&["graph", &file], more].concat());
    assert_eq!(called.code, 0, "{}", called.err);
    called.out
}

#[test]
fn mermaid_is_printed_by_default() {
    let text = drawn(&[]);
    assert!(text.starts_with("stateDiagram-v2\n"), "{text}");
    assert!(text.contains("state \"Each\" as Each {"), "{text}");
}

#[test]
fn an_svg_has_every_state_and_every_label() {
    let svg = drawn(&["--svg"]);
    assert!(svg.starts_with("<svg") && svg.trim_end().ends_with("</svg>"), "{svg}");
    for text in ["Try &amp; see", "Each", "In", "Which", "Done", "catch States.ALL", "rule 1", "otherwise"] {
        assert!(svg.contains(&format!(">{text}<")), "{text} is missing");
    }
    assert_eq!(svg, drawn(&["--svg"]), "the same definition gives the same picture");
}
