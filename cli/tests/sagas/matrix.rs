//! Provider behaviour by moment: what the customer, the seats and the books look like in the end, whatever the provider does
//! and whenever. One row a case, one table at the end; every case ends with the audit.

use comfy_table::Table;
use serde_json::{Value, json};
use usher_bookings::Status;

use crate::world::{World, eventually};

/// One case: what the provider does, when, and how it has to end.
struct Case {
    behaviour: &'static str,
    moment: &'static str,
    method: &'static str,
    order: Option<Value>,
    ends: Status,
    /// Charges and refunds on the provider's own record.
    moved: (usize, usize),
}

fn case(
    (behaviour, moment): (&'static str, &'static str),
    method: &'static str,
    order: Option<Value>,
    ends: Status,
    moved: (usize, usize),
) -> Case {
    Case { behaviour, moment, method, order, ends, moved }
}

fn cases() -> Vec<Case> {
    use Status::{Confirmed, Rejected};
    let order = |mode: &str, on: &str| Some(json!({ "mode": mode, "on": [on], "count": 1 }));
    let lost = Some(json!({ "mode": "fail_after", "on": ["charge", "look_up"], "count": 2 }));
    vec![
        case(("answers", "at once"), "pm_ok", None, Confirmed, (1, 0)),
        case(("answers", "late"), "pm_slow", None, Confirmed, (1, 0)),
        case(("processes", "late"), "pm_processing", None, Confirmed, (1, 0)),
        case(("declines", "at once"), "pm_declined", None, Rejected, (0, 0)),
        case(("declines", "at once"), "pm_insufficient_funds", None, Rejected, (0, 0)),
        case(("errors", "before effect"), "pm_ok", order("fail_before", "charge"), Confirmed, (1, 0)),
        case(("errors", "before effect, twice"), "pm_error_once", order("fail_before", "charge"), Confirmed, (1, 0)),
        case(("errors", "after effect"), "pm_ok", order("fail_after", "charge"), Confirmed, (1, 0)),
        case(("errors", "effect late"), "pm_ok", order("late", "charge"), Confirmed, (1, 0)),
        case(("errors, look-up too", "after effect"), "pm_ok", lost, Confirmed, (1, 0)),
        case(("hangs", "after effect: answer lost"), "pm_timeout_after", None, Confirmed, (1, 0)),
        case(("declines, refund errors", "at once"), "pm_declined", order("fail_before", "cancel"), Rejected, (0, 0)),
        case(("declines, then captures", "late"), "pm_late_success", None, Rejected, (1, 1)),
        case(("tells", "twice"), "pm_ok", order("duplicate", "webhook"), Confirmed, (1, 0)),
        case(
            ("tells, after a refusal", "late, twice"),
            "pm_late_success",
            order("duplicate", "webhook"),
            Rejected,
            (1, 1),
        ),
        case(("tells", "out of order"), "pm_late_success", order("reorder", "webhook"), Rejected, (1, 1)),
        case(("tells", "late"), "pm_ok", order("delay", "webhook"), Confirmed, (1, 0)),
        case(("tells", "never"), "pm_timeout_after", order("drop", "webhook"), Confirmed, (1, 0)),
        case(("tells, forged", "at once"), "pm_declined", order("wrong_signature", "webhook"), Rejected, (0, 0)),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_provider_does_and_whenever_the_books_are_right() {
    let mut table = Table::new();
    table.set_header(["provider", "moment", "method", "booking", "charges", "refunds", "calls", "audit"]);
    for case in cases() {
        let mut world = World::new().await;
        world.open_front().await;
        if let Some(order) = &case.order {
            world.order(order).await;
        }
        let seat = world.seat(0);
        let id = world.book(&[&seat], case.method).await;
        let booking = world.until(id, &[Status::Confirmed, Status::Rejected, Status::Cancelled]).await;
        assert_eq!(booking.status, case.ends, "{} {}: {:?}", case.behaviour, case.moment, booking.reason);
        world.until_moved(case.moved).await;
        let payments = &world.services.contexts.payments;
        let payment = payments.by_booking(id).await.unwrap().unwrap();
        // A delivery that came twice may still be writing down what it heard.
        let attempts = eventually(async || {
            let attempts = payments.attempts(payment.id).await.unwrap();
            attempts.iter().all(|attempt| attempt.heard.is_some()).then_some(attempts)
        });
        let attempts = attempts.await.expect("every call was heard");
        let calls: Vec<String> = attempts
            .into_iter()
            .map(|attempt| format!("{} {}", attempt.call, attempt.heard.unwrap_or_default()))
            .collect();
        let report = world.settle().await;
        table.add_row([
            case.behaviour.to_owned(),
            case.moment.to_owned(),
            case.method.to_owned(),
            booking.status.to_string(),
            case.moved.0.to_string(),
            case.moved.1.to_string(),
            calls.join(", "),
            if report.is_clean() { "clean".to_owned() } else { "not clean".to_owned() },
        ]);
    }
    assert_eq!(table.row_iter().count(), cases().len());
    println!("{table}");
}
