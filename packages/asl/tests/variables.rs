//! Variables: assigned when a state is left, read by everything after it, kept to the flow that set them.

use serde_json::json;

use crate::support::player::Player;

#[test]
fn a_variable_is_seen_by_the_states_behind_but_not_by_its_own() {
    let definition = json!({ "StartAt": "A", "States": {
        "A": { "Type": "Pass", "Result": { "n": 1 }, "Assign": { "x.$": "$.n", "y": 2 }, "Next": "B" },
        "B": { "Type": "Pass", "Assign": { "x.$": "States.MathAdd($x, $y)", "old.$": "$x" }, "Next": "C" },
        "C": { "Type": "Pass", "Parameters": { "x.$": "$x", "old.$": "$old" }, "End": true } } });
    let player = Player::start(&definition, json!({}));
    assert_eq!(player.output(), json!({ "x": 3, "old": 1 }));
    assert_eq!(player.history[2].details.value()["assignedVariables"], json!({ "x": 1, "y": 2 }));
}

#[test]
fn inner_flows_read_outer_variables_and_keep_their_own() {
    let definition = json!({ "StartAt": "A", "States": {
        "A": { "Type": "Pass", "Assign": { "x": 1 }, "Next": "P" },
        "P": { "Type": "Parallel", "Next": "After", "Branches": [{ "StartAt": "In", "States": {
            "In": { "Type": "Pass", "Assign": { "x": 2 }, "Next": "In2" }, "In2": { "Type": "Pass", "OutputPath": "$x", "End": true } } }] },
        "After": { "Type": "Pass", "Parameters": { "outer.$": "$x", "inner.$": "$[0]" }, "End": true } } });
    assert_eq!(Player::start(&definition, json!({})).output(), json!({ "outer": 1, "inner": 2 }));
}

#[test]
fn choices_and_catchers_assign_too() {
    let definition = json!({ "StartAt": "C", "States": {
        "C": { "Type": "Choice", "Default": "T", "Assign": { "way": "default" },
               "Choices": [{ "Variable": "$.go", "BooleanEquals": true, "Assign": { "way": "rule" }, "Next": "T" }] },
        "T": { "Type": "Task", "Resource": "r", "End": true,
               "Catch": [{ "ErrorEquals": ["States.ALL"], "Assign": { "why.$": "$.Error" }, "Next": "End" }] },
        "End": { "Type": "Pass", "Parameters": { "way.$": "$way", "why.$": "$why" }, "End": true } } });
    for (go, way) in [(true, "rule"), (false, "default")] {
        let mut player = Player::start(&definition, json!({ "go": go }));
        player.fail("Broken");
        assert_eq!(player.output(), json!({ "way": way, "why": "Broken" }));
    }
}

#[test]
fn a_variable_that_was_never_assigned_is_missing() {
    let definition =
        json!({ "StartAt": "A", "States": { "A": { "Type": "Pass", "OutputPath": "$nope", "End": true } } });
    let (error, cause) = Player::start(&definition, json!({})).failure();
    assert_eq!(error, "States.Runtime");
    assert!(cause.contains("'$nope'"), "{cause}");
}
