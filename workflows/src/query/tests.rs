use time::{Duration, macros::datetime};

use super::*;
use crate::orchestrator::Status;

const BOOKING: &str = "bkg_01KAG3V0Q8Z6X4N2M7R5T9W1YC";
const PAYMENT: &str = "pay_01KAG3V0Q8Z6X4N2M7R5T9W1YC";

fn read(text: &str) -> Query {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

fn wrong(text: &str) -> String {
    text.parse::<Query>().unwrap_err().to_string()
}

fn saga() -> Listed {
    Listed {
        saga: "booking".to_owned(),
        name: BOOKING.to_owned(),
        status: Status::Running,
        states: vec!["ChargePayment".to_owned()],
        entered_at: Some(datetime!(2026-11-20 09:50 UTC)),
        attempt: 2,
        waiting: Some(Waiting::Task),
        wakes_at: None,
        error: Some("Usher.Transient".to_owned()),
        cause: None,
        failed_state: Some("ChargePayment".to_owned()),
        started_at: datetime!(2026-11-20 09:50 UTC),
        stopped_at: None,
        booking_id: Some(BOOKING.to_owned()),
        user_id: None,
        seats: vec!["A1".to_owned(), "A2".to_owned()],
        showtime_id: None,
        payment_id: Some(PAYMENT.to_owned()),
        version: Some("bcbb898a81a3".to_owned()),
    }
}

#[test]
fn terms_are_what_people_type() {
    let query = read("  status:Running step:charge-payment  age>10m -error:PaymentDeclined ");
    assert_eq!(query.terms.len(), 4);
    assert_eq!(query.terms[1].condition, Condition::Step(vec!["ChargePayment".to_owned()]));
    assert_eq!(query.terms[2].condition, Condition::Age(Comparison::More, Duration::minutes(10)));
    assert!(query.terms[3].not);
    assert_eq!(read("").terms, []);
    assert_eq!(read(BOOKING), read(&format!("booking:{BOOKING}")));
    let unhappy = read("status:unhappy");
    assert_eq!(unhappy.terms[0].condition, Condition::Status(vec![Status::Failed, Status::TimedOut, Status::Aborted]));
}

#[test]
fn a_query_is_written_as_it_is_read() {
    for text in [
        "status:running,failed -saga:refund step:\"A state of old\" age>=1h30m attempt<3",
        "error:\"Usher.*\",\"a b\" seat:A1,B12 version:bcbb898a name:\"can_1\"",
        &format!("booking:{BOOKING} payment:{PAYMENT},\"{BOOKING}/charge-payment\""),
    ] {
        assert_eq!(read(text).to_string(), text);
        assert_eq!(read(&read(text).to_string()), read(text));
    }
}

#[test]
fn what_is_looked_for_is_found() {
    let now = datetime!(2026-11-20 10:00 UTC);
    for (text, found) in [
        ("", true),
        ("status:running", true),
        ("status:unhappy", false),
        ("step:ChargePayment age>9m age<11m attempt:2", true),
        ("age>10m", false),
        ("attempt>2", false),
        ("error:Usher.*", true),
        ("error:*sient", true),
        ("error:*Tran*", true),
        ("error:Usher", false),
        ("-error:PaymentDeclined", true),
        ("seat:B1,A2", true),
        ("seat:B1", false),
        ("version:bcbb", true),
        ("version:0000", false),
    ] {
        assert_eq!(read(text).finds(&saga(), now), found, "{text}");
    }
    assert!(read(&format!("payment:{BOOKING}/refund-payment")).finds(&saga(), now));
    assert!(read(PAYMENT).finds(&saga(), now));
}

#[test]
fn a_mistake_is_told_with_its_place() {
    assert_eq!(
        wrong("saga:booking stauts:running"),
        "there is no field `stauts`; did you mean `status`?\n  saga:booking stauts:running\n               ^^^^^^"
    );
    for (text, expected) in [
        ("status:runing", "`runing` is not a status; did you mean `running`?\n  status:runing\n         ^^^^^^"),
        ("step:ChargePayments", "`ChargePayments` is not a state or a step; did you mean `ChargePayment`?"),
        ("age>ten", "`ten` is not a length of time, such as 90s, 10m, 1h30m or 2d\n  age>ten\n      ^^^"),
        ("status>running", "`status` takes `:`, such as status:failed,timed_out"),
        ("age>1m,2m", "`age` takes one value, such as age>10m"),
        ("seat:a1", "`a1` is not a seat"),
        ("booking:x", "is not a booking id"),
        ("version:xyz", "is not the beginning of a hash"),
        ("hello", "`hello` is no id; name a field: status, saga"),
        ("status:", "a value is missing here\n  status:\n         ^"),
        ("status:running,", "a value is missing here"),
        ("error:\"open", "the closing quote is missing"),
    ] {
        assert!(wrong(text).contains(expected), "{}", wrong(text));
    }
}

#[test]
fn no_text_stops_the_parser() {
    let pieces = ["status", ":", "-", "\"", ",", " ", ">", "=", "é", "age", "10m", "*", "_", "bkg_", "\u{0}"];
    for a in pieces {
        for b in pieces {
            for c in pieces {
                for d in pieces {
                    let text = format!("{a}{b}{c}{d}");
                    match text.parse::<Query>() {
                        Ok(query) => assert_eq!(query.to_string().parse::<Query>().as_ref(), Ok(&query), "{text}"),
                        Err(error) => assert!(!error.to_string().is_empty()),
                    }
                }
            }
        }
    }
}
