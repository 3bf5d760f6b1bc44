//! Sagas are found by whatever they are about, and the SQL of a search says what its conditions mean.

use serde_json::json;
use time::Duration;
use usher_core::{ambient::Ambient as _, ids::PaymentId};
use usher_orchestrator::embedded::EmbeddedOrchestrator;
use usher_workflows::{
    delivery::Delivered,
    error::{Reason, StepError},
    orchestrator::{Orchestrator as _, OrchestratorError, Status},
    query::{Found, Listed, Query, Search, Sort, Waiting},
};

use crate::engine::{Engine, transient};

const DIGITS: [&str; 6] = [
    "01KAG3V0Q8Z6X4N2M7R5T9W1Y0",
    "01KAG3V0Q8Z6X4N2M7R5T9W1Y1",
    "01KAG3V0Q8Z6X4N2M7R5T9W1Y2",
    "01KAG3V0Q8Z6X4N2M7R5T9W1Y3",
    "01KAG3V0Q8Z6X4N2M7R5T9W1Y4",
    "01KAG3V0Q8Z6X4N2M7R5T9W1Y5",
];

async fn found(orchestrator: &EmbeddedOrchestrator, search: Search) -> Found {
    orchestrator.find(&search).await.unwrap()
}

async fn all(orchestrator: &EmbeddedOrchestrator, text: &str) -> Vec<Listed> {
    found(orchestrator, Search { query: text.parse().unwrap(), limit: 1000, ..Search::default() }).await.items
}

fn names(items: &[Listed]) -> Vec<&str> {
    items.iter().map(|item| item.name.as_str()).collect()
}

/// Six executions: done, rejected on the way, failed for good, in a retry, at work, and stopped.
async fn six(engine: &Engine) {
    for (number, digits) in DIGITS.iter().enumerate() {
        let input = json!({
            "booking_id": format!("bkg_{digits}"), "user_id": format!("usr_{}", DIGITS[number % 2]),
            "showtime_id": format!("sho_{}", DIGITS[number % 3]), "seats": [{ "seat": format!("A{}", number + 1) }, { "seat": "B7" }],
            "payment": { "payment_id": format!("pay_{digits}") },
        });
        engine.orchestrator.start("test", &format!("bkg_{digits}"), input).await.unwrap();
        let (token, _) = engine.request().await;
        match number {
            0 => engine.orchestrator.succeed(&token, json!(1)).await.unwrap(),
            1 => {
                let refused = StepError::Rejected(Reason::SeatUnavailable, "A2 is taken".to_owned());
                engine.orchestrator.fail(&token, &refused).await.unwrap();
            }
            2 => {
                let wrong = StepError::Rejected(Reason::InvalidRequest, "no such thing".to_owned());
                engine.orchestrator.fail(&token, &wrong).await.unwrap();
            }
            3 => engine.orchestrator.fail(&token, &transient()).await.unwrap(),
            4 => {}
            _ => engine.orchestrator.stop("test", &format!("bkg_{digits}"), "Operator", "because").await.unwrap(),
        }
        engine.ambient.advance(Duration::minutes(1));
    }
}

#[tokio::test]
async fn a_line_says_where_a_saga_stands_and_what_it_met() {
    let engine = Engine::new().await;
    six(&engine).await;
    let items = all(&engine.orchestrator, "").await;
    let of = |number: usize| items.iter().find(|item| item.name.ends_with(DIGITS[number])).unwrap();

    let (done, rejected, failed) = (of(0), of(1), of(2));
    assert_eq!((done.status, &*done.states, &done.error), (Status::Succeeded, &[][..], &None));
    assert_eq!(done.stopped_at, Some(done.started_at), "the clock stood still");
    assert_eq!(done.seats, ["A1", "B7"]);
    assert_eq!(done.version.as_deref().map(str::len), Some(64));
    assert_eq!((rejected.status, rejected.error.as_deref()), (Status::Succeeded, Some("SeatUnavailable")));
    assert_eq!((rejected.failed_state.as_deref(), rejected.cause.as_deref()), (Some("Work"), Some("A2 is taken")));
    assert_eq!((failed.status, failed.error.as_deref()), (Status::Failed, Some("InvalidRequest")));
    assert_eq!((failed.failed_state.as_deref(), &*failed.states), (Some("Work"), &["Work".to_owned()][..]));

    let (retry, work) = (of(3), of(4));
    assert_eq!((retry.status, retry.waiting, retry.attempt), (Status::Running, Some(Waiting::Retry), 1));
    assert_eq!(retry.wakes_at, Some(retry.started_at + Duration::seconds(10)));
    assert_eq!(retry.error.as_deref(), Some("Usher.Transient"));
    assert_eq!((work.waiting, work.attempt, work.entered_at), (Some(Waiting::Task), 0, Some(work.started_at)));
    assert_eq!((of(5).status, of(5).error.as_deref()), (Status::Aborted, Some("Operator")));
}

#[tokio::test]
async fn the_sql_of_a_search_says_what_its_conditions_mean() {
    let engine = Engine::new().await;
    six(&engine).await;
    let now = engine.ambient.now();
    let items = all(&engine.orchestrator, "").await;
    assert_eq!(items.len(), 6);
    let version = items[0].version.clone().unwrap();
    let texts = [
        "status:running".to_owned(),
        "status:unhappy".to_owned(),
        "-status:succeeded,aborted".to_owned(),
        "saga:booking".to_owned(),
        "-saga:booking,refund".to_owned(),
        "step:\"Work\"".to_owned(),
        "-step:\"Work\"".to_owned(),
        "age>3m".to_owned(),
        "age>=3m age<6m".to_owned(),
        "age:3m".to_owned(),
        "attempt:1".to_owned(),
        "attempt<1".to_owned(),
        "attempt>0 -attempt>1".to_owned(),
        "error:Seat*,*Request".to_owned(),
        "-error:*".to_owned(),
        "error:Seat_navailable".to_owned(),
        "seat:A3,A4".to_owned(),
        "-seat:B7".to_owned(),
        format!("bkg_{}", DIGITS[3]),
        format!("user:usr_{} status:running", DIGITS[0]),
        format!("showtime:sho_{},sho_{}", DIGITS[0], DIGITS[1]),
        format!("payment:pay_{},pay_{}", DIGITS[2], DIGITS[4]),
        format!("version:{}", &version[..6]),
        "version:0000".to_owned(),
    ];
    for text in &texts {
        let query: Query = text.parse().unwrap();
        let expected: Vec<&str> =
            items.iter().filter(|item| query.finds(item, now)).map(|item| item.name.as_str()).collect();
        assert_eq!(names(&all(&engine.orchestrator, text).await), expected, "{text}");
    }
    let none: PaymentId = format!("pay_{}", DIGITS[0]).parse().unwrap();
    assert_eq!(names(&all(&engine.orchestrator, &none.to_string()).await), [format!("bkg_{}", DIGITS[0])]);
}

#[tokio::test]
async fn pages_follow_each_other_in_every_order() {
    let engine = Engine::new().await;
    six(&engine).await;
    for (sort, query, expected) in [
        (Sort::Newest, "", vec![5, 4, 3, 2, 1, 0]),
        (Sort::Oldest, "", vec![0, 1, 2, 3, 4, 5]),
        (Sort::Waiting, "", vec![2, 3, 4, 5]),
        (Sort::Oldest, "status:running", vec![3, 4]),
    ] {
        let mut search = Search { query: query.parse().unwrap(), sort, limit: 2, cursor: None };
        let mut seen = Vec::new();
        loop {
            let page = found(&engine.orchestrator, search.clone()).await;
            assert!(page.items.len() <= 2);
            seen.extend(page.items.into_iter().map(|item| item.name));
            match page.next {
                Some(next) => search.cursor = Some(next),
                None => break,
            }
        }
        let expected: Vec<String> = expected.into_iter().map(|number| format!("bkg_{}", DIGITS[number])).collect();
        assert_eq!(seen, expected, "{sort:?}");
    }
    let nonsense = Search { cursor: Some("nonsense".to_owned()), ..Search::default() };
    let refused = engine.orchestrator.find(&nonsense).await;
    assert!(matches!(refused, Err(OrchestratorError::Refused(_))), "{refused:?}");
}

#[tokio::test]
async fn what_the_list_missed_is_found_by_looking() {
    let engine = Engine::new().await;
    six(&engine).await;
    let before = all(&engine.orchestrator, "").await;
    // As after a crash between a transition and the writing of the list, and with one old line.
    let pool = engine.database.pool();
    sqlx::query("DELETE FROM orchestrator.sagas WHERE attempt = 0").execute(pool).await.unwrap();
    sqlx::query("UPDATE orchestrator.sagas SET moved = 1, states = 'Old'").execute(pool).await.unwrap();
    engine.ambient.advance(Duration::minutes(1));
    assert_eq!(engine.orchestrator.catch_up().await.unwrap(), 6);
    let after = all(&engine.orchestrator, "").await;
    let stands = |items: &[Listed]| -> Vec<_> {
        items.iter().map(|item| (item.name.clone(), item.status, item.states.clone(), item.stopped_at)).collect()
    };
    assert_eq!(stands(&after), stands(&before));
    assert_eq!(engine.orchestrator.catch_up().await.unwrap(), 0, "it is not time to look again");
    engine.ambient.advance(Duration::minutes(1));
    assert_eq!(engine.orchestrator.catch_up().await.unwrap(), 0, "and then nothing is missed");
    let page = found(&engine.orchestrator, Search::default()).await;
    assert!(page.behind_seconds <= 5, "{}", page.behind_seconds);

    sqlx::query("DELETE FROM orchestrator.sagas").execute(pool).await.unwrap();
    engine.orchestrator.list_anew().await.unwrap();
    assert_eq!(engine.orchestrator.catch_up().await.unwrap(), 6, "the whole list is made anew");
}

#[tokio::test]
async fn errors_are_counted_by_where_they_were_met() {
    let engine = Engine::new().await;
    six(&engine).await;
    all(&engine.orchestrator, "").await;
    let groups = engine.orchestrator.errors(engine.ambient.now() - Duration::hours(1)).await.unwrap();
    let seen: Vec<_> = groups.iter().map(|group| (group.error.as_str(), group.count, group.unhappy)).collect();
    assert_eq!(seen.len(), 4, "{seen:?}");
    assert!(seen.contains(&("InvalidRequest", 1, 1)) && seen.contains(&("SeatUnavailable", 1, 0)), "{seen:?}");
    assert!(groups.iter().all(|group| group.state.as_deref() == Some("Work") && group.deployed_at.is_some()));
    let later = engine.orchestrator.errors(engine.ambient.now()).await.unwrap();
    assert_eq!(later, []);
}

#[tokio::test]
async fn what_workers_note_is_read_in_order() {
    let engine = Engine::new().await;
    engine.start("a").await;
    let note = |step: &str, outcome: &str| Delivered {
        saga: "test".to_owned(),
        name: "a".to_owned(),
        step: step.to_owned(),
        attempt: 0,
        worker: "house:7".to_owned(),
        receives: 2,
        took: std::time::Duration::from_millis(1500),
        outcome: outcome.to_owned(),
    };
    engine.orchestrator.delivered(note("reserve-seats", "done"));
    engine.ambient.advance(Duration::seconds(5));
    engine.orchestrator.delivered(note("charge-payment", "Usher.Transient"));
    let deliveries = engine.orchestrator.deliveries("test", "a").await.unwrap();
    let steps: Vec<&str> = deliveries.iter().map(|delivery| delivery.step.as_str()).collect();
    assert_eq!(steps, ["reserve-seats", "charge-payment"]);
    assert_eq!(deliveries[1].ended_at - deliveries[1].began_at, Duration::milliseconds(1500));
    assert_eq!((deliveries[1].worker.as_str(), deliveries[1].receives), ("house:7", 2));
    assert_eq!(engine.orchestrator.deliveries("test", "b").await.unwrap(), []);
}
