//! Many at once, in one process and in two.

use std::collections::HashSet;

use futures::future::join_all;
use usher_payments::{Recognised, Undone, ledger::Account};

use crate::stage::{PRICE, Stage, request, undo_key};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_charges_under_one_reference_are_one_charge() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    let processes = [stage.payments.clone(), stage.another_process()];
    let attempts = (0..50).map(|attempt| processes[attempt % 2].charge(request(booking, "pm_ok")));
    let charged = join_all(attempts).await;
    let ids: HashSet<String> = charged.into_iter().map(|charged| charged.unwrap().provider_id).collect();
    assert_eq!(ids.len(), 1);
    assert_eq!(stage.moved(booking).await, (1, 0));
    assert_eq!(stage.position(booking).await.unwrap().captured, PRICE);
    assert_eq!(stage.events().await, ["payment.completed"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_bookings_at_once_are_each_charged_and_recognised() {
    let stage = Stage::new().await;
    let bookings: Vec<_> = (0..256).map(|_| stage.booking()).collect();
    let charged = join_all(bookings.iter().map(|booking| stage.charge(*booking, "pm_ok"))).await;
    assert!(charged.iter().all(Result::is_ok));
    let recognised = join_all(bookings.iter().map(|booking| stage.payments.recognise(*booking))).await;
    assert!(recognised.into_iter().all(|outcome| outcome.unwrap() == Recognised::Revenue));
    assert_eq!(stage.report().await.len(), 256);
    assert_eq!(stage.balance(Account::Revenue).await, -256 * PRICE.amount);
    assert_eq!(stage.balance(Account::CustomerPrepayments).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_undos_of_one_charge_are_one_refund() {
    let stage = Stage::new().await;
    let booking = stage.booking();
    stage.charge(booking, "pm_ok").await.unwrap();
    let processes = [stage.payments.clone(), stage.another_process()];
    let (execution, undo) = (booking.to_string(), undo_key(booking));
    let cancellations: Vec<_> = (0..10).map(|number| format!("can_{number}/refund-payment")).collect();
    let own = (0..10).map(|attempt| processes[attempt % 2].undo(booking, &execution, &undo));
    let others = cancellations.iter().map(|key| stage.payments.refund(booking, key));
    for undone in join_all(own).await.into_iter().chain(join_all(others).await) {
        assert_eq!(undone.unwrap(), Undone::Refunded { amount: PRICE });
    }
    assert_eq!(stage.moved(booking).await, (1, 1));
    assert_eq!(stage.position(booking).await.unwrap().refunded, PRICE);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_charge_that_races_its_undo_leaves_nothing_with_the_provider() {
    let stage = Stage::new().await;
    let other = stage.another_process();
    let races = (0..30).map(|_| async {
        let booking = stage.booking();
        let (execution, key) = (booking.to_string(), undo_key(booking));
        let (charged, undone) = tokio::join!(stage.charge(booking, "pm_ok"), other.undo(booking, &execution, &key));
        let again = stage.payments.undo(booking, &execution, &key).await.unwrap();
        assert_eq!(undone.unwrap(), again, "the first undo was the last word");
        (booking, charged.is_ok(), again)
    });
    for (booking, charged, undone) in join_all(races).await {
        let (charges, refunds) = stage.moved(booking).await;
        assert_eq!(charges, refunds);
        assert_eq!(charged, charges == 1);
        assert_eq!(undone == Undone::NothingCharged, charges == 0);
        let in_flight = stage.position(booking).await.map(|position| position.in_flight.amount);
        assert!(matches!(in_flight, None | Some(0)), "{in_flight:?}");
    }
    assert_eq!(stage.balance(Account::Provider).await, 0);
}
