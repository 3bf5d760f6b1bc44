//! Looking at every item, and fixing which they are and how they stood.

use std::collections::{BTreeMap, BTreeSet};

use usher_core::{ids::BatchId, money::Money};

use super::{Batch, MOST, Stage, Stakes};
use crate::{
    Operations, Preview,
    act::{Act, Person},
    ask::ActError,
};

/// What somebody wants done to many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBatch {
    /// The batch's own name: the same for every try of one request.
    pub id: BatchId,
    /// What to do to each.
    pub act: Act,
    /// The executions. Who is named twice is in it once.
    pub names: Vec<String>,
    /// Why.
    pub reason: String,
    /// Where the matter is followed.
    pub ticket: Option<String>,
    /// Who asks.
    pub by: Person,
    /// Whether to go on where something is in the way.
    pub despite_obstacles: bool,
    /// Items a minute at most.
    pub rate: i32,
}

/// An item as it was found.
struct Found {
    name: String,
    version: Option<i64>,
    note: Option<String>,
}

impl Operations {
    /// Looks at each item and writes the batch down. Nothing is done until it is [started](Self::steer_batch). Items that the act
    /// is not possible for are in it as skipped.
    pub async fn freeze(&self, new: NewBatch) -> Result<Batch, ActError> {
        if let Some(batch) = self.batch(new.id).await? {
            return Ok(batch);
        }
        if new.reason.trim().is_empty() {
            return Err(ActError::Invalid("#/reason", "Say why: it stands in each saga's history.".to_owned()));
        }
        if !(1..=6_000).contains(&new.rate) {
            return Err(ActError::Invalid("#/rate", "Between 1 and 6000 a minute.".to_owned()));
        }
        let names: BTreeSet<&String> = new.names.iter().collect();
        if names.is_empty() || names.len() > MOST {
            return Err(ActError::Invalid(
                "#/names",
                format!("Between 1 and {MOST} sagas; {} were named.", names.len()),
            ));
        }
        let (mut found, mut stakes) = (Vec::with_capacity(names.len()), Stakes::default());
        let mut money = BTreeMap::new();
        for name in names {
            match self.preview(name, &new.act).await {
                Ok(preview) => {
                    add(&mut stakes, &mut money, &preview);
                    let in_the_way = !preview.obstacles.is_empty() && !new.despite_obstacles;
                    let note = in_the_way.then(|| preview.obstacles.join("; "));
                    found.push(Found { name: name.clone(), version: i64::try_from(preview.saga.version).ok(), note });
                }
                Err(error @ (ActError::Unavailable(_) | ActError::Database(_))) => return Err(error),
                Err(error) => found.push(Found { name: name.clone(), version: None, note: Some(error.to_string()) }),
            }
        }
        stakes.money = money.into_values().collect();
        self.write_batch(&new, &found, &stakes).await?;
        self.batch(new.id).await?.ok_or(ActError::NotFound)
    }

    async fn write_batch(&self, new: &NewBatch, found: &[Found], stakes: &Stakes) -> Result<(), ActError> {
        let json = |error: serde_json::Error| ActError::Refused(format!("it cannot be written: {error}"));
        let (id, now) = (new.id.to_string(), self.ambient.now());
        let mut transaction = self.pool.begin().await?;
        sqlx::query!(
            "INSERT INTO operations.batches (id, act, reason, ticket, asked_by, despite, rate, stage, stake, next_at, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)",
            id,
            serde_json::to_string(&new.act).map_err(json)?,
            new.reason,
            new.ticket,
            serde_json::to_string(&new.by).map_err(json)?,
            new.despite_obstacles,
            new.rate,
            Stage::Previewed.as_str(),
            serde_json::to_string(stakes).map_err(json)?,
            now,
        )
        .execute(&mut *transaction)
        .await?;
        sqlx::query!(
            "INSERT INTO operations.batch_items (batch, place, name, version, outcome, note)
             SELECT $1, place - 1, name, version, CASE WHEN note IS NULL THEN 'pending' ELSE 'skipped' END, note
             FROM unnest($2::text[], $3::bigint[], $4::text[]) WITH ORDINALITY AS item (name, version, note, place)",
            id,
            &found.iter().map(|item| item.name.clone()).collect::<Vec<_>>(),
            &found.iter().map(|item| item.version).collect::<Vec<_>>() as &[Option<i64>],
            &found.iter().map(|item| item.note.clone()).collect::<Vec<_>>() as &[Option<String>],
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }
}

fn add(stakes: &mut Stakes, money: &mut BTreeMap<String, Money>, preview: &Preview) {
    stakes.seats += preview.stake.seats.len();
    stakes.tickets += preview.stake.tickets;
    stakes.mails += preview.stake.mails;
    stakes.need_approval += usize::from(preview.needs_approval);
    if let Some(one) = preview.stake.money {
        let sum = money.entry(one.currency.to_string()).or_insert_with(|| Money::zero(one.currency));
        sum.amount = sum.amount.saturating_add(one.amount);
    }
}
