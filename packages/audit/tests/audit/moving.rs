//! The audit of a system at work: what is gone at the second look was never wrong.

use time::Duration;
use usher_audit::{Invariant, Options, audit};

use crate::world::{World, still};

const REVOKE: &str = "UPDATE tickets.tickets SET revoked_at = now(), revoke_reason = 'moving' WHERE booking_id = $1";
const RESTORE: &str = "UPDATE tickets.tickets SET revoked_at = NULL, revoke_reason = NULL WHERE booking_id = $1";

#[tokio::test]
async fn what_comes_right_within_the_grace_is_not_reported() {
    let (world, ended) = World::at_rest().await;
    world.sql(REVOKE, ended.confirmed).await;
    let options = Options { grace: Duration::minutes(1), ..still() };
    let mut reports = world.reports.clone();
    let restored = async {
        // The provider's report is read again only by a second look, so the first one found the break.
        reports.wait_for(|count| *count >= 2).await.unwrap();
        world.sql(RESTORE, ended.confirmed).await;
    };
    let (report, ()) = tokio::join!(audit(&world.sources, &options), restored);
    let report = report.unwrap();
    assert!(report.is_clean(), "{report}");
    assert_eq!((report.checked.bookings, report.checked.tickets), (3, 2), "and is counted once");
}

#[tokio::test]
async fn what_stays_wrong_for_the_whole_grace_is_reported() {
    let (world, ended) = World::at_rest().await;
    world.sql(REVOKE, ended.confirmed).await;
    let options = Options { grace: Duration::milliseconds(300), ..still() };
    let report = audit(&world.sources, &options).await.unwrap();
    assert_eq!(report.findings[0].invariant, Invariant::PaidIsSold, "{report}");
    assert_eq!(report.findings.len(), 2, "one for each seat, each once: {report}");
    assert!(*world.reports.borrow() > 2, "it looked more than twice");
}

#[tokio::test]
async fn what_has_long_been_at_rest_needs_no_patience() {
    let (world, ended) = World::at_rest().await;
    world.sql(REVOKE, ended.confirmed).await;
    world.ambient.advance(Duration::hours(2));
    let options = Options { grace: Duration::hours(1), ..still() };
    let report = audit(&world.sources, &options).await.unwrap();
    assert_eq!(report.findings.len(), 2, "{report}");
    assert_eq!(*world.reports.borrow(), 2, "one look, and one more");
}

#[tokio::test]
async fn what_began_a_moment_ago_is_asked_of_nobody() {
    let (world, _) = World::at_rest().await;
    let booking = world.requested(&["C1"]).await;
    world.sql("DELETE FROM usher.outbox", booking).await;
    let options = Options { grace: Duration::minutes(1), ..still() };
    let report = audit(&world.sources, &options).await.unwrap();
    assert!(report.is_clean(), "{report}");
    assert_eq!(report.in_flight, 1);
    assert!(!world.audit().await.is_clean(), "without grace it is lost");
}
