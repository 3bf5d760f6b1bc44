//! A saga of four steps with its way back, as the interpreter is used in earnest: stored and read after each event.

use serde_json::{Value, json};
use usher_asl::{Event, StateMachine, graph};

use crate::support::player::Player;

fn step(queue: &str, result: &str, next: &str, undo: &str) -> Value {
    json!({
        "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "TimeoutSeconds": 120, "HeartbeatSeconds": 30,
        "Parameters": { "QueueUrl": format!("${{{queue}QueueUrl}}"), "MessageBody": {
            "task_token.$": "$$.Task.Token", "execution.$": "$$.Execution.Id", "saga": "booking", "name.$": "$$.Execution.Name",
            "step": queue, "attempt.$": "$$.State.RetryCount", "entered_at.$": "$$.State.EnteredTime", "input.$": "$" } },
        "ResultPath": format!("$.{result}"),
        "Retry": [{ "ErrorEquals": ["Usher.Transient", "States.Timeout"], "IntervalSeconds": 1, "MaxAttempts": 2, "BackoffRate": 2 }],
        "Catch": [{ "ErrorEquals": ["States.ALL"], "ResultPath": "$.rejection", "Next": undo }],
        "Next": next
    })
}

fn saga() -> Value {
    json!({ "Comment": "Sells seats.", "StartAt": "ReserveSeats", "TimeoutSeconds": 3600, "States": {
        "ReserveSeats": step("ReserveSeats", "hold", "ChargePayment", "ReleaseSeats"),
        "ChargePayment": step("ChargePayment", "payment", "IssueTickets", "ReleaseSeats"),
        "IssueTickets": step("IssueTickets", "tickets", "NotifyCustomer", "RefundPayment"),
        "NotifyCustomer": step("NotifyCustomer", "notified", "BookingConfirmed", "BookingConfirmed"),
        "BookingConfirmed": { "Type": "Pass", "Result": "confirmed", "ResultPath": "$.outcome", "End": true },
        "RefundPayment": step("RefundPayment", "refund", "ReleaseSeats", "Stuck"),
        "ReleaseSeats": step("ReleaseSeats", "released", "BookingRejected", "Stuck"),
        "BookingRejected": { "Type": "Pass", "Result": "rejected", "ResultPath": "$.outcome", "End": true },
        "Stuck": { "Type": "Fail", "Error": "Usher.Stuck", "CausePath": "$.rejection.Cause" } } })
}

fn input() -> Value {
    json!({ "booking_id": "bkg_01JD4Z6T8Q7W2E3R4T5Y6U7I8O", "showtime_id": "sht_01JD4Z6T8Q", "seats": ["A1", "A2"],
            "amount": { "amount": 2400, "currency": "EUR" }, "payment_method": "pm_ok", "customer_id": "usr_01JD4Z6T8Q" })
}

#[test]
fn forward_all_the_way() {
    let mut player = Player::start(&saga(), input());
    for step in ["ReserveSeats", "ChargePayment", "IssueTickets", "NotifyCustomer"] {
        assert_eq!(player.execution.current_states(), [step]);
        player.succeed(json!({ "ok": step }));
    }
    assert_eq!(player.output()["outcome"], "confirmed");
    assert_eq!(player.output()["tickets"], json!({ "ok": "IssueTickets" }));
    assert_eq!(player.history.len(), 1 + 4 * 4 + 2 + 1);
}

#[test]
fn a_rejection_goes_back_and_still_ends_well() {
    let mut player = Player::start(&saga(), input());
    player.succeed(json!({ "hold_id": "h" }));
    player.fail("PaymentDeclined");
    assert_eq!(player.execution.current_states(), ["ReleaseSeats"]);
    player.succeed(json!({}));
    assert_eq!(
        (player.output()["outcome"].clone(), player.output()["rejection"]["Error"].clone()),
        (json!("rejected"), json!("PaymentDeclined"))
    );
}

#[test]
fn a_step_that_goes_silent_is_tried_again_and_its_old_token_is_refused() {
    let mut player = Player::start(&saga(), input());
    let silent = player.take_task().unwrap().token;
    assert!(player.jump(), "the heartbeat is missed");
    assert!(player.jump(), "the back-off passes");
    let late = Event::TaskSucceeded { token: silent, output: json!({}) };
    assert_eq!(player.send(late), Err(usher_asl::Refused::TokenClosed));
    player.succeed(json!({}));
    assert_eq!(player.execution.current_states(), ["ChargePayment"]);
}

#[test]
fn a_snapshot_stays_near_a_kilobyte() {
    let mut player = Player::start(&saga(), input());
    player.succeed(json!({ "hold_id": "hld_01JD4Z6T8Q", "epoch": 1 }));
    player.succeed(json!({ "payment_id": "pay_01JD4Z6T8Q" }));
    let size = serde_json::to_vec(&player.execution).unwrap().len();
    assert!(size < 1_400, "{size} bytes");
}

#[test]
fn the_saga_can_be_drawn_and_analysed() {
    let machine = StateMachine::parse(&saga().to_string()).unwrap();
    assert_eq!((machine.comment(), machine.timeout_seconds()), (Some("Sells seats."), Some(3600)));
    assert_eq!(machine.states().map(|(name, _)| name).take(2).collect::<Vec<_>>(), ["ReserveSeats", "ChargePayment"]);
    let message = machine.flow().get("ChargePayment").unwrap().data.parameters.as_ref().unwrap();
    assert_eq!(message.literal(&["MessageBody", "step"]), Some(&json!("ChargePayment")));
    assert_eq!(message.literal(&["MessageBody", "task_token"]), None);
    let drawing = graph::mermaid(&machine);
    for line in [
        "[*] --> ReserveSeats",
        "ChargePayment --> IssueTickets",
        "IssueTickets --> RefundPayment: catch States.ALL",
        "Stuck --> [*]",
    ] {
        assert!(drawing.contains(line), "{drawing}");
    }
}
