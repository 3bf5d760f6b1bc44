//! Seats for customers who are still deciding: so many holds at once, and no more.
//!
//! Counting first and claiming afterwards would let a crowd of requests by one customer pass the count together. So both
//! happen in one transaction, and an advisory lock on the customer keeps the transactions of other processes apart. It
//! costs nothing on the way of a booking, which is not counted.

use std::collections::HashMap;

use futures::future::BoxFuture;
use sqlx::PgConnection;
use usher_core::ids::UserId;
use usher_database::group_commit::Apply;
use uuid::Uuid;

use crate::claim::{Claim, ClaimSeats, Claimed};

/// The customer has as many open holds as one may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("at most {allowed} holds may be open at once")]
pub struct TooManyHolds {
    /// The cap.
    pub allowed: i64,
}

pub(crate) struct HoldSeats {
    pub claim: ClaimSeats,
}

impl Apply<Claim, Result<Claimed, TooManyHolds>> for HoldSeats {
    fn apply<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        claims: &'a [Claim],
    ) -> BoxFuture<'a, Result<Vec<Result<Claimed, TooManyHolds>>, sqlx::Error>> {
        Box::pin(async move {
            let allowed = self.claim.terms.open_holds;
            let mut open = self.lock_and_count(&mut *connection, claims).await?;
            let mut outcomes: Vec<Option<Result<Claimed, TooManyHolds>>> = vec![None; claims.len()];
            while outcomes.iter().any(Option::is_none) {
                // One request of each customer a round: whether it succeeds decides what the next one may have.
                let mut round: HashMap<UserId, usize> = HashMap::new();
                for (index, claim) in claims.iter().enumerate().filter(|(index, _)| outcomes[*index].is_none()) {
                    if open.get(&claim.user_id).is_some_and(|open| *open < allowed) {
                        round.entry(claim.user_id).or_insert(index);
                    }
                }
                let mut round: Vec<usize> = round.into_values().collect();
                round.sort_unstable();
                let asked: Vec<&Claim> = round.iter().map(|index| &claims[*index]).collect();
                for (index, claimed) in round.into_iter().zip(self.claim.claim(&mut *connection, &asked).await?) {
                    if matches!(claimed, Claimed::All { .. }) {
                        *open.entry(claims[index].user_id).or_default() += 1;
                    }
                    outcomes[index] = Some(Ok(claimed));
                }
                for (claim, outcome) in claims.iter().zip(&mut outcomes) {
                    if outcome.is_none() && open.get(&claim.user_id).is_none_or(|open| *open >= allowed) {
                        *outcome = Some(Err(TooManyHolds { allowed }));
                    }
                }
            }
            Ok(outcomes.into_iter().flatten().collect())
        })
    }
}

impl HoldSeats {
    /// How many holds each of the customers has open, and stays with until the transaction ends.
    async fn lock_and_count(
        &self,
        connection: &mut PgConnection,
        claims: &[Claim],
    ) -> Result<HashMap<UserId, i64>, sqlx::Error> {
        let mut users: Vec<Uuid> = claims.iter().map(|claim| claim.user_id.uuid()).collect();
        users.sort_unstable(); // Locked in one order by everybody.
        users.dedup();
        let lock = sqlx::query!(
            "SELECT pg_advisory_xact_lock(hashtextextended('seating.holds ' || user_id, 0)) FROM unnest($1::uuid[]) AS users (user_id)",
            &users,
        );
        lock.execute(&mut *connection).await?;
        let open = sqlx::query!(
            r#"SELECT user_id, count(*) AS "open!" FROM seating.holds
               WHERE user_id = ANY($1) AND state = 'held' AND booking_id IS NULL AND expires_at > $2 GROUP BY user_id"#,
            &users,
            self.claim.ambient.now(),
        );
        let mut counts: HashMap<UserId, i64> = users.iter().map(|user| ((*user).into(), 0)).collect();
        counts.extend(open.fetch_all(connection).await?.into_iter().map(|row| (row.user_id.into(), row.open)));
        Ok(counts)
    }
}
