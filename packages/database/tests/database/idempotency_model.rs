//! Idempotency keys against a reference model: whatever is claimed, finished, released and waited for in whatever order,
//! the database answers what a map in memory would.

use std::collections::BTreeMap;

use proptest::{prelude::*, test_runner::TestRunner};
use serde_json::json;
use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};
use usher_database::idempotency::{self, Answer, Claim, Claimed, LEASE, LIFE};

use crate::support::{database, start};

#[derive(Debug, Clone)]
enum Act {
    /// Claims these keys in one call, each with a body.
    Claim(Vec<(u8, u8)>),
    Finish(u8, i16),
    Release(u8),
    Advance(Duration),
    Prune,
}

fn act() -> impl Strategy<Value = Act> {
    let waits = [Duration::seconds(1), LEASE / 2, LEASE - Duration::milliseconds(1), LEASE, LIFE / 2, LIFE];
    let claims = prop::collection::vec((0..3_u8, 0..2_u8), 1..5);
    prop_oneof![
        6 => claims.prop_map(Act::Claim),
        2 => (0..3_u8, 200..300_i16).prop_map(|(key, status)| Act::Finish(key, status)),
        1 => (0..3_u8).prop_map(Act::Release),
        3 => prop::sample::select(waits.to_vec()).prop_map(Act::Advance),
        1 => Just(Act::Prune),
    ]
}

/// What the module's documentation promises, over one row per key.
#[derive(Debug, Default)]
struct Model(BTreeMap<u8, Row>);

#[derive(Debug, Clone)]
struct Row {
    body: u8,
    resource: Option<String>,
    answer: Option<Answer>,
    leased_until: OffsetDateTime,
    expires_at: OffsetDateTime,
}

impl Model {
    fn claim(&mut self, claims: &[(u8, u8)], now: OffsetDateTime, number: usize) -> Vec<Claimed> {
        let mut seen = Vec::new();
        let mut outcomes = Vec::new();
        for (place, &(key, body)) in claims.iter().enumerate() {
            let first_in_call = !seen.contains(&key);
            seen.push(key);
            let fresh = Row {
                body,
                resource: Some(format!("{number}.{place}")),
                answer: None,
                leased_until: now + LEASE,
                expires_at: now + LIFE,
            };
            let row = self.0.get_mut(&key).filter(|row| row.expires_at > now);
            outcomes.push(match row {
                None => {
                    self.0.insert(key, fresh);
                    Claimed::Fresh
                }
                Some(row) if row.body != body => Claimed::Mismatch,
                Some(Row { answer: Some(answer), .. }) => Claimed::Done(answer.clone()),
                // Only the first claim of a key in a call takes over; one behind a mismatch is told to wait for its next try.
                Some(row) if row.leased_until <= now && first_in_call => {
                    (row.leased_until, row.expires_at) = (fresh.leased_until, fresh.expires_at);
                    Claimed::TakenOver(row.resource.clone())
                }
                Some(_) => Claimed::Running,
            });
        }
        outcomes
    }

    fn finish(&mut self, key: u8, answer: Answer) {
        if let Some(row) = self.0.get_mut(&key) {
            row.answer.get_or_insert(answer);
        }
    }

    fn release(&mut self, key: u8) {
        if self.0.get(&key).is_some_and(|row| row.answer.is_none()) {
            self.0.remove(&key);
        }
    }

    fn prune(&mut self, now: OffsetDateTime) -> usize {
        let before = self.0.len();
        self.0.retain(|_, row| row.expires_at > now);
        before - self.0.len()
    }
}

#[test]
fn the_database_answers_what_the_model_answers() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let database = runtime.block_on(database());
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() });
    let sequences = prop::collection::vec(act(), 1..40);
    runner
        .run(&sequences, |acts| {
            runtime.block_on(async {
                let mut connection = database.pool().acquire().await.unwrap();
                sqlx::query("TRUNCATE usher.idempotency").execute(&mut *connection).await.unwrap();
                play(&mut connection, acts).await
            })
        })
        .unwrap();
    drop(database);
}

async fn play(connection: &mut PgConnection, acts: Vec<Act>) -> Result<(), TestCaseError> {
    let (mut model, mut now) = (Model::default(), start());
    for (number, act) in acts.into_iter().enumerate() {
        match act {
            Act::Claim(claims) => {
                let expected = model.claim(&claims, now, number);
                let claims: Vec<Claim> =
                    claims.iter().enumerate().map(|(place, claim)| written(*claim, number, place)).collect();
                let claimed = idempotency::claim(connection, &claims.iter().collect::<Vec<_>>(), now).await.unwrap();
                prop_assert_eq!(claimed, expected);
            }
            Act::Finish(key, status) => {
                let answer = Answer { status, body: json!({ "number": number }) };
                idempotency::finish(connection, SCOPE, &key.to_string(), &answer).await.unwrap();
                model.finish(key, answer);
            }
            Act::Release(key) => {
                idempotency::release(connection, SCOPE, &key.to_string()).await.unwrap();
                model.release(key);
            }
            Act::Advance(by) => now += by,
            Act::Prune => {
                let pruned = idempotency::prune(connection, now, 1000).await.unwrap();
                prop_assert_eq!(usize::try_from(pruned).unwrap(), model.prune(now));
            }
        }
    }
    Ok(())
}

const SCOPE: &str = "usr_1:POST /things";

fn written((key, body): (u8, u8), number: usize, place: usize) -> Claim {
    let resource = Some(format!("{number}.{place}"));
    Claim { scope: SCOPE.to_owned(), key: key.to_string(), fingerprint: vec![body; 32], resource }
}
