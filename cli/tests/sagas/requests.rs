//! Messages that no worker can perform: each is a dead letter with its reason, and the worker lives on.

use serde_json::{Value, json};
use usher_bookings::Status;
use usher_messaging::queue::MAX_BODY;
use usher_workers::{
    step::{Registered, Step, StepContext},
    steps,
};
use usher_workflows::{booking::SagaData, error::StepError, step::STEPS};

use crate::{
    over::Over,
    world::{World, eventually},
};

const QUEUE: &str = "reserve-seats";

fn request(changed: &[(&str, Value)]) -> String {
    let mut request = json!({
        "version": 1, "task_token": "AAAAAAAAAAAAAAAAAAAAAA", "execution": "booking:bkg_1", "saga": "booking",
        "name": "bkg_1", "step": QUEUE, "attempt": 0, "entered_at": "2026-11-20T10:00:00Z", "input": {},
    });
    for (member, value) in changed {
        request[*member] = value.clone();
    }
    request.to_string()
}

#[tokio::test(flavor = "multi_thread")]
pub async fn what_is_no_request_is_a_dead_letter_with_its_reason_and_the_worker_lives_on() {
    let mut world = World::new().await;
    let cases = [
        ("hello".to_owned(), "not JSON"),
        (request(&[("version", json!(2))]), "update the workers"),
        (request(&[("step", json!("make-coffee"))]), "another step (make-coffee)"),
        (r#"{"version": 1}"#.to_owned(), "missing field `task_token`"),
    ];
    let bodies = cases.iter().map(|(body, _)| body.clone()).collect();
    world.services.transport.tasks.send(QUEUE, bodies).await.unwrap();
    // Past every port, as somebody with other tools would. What carries messages elsewhere refuses that by itself.
    let is_ours = Over::chosen() == Over::Embedded;
    if is_ours {
        sqlx::query(
            "INSERT INTO messaging.messages (queue, id, body, visible_at, sent_at)
             VALUES ($1, gen_random_uuid(), $2, now(), now())",
        )
        .bind(QUEUE)
        .bind("x".repeat(MAX_BODY + 1))
        .execute(&world.services.databases.engine)
        .await
        .unwrap();
    }
    let letters = eventually(async || {
        let letters = world.services.transport.tasks.dead_letters(QUEUE, None, 10).await.unwrap();
        (letters.len() == cases.len() + usize::from(is_ours)).then_some(letters)
    });
    let letters = letters.await.expect("all of them are dead letters");
    for (body, reason) in cases {
        let letter = letters.iter().find(|letter| letter.body == body).unwrap();
        assert!(letter.reason.contains(reason) && letter.receives == 1, "{letter:?}");
    }
    assert_eq!(letters.iter().any(|letter| letter.reason.contains("is larger than 262144")), is_ours);

    let seat = world.seat(0);
    let id = world.book(&[&seat], "pm_ok").await;
    world.until(id, &[Status::Confirmed]).await;
    world.end().await;
}

/// A step that has grown a habit of telling everything.
struct Talkative;

impl Step for Talkative {
    const NAME: &'static str = QUEUE;
    type Input = SagaData;
    type Output = Value;

    async fn run(&self, _: &StepContext, _: SagaData) -> Result<Value, StepError> {
        Ok(json!({ "everything": "x".repeat(70_000) }))
    }
}

#[tokio::test(flavor = "multi_thread")]
pub async fn a_step_that_answers_too_much_is_rejected_and_undone() {
    let others = steps::all().into_iter().filter(|step| step.name != QUEUE);
    let steps: Vec<Registered> = others.chain([Registered::of(Talkative)]).collect();
    assert_eq!(steps.len(), STEPS.len());
    let world = World::with_steps(&[], steps).await;
    let seat = world.seat(0);
    let id = world.book(&[&seat], "pm_ok").await;
    let booking = world.until(id, &[Status::Rejected]).await;
    assert_eq!(booking.reason.as_deref(), Some("InvalidRequest"));
    world.settle().await;
}
