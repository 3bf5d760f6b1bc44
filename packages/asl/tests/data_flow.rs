//! What each of the five processing fields does to data, in Pass and Task states, null forms included.

use serde_json::{Value, json};
use usher_asl::conformance::TaskRequest;

use crate::support::player::{Player, single};

fn pass(state: Value, input: Value) -> Player {
    let mut state = state;
    state["Type"] = json!("Pass");
    Player::start(&single(state), input)
}

#[test]
fn pass_hands_on_what_its_fields_make_of_the_input() {
    let input = json!({ "a": { "b": 1 }, "c": 2 });
    for (state, output) in [
        (json!({}), input.clone()),
        (json!({ "InputPath": "$.a" }), json!({ "b": 1 })),
        (json!({ "InputPath": null }), json!({})),
        (json!({ "OutputPath": "$.c" }), json!(2)),
        (json!({ "OutputPath": null }), json!({})),
        (json!({ "Result": [1] }), json!([1])),
        (json!({ "Result": [1], "ResultPath": "$.r.s" }), json!({ "a": { "b": 1 }, "c": 2, "r": { "s": [1] } })),
        (json!({ "Result": [1], "ResultPath": null }), input.clone()),
        (json!({ "InputPath": "$.a", "ResultPath": "$.x" }), json!({ "a": { "b": 1 }, "c": 2, "x": { "b": 1 } })),
        (
            json!({ "Parameters": { "v.$": "$.a.b", "k": ["x", { "w.$": "$.c" }] } }),
            json!({ "v": 1, "k": ["x", { "w": 2 }] }),
        ),
        (json!({ "Parameters": { "f.$": "States.Format('{}-{}', $.c, $.a.b)" } }), json!({ "f": "2-1" })),
        (json!({ "Parameters": "text" }), json!("text")),
        (json!({ "Result": { "x.$": "$.a" } }), json!({ "x.$": "$.a" })),
    ] {
        assert_eq!(pass(state.clone(), input.clone()).output(), output, "{state}");
    }
}

#[test]
fn what_is_missing_ends_the_execution_with_the_words_of_aws() {
    let entered = "An error occurred while executing the state 'S' (entered at the event id #2). ";
    for (state, message) in [
        (json!({ "InputPath": "$.x" }), "Invalid path '$.x' : No results for path: $['x']"),
        (json!({ "OutputPath": "$.x.y" }), "Invalid path '$.x.y' : Missing property in path $['x']"),
        (
            json!({ "Parameters": { "v.$": "$.x" } }),
            "The JSONPath '$.x' specified for the field 'v.$' could not be found in the input '{\"a\":1}'",
        ),
    ] {
        let player = pass(state, json!({ "a": 1 }));
        assert_eq!(player.failure(), ("States.Runtime".to_owned(), format!("{entered}{message}")));
        assert_eq!(player.types(), ["ExecutionStarted", "PassStateEntered", "ExecutionFailed"]);
    }
}

#[test]
fn a_function_that_fails_is_named_with_its_reason() {
    let (error, cause) = pass(json!({ "Parameters": { "v.$": "States.StringToJson('{')" } }), json!({})).failure();
    assert_eq!(error, "States.IntrinsicFailure");
    assert!(cause.contains("The function 'States.StringToJson('{')' had the following error:"), "{cause}");
}

#[test]
fn a_task_result_is_selected_placed_and_selected_again() {
    let state = json!({
        "Type": "Task", "Resource": "r", "InputPath": "$.order", "Parameters": { "id.$": "$.id", "who.$": "$$.Execution.Name" },
        "ResultSelector": { "seats.$": "$.reserved[*].seat" }, "ResultPath": "$.hold", "OutputPath": "$.hold"
    });
    let mut player = Player::start(&single(state), json!({ "order": { "id": 7 } }));
    let TaskRequest { token, state, parameters, .. } = player.take_task().unwrap();
    assert_eq!((state.as_str(), parameters), ("S", json!({ "id": 7, "who": "bkg_1" })));
    let output = json!({ "reserved": [{ "seat": "A1" }, { "seat": "A2" }] });
    player.send(usher_asl::Event::TaskSucceeded { token, output }).unwrap();
    assert_eq!(player.output(), json!({ "seats": ["A1", "A2"] }));
}

#[test]
fn a_result_that_cannot_be_placed_may_be_caught() {
    let definition = json!({ "StartAt": "S", "States": {
        "S": { "Type": "Task", "Resource": "r", "ResultPath": "$.x", "End": true,
               "Catch": [{ "ErrorEquals": ["States.ResultPathMatchFailure"], "Next": "Caught" }] },
        "Caught": { "Type": "Pass", "OutputPath": "$.Error", "End": true } } });
    let mut player = Player::start(&definition, json!("not an object"));
    player.succeed(json!(1));
    assert_eq!(player.output(), json!("States.ResultPathMatchFailure"));
}

#[test]
fn data_beyond_the_limit_fails_the_state() {
    let large = "x".repeat(300 * 1024);
    let (error, cause) = pass(json!({ "Result": large.as_str() }), json!({})).failure();
    assert_eq!(error, "States.DataLimitExceeded");
    assert!(cause.starts_with("The state/task 'S' returned a result with a size exceeding"), "{cause}");

    let definition = json!({ "StartAt": "S", "States": {
        "S": { "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
               "Catch": [{ "ErrorEquals": ["States.ALL"], "ResultPath": "$.e", "Next": "Caught" }] },
        "Caught": { "Type": "Pass", "OutputPath": "$.e.Error", "End": true } } });
    let mut player = Player::start(&definition, json!({}));
    player.succeed(json!(large));
    assert_eq!(player.output(), json!("States.DataLimitExceeded"));
    assert!(player.types().contains(&"TaskFailed".to_owned()));
}

#[test]
fn fail_takes_its_words_from_the_definition_or_the_data() {
    let fixed = json!({ "Type": "Fail", "Error": "E", "Cause": "C" });
    assert_eq!(Player::start(&single(fixed), json!({})).failure(), ("E".into(), "C".into()));
    let found = json!({ "Type": "Fail", "ErrorPath": "$.e", "CausePath": "States.Format('{}!', $.c)" });
    let player = Player::start(&single(found.clone()), json!({ "e": "E", "c": "C" }));
    assert_eq!(player.failure(), ("E".into(), "C!".into()));
    let player = Player::start(&single(found), json!({ "e": 1, "c": "C" }));
    assert_eq!(player.failure().0, "States.Runtime");
    assert_eq!(player.types(), ["ExecutionStarted", "FailStateEntered", "ExecutionFailed"]);
}
