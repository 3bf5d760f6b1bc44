//! One table of transitions, in the program and in the database, and no way around it.

use sqlx::PgPool;
use usher_bookings::{Status, booking::TRANSITIONS};
use usher_core::{ambient::Ambient, ids::BookingId};

use crate::world::World;

#[tokio::test]
async fn the_program_and_the_database_allow_the_same_transitions() {
    let world = World::new().await;
    for before in Status::ALL {
        for after in Status::ALL {
            let allowed: bool = sqlx::query_scalar("SELECT bookings.may_become($1, $2)")
                .bind(before.as_str())
                .bind(after.as_str())
                .fetch_one(world.database.pool())
                .await
                .unwrap();
            assert_eq!(allowed, before.may_become(after), "{before} to {after}");
            assert_eq!(allowed, TRANSITIONS.contains(&(before, after)), "{before} to {after}");
        }
    }
}

async fn force(pool: &PgPool, id: BookingId, status: &str) -> Result<u64, sqlx::Error> {
    let update = sqlx::query("UPDATE bookings.bookings SET status = $2 WHERE id = $1").bind(id.uuid()).bind(status);
    update.execute(pool).await.map(|done| done.rows_affected())
}

/// Statements written past the context: whatever is tried, a booking only ever goes where the table lets it.
#[tokio::test]
async fn a_random_walk_finds_no_way_past_the_trigger() {
    let world = World::new().await;
    let pool = world.database.pool();
    let (mut allowed, mut refused) = (0, 0);
    for _ in 0..40 {
        let id = world.booking(Status::Requested).await;
        let mut before = Status::Requested;
        for _ in 0..25 {
            let after = Status::ALL[usize::try_from(world.ambient.random() % 7).unwrap()];
            match force(pool, id, after.as_str()).await {
                Ok(rows) => {
                    assert_eq!(rows, 1);
                    assert!(before == after || before.may_become(after), "{before} became {after}");
                    before = after;
                    allowed += 1;
                }
                Err(error) => {
                    assert!(before != after && !before.may_become(after), "{before} may become {after}: {error}");
                    let error = error.into_database_error().unwrap();
                    assert_eq!(error.constraint(), Some("bookings_transition"));
                    assert!(error.is_check_violation());
                    refused += 1;
                }
            }
            assert_eq!(world.status(id).await, before);
        }
    }
    assert!(allowed > 100 && refused > 100, "the walk was too tame: {allowed} allowed, {refused} refused");
}

#[tokio::test]
async fn one_impossible_row_refuses_the_whole_statement() {
    let world = World::new().await;
    let (paid, rejected) = (world.booking(Status::Paid).await, world.booking(Status::Rejected).await);
    let confirm = "UPDATE bookings.bookings SET status = 'confirmed'";
    sqlx::query(confirm).execute(world.database.pool()).await.unwrap_err();
    assert_eq!(world.status(paid).await, Status::Paid);
    assert_eq!(world.status(rejected).await, Status::Rejected);
}

#[tokio::test]
async fn a_state_that_does_not_exist_is_refused() {
    let world = World::new().await;
    let id = world.booking(Status::Requested).await;
    for status in ["", "CONFIRMED", "refunded"] {
        force(world.database.pool(), id, status).await.unwrap_err();
    }
    assert_eq!(world.status(id).await, Status::Requested);
}

#[tokio::test]
async fn rows_that_make_no_sense_are_refused() {
    let world = World::new().await;
    world.booking(Status::Requested).await;
    for change in [
        "UPDATE bookings.bookings SET seats = '{}', prices = '{}'",
        "UPDATE bookings.bookings SET prices = '{1}'",
        "UPDATE bookings.bookings SET total = -1",
        "UPDATE bookings.bookings SET currency = 'eur'",
    ] {
        let error = sqlx::query(change).execute(world.database.pool()).await.unwrap_err();
        assert!(error.into_database_error().unwrap().is_check_violation(), "{change}");
    }
}
