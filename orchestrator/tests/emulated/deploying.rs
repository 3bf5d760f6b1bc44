//! One file, deployed again and again, with a change in between.

use serde_json::json;
use usher_orchestrator::{
    hash::hash,
    stepfunctions::deploy::{Change, Definition, present, remove, standing},
};
use usher_workflows::{
    definitions::BOOKING,
    orchestrator::{Orchestrator as _, Status},
};

use crate::world::{World, input, ours};

#[tokio::test]
async fn a_deployment_changes_what_changed_and_the_hash_is_that_of_the_file() {
    let world = World::new().await;
    let again = world.deploy(&ours(), false).await;
    assert!(again.iter().all(|one| one.change == Change::Unchanged && one.version.is_some()), "{again:?}");
    let config = world.emulator.sdk_config();
    let deployed = standing(&config, "test", "booking").await.unwrap().unwrap();
    assert_eq!(deployed.hash, hash(BOOKING.definition), "what is deployed leads back to the file");

    let newer = BOOKING.definition.replace("\"outcome\": \"confirmed\"", "\"outcome\": \"newer\"");
    let changed = [Definition { saga: "booking".to_owned(), file: newer.clone() }];
    let planned = &world.deploy(&changed, true).await[0];
    assert_eq!((planned.change, planned.before.clone()), (Change::Updated, Some(hash(BOOKING.definition))));
    assert_eq!(standing(&config, "test", "booking").await.unwrap().unwrap(), deployed, "a dry run changes nothing");
    let done = &world.deploy(&changed, false).await[0];
    assert_eq!((done.change, &done.now), (Change::Updated, &hash(&newer)));
    assert_ne!(done.version, deployed.version);
    assert_eq!(world.deploy(&changed, false).await[0].change, Change::Unchanged);
    let back = &world.deploy(&ours()[..1], false).await[0];
    assert_eq!((back.change, &back.now), (Change::Updated, &hash(BOOKING.definition)));

    assert_eq!(remove(&config, "test", &["booking", "cancellation"]).await.unwrap().len(), 2);
    assert_eq!(present(&config, "test", &["booking", "cancellation"]).await.unwrap(), Vec::<String>::new());
    assert_eq!(standing(&config, "test", "booking").await.unwrap(), None);
}

#[tokio::test]
async fn what_runs_ends_with_the_definition_it_began_with() {
    let world = World::new().await;
    let old = world.program(BOOKING.definition);
    old.start("booking", "bkg_1", input("bkg_1", "sho_1")).await.unwrap();
    let running = world.request("reserve-seats").await;
    let newer = BOOKING.definition.replace("\"outcome\": \"confirmed\"", "\"outcome\": \"newer\"");
    world.deploy(&[Definition { saga: "booking".to_owned(), file: newer.clone() }], false).await;
    world.program(&newer).start("booking", "bkg_2", input("bkg_2", "sho_1")).await.unwrap();
    let begun = world.request("reserve-seats").await;
    for (request, step) in [(running, "reserve-seats"), (begun, "reserve-seats")] {
        assert_eq!(request.step, step);
        old.succeed(&request.task_token, json!({ "hold_id": "hld_1", "epoch": 1 })).await.unwrap();
    }
    for step in ["charge-payment", "issue-tickets", "notify-customer"] {
        for _ in 0..2 {
            let request = world.request(step).await;
            old.succeed(&request.task_token, json!({ "payment_id": "pay_1" })).await.unwrap();
        }
    }
    for (name, outcome) in [("bkg_1", "confirmed"), ("bkg_2", "newer")] {
        let ended = loop {
            let execution = old.describe("booking", name).await.unwrap().unwrap();
            if execution.status != Status::Running {
                break execution;
            }
        };
        assert_eq!(ended.output.unwrap()["outcome"], outcome);
    }
}
