//! The context object.

use serde_json::json;
use usher_asl::{Event, conformance::TaskRequest};

use crate::support::player::{Player, single};

#[test]
fn the_whole_object_tells_who_and_where() {
    let state = json!({ "Type": "Task", "Resource": "r", "Parameters": { "c.$": "$$" }, "Retry": [{ "ErrorEquals": ["States.ALL"] }] });
    let mut player = Player::start(&single(state), json!({ "id": 1 }));
    player.fail("E");
    player.jump();
    let TaskRequest { token, parameters, .. } = player.take_task().unwrap();
    let account = "arn:aws:states:eu-central-1:111111111111";
    let expected = json!({
        "Execution": {
            "Id": format!("{account}:execution:booking:bkg_1"), "Input": { "id": 1 }, "Name": "bkg_1", "RedriveCount": 0,
            "RoleArn": "arn:aws:iam::111111111111:role/saga", "StartTime": "2026-11-20T12:00:00.000Z"
        },
        "State": { "EnteredTime": "2026-11-20T12:00:00.000Z", "Name": "S", "RetryCount": 1 },
        "StateMachine": { "Id": format!("{account}:stateMachine:booking"), "Name": "booking" },
        "Task": { "Token": token }
    });
    assert_eq!(parameters, json!({ "c": expected }));
}

#[test]
fn parts_are_found_and_missing_parts_are_missed() {
    let state = json!({ "Type": "Pass", "Parameters": { "a.$": "$$.Execution.Input.id", "b.$": "$$.State", "c.$": "$$.Execution.Input.list[*].x" } });
    let player = Player::start(&single(state), json!({ "id": 1, "list": [{ "x": 2 }] }));
    assert_eq!(player.output()["a"], 1);
    assert_eq!(player.output()["b"]["Name"], "S");
    assert_eq!(player.output()["c"], json!([2]));
    for missing in ["$$.Task.Token", "$$.Map.Item.Value", "$$.Execution.Nope", "$$.Nope"] {
        let state = json!({ "Type": "Pass", "Parameters": { "v.$": missing } });
        assert_eq!(Player::start(&single(state), json!({})).failure().0, "States.Runtime", "{missing}");
    }
}

#[test]
fn a_redrive_shows_in_the_context() {
    let state = json!({ "Type": "Task", "Resource": "r", "Parameters": { "n.$": "$$.Execution.RedriveCount", "t.$": "$$.Execution.RedriveTime" } });
    let mut player = Player::start(&single(json!({ "Type": "Task", "Resource": "r" })), json!({}));
    player.fail("E");
    player.machine = usher_asl::StateMachine::parse(&single(state).to_string()).unwrap();
    player.send(Event::Redrive).unwrap();
    assert_eq!(player.take_task().unwrap().parameters, json!({ "n": 1, "t": "2026-11-20T12:00:00.000Z" }));
}
