//! What operators do, over the real router, engine, workers and provider: each act, who may do it, what it says before and
//! after, and that the audit is clean when it is done.

use serde_json::{Value, json};
use usher_bookings::Status;
use usher_core::ids::BookingId;
use usher_workflows::{
    definitions::{BOOKING, CANCELLATION},
    orchestrator::Status as ExecutionStatus,
};

use crate::{
    front::Staff,
    world::{World, eventually},
};

/// A world with a front and two people who run the house.
async fn house() -> (World, Staff, Staff) {
    let mut world = World::new().await;
    world.open_front().await;
    let (otto, petra) = (world.staff("otto", "operator").await, world.staff("petra", "refund_approver").await);
    (world, otto, petra)
}

/// Waits until an act is over.
async fn over(staff: &Staff, act: &Value) -> Value {
    let id = act["id"].as_str().unwrap();
    let over = eventually(async || {
        let (status, act) = staff.get(&format!("/api/acts/{id}")).await;
        assert_eq!(status, 200, "{act}");
        (act["status"] != "requested").then_some(act)
    });
    over.await.unwrap_or_else(|| panic!("{act} was never over"))
}

async fn preview(staff: &Staff, id: impl ToString, act: &str) -> Value {
    let mut body = json!({ "dry_run": true });
    if act == "stop" {
        body["undo"] = json!(false);
    }
    let (status, preview) = staff.post(&format!("/api/sagas/{}/{act}", id.to_string()), &body).await;
    assert_eq!(status, 200, "{preview}");
    preview
}

/// Looks, and acts on what was seen; again when it moved meanwhile.
async fn act(staff: &Staff, id: impl ToString, act: &str) -> Value {
    let id = id.to_string();
    let acted = eventually(async || {
        let seen = preview(staff, &id, act).await;
        let mut body = json!({ "reason": "a test", "ticket": "T-1", "expected_version": seen["saga"]["version"] });
        if act == "stop" {
            body["undo"] = json!(false);
        }
        let (status, asked) = staff.post(&format!("/api/sagas/{id}/{act}"), &body).await;
        assert!(status == 202 || asked["saga"].is_object(), "{asked}");
        (status == 202).then_some(asked)
    });
    acted.await.unwrap_or_else(|| panic!("{id} never stood still for {act}"))
}

/// A booking whose saga waits before another attempt at its charge, because the provider fails.
async fn hanging(world: &World) -> BookingId {
    world.order(&json!({ "mode": "fail_before", "on": ["charge", "look_up", "cancel"] })).await;
    let seat = world.seat(0);
    let id = world.book(&[&seat], "pm_ok").await;
    let waiting = eventually(async || {
        let history = world.services.orchestrator().history(BOOKING.name, &id.to_string()).await.unwrap();
        history.iter().any(|event| event["type"] == "TaskFailed").then_some(())
    });
    waiting.await.expect("it waits before another attempt");
    id
}

async fn until_ended(world: &World, saga: &str, name: &str, status: ExecutionStatus) {
    let ended = eventually(async || {
        let execution = world.services.orchestrator().describe(saga, name).await.unwrap()?;
        (execution.status == status).then_some(())
    });
    assert!(ended.await.is_some(), "{saga} {name} never was {status:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_needs_two_people_and_what_was_stopped_is_redriven() {
    let (world, otto, petra) = house().await;
    let id = hanging(&world).await;
    let seen = preview(&otto, id, "stop").await;
    assert_eq!((&seen["effect"], &seen["needs_approval"]), (&json!("is_left"), &json!(true)));
    let asked = act(&otto, id, "stop").await;
    assert_eq!(asked["status"], "awaiting_approval");
    world.lift().await;
    let approve = format!("/api/acts/{}/approve", asked["id"].as_str().unwrap());
    assert_eq!(otto.post(&approve, &Value::Null).await.0, 403, "an operator is no approver");
    let (status, busy) =
        otto.post(&format!("/api/sagas/{id}/retry"), &json!({ "reason": "x", "expected_version": 1 })).await;
    assert_eq!((status, &busy["act"]["id"]), (409, &asked["id"]), "one act at a time");
    let (status, approved) = petra.post(&approve, &Value::Null).await;
    assert_eq!(status, 200, "{approved}");
    let stopped = over(&otto, &asked).await;
    if stopped["status"] == "refused" {
        // It moved between the two people, which they are told; then nothing was changed, and it goes on by itself.
        assert!(stopped["outcome"]["why"].as_str().unwrap().contains("moved on"), "{stopped}");
    } else {
        assert_eq!((&stopped["status"], &stopped["after"]["status"]), (&json!("worked"), &json!("ABORTED")));
        let redriven = act(&otto, id, "redrive").await;
        assert_eq!(redriven["before"]["error"], "Usher.Stopped");
        over(&otto, &redriven).await;
    }
    world.until(id, &[Status::Rejected, Status::Confirmed]).await;
    assert!(world.services.operations.verify_chain().await.unwrap().breaks.is_empty());
    world.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
pub async fn a_hanging_booking_is_undone_and_ends_cancelled_without_a_charge() {
    let (world, otto, _) = house().await;
    let id = hanging(&world).await;
    let seen = preview(&otto, id, "undo").await;
    assert_eq!(seen["effect"], "goes_back");
    assert_eq!(seen["stake"]["seats"], json!([world.seat(0)]));
    let before = world.provider_effects().await;
    let asked = act(&otto, id, "undo").await;
    world.lift().await;
    let worked = over(&otto, &asked).await;
    assert_eq!((&worked["status"], &worked["act"]), (&json!("worked"), &json!("undo")), "{worked}");
    assert_eq!(world.booking(id).await.status, Status::Cancelled);
    assert_eq!(world.provider_effects().await, before, "nothing was charged");
    let (_, acts) = otto.get(&format!("/api/sagas/{id}/acts")).await;
    assert_eq!(acts["items"].as_array().unwrap().len(), 1);
    assert_eq!((&acts["items"][0]["by"]["role"], &acts["items"][0]["ticket"]), (&json!("operator"), &json!("T-1")));
    world.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
pub async fn a_confirmed_booking_is_undone_by_a_saga_of_its_own() {
    let (world, otto, _) = house().await;
    let seat = world.seat(0);
    let id = world.book(&[&seat], "pm_ok").await;
    world.until(id, &[Status::Confirmed]).await;
    until_ended(&world, BOOKING.name, &id.to_string(), ExecutionStatus::Succeeded).await;
    let seen = preview(&otto, id, "undo").await;
    assert_eq!((&seen["stake"]["tickets"], &seen["stake"]["mails"]), (&json!(1), &json!(1)));
    assert_eq!(seen["stake"]["money"]["amount"], world.booking(id).await.total.amount);
    assert_eq!(world.provider_effects().await, (1, 0), "a preview asks the provider for nothing");
    let worked = over(&otto, &act(&otto, id, "undo").await).await;
    assert_eq!(worked["status"], "worked", "{worked}");
    let cancellation = id.to_string().replace("bkg_", "can_");
    until_ended(&world, CANCELLATION.name, &cancellation, ExecutionStatus::Succeeded).await;
    assert_eq!(world.provider_effects().await, (1, 1));
    let (status, again) = otto.post(&format!("/api/sagas/{id}/undo"), &json!({ "dry_run": true })).await;
    assert_eq!(status, 200, "its own saga ended well, so it is asked: {again}");
    world.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
pub async fn of_two_people_with_one_sight_the_second_is_told_how_it_stands_now() {
    let (world, otto, petra) = house().await;
    let id = hanging(&world).await;
    let path = format!("/api/sagas/{id}/undo");
    let decided = eventually(async || {
        let seen = preview(&otto, id, "undo").await;
        let body = json!({ "reason": "both saw it", "expected_version": seen["saga"]["version"] });
        let ((first, _), (second, _)) = tokio::join!(otto.post(&path, &body), petra.post(&path, &body));
        let mut answers = [first, second];
        answers.sort_unstable();
        assert!(answers == [202, 409] || answers == [409, 409], "{answers:?}");
        (answers == [202, 409]).then_some(body)
    });
    let body = decided.await.expect("one of the two is first");
    world.lift().await;
    world.until(id, &[Status::Cancelled]).await;
    let (status, late) = petra.post(&path, &body).await;
    assert_eq!(status, 409, "{late}");
    assert!(late["saga"].is_object() || late["act"].is_object(), "{late}");
    let (status, missing) = petra.post(&path, &json!({ "expected_version": 1 })).await;
    assert_eq!((status, &missing["errors"][0]["pointer"]), (422, &json!("#/reason")));
    world.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
pub async fn an_edited_row_of_the_chain_is_found() {
    let (world, otto, _) = house().await;
    let id = hanging(&world).await;
    let asked = act(&otto, id, "undo").await;
    world.lift().await;
    over(&otto, &asked).await;
    let report = world.services.operations.verify_chain().await.unwrap();
    assert_eq!((report.entries, report.breaks.len()), (3, 0), "requested, carried out, worked");
    let pool = &world.services.databases.engine;
    let edit = "UPDATE operations.chain SET entry = replace(entry::text, 'a test', 'nothing')::json WHERE seq = 1";
    assert!(sqlx::query(edit).execute(pool).await.unwrap_err().to_string().contains("append-only"));
    let mut connection = pool.acquire().await.unwrap();
    for statement in ["SET session_replication_role = replica", edit, "SET session_replication_role = origin"] {
        sqlx::query(statement).execute(&mut *connection).await.unwrap();
    }
    let report = world.services.operations.verify_chain().await.unwrap();
    assert_eq!(report.breaks.len(), 1);
    assert_eq!((report.breaks[0].seq, report.breaks[0].what), (1, "it was changed after it was written"));
    drop(connection);
    world.settle().await;
}

/// Stops a saga, by two people.
async fn stopped(otto: &Staff, petra: &Staff, id: BookingId) {
    let stopped = eventually(async || {
        let asked = act(otto, id, "stop").await;
        let (status, approved) =
            petra.post(&format!("/api/acts/{}/approve", asked["id"].as_str().unwrap()), &Value::Null).await;
        assert_eq!(status, 200, "{approved}");
        (over(otto, &asked).await["status"] == "worked").then_some(()) // Or it moved between the two.
    });
    stopped.await.expect("it can be stopped");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redrive_that_fails_again_shows_both_errors() {
    let (world, otto, petra) = house().await;
    let id = hanging(&world).await;
    stopped(&otto, &petra, id).await;
    let path = |act: &str| format!("/api/sagas/{id}/{act}");
    let (status, refused) = otto.post(&path("retry"), &json!({ "dry_run": true })).await;
    assert_eq!((status, &refused["possible"]), (409, &json!(["redrive", "undo", "complete"])), "{refused}");
    let version = refused["saga"]["version"].clone();
    for (evidence, pointer) in [(Value::Null, "#/evidence"), (json!("a receipt"), "#/output")] {
        let body = json!({ "reason": "paid at the desk", "expected_version": version, "evidence": evidence });
        let (status, problem) = otto.post(&path("complete"), &body).await;
        assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!(pointer)), "{problem}");
    }
    let mut input = world.input(id).await;
    input["payment_method"] = json!("pm_slow");
    let (status, edited) = otto.post(&path("redrive"), &json!({ "dry_run": true, "input": input })).await;
    assert_eq!(status, 200, "{edited}");
    let changes = edited["changes"].as_array().unwrap();
    assert!(changes.contains(&json!({ "path": "/payment_method", "before": "pm_ok", "after": "pm_slow" })), "{edited}");
    let again = over(&otto, &act(&otto, id, "redrive").await).await;
    assert_eq!(again["status"], "failed_again", "its catch led elsewhere: {again}");
    assert_eq!(again["outcome"]["before"]["error"], "Usher.Stopped");
    assert_eq!(again["outcome"]["after"]["error"], "PaymentOutcomeUnknown");
    world.lift().await;
    let undone = over(&otto, &act(&otto, id, "undo").await).await;
    assert_eq!(undone["status"], "worked", "{undone}");
    world.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saga_whose_seats_went_to_somebody_else_is_not_redriven_unawares() {
    let (world, otto, petra) = house().await;
    let id = hanging(&world).await;
    stopped(&otto, &petra, id).await;
    world.lift().await;
    // Time passes, and the seats are sold to somebody else.
    let pool = &world.services.databases.seating;
    for expire in [
        "UPDATE seating.holds SET expires_at = now() - interval '1 minute' WHERE state = 'held'",
        "UPDATE seating.claims SET expires_at = now() - interval '1 minute' WHERE expires_at IS NOT NULL",
    ] {
        sqlx::query(expire).execute(pool).await.unwrap();
    }
    let seat = world.seat(0);
    let other = world.book(&[&seat], "pm_ok").await;
    world.until(other, &[Status::Confirmed]).await;
    let seen = preview(&otto, id, "redrive").await;
    let obstacles = json!([format!("somebody else has {seat}: it would go back by HoldExpired")]);
    assert_eq!(seen["obstacles"], obstacles, "{seen}");
    let path = format!("/api/sagas/{id}/redrive");
    let mut body = json!({ "reason": "a test", "expected_version": seen["saga"]["version"] });
    let (status, refused) = otto.post(&path, &body).await;
    assert_eq!((status, &refused["obstacles"]), (409, &obstacles), "{refused}");
    let before = world.provider_effects().await;
    assert_eq!(before, (1, 0), "neither the preview nor the refusal did anything at the provider");
    let undone = over(&otto, &act(&otto, id, "undo").await).await;
    assert_eq!(undone["status"], "worked", "{undone}");
    assert_eq!(world.provider_effects().await, before, "nothing had been charged");
    body["despite_obstacles"] = json!(true);
    assert_eq!(otto.post(&path, &body).await.0, 409, "and now there is nothing to go on with");
    world.settle().await;
}
