//! What every test of this folder is held against at its end finds what is planted in a real saga.

use std::collections::BTreeSet;

use serde_json::json;
use usher_audit::privacy::{Kind, Place};
use usher_bookings::Status;
use usher_workflows::{definitions::BOOKING, envelope::Envelope};

use crate::world::{MAIL, NAME, World, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn one_of_each_kind_is_found_in_what_a_saga_leaves_behind() {
    let mut world = World::new().await;
    let seat = world.seat(0);
    let id = world.request(&[&seat], "pm_ok", None).await;
    let mut input = world.input(id).await;
    input["note"] = json!({
        "to": MAIL, "for": NAME, "card": "4242 4242 4242 4242",
        "session": "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ1c3JfMDFLQSJ9.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg",
    });
    world.services.orchestrator().start(BOOKING.name, &id.to_string(), input).await.unwrap();
    world.until(id, &[Status::Confirmed]).await;
    eventually(async || world.is_quiet().await.then_some(())).await.unwrap();
    let request: Envelope = serde_json::from_str(&world.bodies.lock().unwrap()[0]).unwrap();
    let token = request.task_token.0;
    tracing::info!(target: "usher", answered = token, "planted");

    let found: BTreeSet<(Kind, Place)> = world.leaks().await.iter().map(|leak| (leak.kind, leak.place)).collect();
    for kind in [Kind::MailAddress, Kind::CardNumber, Kind::WebToken, Kind::CustomerName] {
        for place in [Place::ExecutionInput, Place::History, Place::StepMessage] {
            assert!(found.contains(&(kind, place)), "{kind:?} in {place:?}: {found:?}");
        }
        assert!(!found.contains(&(kind, Place::Log)), "what is in the input is not logged: {found:?}");
    }
    let tokens: Vec<_> = found.iter().filter(|(kind, _)| *kind == Kind::TaskToken).collect();
    assert_eq!(tokens, [&(Kind::TaskToken, Place::Log)], "in the planted line, and not in their own place");
    world.end().await;
}
