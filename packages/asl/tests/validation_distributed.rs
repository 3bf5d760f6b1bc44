//! What is refused in a distributed Map.

use serde_json::{Value, json};
use usher_asl::{Problem, Severity, Target, check};

use crate::support::player::single;

fn problems(fields: &Value, mode: &str) -> Vec<Problem> {
    let mut state = json!({ "Type": "Map", "ItemProcessor": { "ProcessorConfig": { "Mode": mode },
        "StartAt": "In", "States": { "In": { "Type": "Pass", "End": true } } } });
    for (name, value) in fields.as_object().unwrap() {
        state[name] = value.clone();
    }
    check(&single(state).to_string(), Target::Any).problems
}

#[test]
fn a_label_has_few_characters_of_few_kinds() {
    let refused = |label: &str| problems(&json!({ "Label": label }), "DISTRIBUTED");
    for character in "<>{}[]?*\"#%\\^|~`$&,;:/ \t\n\u{4}\u{7f}\u{9c}\u{fffe}\u{10ffff}".chars() {
        let found = refused(&format!("label_{character}"));
        let said = format!("Label contains invalid character: {character:?}");
        assert_eq!(found.iter().map(|problem| &problem.message).collect::<Vec<_>>(), [&said]);
        assert_eq!(found[0].path, "/States/S/Label");
    }
    assert_eq!(refused("")[0].message, "Label is empty");
    assert_eq!(refused(&"ü".repeat(41))[0].message, "Label has more than 40 characters");
    for label in ["a", "Label-1_b.c!", &"ü".repeat(40)] {
        assert_eq!(refused(label), [], "{label}");
    }
}

#[test]
fn readers_batchers_and_modes_have_fixed_choices() {
    for (more, place) in [
        (json!({ "ItemReader": { "ReaderConfig": { "InputType": "XML" } } }), "/ItemReader/ReaderConfig/InputType"),
        (
            json!({ "ItemReader": { "ReaderConfig": { "MaxItems": 1, "MaxItemsPath": "$.a" } } }),
            "/ItemReader/ReaderConfig/MaxItemsPath",
        ),
        (
            json!({ "ItemBatcher": { "MaxItemsPerBatch": 1, "MaxItemsPerBatchPath": "$.a" } }),
            "/ItemBatcher/MaxItemsPerBatchPath",
        ),
    ] {
        let found = problems(&more, "DISTRIBUTED");
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].path, format!("/States/S{place}"));
    }
    assert!(!problems(&json!({}), "SOMEHOW").is_empty());
}

#[test]
fn an_inline_map_ignores_what_only_a_distributed_one_has() {
    let found = problems(&json!({ "Label": "x" }), "INLINE");
    assert_eq!((found.len(), found[0].severity), (1, Severity::Warning), "{found:?}");
    assert_eq!(found[0].message, "Field 'Label' is not supported");
}
