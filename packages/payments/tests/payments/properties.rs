//! Whatever happens in whatever order, no cent is lost: our ledger, our rows and the provider's own record agree.

use proptest::{prelude::*, test_runner::TestRunner};
use serde_json::json;
use usher_core::ids::BookingId;
use usher_payments::{ChargeError, RefundError, Undone, provider::Movement, reference};

use crate::stage::{Stage, undo_key};

#[derive(Debug, Clone)]
enum Act {
    Charge(usize, &'static str),
    Undo(usize),
    Cancel(usize),
    Recognise(usize),
    /// The next so many calls of a kind go wrong.
    Fail(&'static str, &'static str, u32),
    Wait,
}

fn act() -> impl Strategy<Value = Act> {
    let booking = 0..3_usize;
    let method =
        prop::sample::select(vec!["pm_ok", "pm_ok", "pm_ok", "pm_ok", "pm_declined", "pm_processing", "pm_error_once"]);
    let fault = prop::sample::select(vec!["fail_before", "fail_after", "late"]);
    let call = prop::sample::select(vec!["charge", "refund", "look_up", "cancel"]);
    prop_oneof![
        6 => (booking.clone(), method).prop_map(|(booking, method)| Act::Charge(booking, method)),
        2 => booking.clone().prop_map(Act::Undo),
        1 => booking.clone().prop_map(Act::Cancel),
        4 => booking.prop_map(Act::Recognise),
        2 => (fault, call, 1..3_u32).prop_map(|(fault, call, count)| Act::Fail(fault, call, count)),
        1 => Just(Act::Wait),
    ]
}

#[test]
fn the_ledger_balances_and_agrees_with_the_provider_after_any_sequence() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let stage = runtime.block_on(Stage::new());
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() });
    let sequences = prop::collection::vec(act(), 1..14);
    runner.run(&sequences, |acts| runtime.block_on(play(&stage, acts))).unwrap();
    let postings = runtime.block_on(postings(&stage));
    assert_eq!(
        postings,
        [
            "capture from customer_prepayments to provider",
            "recognise from revenue to customer_prepayments",
            "refund from provider to customer_prepayments",
            "refund from provider to revenue",
        ],
        "the sequences were too tame"
    );
    runtime.block_on(async { drop(stage) });
}

/// Every kind of posting that ever happened.
async fn postings(stage: &Stage) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT DISTINCT kind || ' from ' || credit || ' to ' || debit AS posting FROM payments.transfers ORDER BY posting",
    )
    .fetch_all(stage.database.pool())
    .await
    .unwrap()
}

async fn play(stage: &Stage, acts: Vec<Act>) -> Result<(), TestCaseError> {
    stage.end_order().await;
    let bookings: Vec<BookingId> = (0..3).map(|_| stage.booking()).collect();
    for act in acts {
        perform(stage, &bookings, &act).await?;
        for booking in &bookings {
            conserved(stage, *booking).await?;
        }
    }
    stage.end_order().await;
    // Whatever was left half-done is undone, and then nothing may be left with the provider.
    for booking in bookings {
        let undone = stage.payments.undo(booking, &booking.to_string(), &undo_key(booking)).await;
        prop_assert!(undone.is_ok(), "{undone:?}");
        conserved(stage, booking).await?;
        let (charges, refunds) = stage.moved(booking).await;
        prop_assert_eq!(charges, refunds);
        prop_assert_eq!(undone.ok() == Some(Undone::NothingCharged), charges == 0);
    }
    let balances = stage.payments.balances().await.unwrap();
    prop_assert_eq!(balances.iter().map(|balance| balance.balance.amount).sum::<i64>(), 0);
    Ok(())
}

async fn perform(stage: &Stage, bookings: &[BookingId], act: &Act) -> Result<(), TestCaseError> {
    match *act {
        Act::Charge(number, method) => {
            // Each booking keeps the method it began with, as in a saga.
            let booking = bookings[number];
            let before = stage.payments.by_booking(booking).await.unwrap();
            let method = before.map_or(method.to_owned(), |payment| payment.method);
            match stage.charge(booking, &method).await {
                Ok(_) | Err(ChargeError::Declined { .. } | ChargeError::Unknown { .. }) => {}
                Err(other) => return Err(TestCaseError::fail(format!("{other:?}"))),
            }
        }
        Act::Undo(number) => {
            let booking = bookings[number];
            permitted(stage.payments.undo(booking, &booking.to_string(), &undo_key(booking)).await)?;
        }
        Act::Cancel(number) => {
            let key = format!("can_{}/refund-payment", bookings[number]);
            permitted(stage.payments.refund(bookings[number], &key).await)?;
        }
        Act::Recognise(number) => {
            stage.payments.recognise(bookings[number]).await.unwrap();
        }
        Act::Fail(fault, call, count) => stage.order(json!({ "mode": fault, "count": count, "on": [call] })).await,
        Act::Wait => stage.ambient.advance(time::Duration::seconds(2)),
    }
    Ok(())
}

fn permitted(undone: Result<Undone, RefundError>) -> Result<(), TestCaseError> {
    match undone {
        Ok(_) | Err(RefundError::Unknown { .. }) => Ok(()),
        Err(other) => Err(TestCaseError::fail(format!("{other:?}"))),
    }
}

/// The books of one booking add up, and claim nothing that the provider does not have on record.
async fn conserved(stage: &Stage, booking: BookingId) -> Result<(), TestCaseError> {
    let Some(position) = stage.position(booking).await else { return Ok(()) };
    let [captured, revenue, refunded, in_flight, fees] =
        [position.captured, position.revenue, position.refunded, position.in_flight, position.fees]
            .map(|money| money.amount);
    prop_assert_eq!(captured, revenue + refunded + in_flight);
    prop_assert_eq!(fees, 0);
    prop_assert!(revenue >= 0 && refunded >= 0 && in_flight >= 0, "{:?}", position);
    let charge = reference::charge_of_booking(booking);
    let lines = stage.report().await;
    let total = |movement| {
        let lines = lines.iter().filter(|line| line.charge_reference == charge && line.movement == movement);
        lines.map(|line| line.amount.amount).sum::<i64>()
    };
    prop_assert_eq!(captured, total(Movement::Charge));
    prop_assert!(refunded <= total(Movement::Refund));
    Ok(())
}
