//! One act on many sagas: fixed when it is looked at, begun at its rate, and every item accounted for.

use serde_json::{Value, json};
use usher_bookings::Status;
use usher_core::ids::BookingId;
use usher_workflows::{definitions::BOOKING, orchestrator::Status as ExecutionStatus};

use crate::{
    front::Staff,
    world::{World, eventually},
};

async fn confirmed(world: &World, seat: usize) -> BookingId {
    let seat = world.seat(seat);
    let id = world.book(&[&seat], "pm_ok").await;
    world.until(id, &[Status::Confirmed]).await;
    let ended = eventually(async || {
        let execution = world.services.orchestrator().describe(BOOKING.name, &id.to_string()).await.unwrap()?;
        (execution.status == ExecutionStatus::Succeeded).then_some(())
    });
    ended.await.expect("its saga ends");
    id
}

/// The batch, whose counts always come to the whole.
async fn look(staff: &Staff, path: &str) -> Value {
    let (status, batch) = staff.get(path).await;
    assert_eq!(status, 200, "{batch}");
    let counts = batch["counts"].as_object().unwrap();
    let sum: i64 = counts.iter().filter(|(name, _)| *name != "total").map(|(_, count)| count.as_i64().unwrap()).sum();
    assert_eq!(json!(sum), counts["total"], "{batch}");
    batch
}

#[tokio::test(flavor = "multi_thread")]
pub async fn a_batch_is_looked_at_paused_resumed_and_accounted_for() {
    let mut world = World::new().await;
    world.open_front().await;
    let otto = world.staff("otto", "operator").await;
    let mut names = Vec::new();
    for seat in 0..4 {
        names.push(confirmed(&world, seat).await.to_string());
    }
    let stranger = "bkg_00000000000000000000000000".to_owned();
    let wanted: Vec<&String> = names.iter().chain([&stranger, &names[0]]).collect();
    let body = json!({ "act": "undo", "names": wanted, "reason": "the projector broke", "rate": 120 });
    let (status, batch) = otto.post("/api/batches", &body).await;
    assert_eq!((status, &batch["stage"]), (201, &json!("previewed")), "{batch}");
    let path = format!("/api/batches/{}", batch["id"].as_str().unwrap());
    assert_eq!((&batch["stake"]["seats"], &batch["stake"]["tickets"]), (&json!(4), &json!(4)));
    assert_eq!(
        (&batch["counts"]["total"], &batch["counts"]["skipped"]),
        (&json!(5), &json!(1)),
        "nobody is in it twice"
    );
    assert_eq!(world.provider_effects().await, (4, 0), "looking does nothing");
    assert_eq!(otto.post(&format!("{path}/resume"), &Value::Null).await.0, 409, "it was never started");
    assert_eq!(otto.post(&format!("{path}/start"), &Value::Null).await.0, 200);
    let begun = eventually(async || (look(&otto, &path).await["counts"]["pending"] != 4).then_some(()));
    begun.await.expect("the first item begins");
    let (status, paused) = otto.post(&format!("{path}/pause"), &Value::Null).await;
    assert_eq!((status, &paused["stage"]), (200, &json!("paused")));
    let pending = look(&otto, &path).await["counts"]["pending"].clone();
    assert!(pending.as_i64().unwrap() > 0, "they do not begin all at once");
    let settled = eventually(async || (look(&otto, &path).await["counts"]["begun"] == 0).then_some(()));
    settled.await.expect("what has begun goes on to its end");
    assert_eq!(look(&otto, &path).await["counts"]["pending"], pending, "and nothing else begins");
    assert_eq!(otto.post(&format!("{path}/resume"), &Value::Null).await.0, 200);
    let done = eventually(async || {
        let batch = look(&otto, &path).await;
        (batch["stage"] == "done").then_some(batch)
    });
    let done = done.await.expect("it comes to its end");
    assert_eq!((&done["counts"]["worked"], &done["counts"]["skipped"]), (&json!(4), &json!(1)), "{done}");
    let (_, items) = otto.get(&format!("{path}/items")).await;
    for item in items["items"].as_array().unwrap() {
        let expected = if item["name"] == json!(stranger) { "skipped" } else { "worked" };
        assert_eq!(item["outcome"], expected, "{item}");
    }
    assert_eq!(world.provider_effects().await, (4, 4));
    let (status, late) = otto.post(&format!("{path}/cancel"), &Value::Null).await;
    assert_eq!(status, 409, "{late}");
    world.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_goes_on_in_another_process_and_an_item_that_moved_is_skipped() {
    let mut world = World::new().await;
    world.open_front().await;
    let otto = world.staff("otto", "operator").await;
    let (kept, moved) = (confirmed(&world, 0).await, confirmed(&world, 1).await);
    let body = json!({ "act": "undo", "names": [kept, moved], "reason": "a test", "rate": 6000 });
    let (_, batch) = otto.post("/api/batches", &body).await;
    let id = batch["id"].as_str().unwrap().to_owned();
    // A process that died after it had named the act of the first item and before it asked for it.
    let (act, pool) = (usher_core::ids::ActId::new(&*world.services.ambient), &world.services.databases.engine);
    sqlx::query("UPDATE operations.batch_items SET outcome = 'begun', act = $2 WHERE batch = $1 AND name = $3")
        .bind(&id)
        .bind(act.to_string())
        .bind(kept.to_string())
        .execute(pool)
        .await
        .unwrap();
    // And somebody who set the second one right by hand meanwhile.
    sqlx::query("UPDATE operations.batch_items SET version = version - 1 WHERE batch = $1 AND name = $2")
        .bind(&id)
        .bind(moved.to_string())
        .execute(pool)
        .await
        .unwrap();
    assert_eq!(otto.post(&format!("/api/batches/{id}/start"), &Value::Null).await.0, 200);
    let done = eventually(async || {
        let batch = look(&otto, &format!("/api/batches/{id}")).await;
        (batch["stage"] == "done").then_some(batch)
    });
    let done = done.await.expect("it comes to its end");
    assert_eq!((&done["counts"]["worked"], &done["counts"]["skipped"]), (&json!(1), &json!(1)), "{done}");
    assert_eq!(world.booking(kept).await.status, Status::Cancelled);
    assert_eq!(world.booking(moved).await.status, Status::Confirmed);
    world.settle().await;
}
