//! What the fuzz targets share: an execution that is played to its end without a host.

use serde_json::{Value, json};
use time::OffsetDateTime;
use usher_asl::{Event, Identity, StateMachine, Status, conformance::Player};

/// How many events an execution is given. Definitions may well go round for ever.
const MOST_EVENTS: usize = 40;

/// Plays an execution: every task succeeds, every wait is over at once. Its snapshot makes the way through its text
/// after each event, and whatever happens, the history stays in order.
pub fn play(machine: StateMachine, input: Value) -> Player {
    let mut player = Player::start(machine, identity(), input);
    for _ in 0..MOST_EVENTS {
        let before = player.execution.clone();
        player.store().expect("a snapshot can be written and read");
        assert_eq!(player.execution, before, "a snapshot survives storage");
        let went_on = match player.take_task() {
            // A task that was cut off meanwhile is refused.
            Some(task) => {
                player.send(Event::TaskSucceeded { token: task.token, output: json!({ "done": true }) }).is_ok()
            }
            None => player.jump(),
        };
        if !went_on && player.effects.is_empty() {
            break;
        }
    }
    for (number, event) in (1..).zip(&player.history) {
        assert_eq!(event.id, number, "the history has no gap");
        assert!(event.previous_event_id < event.id, "what led here came before");
    }
    player
}

/// Plays a definition of one Pass state, if it is valid, and expects it to end.
pub fn evaluate(state: &Value, input: Value) {
    let definition = json!({ "StartAt": "S", "States": { "S": state } });
    if let Ok(machine) = StateMachine::parse(&definition.to_string()) {
        let player = play(machine, input);
        assert_ne!(*player.execution.status(), Status::Running, "nothing keeps a Pass state waiting");
    }
}

/// An expression and the data it is evaluated over, out of the bytes of a fuzzer: data behind the first line, if it is
/// JSON.
pub fn expression_and_data(bytes: &[u8]) -> Option<(&str, Value)> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (expression, data) = text.split_once('\n').unwrap_or((text, ""));
    let data =
        serde_json::from_str(data).unwrap_or_else(|_| json!({ "a": [1, 2.5, "x", null, { "b": true }], "n": 3 }));
    Some((expression, data))
}

fn identity() -> Identity {
    Identity {
        execution_id: "arn:aws:states:eu-central-1:111111111111:execution:fuzz:1".to_owned(),
        execution_name: "1".to_owned(),
        state_machine_id: "arn:aws:states:eu-central-1:111111111111:stateMachine:fuzz".to_owned(),
        state_machine_name: "fuzz".to_owned(),
        role_arn: String::new(),
        started_at: OffsetDateTime::UNIX_EPOCH,
    }
}
