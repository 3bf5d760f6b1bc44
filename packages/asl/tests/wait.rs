//! The four ways to say how long to wait.

use serde_json::{Value, json};
use time::Duration;
use usher_asl::Event;

use crate::support::player::{NOON, Player, single};

fn wait(field: &str, value: &Value, input: Value) -> Player {
    Player::start(&single(json!({ "Type": "Wait", field: value })), input)
}

#[test]
fn seconds_and_timestamps_set_the_moment() {
    let seconds = Duration::seconds(90);
    for player in [
        wait("Seconds", &json!(90), json!({})),
        wait("SecondsPath", &json!("$.s"), json!({ "s": 90 })),
        wait("Timestamp", &json!("2026-11-20T12:01:30Z"), json!({})),
        wait("TimestampPath", &json!("$.t"), json!({ "t": "2026-11-20T14:01:30.000+02:00" })),
    ] {
        assert_eq!(player.execution.due_at(), Some(NOON + seconds));
        assert_eq!(player.execution.current_states(), ["S"]);
    }
}

#[test]
fn an_early_timer_changes_nothing() {
    let mut player = wait("Seconds", &json!(60), json!({ "kept": true }));
    player.wait(59);
    assert_eq!(player.types(), ["ExecutionStarted", "WaitStateEntered"]);
    player.wait(1);
    assert_eq!(player.output(), json!({ "kept": true }));
    assert_eq!(player.types().last().unwrap(), "ExecutionSucceeded");
    assert_eq!(player.history.last().unwrap().at, NOON + Duration::seconds(60));
    assert!(player.send(Event::Timer).is_err());
}

#[test]
fn a_moment_that_has_passed_is_not_waited_for() {
    assert_eq!(wait("Seconds", &json!(0), json!(1)).output(), json!(1));
    assert_eq!(wait("Timestamp", &json!("2016-03-14T01:59:00Z"), json!(2)).output(), json!(2));
}

#[test]
fn what_is_no_duration_is_told_apart() {
    for (value, said) in [
        (json!(-1), "The SecondsPath parameter references a negative value: $.s == -1"),
        (json!(1.5), "The SecondsPath parameter cannot be parsed as a long value: $.s == 1.5"),
    ] {
        let (error, cause) = wait("SecondsPath", &json!("$.s"), json!({ "s": value })).failure();
        assert_eq!(error, "States.Runtime");
        assert!(cause.ends_with(said), "{cause}");
    }
    let (_, cause) = wait("SecondsPath", &json!("$.s"), json!({})).failure();
    assert!(cause.ends_with("The SecondsPath parameter does not reference an input value: $.s"), "{cause}");
    let (_, cause) = wait("TimestampPath", &json!("$.t"), json!({ "t": "2016-03-14 01:59:00Z" })).failure();
    assert!(cause.contains("does not reference a valid ISO-8601 extended offset date-time format string"), "{cause}");
}
