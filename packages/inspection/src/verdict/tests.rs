use time::macros::datetime;

use super::*;

const NOW: OffsetDateTime = datetime!(2026-11-20 10:00 UTC);

fn saga(state: &str, stood: Duration) -> Listed {
    Listed {
        saga: "booking".to_owned(),
        name: "bkg_1".to_owned(),
        status: Status::Running,
        states: vec![state.to_owned()],
        entered_at: Some(NOW - stood),
        attempt: 0,
        waiting: Some(Waiting::Task),
        wakes_at: None,
        error: None,
        cause: None,
        failed_state: None,
        started_at: NOW - stood,
        stopped_at: None,
        booking_id: Some("bkg_1".to_owned()),
        user_id: None,
        seats: Vec::new(),
        showtime_id: None,
        payment_id: None,
        version: None,
    }
}

fn queue(waiting: i64, leased: i64, oldest_seconds: i64) -> Around {
    Around { queue: Queue { waiting, leased, dead: 0, oldest_seconds }, ..Around::default() }
}

fn class(saga: &Listed, around: &Around) -> Option<Class> {
    let verdict = of(saga, around, NOW);
    assert_eq!(verdict.normal, verdict.class.is_none());
    assert_eq!(verdict.normal, verdict.suggestion.is_none(), "{verdict:?}");
    verdict.class
}

#[test]
fn what_a_healthy_system_does_is_normal() {
    let busy = queue(40, 10, 3);
    for seconds in [0, 5, 19, 44] {
        assert_eq!(class(&saga("IssueTickets", Duration::seconds(seconds)), &busy), None, "{seconds} s");
    }
    let retried = Listed { attempt: 2, waiting: Some(Waiting::Retry), ..saga("ReserveSeats", Duration::seconds(8)) };
    assert_eq!(class(&retried, &busy), None);
    let asking =
        Listed { error: Some("PaymentOutcomeUnknown".to_owned()), ..saga("ChargePayment", Duration::seconds(20)) };
    assert_eq!(class(&asking, &busy), None);
    let deciding = Listed {
        waiting: Some(Waiting::Timer),
        wakes_at: Some(NOW + Duration::minutes(5)),
        ..saga("WaitForProvider", Duration::hours(3))
    };
    assert_eq!(class(&deciding, &queue(0, 0, 0)), None);
    let parked = Around { customer_until: Some(NOW + Duration::seconds(30)), ..queue(0, 0, 0) };
    assert_eq!(class(&saga("ChargePayment", Duration::seconds(90)), &parked), None);
    let paused = Around { paused: true, ..queue(9, 0, 600) };
    assert_eq!(class(&saga("ReserveSeats", Duration::minutes(10)), &paused), None);
    let ended = Listed { status: Status::Succeeded, states: Vec::new(), ..saga("", Duration::hours(1)) };
    assert_eq!(class(&ended, &queue(0, 0, 0)), None);
}

#[test]
fn every_trouble_of_a_saga_is_told_apart() {
    let minute = Duration::minutes(1);
    let unhappy = |state: &str, status| Listed {
        status,
        waiting: None,
        error: Some("InvalidRequest".to_owned()),
        ..saga(state, minute)
    };
    let lately = |state: &str, attempt| Listed {
        attempt,
        waiting: Some(Waiting::Retry),
        error: Some("Usher.Transient".to_owned()),
        ..saga(state, minute)
    };
    let unknown = Around { payment: Some("unknown".to_owned()), ..queue(0, 1, 0) };
    let overdue = Listed { wakes_at: Some(NOW - minute), ..saga("ReserveSeats", minute) };
    for (expected, saga, around) in [
        (Class::NoWorker, saga("ReserveSeats", Duration::seconds(25)), queue(5, 0, 25)),
        (Class::NoWorker, Listed { attempt: 4, ..saga("ReserveSeats", Duration::minutes(3)) }, queue(5, 0, 180)),
        (Class::SlowStep, saga("IssueTickets", minute), queue(0, 3, 0)),
        (Class::RetryLoop, lately("IssueTickets", 5), queue(0, 0, 0)),
        (Class::RetryLoop, lately("ReserveSeats", 1), queue(0, 0, 0)),
        (Class::WaitingForProvider, saga("RefundPayment", minute), unknown),
        (Class::WaitingForProvider, saga("WaitForProvider", Duration::days(2)), queue(0, 0, 0)),
        (Class::DeadToken, saga("NotifyCustomer", minute), queue(0, 0, 0)),
        (Class::UndoFailed, unhappy("RefundPayment", Status::Failed), queue(0, 0, 0)),
        (Class::SagaFailed, unhappy("IssueTickets", Status::TimedOut), queue(0, 0, 0)),
        (Class::NoEngine, overdue, queue(0, 0, 0)),
    ] {
        assert_eq!(class(&saga, &around), Some(expected), "{saga:?}");
    }
}

#[test]
fn trouble_is_told_with_evidence_and_the_next_command() {
    let verdict = of(&saga("ReserveSeats", Duration::minutes(3)), &queue(5, 0, 180), NOW);
    assert_eq!(verdict.says, "It waits for a worker of ReserveSeats (queue reserve-seats); there seems to be none.");
    assert_eq!(verdict.evidence, ["5 requests wait, the oldest for 180 s, and nobody has any"]);
    assert_eq!(verdict.suggestion.as_deref(), Some("usher worker --step reserve-seats"));
    assert_eq!(verdict.runbook.as_deref(), Some("docs/runbook.md#no-worker"));
    assert_eq!(verdict.since, Some(NOW - Duration::minutes(3)));
}

#[test]
fn a_name_says_which_saga_it_is_of() {
    assert_eq!(saga_of("bkg_1"), Some("booking"));
    assert_eq!(saga_of("pcn_1"), Some("cancellation"));
    assert_eq!(saga_of("usr_1"), None);
}
