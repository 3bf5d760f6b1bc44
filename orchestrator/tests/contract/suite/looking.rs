//! What can be seen of executions.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use usher_workflows::orchestrator::{Filter, OrchestratorError, Status};

use crate::world::{SAGA, World};

pub async fn what_nobody_started_is_not_there(world: &impl World) {
    let port = world.port();
    assert_eq!(port.describe(SAGA, "nobody").await.unwrap(), None);
    assert_eq!(port.history(SAGA, "nobody").await.unwrap(), Vec::<Value>::new());
    let stopped = port.stop(SAGA, "nobody", "Operator", "because").await;
    assert!(matches!(stopped, Err(OrchestratorError::NotFound)), "{stopped:?}");
    world.settle().await;
    assert_eq!(port.list(&Filter::default()).await.unwrap().items, []);
}

pub async fn a_running_execution_shows_where_it_stands(world: &impl World) {
    world.start("a").await;
    world.request().await;
    let running = world.execution("a").await;
    assert_eq!((running.status, running.saga.as_str(), running.name.as_str()), (Status::Running, SAGA, "a"));
    assert_eq!((running.states, running.input), (vec!["Work".to_owned()], json!({ "name": "a" })));
    assert_eq!((running.output, running.error, running.stopped_at), (None, None, None));
    assert!(!running.id.is_empty());
}

pub async fn pages_hold_every_execution_once(world: &impl World) {
    let names: BTreeSet<String> = (0..7).map(|number| format!("a{number}")).collect();
    for name in &names {
        world.start(name).await;
    }
    world.port().start("other", "b", json!({})).await.unwrap();
    world.settle().await;
    let mut filter = Filter { saga: Some(SAGA.to_owned()), limit: 3, ..Filter::default() };
    let (mut found, mut pages) = (Vec::new(), 0);
    loop {
        let page = world.port().list(&filter).await.unwrap();
        assert!(page.items.len() <= 3);
        found.extend(page.items.into_iter().map(|item| item.name));
        pages += 1;
        match page.next {
            Some(next) => filter.cursor = Some(next),
            None => break,
        }
    }
    assert!(pages >= 3);
    assert_eq!(found.len(), 7, "{found:?}");
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), names);
    let all = world.port().list(&Filter::default()).await.unwrap();
    assert_eq!(all.items.iter().filter(|item| item.saga == "other").count(), 1);
}

pub async fn lists_are_of_one_status_and_one_saga(world: &impl World) {
    world.start("done").await;
    world.port().succeed(&world.request().await.token, json!(1)).await.unwrap();
    world.ended("done").await;
    world.start("running").await;
    world.request().await;
    world.settle().await;
    let names = async |status| -> Vec<String> {
        let filter = Filter { saga: Some(SAGA.to_owned()), status: Some(status), ..Filter::default() };
        world.port().list(&filter).await.unwrap().items.into_iter().map(|item| item.name).collect()
    };
    assert_eq!(names(Status::Succeeded).await, ["done"]);
    assert_eq!(names(Status::Running).await, ["running"]);
    assert_eq!(names(Status::Failed).await, Vec::<String>::new());
    let other = Filter { saga: Some("other".to_owned()), ..Filter::default() };
    assert_eq!(world.port().list(&other).await.unwrap().items, []);
}

pub async fn what_an_execution_is_about_finds_it(world: &impl World) {
    for (name, showtime, payment) in [("a", "sho_1", "pay_1"), ("b", "sho_1", "pay_2"), ("c", "sho_2", "pay_3")] {
        let input = json!({ "showtime_id": showtime, "payment": { "payment_id": payment } });
        world.port().start(SAGA, name, input).await.unwrap();
        world.request().await;
    }
    world.settle().await;
    let found = async |filter: Filter| -> BTreeSet<String> {
        world.port().list(&filter).await.unwrap().items.into_iter().map(|item| item.name).collect()
    };
    let named = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    let showtime = |id: &str| Filter { showtime: Some(id.to_owned()), ..Filter::default() };
    let payment = |id: &str| Filter { payment: Some(id.to_owned()), ..Filter::default() };
    assert_eq!(found(showtime("sho_1")).await, named(&["a", "b"]));
    assert_eq!(found(payment("pay_3")).await, named(&["c"]));
    assert_eq!(found(Filter { showtime: Some("sho_1".to_owned()), ..payment("pay_3") }).await, named(&[]));
    assert_eq!(found(showtime("sho_")).await, named(&[]), "a part of an id is not the id");
    assert_eq!(found(Filter { state: Some("Work".to_owned()), ..Filter::default() }).await, named(&["a", "b", "c"]));
}

pub async fn the_history_has_one_shape(world: &impl World) {
    world.start("a").await;
    world.port().succeed(&world.request().await.token, json!({ "value": 7 })).await.unwrap();
    world.ended("a").await;
    let events = world.port().history(SAGA, "a").await.unwrap();
    let ids: Vec<u64> = events.iter().map(|event| event["id"].as_u64().unwrap()).collect();
    assert_eq!(ids, (1..=events.len() as u64).collect::<Vec<_>>(), "in order, without a gap");
    for event in &events {
        let members: BTreeSet<&str> = event.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(members, BTreeSet::from(["id", "previousEventId", "timestamp", "type", "details"]), "{event}");
        assert!(event["details"].is_object(), "{event}");
        assert!(event["timestamp"].as_str().unwrap().ends_with('Z'), "{event}");
    }
    let of = |kind: &str| events.iter().find(|event| event["type"] == kind).unwrap_or_else(|| panic!("no {kind}"));
    assert_eq!(of("ExecutionStarted")["details"]["input"], json!({ "name": "a" }), "documents are values");
    assert_eq!(of("TaskStateEntered")["details"]["name"], "Work");
    assert_eq!(of("ExecutionSucceeded")["details"]["output"]["result"], json!({ "value": 7 }));
    assert_eq!(events.last().unwrap()["type"], "ExecutionSucceeded");
}
