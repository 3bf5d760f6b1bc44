//! Every command has its effect once, however often, in whatever order and by whomever it is delivered.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use futures::future::{BoxFuture, join_all};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::{Connection, PgConnection};
use usher_core::ambient::{Ambient, SharedAmbient};
use usher_database::{
    Failure, GroupCommit, Once,
    group_commit::Apply,
    inbox,
    once::{ApplyOnce, Guarded},
    outbox,
};
use usher_postgres::testing::TestDatabase;

use crate::support::{ambient, count, database, in_time, process, start, until_blocked};

/// Writes a row per command and answers with the number of the transaction, which no second effect could repeat.
struct Effects;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    In(String),
    TooLate,
}

impl ApplyOnce<i64, Outcome> for Effects {
    fn apply<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        commands: &'a [&'a i64],
        _told: &'a mut Vec<outbox::Message>,
    ) -> BoxFuture<'a, Result<Vec<Outcome>, sqlx::Error>> {
        Box::pin(async move {
            let numbers: Vec<i64> = commands.iter().map(|number| **number).collect();
            let transaction: String = sqlx::query_scalar(
                "WITH written AS (INSERT INTO effects SELECT * FROM unnest($1::bigint[])) SELECT pg_current_xact_id()::text",
            )
            .bind(&numbers)
            .fetch_one(connection)
            .await?;
            Ok(numbers.iter().map(|_| Outcome::In(transaction.clone())).collect())
        })
    }
}

async fn stage() -> TestDatabase {
    let database = database().await;
    let table = "CREATE TABLE effects (number bigint NOT NULL CHECK (number >= 0))";
    sqlx::query(table).execute(database.pool()).await.unwrap();
    database
}

fn guarded() -> Guarded<Effects> {
    Guarded::new(Effects, ambient(1))
}

fn group(database: &TestDatabase) -> GroupCommit<Once<i64>, Outcome> {
    let ambient: SharedAmbient = ambient(1);
    Guarded::spawn(Effects, ambient, process(database), "effects")
}

fn once(key: &str, command: i64) -> Once<i64> {
    Once { key: key.to_owned(), command }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_deliveries_in_any_order_to_two_processes_have_one_effect_and_one_answer() {
    let database = stage().await;
    let groups = [group(&database), group(&database)];
    let chance = ambient(7);
    let mut deliveries: Vec<(u128, i64)> =
        (0..50).flat_map(|number| std::iter::repeat_n(number, 10)).map(|number| (chance.random(), number)).collect();
    deliveries.sort_unstable();
    let answers: Arc<Mutex<HashMap<i64, Vec<Outcome>>>> = Arc::default();
    let callers = deliveries.into_iter().map(|(chance, number)| {
        let (group, answers) = (groups[usize::from(chance % 2 == 0)].clone(), Arc::clone(&answers));
        tokio::spawn(async move {
            let answer = group.once(format!("exe/{number}"), number).await.unwrap();
            answers.lock().unwrap().entry(number).or_default().push(answer);
        })
    });
    for caller in in_time(join_all(callers)).await {
        caller.unwrap();
    }
    for (number, answers) in &*answers.lock().unwrap() {
        assert_eq!(answers.len(), 10);
        assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{number}: {answers:?}");
    }
    assert_eq!(count(database.pool(), "SELECT count(*) FROM effects").await, 50);
    assert_eq!(count(database.pool(), "SELECT count(DISTINCT number) FROM effects").await, 50);
    assert_eq!(count(database.pool(), "SELECT count(*) FROM usher.inbox").await, 50);
}

#[tokio::test]
async fn the_same_key_twice_in_a_batch_is_one_command() {
    let database = stage().await;
    let mut connection = database.pool().acquire().await.unwrap();
    let commands = [once("a", 1), once("b", 2), once("a", 3), once("b", 2)];
    let outcomes = guarded().apply(&mut connection, &commands).await.unwrap();
    assert_eq!(outcomes.len(), 4);
    let effects: Vec<i64> =
        sqlx::query_scalar("SELECT number FROM effects ORDER BY number").fetch_all(database.pool()).await.unwrap();
    assert_eq!(effects, [1, 2], "the first of each key");
    let again = guarded().apply_again(&mut connection, &[once("b", 2), once("c", 4), once("a", 1)]).await.unwrap();
    assert_eq!(again[0], outcomes[1], "answers come in the order of the commands");
    assert_eq!(again[2], outcomes[0]);
    assert_ne!(again[1], outcomes[0]);
}

#[tokio::test]
async fn whoever_meets_the_same_key_in_another_transaction_gets_that_ones_answer() {
    let database = stage().await;
    let group = group(&database);
    let mut faster = database.pool().acquire().await.unwrap();
    let mut transaction = faster.begin().await.unwrap();
    let answer = guarded().apply(&mut transaction, &[once("a", 1)]).await.unwrap().remove(0);
    let slower = tokio::spawn(async move { group.once("a", 1).await });
    until_blocked(database.pool(), 1).await;
    transaction.commit().await.unwrap();
    assert_eq!(in_time(slower).await.unwrap().unwrap(), answer);
    assert_eq!(count(database.pool(), "SELECT count(*) FROM effects").await, 1);
}

#[tokio::test]
async fn whoever_meets_a_transaction_that_is_undone_does_it_itself() {
    let database = stage().await;
    let group = group(&database);
    let mut faster = database.pool().acquire().await.unwrap();
    let mut transaction = faster.begin().await.unwrap();
    let undone = guarded().apply(&mut transaction, &[once("a", 1)]).await.unwrap().remove(0);
    let slower = tokio::spawn(async move { group.once("a", 1).await });
    until_blocked(database.pool(), 1).await;
    transaction.rollback().await.unwrap();
    assert_ne!(in_time(slower).await.unwrap().unwrap(), undone);
    assert_eq!(count(database.pool(), "SELECT count(*) FROM effects").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_that_meet_the_same_keys_in_opposite_orders_both_get_through() {
    let database = stage().await;
    let mut first = process(&database).acquire().await.unwrap();
    let mut second = process(&database).acquire().await.unwrap();
    for round in 0..20 {
        let forward: Vec<_> = (0..20).map(|key| once(&format!("{round}/{key}"), key)).collect();
        let backward: Vec<_> = forward.iter().rev().cloned().collect();
        let attempt = async |connection: &mut PgConnection, commands: &[Once<i64>]| {
            let mut transaction = connection.begin().await?;
            let outcomes = guarded().apply(&mut transaction, commands).await?;
            transaction.commit().await.map(|()| outcomes)
        };
        let (one, two) =
            in_time(async { tokio::join!(attempt(&mut first, &forward), attempt(&mut second, &backward)) }).await;
        for outcome in [one, two] {
            if let Err(sqlx::Error::Database(error)) = outcome {
                assert!(error.is_unique_violation(), "the slower one finds the other's keys: {error:?}");
            }
        }
    }
    assert_eq!(count(database.pool(), "SELECT count(*) FROM effects").await, 400);
}

#[tokio::test]
async fn a_sealed_key_is_answered_without_an_effect_and_an_answered_key_is_not_sealed() {
    let database = stage().await;
    let group = group(&database);
    let done = group.once("done", 1).await.unwrap();
    let mut connection = database.pool().acquire().await.unwrap();
    let keys = ["done".to_owned(), "late".to_owned()];
    inbox::seal(&mut connection, &keys, &json!("too_late"), start()).await.unwrap();
    assert_eq!(group.once("late", 2).await.unwrap(), Outcome::TooLate);
    assert_eq!(group.once("done", 1).await.unwrap(), done);
    assert_eq!(count(database.pool(), "SELECT count(*) FROM effects").await, 1);
}

#[tokio::test]
async fn a_seal_that_is_not_durable_yet_is_waited_for() {
    let database = stage().await;
    let group = group(&database);
    let mut connection = database.pool().acquire().await.unwrap();
    let mut undo = connection.begin().await.unwrap();
    inbox::seal(&mut undo, &["late".to_owned()], &json!("too_late"), start()).await.unwrap();
    let late = tokio::spawn(async move { group.once("late", 2).await });
    until_blocked(database.pool(), 1).await;
    undo.commit().await.unwrap();
    assert_eq!(in_time(late).await.unwrap().unwrap(), Outcome::TooLate);
    assert_eq!(count(database.pool(), "SELECT count(*) FROM effects").await, 0, "its effect was undone");
}

#[tokio::test]
async fn a_command_that_failed_left_no_answer_behind() {
    let database = stage().await;
    let group = group(&database);
    let failure = group.once("a", -1).await.unwrap_err();
    assert!(matches!(failure, Failure::Refused(_)));
    assert_eq!(count(database.pool(), "SELECT count(*) FROM usher.inbox").await, 0);
    assert!(matches!(group.once("a", 1).await.unwrap(), Outcome::In(_)));
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_fails_only_its_caller() {
    let database = stage().await;
    let group = group(&database);
    let mut connection = database.pool().acquire().await.unwrap();
    let odd = ("odd".to_owned(), json!({ "from": "another time" }));
    inbox::record(&mut connection, &[odd], &[], start()).await.unwrap();
    let (odd, fine) = tokio::join!(group.once("odd", 1), group.once("fine", 2));
    assert!(matches!(odd.unwrap_err(), Failure::Refused(_)));
    assert!(matches!(fine.unwrap(), Outcome::In(_)));
}

#[tokio::test]
async fn old_answers_are_forgotten_a_few_at_a_time() {
    let database = stage().await;
    let mut connection = database.pool().acquire().await.unwrap();
    for day in 0..10 {
        let answer = (format!("key {day}"), json!(day));
        inbox::record(&mut connection, &[answer], &[], start() + time::Duration::days(day)).await.unwrap();
    }
    let before = start() + time::Duration::days(5);
    assert_eq!(inbox::prune(&mut connection, before, 3).await.unwrap(), 3);
    assert_eq!(inbox::prune(&mut connection, before, 3).await.unwrap(), 2);
    assert_eq!(inbox::prune(&mut connection, before, 3).await.unwrap(), 0);
    let keys: Vec<String> = (0..10).map(|day| format!("key {day}")).collect();
    let kept = inbox::answered(&mut connection, &keys).await.unwrap();
    assert_eq!(kept.len(), 5);
    assert_eq!(kept["key 5"], json!(5), "the one that is exactly as old stays");
}

/// Takes from a stock that must not become negative: the second time, the effect would be refused before the inbox is.
struct Stock;

impl ApplyOnce<i64, Outcome> for Stock {
    fn apply<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        commands: &'a [&'a i64],
        _told: &'a mut Vec<outbox::Message>,
    ) -> BoxFuture<'a, Result<Vec<Outcome>, sqlx::Error>> {
        Box::pin(async move {
            let taken: i64 = commands.iter().copied().sum();
            let transaction: String =
                sqlx::query_scalar("UPDATE stock SET rest = rest - $1 RETURNING pg_current_xact_id()::text")
                    .bind(taken)
                    .fetch_one(connection)
                    .await?;
            Ok(commands.iter().map(|_| Outcome::In(transaction.clone())).collect())
        })
    }
}

#[tokio::test]
async fn a_repetition_whose_effect_is_impossible_by_now_gets_its_answer_all_the_same() {
    let database = stage().await;
    sqlx::query("CREATE TABLE stock AS SELECT 10::bigint AS rest").execute(database.pool()).await.unwrap();
    sqlx::query("ALTER TABLE stock ADD CHECK (rest >= 0)").execute(database.pool()).await.unwrap();
    let group = Guarded::spawn(Stock, ambient(1), process(&database), "stock");
    let first = group.once("a", 6).await.unwrap();
    let (repeated, other, impossible) = tokio::join!(group.once("a", 6), group.once("b", 4), group.once("c", 1));
    assert_eq!(repeated.unwrap(), first);
    assert!(matches!(other.unwrap(), Outcome::In(_)));
    assert!(matches!(impossible.unwrap_err(), Failure::Refused(_)));
    assert_eq!(count(database.pool(), "SELECT rest FROM stock").await, 0);
}
