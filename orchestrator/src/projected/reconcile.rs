//! Looking at the engine, and making the list agree with it.
//!
//! AWS grants a small region two ListExecutions and ten DescribeExecutions a second, and other programs want some of them.
//! So one process of all looks, every five seconds: a page of each saga's list, newest first, as far back as the last look
//! saw - that finds what began and what ended - and a handful of single executions, the longest unseen first: those whose
//! end needs telling, and those that no list has mentioned for some time. When the engine knows none of the handful, it has
//! forgotten more than those, and the next handful follows at once, at the rate that AWS grants, until all of them are
//! found and begun again.

use time::{Duration, OffsetDateTime};
use usher_workflows::orchestrator::{Execution, Filter, OrchestratorError, Status};

use super::{LOST, Projected, id, store, unavailable};

/// How often to look. With two sagas that is 0.4 lists and, at most, 1 description and 1 history a second.
const EVERY: Duration = Duration::seconds(5);

/// How far lists are behind their engine, at worst: AWS's are consistent in the end.
const LATE: Duration = Duration::minutes(1);

/// An execution that was lost is begun again by itself so often. One that is lost more often is lost for a reason, which a
/// person has to find.
const BEGINNINGS: i32 = 3;

/// And only when it began this lately: as long as AWS lets an execution be redriven. Whoever comes back after more than that
/// has a past that nobody should repeat unasked.
const BEGUN_WITHIN: Duration = Duration::days(14);

/// Between two pages, and between two handfuls: a first look, and one after a long absence, reads many, and AWS refills two
/// lists and ten descriptions a second.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(500);

/// The most that a list gives at once.
const PAGE: u32 = 500;

/// How many executions are asked for one by one in a look.
const SINGLE: i64 = 5;

/// Looks, if it is time to and nobody else does.
pub(super) async fn look(projected: &Projected) -> Result<(), OrchestratorError> {
    let now = projected.ambient.now();
    let mut mine_until = now + EVERY;
    let claimed = store::claim_look(&projected.pool, now, mine_until).await.map_err(unavailable)?;
    let Some(looked_at) = claimed else { return Ok(()) };
    for saga in &projected.sagas {
        if !lists(projected, saga, looked_at - LATE, &mut mine_until).await? {
            return Ok(());
        }
    }
    store::looked(&projected.pool, now).await.map_err(unavailable)?;
    single(projected, &mut mine_until).await
}

/// Reads a saga's list back to a moment. False when that took so long that somebody else looks now.
async fn lists(
    projected: &Projected,
    saga: &str,
    back_to: OffsetDateTime,
    mine_until: &mut OffsetDateTime,
) -> Result<bool, OrchestratorError> {
    let mut filter = Filter { saga: Some(saga.to_owned()), limit: PAGE, ..Filter::default() };
    loop {
        let page = projected.inner.list(&filter).await?;
        store::seen(&projected.pool, &page.items, projected.ambient.now()).await.map_err(unavailable)?;
        // Whether a list is in the order of starts or of ends is the engine's secret: a page that has neither is old.
        let last = |item: &Execution| item.stopped_at.map_or(item.started_at, |stopped| stopped.max(item.started_at));
        if !page.items.iter().any(|item| last(item) >= back_to) {
            return Ok(true);
        }
        let Some(next) = page.next else { return Ok(true) };
        filter.cursor = Some(next);
        if !still_ours(projected, mine_until).await? {
            return Ok(false);
        }
    }
}

/// Rests, and keeps the turn. False when somebody else has it by now.
async fn still_ours(projected: &Projected, mine_until: &mut OffsetDateTime) -> Result<bool, OrchestratorError> {
    tokio::time::sleep(PAUSE).await;
    let later = projected.ambient.now() + EVERY;
    let kept = store::claim_look(&projected.pool, *mine_until, later).await.map_err(unavailable)?.is_some();
    *mine_until = later;
    Ok(kept)
}

/// Asks for executions one by one.
async fn single(projected: &Projected, mine_until: &mut OffsetDateTime) -> Result<(), OrchestratorError> {
    loop {
        let unseen_since = projected.ambient.now() - projected.unseen;
        let unsure = store::unsure(&projected.pool, unseen_since, SINGLE).await.map_err(unavailable)?;
        let mut lost = 0;
        for known in unsure {
            let told = projected.inner.describe(&known.saga, &known.name).await?;
            match told {
                Some(told) => {
                    store::told(&projected.pool, &told, projected.ambient.now()).await.map_err(unavailable)?;
                }
                None if known.started_at < unseen_since => {
                    lose(projected, &known).await?;
                    lost += 1;
                }
                None => {}
            }
        }
        if lost < SINGLE || !still_ours(projected, mine_until).await? {
            return Ok(());
        }
    }
}

/// The engine does not know an execution that it should: it begins again with its input, and its steps answer with what they
/// have done. Where that does not help, a person has to.
async fn lose(projected: &Projected, known: &Execution) -> Result<(), OrchestratorError> {
    let Execution { saga, name, .. } = known;
    let now = projected.ambient.now();
    let id = id(saga, name);
    let begun_again = store::begun_again(&projected.pool, &id).await.map_err(unavailable)?;
    let again = begun_again < BEGINNINGS && known.started_at > now - BEGUN_WITHIN && !known.input.is_null();
    let verdict = if again { "begun again" } else { "left to a person" };
    metrics::counter!("usher_executions_lost_total", "saga" => saga.clone(), "outcome" => verdict).increment(1);
    if again {
        tracing::error!(
            saga,
            execution.name = name,
            begun_again,
            "the engine has lost this execution; it begins again"
        );
        projected.inner.start(saga, name, known.input.clone()).await?;
        return store::begin_again(&projected.pool, &id, now).await.map_err(unavailable);
    }
    tracing::error!(
        saga,
        execution.name = name,
        begun_again,
        "the engine has lost this execution; a redrive begins it again"
    );
    let cause = "the engine does not know this execution any more; a redrive begins it again with its input";
    let lost = Execution {
        status: Status::Aborted,
        stopped_at: Some(now),
        error: Some(LOST.to_owned()),
        cause: Some(cause.to_owned()),
        ..known.clone()
    };
    store::told(&projected.pool, &lost, now).await.map_err(unavailable)
}
