//! Money that goes back, over HTTP: never more than was paid, never on one person's word above the limit, and by the policy
//! of the showtime when seats are cancelled.

use axum::http::Method;
use futures::future::join_all;
use serde_json::json;
use time::Duration;
use usher_core::ambient::Ambient as _;

use crate::app::TestApp;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_parallel_refunds_of_a_tenth_find_room_for_ten() {
    let app = TestApp::open().await;
    let (ada, otto) = (app.person("ada").await, app.staff("otto", "operator").await);
    let (_, payment) = app.paid(&ada, "1", 1).await;
    let captured = app.payments.payment(payment).await.unwrap().unwrap().amount.amount;
    let (path, tenth) = (format!("/api/payments/{payment}/refunds"), captured / 10);
    let (house, by, path) = (&app, &otto, &path);
    let asked = (0..50).map(|number| async move {
        let body = json!({ "amount": tenth, "reason": "one of many" });
        house.post(path, &body).by(by).key(&format!("part-{number}")).send().await
    });
    let answers = join_all(asked).await;
    let (made, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 202);
    let room = usize::try_from(captured / tenth).unwrap();
    assert_eq!((made.len(), refused.len()), (room, 50 - room));
    for refused in refused {
        assert_eq!(refused.problem("refund-exceeds-payment")["captured"]["amount"], captured);
    }
    let held: i64 = app.payments.refunds(payment).await.unwrap().iter().map(|refund| refund.amount.amount).sum();
    assert!(held <= captured, "{held} of {captured}");
}

#[tokio::test]
async fn a_refund_is_asked_for_once_and_followed() {
    let app = TestApp::open().await;
    let (ada, eve, otto) = (app.person("ada").await, app.person("eve").await, app.staff("otto", "operator").await);
    let (booking, payment) = app.paid(&ada, "1", 2).await;
    let path = format!("/api/payments/{payment}/refunds");
    let body = json!({ "amount": 300, "currency": "EUR", "reason": "The sound failed." });
    let asked = app.post(&path, &body).by(&otto).key("a").send().await;
    let refund = asked.expect(202);
    assert_eq!((refund["status"].as_str(), refund["purpose"].as_str()), (Some("pending"), Some("goodwill")));
    assert_eq!(refund["message"]["key"], "refund_asked");
    assert!(!refund["message"]["text"].as_str().unwrap().contains("have refunded"), "it is not decided");
    let location = asked.header("location").unwrap().to_owned();
    assert_eq!(location, format!("/api/refunds/{}", refund["id"].as_str().unwrap()));
    let repeated = app.post(&path, &body).by(&otto).key("a").send().await;
    assert_eq!((repeated.expect(202), repeated.header("idempotency-replayed")), (refund.clone(), Some("true")));
    app.discarded().await;
    let started = app.desk.started(2).await;
    assert_eq!((started[1].saga.as_str(), started[1].name.as_str()), ("refund", refund["id"].as_str().unwrap()));
    assert_eq!(started[1].input["amount"], json!({ "amount": 300, "currency": "EUR" }));

    assert_eq!(app.get(&location).by(&ada).send().await.expect(200), refund, "it is her money");
    app.get(&location).by(&eve).send().await.problem("not-found");
    let listed = app.get(&format!("/api/refunds?booking={booking}&status=pending")).by(&otto).send().await.expect(200);
    assert_eq!(listed["items"], json!([refund]));
    let booking = app.get(&format!("/api/bookings/{booking}")).by(&ada).send().await.expect(200);
    assert_eq!((booking["status"].as_str(), booking["tickets"].as_array().unwrap().len()), (Some("confirmed"), 2));

    for (body, pointer) in [
        (json!({ "amount": 0, "reason": "x" }), "#/amount"),
        (json!({ "amount": 1, "reason": " " }), "#/reason"),
        (json!({ "amount": 1, "currency": "USD", "reason": "x" }), "#/currency"),
        (json!({ "amount": 1, "seats": ["A1"], "reason": "x" }), "#/seats"),
        (json!({ "seats": ["ZZ99"], "reason": "x" }), "#/seats/0"),
    ] {
        let problem = app.post(&path, &body).by(&otto).key(pointer).send().await.problem("unprocessable");
        assert_eq!(problem["errors"][0]["pointer"], pointer);
    }
}

#[tokio::test]
async fn many_small_kindnesses_need_a_second_person_as_one_large_one_does() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let (otto, petra) = (app.staff("otto", "operator").await, app.staff("petra", "refund_approver").await);
    let boss = app.staff("boss", "admin").await;
    let (_, payment) = app.paid(&ada, "1", 2).await;
    let path = format!("/api/payments/{payment}/refunds");
    let ask = async |person, key: &'static str, amount: i64| {
        app.post(&path, &json!({ "amount": amount, "reason": "sorry" })).by(person).key(key).send().await.expect(202)
    };
    assert_eq!(ask(&otto, "a", 600).await["status"], "pending");
    let waiting = ask(&petra, "b", 401).await;
    assert_eq!((waiting["status"].as_str(), waiting["action"].as_str()), (Some("requires_action"), Some("approval")));
    let of = |verb: &str| format!("/api/refunds/{}/{verb}", waiting["id"].as_str().unwrap());
    app.call(Method::POST, &of("approve")).by(&petra).key("c").send().await.problem("forbidden");
    let approved = app.call(Method::POST, &of("approve")).by(&boss).key("d").send().await.expect(200);
    assert_eq!(approved["status"], "pending");
    app.call(Method::POST, &of("cancel")).by(&otto).key("e").send().await.problem("conflict");
    let other = ask(&otto, "f", 1).await;
    let called_off = format!("/api/refunds/{}/cancel", other["id"].as_str().unwrap());
    let cancelled = app.call(Method::POST, &called_off).by(&otto).key("g").send().await.expect(200);
    assert_eq!(cancelled["status"], "cancelled");
    let paid_out = json!({ "method": "voucher", "evidence": "V-1" });
    app.post(&of("payout"), &paid_out).by(&petra).key("h").send().await.problem("conflict");
    app.desk.started(3).await;
}

#[tokio::test]
async fn the_quote_is_what_the_policy_says_at_the_moment_and_what_is_then_given_back() {
    let app = TestApp::open().await;
    let ada = app.person("ada").await;
    let (booking, _) = app.paid(&ada, "1", 4).await;
    let showtime = app.showtime().await;
    let total = app.bookings.get(booking).await.unwrap().unwrap().total.amount;
    let path = format!("/api/bookings/{booking}");
    let mut last = total;
    for (hours, share) in [(25, 0), (3, 1000), (1, 5000)] {
        let wait = showtime.starts_at - Duration::hours(hours) - app.clock.now();
        app.clock.advance(wait.max(Duration::ZERO));
        let ada = app.sign_in("ada").await;
        let quote = app.get(&format!("{path}/refund-quote")).by(&ada).send().await.expect(200);
        let (refund, kept) = (quote["refund"]["amount"].as_i64().unwrap(), quote["kept"]["amount"].as_i64().unwrap());
        assert_eq!(refund + kept, total);
        let prices = quote["seats"].as_array().unwrap().iter().map(|seat| seat["price"]["amount"].as_i64().unwrap());
        assert_eq!(kept, prices.map(|price| price * share / 10_000).sum::<i64>(), "{hours} hours before");
        assert!(refund <= last);
        last = refund;
    }
    let ada = app.sign_in("ada").await;
    let cancelled = app.delete(&path).by(&ada).key("2").send().await.expect(202);
    assert_eq!(
        (cancelled["status"].as_str(), cancelled["refund"]["amount"].as_i64()),
        (Some("cancelling"), Some(last))
    );
    let started = app.desk.started(2).await;
    assert_eq!(started[1].input["cancellation"]["refund"]["amount"], last);
    app.get(&format!("{path}/refund-quote")).by(&ada).send().await.problem("conflict");
}

#[tokio::test]
async fn one_seat_of_four_is_cancelled_once_and_by_a_saga_of_its_own() {
    let app = TestApp::open().await;
    let (ada, eve) = (app.person("ada").await, app.person("eve").await);
    let (booking, _) = app.paid(&ada, "1", 4).await;
    let booked = app.bookings.get(booking).await.unwrap().unwrap();
    let seats: Vec<String> = booked.seats.iter().map(|(seat, _)| seat.to_string()).collect();
    let path = format!("/api/bookings/{booking}/cancel");
    let one = json!({ "seats": [seats[1]] });
    app.post(&path, &one).by(&eve).key("e").send().await.problem("not-found");
    app.post(&path, &json!({ "seats": ["ZZ99"] })).by(&ada).key("z").send().await.problem("unprocessable");
    let four_times = json!({ "seats": [seats[0], seats[0], seats[0], seats[0]] });
    app.post(&path, &four_times).by(&ada).key("4").send().await.problem("unprocessable");
    let chosen = json!({ "seats": [seats[1]], "refund": "full" });
    app.post(&path, &chosen).by(&ada).key("f").send().await.problem("forbidden");
    let first = app.post(&path, &one).by(&ada).key("2").send().await;
    assert_eq!(first.expect(202)["status"], "confirmed");
    assert_eq!(first.json()["refund"]["amount"], booked.seats[1].1.amount);
    assert_eq!(app.post(&path, &one).by(&ada).key("2").send().await.expect(202), first.json());
    let started = app.desk.started(2).await;
    assert_eq!(started[1].saga, "cancellation");
    assert!(started[1].name.starts_with("pcn_"), "{}", started[1].name);
    assert_eq!(started[1].input["seats"][0]["seat"], seats[1].as_str());
    app.post(&path, &json!({ "seats": [seats[2]] })).by(&ada).key("3").send().await.problem("conflict");
    app.delete(&format!("/api/bookings/{booking}")).by(&ada).key("d").send().await.problem("conflict");

    assert!(app.bookings.close_part(booking, started[1].name.parse().unwrap()).await.unwrap());
    let left = app.get(&format!("/api/bookings/{booking}")).by(&ada).send().await.expect(200);
    assert_eq!((left["seats"].as_array().unwrap().len(), &left["cancelled_seats"]), (3, &json!([seats[1]])));
    app.post(&path, &one).by(&ada).key("5").send().await.problem("unprocessable");
    let rest = json!({ "seats": [seats[0], seats[2], seats[3]] });
    assert_eq!(app.post(&path, &rest).by(&ada).key("6").send().await.expect(202)["status"], "cancelling");
}

#[tokio::test]
async fn the_house_cancels_without_a_refund_when_it_says_so() {
    let app = TestApp::open().await;
    let (ada, otto) = (app.person("ada").await, app.staff("otto", "operator").await);
    let (booking, _) = app.paid(&ada, "1", 2).await;
    let path = format!("/api/bookings/{booking}/cancel");
    let nothing = app.post(&path, &json!({ "refund": "none", "reason": "misuse" })).by(&otto).key("2").send().await;
    assert_eq!(nothing.expect(202)["status"], "cancelling");
    assert_eq!(nothing.json()["refund"]["amount"], 0);
    let booking = app.bookings.get(booking).await.unwrap().unwrap();
    assert_eq!(booking.kept, booking.total);
}

#[tokio::test]
async fn a_showtime_that_is_called_off_takes_nobody_any_more() {
    let app = TestApp::open().await;
    let (ada, otto) = (app.person("ada").await, app.staff("otto", "operator").await);
    let showtime = app.showtime().await;
    let path = format!("/api/showtimes/{}", showtime.id);
    app.get(&format!("{path}/cancellation")).by(&otto).send().await.problem("not-found");
    let wordless = app.post(&format!("{path}/cancel"), &json!({ "reason": " " }));
    wordless.by(&otto).key("1").send().await.problem("unprocessable");
    let why = json!({ "reason": "The projector is broken." });
    let called_off = app.post(&format!("{path}/cancel"), &why).by(&otto).key("2").send().await.expect(202);
    assert_eq!((called_off["bookings"].as_i64(), called_off["left"].as_i64()), (Some(0), Some(0)));
    assert_eq!(app.get(&format!("{path}/cancellation")).by(&otto).send().await.expect(200), called_off);
    app.post(&format!("{path}/cancel"), &why).by(&otto).key("3").send().await.expect(202);
    assert_eq!(
        app.count("usher.outbox WHERE kind = 'start' AND topic = 'showtime-cancellation'").await,
        1,
        "one sweep"
    );
    let seat = &showtime.seat_map.seats().next().unwrap().name;
    let wanted = json!({ "showtime_id": showtime.id, "seats": [seat] });
    app.post("/api/holds", &wanted).by(&ada).key("4").send().await.problem("showtime-closed");
}

#[tokio::test]
async fn a_dispute_is_listed_shown_and_closes_the_way_of_refunds() {
    let app = TestApp::open().await;
    let (ada, vera, otto) =
        (app.person("ada").await, app.staff("vera", "viewer").await, app.staff("otto", "operator").await);
    let (booking, payment) = app.paid(&ada, "1", 2).await;
    let paid = app.payments.payment(payment).await.unwrap().unwrap();
    let dispute = usher_payments::dispute::Dispute {
        charge_reference: paid.reference,
        provider_id: "dp_1".to_owned(),
        amount: paid.amount,
    };
    app.payments.record_dispute(&dispute).await.unwrap();
    let listed = app.get(&format!("/api/disputes?booking={booking}&status=open")).by(&vera).send().await.expect(200);
    let first = &listed["items"][0];
    assert_eq!((first["provider_id"].as_str(), first["status"].as_str()), (Some("dp_1"), Some("open")));
    assert_eq!(first["amount"]["amount"], paid.amount.amount);
    let path = format!("/api/disputes/{}", first["id"].as_str().unwrap());
    assert_eq!(&app.get(&path).by(&otto).send().await.expect(200), first);
    app.get(&path).by(&ada).send().await.problem("forbidden");
    app.get("/api/disputes?status=lukewarm").by(&otto).send().await.problem("invalid-request");
    let refunds = format!("/api/payments/{payment}/refunds");
    let asked = app.post(&refunds, &json!({ "amount": 1, "reason": "sorry" })).by(&otto).key("a").send().await;
    asked.problem("refund-exceeds-payment");
    app.payments.close_dispute("dp_1", true).await.unwrap();
    let won = app.get(&format!("/api/disputes?payment={payment}&status=won")).by(&vera).send().await.expect(200);
    assert_eq!(won["items"].as_array().unwrap().len(), 1);
    app.post(&refunds, &json!({ "amount": 1, "reason": "sorry" })).by(&otto).key("b").send().await.expect(202);
}
