//! One of each kind is planted and found; what only looks like one is left alone.

use usher_core::{ambient::Scripted, ids::BookingId};

use super::{Kind, Place, Scanner};

const TOKEN: &str = "AAAAKgAAAAIAAAAAAAAAAbKq2x_tokenOfATaskThatWaits";

fn scanner() -> Scanner {
    let mut scanner = Scanner::new(&["Ada Lovelace", "Zoë", ""]);
    scanner.learn(&format!(r#"{{"task_token": "{TOKEN}", "step": "charge-payment"}}"#));
    scanner
}

fn kinds(place: Place, text: &str) -> Vec<Kind> {
    scanner().scan(place, text).into_iter().map(|leak| leak.kind).collect()
}

#[test]
fn mail_addresses_are_found() {
    for text in [
        r#"{"to":"ada@example.test"}"#,
        "sent to ada.l+films@mail.example.co.uk.",
        r#"{\"input\":\"{\\\"mail\\\":\\\"é@example.test\\\"}\"}"#,
        "<ada@example.test>",
    ] {
        assert_eq!(kinds(Place::ExecutionInput, text), [Kind::MailAddress], "{text}");
    }
    for text in
        ["@", "a@", "@example.test", "postgres://usher@127.0.0.1:5432/usher", "usher@localhost", "left@3.5", "é@"]
    {
        assert_eq!(kinds(Place::Log, text), [], "{text}");
    }
}

#[test]
fn card_numbers_are_found() {
    for text in [
        "4242424242424242",
        r#"{"card":"4242 4242 4242 4242"}"#,
        "number=5555-5555-5555-4444 cvc=123",
        r#"{"amex":378282246310005}"#,
        "3782 822463 10005",
        "2223003122003222",
        r#"{\"pan\":\"6011111111111117\"}"#,
    ] {
        assert_eq!(kinds(Place::ExecutionOutput, text), [Kind::CardNumber], "{text}");
    }
    for text in [
        "4242424242424241",                                        // The check digit is wrong.
        "1763654400000000",                                        // A moment in microseconds.
        "id4242424242424242",                                      // A part of a word.
        "00-4242424242424242424242424242424a-4242424242424242-01", // A trace.
        "42424242-4242-4242-4242-424242424242",                    // A UUID.
        "0.4242424242424242",
        "42 4242 4242 4242 42",
        "4242",
    ] {
        assert_eq!(kinds(Place::Log, text), [], "{text}");
    }
}

#[test]
fn web_tokens_are_found() {
    let token = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ1c3JfMDFLQSJ9.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg";
    assert_eq!(kinds(Place::Log, &format!("authorization=Bearer {token}")), [Kind::WebToken]);
    assert_eq!(kinds(Place::Event, &format!(r#"{{"data":"{token}"}}"#)), [Kind::WebToken]);
    assert_eq!(kinds(Place::Log, "eyJhbGciOiJSUzI1NiJ9 eyJ eyJ.eyJ.x"), []);
}

#[test]
fn task_tokens_are_found_outside_of_requests() {
    let request = format!(r#"{{"task_token":"{TOKEN}","name":"bkg_1"}}"#);
    let within = serde_json::json!({ "MessageBody": request }).to_string();
    let parameters = serde_json::json!({ "parameters": within }).to_string();
    for place in [Place::StepMessage, Place::History, Place::DeadLetter] {
        for text in [&request, &within, &parameters] {
            assert_eq!(kinds(place, text), [], "{place:?} {text}");
        }
        assert_eq!(kinds(place, &format!(r#"{{"input":{{"receipt":"{TOKEN}"}}}}"#)), [Kind::TaskToken]);
    }
    for place in [Place::ExecutionInput, Place::ExecutionOutput, Place::Event, Place::Outbox, Place::Log] {
        assert_eq!(kinds(place, &request), [Kind::TaskToken], "{place:?}");
    }
    assert_eq!(kinds(Place::Log, &format!("answered {TOKEN} twice: {TOKEN}")).len(), 2);
    let mut untaught = Scanner::default();
    untaught.learn(r#"task_token, "task_token": null, {"task_token.$":"$$.Task.Token"}, "task_token":"short""#);
    assert_eq!(untaught.scan(Place::Log, &format!("short null $$.Task.Token {TOKEN}")), []);
}

#[test]
fn names_of_customers_are_found() {
    assert_eq!(kinds(Place::Log, "a ticket for ada LOVELACE was issued"), [Kind::CustomerName]);
    assert_eq!(kinds(Place::Log, r#"{"name":"Zoë"}"#), [Kind::CustomerName]);
    assert_eq!(kinds(Place::Log, "İ Zoë"), [Kind::CustomerName], "where letters change their length with their case");
    assert_eq!(kinds(Place::Log, "Ada Lovelacement, Adalovelace, zoëtrope, Canada"), []);
}

#[test]
fn what_sagas_are_made_of_is_no_leak() {
    let id = BookingId::new(&Scripted::new(time::OffsetDateTime::UNIX_EPOCH, 7));
    let input = serde_json::json!({
        "booking_id": id, "seats": [{ "seat": "A1", "price": { "amount": 1250, "currency": "EUR" } }],
        "payment_method": "pm_ok", "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    });
    assert_eq!(kinds(Place::ExecutionInput, &input.to_string()), []);
}

#[test]
fn a_leak_says_where_it_is_and_does_not_repeat_it() {
    let leaks = scanner().scan(Place::Outbox, r#"{"to":"ada@example.test"}"#);
    assert_eq!(leaks[0].to_string(), r#"MailAddress in Outbox: {"to":"ad***"#);
}
