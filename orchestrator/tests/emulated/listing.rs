//! The list of our own: what it is asked, what it knows, and what it is good for while the engine is away.

use serde_json::json;
use time::OffsetDateTime;
use usher_orchestrator::projected::LOST;
use usher_workflows::{
    error::StepError,
    orchestrator::{Filter, Orchestrator as _, OrchestratorError, Status},
};

use crate::world::{World, input};

async fn names(world: &World, filter: Filter) -> Vec<String> {
    let mut names: Vec<String> =
        world.projected.list(&filter).await.unwrap().items.into_iter().map(|item| item.name).collect();
    names.sort();
    names
}

#[tokio::test]
async fn executions_are_found_by_whatever_they_are_about_also_while_the_engine_is_away() {
    let mut world = World::new().await;
    let list = world.projected.clone();
    for (booking, showtime) in [("bkg_1", "sho_1"), ("bkg_2", "sho_1"), ("bkg_3", "sho_2")] {
        list.start("booking", booking, input(booking, showtime)).await.unwrap();
        let request = world.request("reserve-seats").await;
        list.observe(&request);
        if booking != "bkg_3" {
            list.succeed(&request.task_token, json!({ "hold_id": "hld_1", "epoch": 1 })).await.unwrap();
            list.observe(&world.request("charge-payment").await);
        }
    }
    list.start(
        "cancellation",
        "can_1",
        json!({ "booking_id": "bkg_1", "showtime_id": "sho_1", "payment": { "payment_id": "pay_9" } }),
    )
    .await
    .unwrap();
    list.observe(&world.request("revoke-tickets").await);
    world.look().await;
    world.emulator.kill().await.unwrap();

    let filter = Filter::default;
    assert_eq!(names(&world, filter()).await, ["bkg_1", "bkg_2", "bkg_3", "can_1"]);
    assert_eq!(names(&world, Filter { booking: Some("bkg_1".to_owned()), ..filter() }).await, ["bkg_1", "can_1"]);
    assert_eq!(names(&world, Filter { showtime: Some("sho_2".to_owned()), ..filter() }).await, ["bkg_3"]);
    assert_eq!(names(&world, Filter { payment: Some("pay_9".to_owned()), ..filter() }).await, ["can_1"]);
    assert_eq!(names(&world, Filter { state: Some("ChargePayment".to_owned()), ..filter() }).await, ["bkg_1", "bkg_2"]);
    assert_eq!(names(&world, Filter { saga: Some("cancellation".to_owned()), ..filter() }).await, ["can_1"]);
    assert_eq!(names(&world, Filter { status: Some(Status::Succeeded), ..filter() }).await, Vec::<String>::new());
    let long_ago = Some(OffsetDateTime::UNIX_EPOCH);
    assert_eq!(names(&world, Filter { started_before: long_ago, ..filter() }).await, Vec::<String>::new());

    let known = list.describe("booking", "bkg_3").await.unwrap().unwrap();
    assert_eq!(
        (known.status, known.states, known.input),
        (Status::Running, vec!["ReserveSeats".to_owned()], input("bkg_3", "sho_2"))
    );
    let unknown = list.describe("booking", "bkg_9").await;
    assert!(matches!(unknown, Err(OrchestratorError::Unavailable(_))), "{unknown:?}");
    let started = list.start("booking", "bkg_9", input("bkg_9", "sho_1")).await;
    assert!(matches!(started, Err(OrchestratorError::Unavailable(_))), "{started:?}");
    assert!(names(&world, filter()).await.iter().all(|name| name != "bkg_9"), "nobody knows whether it began");
    list.start("booking", "bkg_1", input("bkg_1", "sho_1")).await.unwrap();
}

#[tokio::test]
async fn ends_are_found_and_a_bad_one_tells_why() {
    let world = World::new().await;
    let list = world.projected.clone();
    list.start("booking", "bkg_1", input("bkg_1", "sho_1")).await.unwrap();
    let request = world.request("reserve-seats").await;
    list.succeed(&request.task_token, json!({ "hold_id": "hld_1", "epoch": 1 })).await.unwrap();
    let request = world.request("charge-payment").await;
    list.succeed(&request.task_token, json!({ "payment_id": "pay_1" })).await.unwrap();
    let request = world.request("issue-tickets").await;
    list.observe(&request);
    list.fail(&request.task_token, &StepError::Unknown("no ink".to_owned())).await.unwrap();
    while world.adapter.describe("booking", "bkg_1").await.unwrap().unwrap().status == Status::Running {}
    // Somebody else started this one, and nobody told us.
    world.adapter.start("booking", "bkg_2", input("bkg_2", "sho_7")).await.unwrap();
    world.look().await;
    let failed = list.list(&Filter { status: Some(Status::Failed), ..Filter::default() }).await.unwrap().items;
    assert_eq!(failed.len(), 1);
    assert_eq!(
        (failed[0].error.as_deref(), failed[0].cause.as_deref()),
        (Some("PaymentOutcomeUnknown"), Some("no ink"))
    );
    assert_eq!(failed[0].states, ["IssueTickets"]);
    assert_eq!(names(&world, Filter { payment: Some("pay_1".to_owned()), ..Filter::default() }).await, ["bkg_1"]);
    assert_eq!(names(&world, Filter { showtime: Some("sho_7".to_owned()), ..Filter::default() }).await, ["bkg_2"]);
    list.stop("booking", "bkg_2", "Operator", "because").await.unwrap();
    assert_eq!(names(&world, Filter { status: Some(Status::Aborted), ..Filter::default() }).await, ["bkg_2"]);
}

#[tokio::test]
async fn what_the_engine_lost_begins_again_three_times_and_then_on_demand() {
    let mut world = World::new().await;
    let list = world.projected.clone();
    list.start("booking", "bkg_1", input("bkg_1", "sho_1")).await.unwrap();
    for _ in 0..3 {
        list.observe(&world.request("reserve-seats").await);
        world.look().await;
        world.forget_everything().await;
        list.start("booking", "bkg_1", input("bkg_1", "sho_1")).await.unwrap();
        assert_eq!(
            world.adapter.describe("booking", "bkg_1").await.unwrap(),
            None,
            "a name that was started is not started again"
        );
        world.look().await;
        assert_eq!(names(&world, Filter { status: Some(Status::Running), ..Filter::default() }).await, ["bkg_1"]);
    }
    assert_eq!(world.request("reserve-seats").await.input, input("bkg_1", "sho_1"));
    world.forget_everything().await;
    world.look().await;
    let gone = list.list(&Filter { status: Some(Status::Aborted), ..Filter::default() }).await.unwrap().items;
    assert_eq!((gone.len(), gone[0].error.as_deref()), (1, Some(LOST)));
    list.redrive("booking", "bkg_1").await.unwrap();
    assert_eq!(world.request("reserve-seats").await.input, input("bkg_1", "sho_1"));
    assert_eq!(names(&world, Filter { status: Some(Status::Running), ..Filter::default() }).await, ["bkg_1"]);
    let other = list.redrive("booking", "bkg_2").await;
    assert!(other.is_err(), "what was never started does not begin by a redrive: {other:?}");
}

#[tokio::test]
async fn what_was_lost_too_long_ago_is_left_to_a_person() {
    let mut world = World::new().await;
    let list = world.projected.clone();
    list.start("booking", "bkg_1", input("bkg_1", "sho_1")).await.unwrap();
    world.forget_everything().await;
    world.ambient.advance(time::Duration::days(15));
    world.look().await;
    let gone = list.list(&Filter { status: Some(Status::Aborted), ..Filter::default() }).await.unwrap().items;
    assert_eq!((gone.len(), gone[0].error.as_deref()), (1, Some(LOST)));
}

#[tokio::test]
async fn what_ended_long_ago_leaves_the_list() {
    let world = World::new().await;
    let list = world.projected.clone();
    list.start("booking", "bkg_1", input("bkg_1", "sho_1")).await.unwrap();
    list.stop("booking", "bkg_1", "Operator", "because").await.unwrap();
    assert_eq!(list.running().await.unwrap(), 0);
    // Our clock is hours ahead of the emulator's.
    assert_eq!(list.prune(time::Duration::days(90), 10).await.unwrap(), 0);
    assert_eq!(list.prune(time::Duration::hours(1), 10).await.unwrap(), 1);
    assert_eq!(names(&world, Filter::default()).await, Vec::<String>::new());
    assert!(!world.database.url().is_empty());
}
