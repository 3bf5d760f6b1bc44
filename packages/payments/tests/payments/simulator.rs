//! The simulator as its merchants see it: the promises of the port, tested at the only provider we can test.

use std::time::Duration;

use serde_json::{Value, json};
use time::OffsetDateTime;
use usher_payments::provider::{Answer, ChargeState, Movement, PaymentProvider as _, ProviderFailure, RefundState};

use crate::stage::{PRICE, Stage, client};

async fn post(stage: &Stage, path: &str, body: Value) -> u16 {
    client().post(format!("{}{path}", stage.settings.url)).json(&body).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn the_same_reference_is_the_same_charge_and_another_amount_is_refused() {
    let stage = Stage::new().await;
    let first = stage.provider.charge("r", PRICE, "pm_ok").await.unwrap();
    assert_eq!(stage.provider.charge("r", PRICE, "pm_ok").await.unwrap(), first);
    let other = json!({ "reference": "r", "amount": 1, "currency": "EUR", "method": "pm_ok" });
    assert_eq!(post(&stage, "/charges", other).await, 409);
    let dearer = stage.provider.charge("r", PRICE.plus(PRICE).unwrap(), "pm_ok").await;
    assert!(matches!(dearer, Err(ProviderFailure::Unclear(_))), "{dearer:?}");
    assert_eq!(stage.report().await.len(), 1);
}

#[tokio::test]
async fn cancelling_closes_what_was_not_captured_and_changes_nothing_else() {
    let stage = Stage::new().await;
    assert_eq!(stage.provider.look_up("new").await.unwrap(), None);
    assert_eq!(stage.provider.cancel("new").await.unwrap().state, ChargeState::Cancelled);
    let late = stage.provider.charge("new", PRICE, "pm_ok").await.unwrap();
    assert_eq!(late, Answer::Declined { code: "cancelled".to_owned() });
    stage.provider.charge("paid", PRICE, "pm_ok").await.unwrap();
    let paid = stage.provider.cancel("paid").await.unwrap();
    assert_eq!((paid.state, paid.amount), (ChargeState::Captured, Some(PRICE)));
    stage.provider.charge("refused", PRICE, "pm_declined").await.unwrap();
    let code = "card_declined".to_owned();
    assert_eq!(stage.provider.cancel("refused").await.unwrap().state, ChargeState::Declined { code });
}

#[tokio::test]
async fn a_refund_is_made_once_and_never_beyond_its_charge() {
    let stage = Stage::new().await;
    let part = usher_core::money::Money::new(1000, PRICE.currency);
    let failed = |code: &str| RefundState::Failed { code: code.to_owned() };
    assert_eq!(stage.provider.refund("r", "f1", part).await.unwrap(), failed("charge_not_found"));
    stage.provider.charge("r", PRICE, "pm_ok").await.unwrap();
    stage.provider.charge("no", PRICE, "pm_declined").await.unwrap();
    assert_eq!(stage.provider.refund("no", "f1", part).await.unwrap(), failed("charge_not_captured"));
    let made = stage.provider.refund("r", "f1", part).await.unwrap();
    assert!(matches!(made, RefundState::Succeeded { .. }));
    assert_eq!(stage.provider.refund("r", "f1", part).await.unwrap(), made);
    assert_eq!(stage.provider.look_up_refund("f1").await.unwrap(), Some(made));
    assert_eq!(stage.provider.refund("r", "f2", part).await.unwrap(), failed("exceeds_captured"));
    assert_eq!(stage.provider.look_up_refund("f2").await.unwrap(), None);
    let other = stage.provider.refund("r", "f1", PRICE).await;
    assert!(matches!(other, Err(ProviderFailure::Unclear(_))), "{other:?}");
}

#[tokio::test]
async fn the_report_is_complete_in_order_and_begins_where_it_is_told() {
    let stage = Stage::new().await;
    let begin = usher_core::ambient::Ambient::now(&*stage.ambient);
    stage.provider.charge("a", PRICE, "pm_ok").await.unwrap();
    stage.provider.charge("declined", PRICE, "pm_declined").await.unwrap();
    stage.ambient.advance(time::Duration::minutes(1));
    stage.provider.charge("b", PRICE, "pm_processing").await.unwrap_err();
    stage.ambient.advance(time::Duration::minutes(1));
    stage.provider.refund("a", "f", PRICE).await.unwrap();
    let lines = stage.report().await;
    let seen: Vec<_> = lines.iter().map(|line| (line.movement, line.reference.as_str())).collect();
    assert_eq!(seen, [(Movement::Charge, "a"), (Movement::Charge, "b"), (Movement::Refund, "f")]);
    let later = stage.provider.report(begin + time::Duration::minutes(1), None).await.unwrap();
    assert_eq!(later.lines, lines[1..]);
    let nonsense = stage.provider.report(OffsetDateTime::UNIX_EPOCH, Some("nonsense")).await;
    assert!(matches!(nonsense, Err(ProviderFailure::Rejected(_))), "{nonsense:?}");
}

#[tokio::test]
async fn the_report_comes_in_parts() {
    let stage = Stage::new().await;
    sqlx::query(
        "INSERT INTO simulator.charges (reference, id, amount, currency, method, status, created_at)
         SELECT 'r' || n, gen_random_uuid(), 1, 'EUR', 'pm_ok', 'captured', now() FROM generate_series(1, 2500) AS n",
    )
    .execute(stage.database.pool())
    .await
    .unwrap();
    let references: std::collections::HashSet<_> =
        stage.report().await.into_iter().map(|line| line.reference).collect();
    assert_eq!(references.len(), 2500);
}

#[tokio::test]
async fn what_is_not_understood_is_said_to_be() {
    let stage = Stage::new().await;
    let charge =
        |amount: i64, method: &str| json!({ "reference": "r", "amount": amount, "currency": "EUR", "method": method });
    assert_eq!(post(&stage, "/charges", charge(1, "pm_sea_shells")).await, 422);
    assert_eq!(post(&stage, "/charges", charge(0, "pm_ok")).await, 422);
    assert_eq!(post(&stage, "/modes", json!({ "mode": "hang", "rate": 101 })).await, 422);
    assert_eq!(post(&stage, "/modes", json!({ "mode": "sulk" })).await, 422);
    assert_eq!(stage.provider.look_up("r").await.unwrap(), None);
}

#[tokio::test]
async fn whatever_hangs_ends_with_the_shutdown() {
    let stage = Stage::new().await;
    let url = format!("{}/charges", stage.settings.url);
    let body = json!({ "reference": "r", "amount": 1, "currency": "EUR", "method": "pm_timeout_after" });
    let hanging = tokio::spawn(client().post(url).json(&body).send());
    while stage.provider.look_up("r").await.unwrap().is_none() {
        tokio::task::yield_now().await;
    }
    assert!(!hanging.is_finished());
    stage.shutdown.cancel();
    // Far below the thirty seconds of a hang.
    let ended = tokio::time::timeout(Duration::from_secs(15), stage.listening).await;
    ended.expect("the simulator ends at once").unwrap().unwrap();
    assert_eq!(hanging.await.unwrap().unwrap().status(), 504);
}
