//! Incidents over a real database: opened once, looked after, ended.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests may")]

use std::sync::Arc;

use time::{Duration, macros::datetime};
use usher_core::ambient::Scripted;
use usher_inspection::{
    Class, Incidents,
    incidents::{Looked, Resolved, Which},
    schema,
    trouble::Trouble,
};
use usher_postgres::testing::TestDatabase;

fn trouble(class: Class, reference: &str, count: i64) -> Trouble {
    Trouble {
        class,
        reference: reference.to_owned(),
        step: None,
        says: format!("{count} of {reference}"),
        evidence: vec!["seen".to_owned()],
        suggestion: "usher saga list".to_owned(),
        since: None,
        count,
    }
}

async fn open() -> (Incidents, Arc<Scripted>, TestDatabase) {
    let schema = schema();
    let database = TestDatabase::migrated(&[(schema.name, &schema.migrations)]).await.unwrap();
    let clock = Arc::new(Scripted::new(datetime!(2026-11-20 10:00 UTC), 1));
    (Incidents::new(database.pool().clone(), clock.clone()), clock, database)
}

#[tokio::test]
async fn the_same_trouble_is_one_incident_until_it_goes_away() {
    let (incidents, clock, _database) = open().await;
    let which = Which { limit: 10, ..Which::default() };
    let both = [trouble(Class::NoWorker, "reserve-seats", 3), trouble(Class::SlowStep, "bkg_1", 1)];
    assert_eq!(incidents.found(&both).await.unwrap(), Looked { opened: 2, gone: 0 });
    clock.advance(Duration::seconds(10));
    let one = [trouble(Class::NoWorker, "reserve-seats", 9)];
    assert_eq!(incidents.found(&one).await.unwrap(), Looked { opened: 0, gone: 1 });
    let open = incidents.list(&which).await.unwrap();
    assert_eq!(open.len(), 1);
    assert_eq!((open[0].class, open[0].count, open[0].says.as_str()), (Class::NoWorker, 9, "9 of reserve-seats"));
    assert_eq!(open[0].opened_at + Duration::seconds(10), open[0].seen_at);
    assert_eq!(open[0].runbook, "docs/runbook.md#no-worker");

    clock.advance(Duration::seconds(10));
    assert_eq!(incidents.found(&both).await.unwrap().opened, 1, "what comes again is another incident");
    let all = incidents.list(&Which { ended: true, ..which.clone() }).await.unwrap();
    assert_eq!(all.len(), 3);
    let ended = all.iter().find(|incident| incident.resolved_at.is_some()).unwrap();
    assert_eq!((ended.reference.as_str(), ended.resolution.as_deref()), ("bkg_1", Some("went away by itself")));
    let counts = incidents.open().await.unwrap();
    assert_eq!(counts.iter().map(|(_, count)| count).sum::<i64>(), 2);
    let slow = Which { class: Some(Class::SlowStep), ..which };
    assert_eq!(incidents.list(&slow).await.unwrap().len(), 1);
}

#[tokio::test]
async fn people_take_an_incident_over_write_notes_and_end_it() {
    let (incidents, clock, _database) = open().await;
    incidents.found(&[trouble(Class::UndoFailed, "bkg_1", 1)]).await.unwrap();
    let id = incidents.list(&Which { limit: 1, ..Which::default() }).await.unwrap()[0].id;
    let taken = incidents.assign(id, Some("ada"), "grace").await.unwrap().unwrap();
    assert_eq!(taken.owner.as_deref(), Some("ada"));
    clock.advance(Duration::seconds(1));
    incidents.note(id, "ada", "the provider is away").await.unwrap().unwrap();
    let notes: Vec<_> = incidents.notes(id).await.unwrap().into_iter().map(|note| (note.author, note.note)).collect();
    let expected = [("grace", "assigned to ada"), ("ada", "the provider is away")];
    assert_eq!(notes, expected.map(|(author, note)| (author.to_owned(), note.to_owned())));
    let mine = Which { owner: Some("ada".to_owned()), limit: 10, ..Which::default() };
    assert_eq!(incidents.list(&mine).await.unwrap().len(), 1);

    let Resolved::Now(resolved) = incidents.resolve(id, "ada", "redriven").await.unwrap().unwrap() else {
        panic!("it was open")
    };
    assert_eq!((resolved.resolved_by.as_deref(), resolved.resolution.as_deref()), (Some("ada"), Some("redriven")));
    let Resolved::Before(again) = incidents.resolve(id, "grace", "something else").await.unwrap().unwrap() else {
        panic!("it has ended")
    };
    assert_eq!(again.resolution.as_deref(), Some("redriven"), "an end is not overwritten");
    let nobody = incidents.list(&mine).await.unwrap();
    assert_eq!(nobody, []);
}

#[tokio::test]
async fn one_looks_for_all() {
    let (incidents, clock, _database) = open().await;
    let every = Duration::seconds(10);
    assert!(incidents.may_look(every).await.unwrap());
    assert!(!incidents.may_look(every).await.unwrap());
    clock.advance(every);
    assert!(incidents.may_look(every).await.unwrap());
}
