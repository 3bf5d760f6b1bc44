//! A database that was filled instead of used cannot be told from one that was used.

use usher::commands::Fill;
use usher_asl::Execution;
use usher_audit::{Options, Report};
use usher_workflows::{
    definitions::{BOOKING, CANCELLATION, REFUND},
    orchestrator::{Filter, Status},
};

use crate::world::World;

const BOOKINGS: u64 = 6000;

fn fill() -> Fill {
    Fill {
        bookings: BOOKINGS,
        hall: 100,
        full: false,
        party: 4,
        smooth: false,
        upcoming: false,
        histories: 50,
        seed: Some(1),
        yes: false,
    }
}

async fn audited(world: &World) -> Report {
    let options = Options { grace: time::Duration::ZERO, ..Options::default() };
    usher_audit::audit(&world.services.audit_sources(), &options).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filled_database_passes_the_audit_and_is_not_filled_twice_by_mistake() {
    let mut world = World::new().await;
    let told = fill().over(&world.services).await.unwrap();
    assert!(told.contains("confirmed"), "{told}");
    let report = audited(&world).await;
    assert!(report.is_clean(), "{report}");
    assert_eq!(report.checked.bookings, BOOKINGS);
    assert!(report.checked.refunds > 0 && report.checked.provider_refunds > 0 && !report.stuck.is_empty(), "{report}");

    let refused = fill().over(&world.services).await.unwrap_err();
    assert!(refused.to_string().contains("--yes"), "{refused}");
    let more = Fill { yes: true, smooth: true, upcoming: true, seed: None, ..fill() };
    more.over(&world.services).await.unwrap();
    let report = audited(&world).await;
    assert!(report.is_clean(), "{report}");
    assert_eq!(report.checked.bookings, 2 * BOOKINGS);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn its_executions_are_the_engines_and_its_tickets_open_doors() {
    let mut world = World::new().await;
    fill().over(&world.services).await.unwrap();
    let orchestrator = world.services.orchestrator();
    for saga in [BOOKING.name, CANCELLATION.name, REFUND.name] {
        let filter = Filter { saga: Some(saga.to_owned()), limit: 500, ..Filter::default() };
        let listed = orchestrator.list(&filter).await.unwrap().items;
        assert!(!listed.is_empty(), "{saga}");
        assert!(listed.iter().all(|execution| execution.input["booking_id"].is_string()), "{saga}");
        let newest = &listed[0];
        let history = orchestrator.history(saga, &newest.name).await.unwrap();
        assert_eq!(history[0]["type"], "ExecutionStarted", "{saga}");
        assert_eq!(history.last().unwrap()["type"], "ExecutionSucceeded", "{saga}");
    }
    let snapshots: Vec<String> =
        sqlx::query_scalar("SELECT snapshot FROM orchestrator.executions ORDER BY random() LIMIT 300")
            .fetch_all(&world.services.databases.engine)
            .await
            .unwrap();
    for snapshot in snapshots {
        let read: Execution = serde_json::from_str(&snapshot).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), snapshot, "as the engine would have written it");
    }
    // Whoever is stuck can be sent on, and the undo finds its money.
    let filter = Filter { status: Some(Status::Failed), ..Filter::default() };
    let stuck = orchestrator.list(&filter).await.unwrap().items;
    assert!(!stuck.is_empty());
    for execution in &stuck {
        orchestrator.redrive(BOOKING.name, &execution.name).await.unwrap();
    }
    for execution in &stuck {
        let id = execution.name.parse().unwrap();
        world.until(id, &[usher_bookings::Status::Rejected]).await;
        let refunds = world.refunds(id).await;
        assert_eq!(refunds.len(), 1);
    }
    let tickets = &world.services.contexts.tickets;
    let confirmed: uuid::Uuid =
        sqlx::query_scalar("SELECT id FROM bookings.bookings WHERE status = 'confirmed' ORDER BY id LIMIT 1")
            .fetch_one(&world.services.databases.bookings)
            .await
            .unwrap();
    let ticket = tickets.of_booking(confirmed.into()).await.unwrap().remove(0);
    let claims = tickets.verifier().await.unwrap().verify(ticket.code.as_str()).unwrap();
    assert_eq!((claims.ticket, claims.showtime), (ticket.id, ticket.showtime));
    let report = audited(&world).await;
    assert!(report.is_clean(), "{report}");
    world.end().await;
}
