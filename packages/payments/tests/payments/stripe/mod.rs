//! The adapter for Stripe against a server that speaks Stripe's wire format: the promises of the port, kept over it.

mod server;

use secrecy::SecretString;
use serde_json::json;
use time::OffsetDateTime;
use usher_core::money::Money;
use usher_payments::provider::{
    Answer, ChargeState, Movement, News, PaymentProvider as _, ProviderFailure, RefundNews, RefundState,
    StripeProvider, StripeSettings,
};

use crate::stage::PRICE;
use server::{Fault, KEY, Server};

const VISA: &str = "pm_card_visa";

async fn stripe() -> (Server, StripeProvider) {
    let (server, url) = Server::start().await;
    let settings = StripeSettings::new(url, SecretString::from(KEY), "https://usher.test/done");
    (server, StripeProvider::new(settings).unwrap())
}

#[tokio::test]
async fn the_same_reference_is_the_same_charge_and_another_amount_changes_nothing() {
    let (server, stripe) = stripe().await;
    let first = stripe.charge("bkg_1/charge-payment", PRICE, VISA).await.unwrap();
    assert_eq!(first, Answer::Captured { id: "pi_0".to_owned() });
    assert_eq!(stripe.charge("bkg_1/charge-payment", PRICE, VISA).await.unwrap(), first);
    let dearer = stripe.charge("bkg_1/charge-payment", PRICE.plus(PRICE).unwrap(), VISA).await.unwrap();
    assert_eq!(dearer, first, "what stands under the reference is told; the caller compares the amount");
    assert_eq!(server.made(), (1, 0));
    let record = stripe.look_up("bkg_1/charge-payment").await.unwrap().unwrap();
    assert_eq!(
        (record.amount, record.state, record.reference.as_str()),
        (Some(PRICE), ChargeState::Captured, "bkg_1/charge-payment")
    );
    assert_eq!(stripe.look_up("bkg_2/charge-payment").await.unwrap(), None);
}

#[tokio::test]
async fn a_refusal_has_stripes_most_exact_word_and_is_final() {
    let (_, stripe) = stripe().await;
    for (method, code) in [
        ("pm_card_visa_chargeDeclined", "generic_decline"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "insufficient_funds"),
    ] {
        let declined = Answer::Declined { code: code.to_owned() };
        assert_eq!(stripe.charge(method, PRICE, method).await.unwrap(), declined);
        assert_eq!(stripe.charge(method, PRICE, method).await.unwrap(), declined);
        let state = stripe.look_up(method).await.unwrap().unwrap().state;
        assert_eq!(state, ChargeState::Declined { code: code.to_owned() });
    }
    let unknown = stripe.charge("r", PRICE, "pm_sea_shells").await;
    assert_eq!(unknown, Err(ProviderFailure::Rejected("resource_missing".to_owned())));
}

#[tokio::test]
async fn silence_is_unclear_and_asking_again_charges_once() {
    let (server, stripe) = stripe().await;
    for (index, fault) in
        [Fault::Before(500), Fault::After(500), Fault::Before(409), Fault::Before(429), Fault::After(503)]
            .into_iter()
            .enumerate()
    {
        let reference = format!("r{index}");
        server.fail(fault);
        let lost = stripe.charge(&reference, PRICE, VISA).await;
        assert!(matches!(lost, Err(ProviderFailure::Unclear(_))), "{fault:?}: {lost:?}");
        let found = stripe.look_up(&reference).await.unwrap();
        assert_eq!(found.is_some(), matches!(fault, Fault::After(_)), "{fault:?}");
        let charged = stripe.charge(&reference, PRICE, VISA).await.unwrap();
        assert_eq!(charged, Answer::Captured { id: format!("pi_{index}") });
    }
    assert_eq!(server.made(), (5, 0));
}

#[tokio::test]
async fn a_challenge_names_its_page_and_goes_on_by_itself() {
    let (server, stripe) = stripe().await;
    let url = "https://hooks.stripe.com/redirect/authenticate/src_1".to_owned();
    let asked = stripe.charge("r", PRICE, "pm_card_threeDSecure2Required").await.unwrap();
    assert_eq!(asked, Answer::RequiresAction { url: url.clone() });
    assert_eq!(stripe.look_up("r").await.unwrap().unwrap().state, ChargeState::RequiresAction { url });
    server.pass_challenges();
    assert_eq!(stripe.look_up("r").await.unwrap().unwrap().state, ChargeState::Captured);
}

#[tokio::test]
async fn what_is_authorised_is_captured_once_or_let_go() {
    let (server, stripe) = stripe().await;
    for reference in ["taken", "let go"] {
        let authorised = stripe.authorise(reference, PRICE, VISA).await.unwrap();
        assert!(matches!(authorised, Answer::Authorised { .. }), "{authorised:?}");
    }
    for _ in 0..2 {
        assert_eq!(stripe.capture("taken", PRICE).await.unwrap(), Answer::Captured { id: "pi_0".to_owned() });
    }
    assert_eq!(stripe.cancel("taken").await.unwrap().state, ChargeState::Captured, "cancelling changes nothing");
    assert_eq!(stripe.cancel("let go").await.unwrap().state, ChargeState::Cancelled);
    let late = stripe.capture("let go", PRICE).await.unwrap();
    assert_eq!(late, Answer::Declined { code: "cancelled".to_owned() });
    assert_eq!(stripe.report(OffsetDateTime::UNIX_EPOCH, None).await.unwrap().lines.len(), 1);
    assert_eq!(server.made(), (2, 0));
}

#[tokio::test]
async fn a_reference_that_was_cancelled_unused_refuses_the_charge_that_comes_late() {
    let (server, stripe) = stripe().await;
    assert_eq!(stripe.cancel("r").await.unwrap().state, ChargeState::Cancelled);
    assert_eq!(stripe.cancel("r").await.unwrap().state, ChargeState::Cancelled);
    let late = stripe.charge("r", PRICE, VISA).await.unwrap();
    assert_eq!(late, Answer::Declined { code: "cancelled".to_owned() });
    assert_eq!(server.made(), (1, 0));
    // A charge that the index does not show yet is not taken for none.
    stripe.charge("s", PRICE, VISA).await.unwrap();
    server.lag(true);
    let unclear = stripe.cancel("s").await;
    assert!(matches!(unclear, Err(ProviderFailure::Unclear(_))), "{unclear:?}");
    server.lag(false);
    assert_eq!(stripe.cancel("s").await.unwrap().state, ChargeState::Captured);
}

#[tokio::test]
async fn a_refund_is_made_once_and_never_beyond_its_charge() {
    let (server, stripe) = stripe().await;
    let part = Money::new(1000, PRICE.currency);
    let early = stripe.refund("r", "f1", part).await;
    assert!(matches!(early, Err(ProviderFailure::Unclear(_))), "nothing in the index may be nothing yet: {early:?}");
    stripe.charge("r", PRICE, VISA).await.unwrap();
    server.fail(Fault::After(500));
    assert!(matches!(stripe.refund("r", "f1", part).await, Err(ProviderFailure::Unclear(_))));
    let made = RefundState::Succeeded { id: "re_0".to_owned() };
    assert_eq!(stripe.look_up_refund("f1").await.unwrap(), Some(made.clone()));
    assert_eq!(stripe.refund("r", "f1", part).await.unwrap(), made);
    let beyond = stripe.refund("r", "f2", part).await.unwrap();
    assert_eq!(beyond, RefundState::Failed { code: "charge_already_refunded".to_owned() });
    assert_eq!(stripe.look_up_refund("f2").await.unwrap(), None);
    assert_eq!(server.made(), (1, 1));
    let lines = stripe.report(OffsetDateTime::UNIX_EPOCH, None).await.unwrap().lines;
    let seen: Vec<_> = lines
        .iter()
        .map(|line| (line.movement, line.reference.as_str(), line.charge_reference.as_str(), line.amount))
        .collect();
    assert_eq!(seen, [(Movement::Charge, "r", "r", PRICE), (Movement::Refund, "f1", "r", part)]);
}

#[tokio::test]
async fn a_refund_that_came_back_and_a_dispute_that_was_withdrawn_are_movements_of_their_own() {
    let (server, stripe) = stripe().await;
    stripe.charge("r", PRICE, VISA).await.unwrap();
    stripe.refund("r", "f1", PRICE).await.unwrap();
    // Stripe names what moved the balance again, and tells by type and sign that it went the other way.
    server.moves("refund_failure", 1250, &server.refunds()[0]);
    let dispute = json!({
        "id": "dp_1", "object": "dispute", "amount": 1250, "currency": "eur", "payment_intent": "pi_0", "metadata": {},
    });
    server.moves("adjustment", -2750, &dispute);
    server.moves("adjustment", 1250, &dispute);
    server.moves("payout", -1250, &json!({ "id": "po_1", "object": "payout", "amount": 1250, "currency": "eur" }));
    let lines = stripe.report(OffsetDateTime::UNIX_EPOCH, None).await.unwrap().lines;
    let seen: Vec<_> = lines
        .iter()
        .map(|line| {
            (line.movement, line.id.as_str(), line.reference.as_str(), line.charge_reference.as_str(), line.amount)
        })
        .collect();
    assert_eq!(
        seen,
        [
            (Movement::Charge, "pi_0", "r", "r", PRICE),
            (Movement::Refund, "re_0", "f1", "r", PRICE),
            (Movement::Reversal, "re_0", "f1", "r", PRICE),
            (Movement::Dispute, "dp_1", "dp_1", "pi_0", PRICE),
            (Movement::DisputeWon, "dp_1", "dp_1", "pi_0", PRICE),
        ],
        "fees are not the customer's, and a payout is ours"
    );
}

#[tokio::test]
async fn a_wrong_key_is_our_mistake() {
    let (_, url) = Server::start().await;
    let settings = StripeSettings::new(url, SecretString::from("sk_wrong"), "https://usher.test/done");
    let refused = StripeProvider::new(settings).unwrap().charge("r", PRICE, VISA).await;
    assert!(matches!(refused, Err(ProviderFailure::Rejected(_))), "{refused:?}");
}

#[tokio::test]
async fn events_are_read_and_what_we_do_not_know_is_ignored() {
    let (_, stripe) = stripe().await;
    let event = |kind: &str, object: serde_json::Value| {
        let event = json!({ "id": "evt_1", "object": "event", "type": kind, "data": { "object": object } });
        stripe.read_event(event.to_string().as_bytes()).map(|event| event.news)
    };
    let intent = |status: &str| {
        json!({
            "id": "pi_1", "object": "payment_intent", "amount": 1250, "currency": "eur", "status": status,
            "payment_method": VISA, "metadata": { "reference": "r" },
        })
    };
    let Ok(News::Charge(record)) = event("payment_intent.succeeded", intent("succeeded")) else { panic!("a charge") };
    assert_eq!((record.state, record.amount, record.reference.as_str()), (ChargeState::Captured, Some(PRICE), "r"));
    let refund = |status: &str, metadata: serde_json::Value| {
        json!({
            "id": "re_1", "object": "refund", "amount": 1250, "currency": "eur", "status": status,
            "payment_intent": "pi_1", "metadata": metadata,
        })
    };
    let ours = event("refund.updated", refund("succeeded", json!({ "reference": "f", "charge_reference": "r" })));
    let Ok(News::Refund(RefundNews { is_ours: true, reference, charge, .. })) = ours else { panic!("{ours:?}") };
    assert_eq!((reference.as_str(), charge.reference.as_str(), charge.state), ("f", "r", ChargeState::Captured));
    let by_hand = event("refund.created", refund("succeeded", json!({})));
    assert!(
        matches!(by_hand, Ok(News::Refund(RefundNews { is_ours: false, ref reference, .. })) if reference == "re_1"),
        "{by_hand:?}"
    );
    assert_eq!(event("refund.created", refund("pending", json!({}))), Ok(News::Other));
    assert_eq!(event("customer.created", json!({})), Ok(News::Other));
    assert!(event("payment_intent.succeeded", json!({})).is_err());
    assert!(event("payment_intent.succeeded", intent("teleported")).is_err());
}
