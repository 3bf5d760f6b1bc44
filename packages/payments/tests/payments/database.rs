//! What the database refuses, whoever asks: these statements are written past the context on purpose.

use sqlx::{AssertSqlSafe, PgPool};
use usher_core::ids::BookingId;

use crate::stage::{Stage, undo_key};

/// Runs a statement and answers the name of the constraint, or the code, with which it was refused.
async fn refusal(pool: &PgPool, statement: &str) -> String {
    let error = sqlx::query(AssertSqlSafe(statement.to_owned())).execute(pool).await.unwrap_err();
    let error = error.into_database_error().unwrap();
    error.constraint().map_or_else(|| error.code().unwrap_or_default().into_owned(), str::to_owned)
}

async fn refunded(stage: &Stage) -> BookingId {
    let booking = stage.booking();
    stage.charge(booking, "pm_ok").await.unwrap();
    stage.payments.undo(booking, &booking.to_string(), &undo_key(booking)).await.unwrap();
    booking
}

#[tokio::test]
async fn the_ledger_is_only_ever_added_to() {
    let stage = Stage::new().await;
    refunded(&stage).await;
    let before = stage.payments.positions(None, 10).await.unwrap();
    let statements =
        ["UPDATE payments.transfers SET amount = 1", "DELETE FROM payments.transfers", "TRUNCATE payments.transfers"];
    for statement in statements {
        assert_eq!(refusal(stage.database.pool(), statement).await, "23001", "{statement}"); // restrict_violation
    }
    assert_eq!(stage.payments.positions(None, 10).await.unwrap(), before);
}

#[tokio::test]
async fn a_posting_is_known_positive_and_booked_once() {
    let stage = Stage::new().await;
    refunded(&stage).await;
    let pool = stage.database.pool();
    let insert = |kind: &str, debit: &str, credit: &str, amount: i64| {
        format!(
            "INSERT INTO payments.transfers
             SELECT gen_random_uuid(), '{kind}', 'x', gen_random_uuid(), '{debit}', '{credit}', {amount}, 'EUR', now()"
        )
    };
    for (kind, debit, credit) in
        [("capture", "provider", "provider"), ("capture", "revenue", "provider"), ("gift", "provider", "revenue")]
    {
        assert_eq!(refusal(pool, &insert(kind, debit, credit, 1)).await, "transfers_known");
    }
    for amount in [0, -1] {
        let insert = insert("capture", "provider", "customer_prepayments", amount);
        assert_eq!(refusal(pool, &insert).await, "transfers_amount_check");
    }
    let twice = "INSERT INTO payments.transfers SELECT * FROM payments.transfers";
    assert_eq!(refusal(pool, twice).await, "transfers_pkey");
}

#[tokio::test]
async fn more_than_was_captured_does_not_go_back() {
    let stage = Stage::new().await;
    let (paid, declined) = (stage.booking(), stage.booking());
    stage.charge(paid, "pm_ok").await.unwrap();
    stage.charge(declined, "pm_declined").await.unwrap_err();
    let insert = |booking: BookingId, reference: &str, amount: i64| {
        format!(
            "INSERT INTO payments.refunds (id, payment_id, reference, amount, source, opened_at, released_at)
             SELECT gen_random_uuid(), id, '{reference}', {amount}, 'revenue', now(), now() FROM payments.payments
             WHERE booking_id = '{}'",
            booking.uuid()
        )
    };
    let pool = stage.database.pool();
    sqlx::query(AssertSqlSafe(insert(paid, "a", 700))).execute(pool).await.unwrap();
    for (booking, amount) in [(paid, 551), (declined, 1)] {
        assert_eq!(refusal(pool, &insert(booking, "b", amount)).await, "refunds_within_captured");
    }
    assert_eq!(refusal(pool, "UPDATE payments.refunds SET amount = 1251").await, "refunds_within_captured");
    sqlx::query("UPDATE payments.refunds SET status = 'failed', code = 'x', settled_at = now()")
        .execute(pool)
        .await
        .unwrap();
    sqlx::query(AssertSqlSafe(insert(paid, "b", 1250))).execute(pool).await.unwrap();
    let revived = "UPDATE payments.refunds SET status = 'pending', settled_at = NULL WHERE reference = 'a'";
    assert_eq!(refusal(pool, revived).await, "refunds_within_captured");
}

#[tokio::test]
async fn a_booking_and_a_reference_have_one_payment() {
    let stage = Stage::new().await;
    stage.charge(stage.booking(), "pm_ok").await.unwrap();
    let copy = |booking: &str, reference: &str| {
        format!(
            "INSERT INTO payments.payments (id, booking_id, reference, amount, currency, method, opened_at)
             SELECT gen_random_uuid(), {booking}, {reference}, amount, currency, method, opened_at FROM payments.payments"
        )
    };
    let pool = stage.database.pool();
    assert_eq!(refusal(pool, &copy("booking_id", "'x'")).await, "payments_booking_id_key");
    assert_eq!(refusal(pool, &copy("gen_random_uuid()", "reference")).await, "payments_reference_key");
}
