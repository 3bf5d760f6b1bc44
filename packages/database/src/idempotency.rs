//! The promise behind the `Idempotency-Key` header: however often a client repeats a request, it happens once, and every
//! repetition gets the same answer.
//!
//! A claim is a row with the fingerprint of the body and a lease. While the lease runs, a second request is told to wait;
//! another body under the same key is refused, running or not; once the answer is stored it is replayed. A process that
//! dies between claim and answer leaves a lease behind, and the first retry after its end takes over, with the name of
//! whatever the dead one had already made. Answers live [`LIFE`]; errors of ours are never stored.

use std::collections::HashMap;

use serde_json::Value;
use sqlx::PgConnection;
use time::{Duration, OffsetDateTime};

/// How long a claim keeps others away: longer than the longest `Prefer: wait`, 20 s.
pub const LEASE: Duration = Duration::seconds(30);

/// How long an answer is replayed. Published to clients in docs/api.md.
pub const LIFE: Duration = Duration::hours(48);

/// One request under a key.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Who asks and for what: principal, method and route. The same key of two people, or on two routes, is two keys.
    pub scope: String,
    /// What the client sent.
    pub key: String,
    /// SHA-256 of the body.
    pub fingerprint: Vec<u8>,
    /// The id of what the request will make, so that a take-over finds it.
    pub resource: Option<String>,
}

/// The answer that was given.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// HTTP status.
    pub status: i16,
    /// The body as JSON.
    pub body: Value,
}

/// What the claim found.
#[derive(Debug, Clone, PartialEq)]
pub enum Claimed {
    /// Nothing: go on, and store the answer.
    Fresh,
    /// A lease whose owner is gone: go on from what it had named.
    TakenOver(Option<String>),
    /// Somebody works on it.
    Running,
    /// It was done.
    Done(Answer),
    /// The key belongs to another body.
    Mismatch,
}

/// The columns of claims that are taken for new, side by side: for a statement that writes the rows of
/// `usher.idempotency` with its own. A key that exists is a unique violation, after which [`claim`] tells what it is.
#[derive(Debug)]
pub struct Columns {
    /// `scope`
    pub scopes: Vec<String>,
    /// `key`
    pub keys: Vec<String>,
    /// `fingerprint`
    pub fingerprints: Vec<Vec<u8>>,
    /// `resource`
    pub resources: Vec<Option<String>>,
    /// `leased_until`, the same for all.
    pub leased_until: OffsetDateTime,
    /// `expires_at`, the same for all.
    pub expires_at: OffsetDateTime,
}

impl Columns {
    /// The columns of these claims.
    pub fn of<'a>(claims: impl Iterator<Item = &'a Claim> + Clone, now: OffsetDateTime) -> Self {
        Self {
            scopes: claims.clone().map(|claim| claim.scope.clone()).collect(),
            keys: claims.clone().map(|claim| claim.key.clone()).collect(),
            fingerprints: claims.clone().map(|claim| claim.fingerprint.clone()).collect(),
            resources: claims.map(|claim| claim.resource.clone()).collect(),
            leased_until: now + LEASE,
            expires_at: now + LIFE,
        }
    }
}

/// Claims all keys in the caller's transaction, in order. The second of two equal keys in one call finds the first.
pub async fn claim(
    connection: &mut PgConnection,
    claims: &[&Claim],
    now: OffsetDateTime,
) -> Result<Vec<Claimed>, sqlx::Error> {
    let mut first = HashMap::new();
    for (index, claim) in claims.iter().enumerate() {
        first.entry((claim.scope.as_str(), claim.key.as_str())).or_insert(index);
    }
    // Rows are locked in one order, so that two batches with the same keys wait instead of deadlocking.
    let mut ordered: Vec<usize> = first.values().copied().collect();
    ordered.sort_unstable_by(|a, b| (&claims[*a].scope, &claims[*a].key).cmp(&(&claims[*b].scope, &claims[*b].key)));
    let columns = Columns::of(ordered.iter().map(|index| claims[*index]), now);
    let won = sqlx::query!(
        r#"INSERT INTO usher.idempotency AS stored (scope, key, fingerprint, resource, leased_until, expires_at)
           SELECT scope, key, fingerprint, resource, $5, $6
           FROM unnest($1::text[], $2::text[], $3::bytea[], $4::text[]) AS new (scope, key, fingerprint, resource)
           ON CONFLICT (scope, key) DO UPDATE SET
             leased_until = $5,
             fingerprint = excluded.fingerprint,
             resource = CASE WHEN stored.expires_at <= $7 THEN excluded.resource ELSE stored.resource END,
             status = NULL, body = NULL,
             taken_over = stored.expires_at > $7,
             expires_at = $6
           WHERE stored.expires_at <= $7
              OR (stored.status IS NULL AND stored.leased_until <= $7 AND stored.fingerprint = excluded.fingerprint)
           RETURNING scope, key, taken_over AS "taken_over!", resource"#,
        &columns.scopes,
        &columns.keys,
        &columns.fingerprints,
        &columns.resources as &[Option<String>],
        columns.leased_until,
        columns.expires_at,
        now,
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut found: HashMap<(String, String), Claimed> = won
        .into_iter()
        .map(|row| {
            let claimed = if row.taken_over { Claimed::TakenOver(row.resource) } else { Claimed::Fresh };
            ((row.scope, row.key), claimed)
        })
        .collect();
    let lost: Vec<&Claim> =
        claims.iter().copied().filter(|claim| !found.contains_key(&(claim.scope.clone(), claim.key.clone()))).collect();
    let mut stored = HashMap::new();
    if !lost.is_empty() {
        let scopes: Vec<_> = lost.iter().map(|claim| claim.scope.clone()).collect();
        let keys: Vec<_> = lost.iter().map(|claim| claim.key.clone()).collect();
        let rows = sqlx::query!(
            "SELECT scope, key, fingerprint, status, body FROM usher.idempotency
             WHERE (scope, key) IN (SELECT scope, key FROM unnest($1::text[], $2::text[]) AS asked (scope, key))",
            &scopes,
            &keys,
        );
        for row in rows.fetch_all(connection).await? {
            let answer = row.status.map(|status| Answer { status, body: row.body.unwrap_or_default() });
            stored.insert((row.scope, row.key), (row.fingerprint, answer));
        }
    }
    let outcomes = claims.iter().enumerate().map(|(index, claim)| {
        let key = (claim.scope.clone(), claim.key.clone());
        let winner = first.get(&(claim.scope.as_str(), claim.key.as_str())).copied();
        match (winner == Some(index)).then(|| found.remove(&key)).flatten() {
            Some(claimed) => claimed,
            None => match (stored.get(&key), winner) {
                (Some((fingerprint, _)), _) if *fingerprint != claim.fingerprint => Claimed::Mismatch,
                (Some((_, Some(answer))), _) => Claimed::Done(answer.clone()),
                (None, Some(winner)) if claims[winner].fingerprint != claim.fingerprint => Claimed::Mismatch,
                _ => Claimed::Running,
            },
        }
    });
    Ok(outcomes.collect())
}

/// Stores the answer and ends the lease. An answer that is there already stays.
pub async fn finish(connection: &mut PgConnection, scope: &str, key: &str, answer: &Answer) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE usher.idempotency SET status = $3, body = $4 WHERE scope = $1 AND key = $2 AND status IS NULL",
        scope,
        key,
        answer.status,
        answer.body,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Stores many answers at once, each given with the scope and the key it belongs to.
pub async fn finish_all(connection: &mut PgConnection, answers: &[(&str, &str, &Answer)]) -> Result<(), sqlx::Error> {
    // Rows are locked in one order, so that two batches with the same keys wait instead of deadlocking.
    let mut ordered: Vec<_> = answers.iter().collect();
    ordered.sort_unstable_by_key(|(scope, key, _)| (*scope, *key));
    sqlx::query!(
        "UPDATE usher.idempotency AS stored SET status = given.status, body = given.body
         FROM unnest($1::text[], $2::text[], $3::smallint[], $4::jsonb[]) AS given (scope, key, status, body)
         WHERE stored.scope = given.scope AND stored.key = given.key AND stored.status IS NULL",
        &ordered.iter().map(|(scope, ..)| (*scope).to_owned()).collect::<Vec<_>>(),
        &ordered.iter().map(|(_, key, _)| (*key).to_owned()).collect::<Vec<_>>(),
        &ordered.iter().map(|(.., answer)| answer.status).collect::<Vec<_>>(),
        &ordered.iter().map(|(.., answer)| answer.body.clone()).collect::<Vec<_>>(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Gives the key back because nothing was written: the client may use it again at once.
pub async fn release(connection: &mut PgConnection, scope: &str, key: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM usher.idempotency WHERE scope = $1 AND key = $2 AND status IS NULL", scope, key)
        .execute(connection)
        .await?;
    Ok(())
}

/// Forgets keys whose life is over, at most `limit`, and tells how many.
pub async fn prune(connection: &mut PgConnection, now: OffsetDateTime, limit: i64) -> Result<u64, sqlx::Error> {
    let pruned = sqlx::query!(
        "DELETE FROM usher.idempotency WHERE (scope, key) IN (SELECT scope, key FROM usher.idempotency WHERE expires_at <= $1 LIMIT $2)",
        now,
        limit,
    );
    Ok(pruned.execute(connection).await?.rows_affected())
}
