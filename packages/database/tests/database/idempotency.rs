//! However often a client repeats a request, it happens once.

use futures::future::join_all;
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};
use time::{Duration, OffsetDateTime};
use usher_database::idempotency::{self, Answer, Claim, Claimed, LEASE, LIFE};

use crate::support::{count, database, in_time, process, start, until_blocked};

fn claim(key: &str, body: u8) -> Claim {
    Claim { scope: "usr_1:POST /things".to_owned(), key: key.to_owned(), fingerprint: vec![body; 32], resource: None }
}

fn making(key: &str, resource: &str) -> Claim {
    Claim { resource: Some(resource.to_owned()), ..claim(key, 1) }
}

fn answer(status: i16) -> Answer {
    Answer { status, body: json!({ "id": "thing", "name": "Ærø 🎭" }) }
}

async fn claim_all(connection: &mut PgConnection, claims: &[Claim], now: OffsetDateTime) -> Vec<Claimed> {
    idempotency::claim(connection, &claims.iter().collect::<Vec<_>>(), now).await.unwrap()
}

async fn claim_one(connection: &mut PgConnection, one: &Claim, now: OffsetDateTime) -> Claimed {
    claim_all(connection, std::slice::from_ref(one), now).await.remove(0)
}

async fn finish(connection: &mut PgConnection, of: &Claim, answer: &Answer) {
    idempotency::finish(connection, &of.scope, &of.key, answer).await.unwrap();
}

#[tokio::test]
async fn a_key_is_fresh_then_running_then_done_and_another_body_is_refused_all_along() {
    let database = database().await;
    let mut connection = database.pool().acquire().await.unwrap();
    let (first, other_body) = (claim("k", 1), claim("k", 2));
    assert_eq!(claim_one(&mut connection, &first, start()).await, Claimed::Fresh);
    assert_eq!(claim_one(&mut connection, &first, start()).await, Claimed::Running);
    assert_eq!(claim_one(&mut connection, &other_body, start()).await, Claimed::Mismatch, "while the first is running");
    finish(&mut connection, &first, &answer(201)).await;
    assert_eq!(claim_one(&mut connection, &first, start()).await, Claimed::Done(answer(201)));
    assert_eq!(claim_one(&mut connection, &other_body, start()).await, Claimed::Mismatch, "and afterwards");
    let later = start() + LIFE - Duration::milliseconds(1);
    assert_eq!(claim_one(&mut connection, &first, later).await, Claimed::Done(answer(201)), "for all of its life");
}

#[tokio::test]
async fn the_same_key_of_another_person_or_route_is_another_key() {
    let database = database().await;
    let mut connection = database.pool().acquire().await.unwrap();
    let scopes = ["usr_1:POST /things", "usr_2:POST /things", "usr_1:POST /others"];
    for scope in scopes {
        let claim = Claim { scope: scope.to_owned(), ..claim("k", 1) };
        assert_eq!(claim_one(&mut connection, &claim, start()).await, Claimed::Fresh, "{scope}");
    }
    let claims: Vec<Claim> = scopes.iter().map(|scope| Claim { scope: (*scope).to_owned(), ..claim("l", 1) }).collect();
    assert_eq!(claim_all(&mut connection, &claims, start()).await, vec![Claimed::Fresh; 3], "in one call, too");
}

#[tokio::test]
async fn an_abandoned_lease_is_taken_over_with_what_its_owner_had_named() {
    let database = database().await;
    let mut connection = database.pool().acquire().await.unwrap();
    assert_eq!(claim_one(&mut connection, &making("k", "thing 1"), start()).await, Claimed::Fresh);
    let last = start() + LEASE - Duration::milliseconds(1);
    assert_eq!(claim_one(&mut connection, &making("k", "thing 2"), last).await, Claimed::Running);
    let over = start() + LEASE;
    assert_eq!(
        claim_one(&mut connection, &claim("k", 2), over).await,
        Claimed::Mismatch,
        "another body takes nothing over"
    );
    let taken_over = Claimed::TakenOver(Some("thing 1".to_owned()));
    assert_eq!(claim_one(&mut connection, &making("k", "thing 2"), over).await, taken_over);
    assert_eq!(claim_one(&mut connection, &making("k", "thing 3"), over).await, Claimed::Running, "one at a time");
    assert_eq!(claim_one(&mut connection, &making("k", "thing 3"), over + LEASE).await, taken_over, "again and again");
    finish(&mut connection, &claim("k", 1), &answer(201)).await;
    assert_eq!(claim_one(&mut connection, &claim("k", 1), over + LEASE * 3).await, Claimed::Done(answer(201)));
}

#[tokio::test]
async fn the_first_answer_is_the_answer() {
    let database = database().await;
    let mut connection = database.pool().acquire().await.unwrap();
    let key = claim("k", 1);
    claim_one(&mut connection, &key, start()).await;
    finish(&mut connection, &key, &answer(201)).await;
    finish(&mut connection, &key, &answer(500)).await; // A first owner that slept through its lease.
    assert_eq!(claim_one(&mut connection, &key, start()).await, Claimed::Done(answer(201)));
}

#[tokio::test]
async fn a_key_whose_life_is_over_is_as_good_as_new() {
    let database = database().await;
    let mut connection = database.pool().acquire().await.unwrap();
    claim_one(&mut connection, &making("k", "thing 1"), start()).await;
    finish(&mut connection, &claim("k", 1), &answer(201)).await;
    let reborn = Claim { resource: Some("thing 2".to_owned()), ..claim("k", 2) };
    let over = start() + LIFE;
    assert_eq!(claim_one(&mut connection, &reborn, over).await, Claimed::Fresh, "for another body as well");
    assert_eq!(claim_one(&mut connection, &reborn, over).await, Claimed::Running);
    let taken_over = Claimed::TakenOver(Some("thing 2".to_owned()));
    assert_eq!(
        claim_one(&mut connection, &reborn, over + LEASE).await,
        taken_over,
        "nothing of the first life is left"
    );
}

#[tokio::test]
async fn a_released_key_is_free_and_an_answered_one_is_not_released() {
    let database = database().await;
    let mut connection = database.pool().acquire().await.unwrap();
    let (first, mended) = (claim("k", 1), claim("k", 2));
    claim_one(&mut connection, &first, start()).await;
    idempotency::release(&mut connection, &first.scope, &first.key).await.unwrap();
    assert_eq!(claim_one(&mut connection, &mended, start()).await, Claimed::Fresh, "the client may mend its request");
    finish(&mut connection, &mended, &answer(201)).await;
    idempotency::release(&mut connection, &first.scope, &first.key).await.unwrap();
    assert_eq!(claim_one(&mut connection, &mended, start()).await, Claimed::Done(answer(201)));
}

#[tokio::test]
async fn in_one_call_the_second_of_two_equal_keys_finds_the_first() {
    let database = database().await;
    let mut connection = database.pool().acquire().await.unwrap();
    let claims = [claim("b", 1), claim("a", 1), claim("b", 1), claim("b", 2), claim("a", 1)];
    let expected = [Claimed::Fresh, Claimed::Fresh, Claimed::Running, Claimed::Mismatch, Claimed::Running];
    assert_eq!(claim_all(&mut connection, &claims, start()).await, expected);
    finish(&mut connection, &claims[0], &answer(201)).await;
    let done = Claimed::Done(answer(201));
    let expected = [done.clone(), Claimed::Running, done, Claimed::Mismatch, Claimed::Running];
    assert_eq!(claim_all(&mut connection, &claims, start()).await, expected);
    assert_eq!(claim_all(&mut connection, &[], start()).await, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_claim_at_once_exactly_one_is_fresh() {
    let database = database().await;
    for round in 0..20 {
        let callers = (0..8).map(|_| {
            let (pool, key) = (database.pool().clone(), claim(&format!("k{round}"), 1));
            tokio::spawn(async move { claim_one(&mut pool.acquire().await.unwrap(), &key, start()).await })
        });
        let claimed: Vec<Claimed> = in_time(join_all(callers)).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(claimed.iter().filter(|claimed| **claimed == Claimed::Fresh).count(), 1, "{claimed:?}");
        assert_eq!(claimed.iter().filter(|claimed| **claimed == Claimed::Running).count(), 7, "{claimed:?}");
    }
    let taken_over = (0..8).map(|_| {
        let pool = database.pool().clone();
        tokio::spawn(
            async move { claim_one(&mut pool.acquire().await.unwrap(), &claim("k0", 1), start() + LEASE).await },
        )
    });
    let claimed: Vec<Claimed> = in_time(join_all(taken_over)).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(claimed.iter().filter(|claimed| **claimed == Claimed::TakenOver(None)).count(), 1, "{claimed:?}");
}

#[tokio::test]
async fn whoever_comes_while_a_claim_is_not_durable_waits_for_it() {
    let database = database().await;
    for (commits, expected) in [(true, Claimed::Running), (false, Claimed::Fresh)] {
        let key = claim(&format!("{commits}"), 1);
        let mut first = database.pool().begin().await.unwrap();
        assert_eq!(claim_one(&mut first, &key, start()).await, Claimed::Fresh);
        let pool = process(&database);
        let second = tokio::spawn(async move { claim_one(&mut pool.acquire().await.unwrap(), &key, start()).await });
        until_blocked(database.pool(), 1).await;
        let ended = if commits { first.commit().await } else { first.rollback().await };
        ended.unwrap();
        assert_eq!(in_time(second).await.unwrap(), expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_calls_with_the_same_keys_in_opposite_orders_do_not_deadlock() {
    let database = database().await;
    for round in 0..30 {
        let forward: Vec<Claim> = (0..30).map(|key| claim(&format!("{round}/{key}"), 1)).collect();
        let backward: Vec<Claim> = forward.iter().rev().cloned().collect();
        let (mut one, mut two) = (database.pool().acquire().await.unwrap(), database.pool().acquire().await.unwrap());
        let attempt = async |connection: &mut PgConnection, claims: &[Claim]| {
            let mut transaction = connection.begin().await.unwrap();
            let claimed = claim_all(&mut transaction, claims, start()).await;
            transaction.commit().await.unwrap();
            claimed
        };
        let (one, two) =
            in_time(async { tokio::join!(attempt(&mut one, &forward), attempt(&mut two, &backward)) }).await;
        let fresh = one.iter().chain(&two).filter(|claimed| **claimed == Claimed::Fresh).count();
        assert_eq!(fresh, 30);
    }
}

#[tokio::test]
async fn many_answers_are_stored_at_once_each_under_its_key() {
    let database = database().await;
    let mut connection = database.pool().acquire().await.unwrap();
    let claims: Vec<Claim> = (0..5).map(|key| claim(&format!("{key}"), 1)).collect();
    claim_all(&mut connection, &claims, start()).await;
    finish(&mut connection, &claims[0], &answer(200)).await;
    let answers: Vec<Answer> = (0..4).map(|key| Answer { status: 201 + key, body: json!(key) }).collect();
    let given: Vec<(&str, &str, &Answer)> = claims
        .iter()
        .zip(&answers)
        .rev()
        .map(|(claim, answer)| (claim.scope.as_str(), claim.key.as_str(), answer))
        .collect();
    idempotency::finish_all(&mut connection, &given).await.unwrap();
    let mut expected: Vec<Claimed> = answers.into_iter().map(Claimed::Done).collect();
    expected[0] = Claimed::Done(answer(200));
    expected.push(Claimed::Running);
    assert_eq!(claim_all(&mut connection, &claims, start()).await, expected);
}

#[tokio::test]
async fn an_answer_without_a_body_is_replayed_without_one() {
    let database = database().await;
    let mut connection = database.pool().acquire().await.unwrap();
    let (key, empty) = (claim("k", 1), Answer { status: 204, body: Value::Null });
    claim_one(&mut connection, &key, start()).await;
    finish(&mut connection, &key, &empty).await;
    assert_eq!(claim_one(&mut connection, &key, start()).await, Claimed::Done(empty));
}

#[tokio::test]
async fn keys_whose_life_is_over_are_forgotten_a_few_at_a_time() {
    let database = database().await;
    let mut connection = database.pool().acquire().await.unwrap();
    for hour in 0..10 {
        claim_one(&mut connection, &claim(&format!("{hour}"), 1), start() + Duration::hours(hour)).await;
    }
    let now = start() + LIFE + Duration::hours(4);
    assert_eq!(idempotency::prune(&mut connection, now, 3).await.unwrap(), 3);
    assert_eq!(idempotency::prune(&mut connection, now, 3).await.unwrap(), 2);
    assert_eq!(idempotency::prune(&mut connection, now, 3).await.unwrap(), 0);
    assert_eq!(count(database.pool(), "SELECT count(*) FROM usher.idempotency").await, 5);
}
