//! One act on many sagas: looked at, started, steered, followed.

pub(crate) mod create;
pub(crate) mod get;
pub(crate) mod items;
pub(crate) mod list;
pub(crate) mod steer;

use serde::Serialize;
use time::OffsetDateTime;
use usher_core::{ids::BatchId, problem::Kind};
use usher_database::idempotency::Answer;
use usher_operations::batch::Batch;
use utoipa::ToSchema;

use super::sagas::act::Actor;
use crate::{money::Money, problem::Problem};

/// A batch and how far it is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Batch)]
pub(crate) struct BatchView {
    #[schema(value_type = String, example = "bat_01KAG3V0Q8Z6X4N2M7R5T9W1YC")]
    id: BatchId,
    /// What is done to each saga.
    #[schema(pattern = "^(redrive|undo|retry|skip|stop)$")]
    act: &'static str,
    reason: String,
    ticket: Option<String>,
    by: Actor,
    /// Nothing begins before it was started.
    #[schema(pattern = "^(previewed|running|paused|cancelled|done)$")]
    stage: &'static str,
    /// Items a minute at most.
    rate: i32,
    stake: StakesView,
    counts: CountsView,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
}

/// What the dry runs of all items came to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BatchStake)]
struct StakesView {
    seats: usize,
    money: Vec<Money>,
    tickets: usize,
    mails: usize,
    need_approval: usize,
}

/// How many items have which outcome. `total` is the sum of the others, always.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BatchCounts)]
struct CountsView {
    total: i64,
    pending: i64,
    begun: i64,
    worked: i64,
    failed_again: i64,
    refused: i64,
    declined: i64,
    skipped: i64,
    cancelled: i64,
}

impl From<Batch> for BatchView {
    fn from(batch: Batch) -> Self {
        let (stake, counts) = (batch.stake, batch.counts);
        Self {
            id: batch.id,
            act: batch.act.name(),
            reason: batch.reason,
            ticket: batch.ticket,
            by: batch.by.into(),
            stage: batch.stage.as_str(),
            rate: batch.rate,
            stake: StakesView {
                seats: stake.seats,
                money: stake.money.into_iter().map(Into::into).collect(),
                tickets: stake.tickets,
                mails: stake.mails,
                need_approval: stake.need_approval,
            },
            counts: CountsView {
                total: counts.total,
                pending: counts.pending,
                begun: counts.begun,
                worked: counts.worked,
                failed_again: counts.failed_again,
                refused: counts.refused,
                declined: counts.declined,
                skipped: counts.skipped,
                cancelled: counts.cancelled,
            },
            created_at: batch.created_at,
        }
    }
}

/// The batch as an answer that is stored for repetitions.
fn answer(status: i16, batch: Batch) -> Result<Answer, Problem> {
    let body = serde_json::to_value(BatchView::from(batch))
        .map_err(|error| Problem::new(Kind::Internal, "The batch could not be shown.").because(error))?;
    Ok(Answer { status, body })
}
