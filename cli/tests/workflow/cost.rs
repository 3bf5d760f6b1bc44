//! What our sagas cost on AWS.

use std::path::Path;

use serde_json::{Value, json};

use crate::command::Folder;

fn booking() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../workflows/booking.asl.json").display().to_string()
}

fn ways(file: &str, more: &[&str]) -> Vec<Value> {
    let called = Folder::new().call(&[&["cost", "-o", "json", file], more].concat());
    assert_eq!(called.code, 0, "{}{}", called.out, called.err);
    called.json()["files"][0]["ways"].as_array().unwrap().clone()
}

#[test]
fn a_successful_booking_has_at_most_six_transitions_beyond_start_and_end() {
    let ways = ways(&booking(), &[]);
    let good = &ways[0];
    let states = ["ReserveSeats", "ChargePayment", "IssueTickets", "NotifyCustomer", "BookingConfirmed"];
    assert_eq!(good["states"], json!(states));
    // Six are counted: the start, and every state that is entered, the one at the end among them.
    assert_eq!(good["state_transitions"], 6);
    assert!(good["state_transitions"].as_u64().unwrap() - 2 <= 6);
    assert_eq!((&good["sqs_requests"], &good["sns_requests"]), (&json!(12), &json!(4)));
    // 6 x 25 + 12 x 0.40 + 4 x 0.50 dollars for a million.
    assert_eq!(good["usd_per_million"], "156.80");
}

#[test]
fn every_unhappy_way_is_there_with_its_price() {
    let ways = ways(&booking(), &[]);
    let names: Vec<&str> = ways.iter().map(|way| way["way"].as_str().unwrap()).collect();
    let expected = [
        "everything goes well",
        "ReserveSeats: catch States.ALL",
        "ChargePayment: catch States.ALL",
        "IssueTickets: catch SeatUnavailable, HoldExpired, BookingCancelled",
        "IssueTickets: not caught, a person is needed",
        "NotifyCustomer: catch States.ALL",
    ];
    assert_eq!(names, expected);
    let declined = &ways[2];
    let states =
        ["ReserveSeats", "ChargePayment", "RefundPayment", "ReleaseSeats", "NotifyRejection", "BookingRejected"];
    assert_eq!(declined["states"], json!(states));
    // A retry is a transition and a message of three requests: 3 more of each.
    assert_eq!((&declined["state_transitions"], &declined["retries"]), (&json!(7), &json!(3)));
    assert_eq!(
        (&declined["usd_per_million"], &declined["usd_per_million_with_retries"]),
        (&json!("183.00"), &json!("261.60"))
    );
    assert!(!ways[4]["ends_well"].as_bool().unwrap());
}

#[test]
fn batches_and_regions_change_the_price_and_unknown_regions_are_told() {
    let file = booking();
    let price = |more: &[&str]| ways(&file, more)[0]["usd_per_million"].clone();
    assert_eq!(price(&["--batch", "10"]), "154.40");
    assert_eq!(price(&["--region", "sa-east-1"]), "231.80");
    let called = Folder::new().call(&["cost", "--region", "mars-north-1", &file]);
    assert!(called.code == 2 && called.err.contains("eu-central-1"), "{}", called.err);
    let table = Folder::new().call(&["cost", &file]);
    assert!(
        table.out.contains("156.80") && table.out.contains("https://aws.amazon.com/step-functions/pricing"),
        "{}",
        table.out
    );
}
