//! Looking at the engine, and making the list agree with it.
//!
//! AWS grants a small region two ListExecutions and ten DescribeExecutions a second, and other programs want some of them.
//! So one process of all looks, every five seconds: a page of each saga's list, newest first, as far back as the last look
//! saw - that finds what began and what ended - and a handful of single executions, the longest unseen first: those whose
//! end needs telling, and those that no list has mentioned for a minute.

use time::{Duration, OffsetDateTime};
use usher_workflows::orchestrator::{Execution, Filter, OrchestratorError};

use super::{Projected, store, unavailable};

/// How often to look. With two sagas that is 0.4 lists and, at most, 1 description and 1 history a second.
const EVERY: Duration = Duration::seconds(5);

/// How far lists are behind their engine, at worst: AWS's are consistent in the end.
const LATE: Duration = Duration::minutes(1);

/// Executions of which nothing was heard for so long are asked for one by one.
const UNSEEN: Duration = Duration::minutes(1);

/// An execution that the engine does not know so long after its start is lost.
const LOST_AFTER: Duration = Duration::minutes(2);

/// Between two pages: a first look, and one after a long absence, reads many, and AWS refills two lists a second.
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
    single(projected, now).await
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
        tokio::time::sleep(PAUSE).await;
        let later = projected.ambient.now() + EVERY;
        if store::claim_look(&projected.pool, *mine_until, later).await.map_err(unavailable)?.is_none() {
            return Ok(false);
        }
        *mine_until = later;
    }
}

/// Asks for executions one by one.
async fn single(projected: &Projected, now: OffsetDateTime) -> Result<(), OrchestratorError> {
    let unsure = store::unsure(&projected.pool, now - UNSEEN, SINGLE).await.map_err(unavailable)?;
    for known in unsure {
        match projected.inner.describe(&known.saga, &known.name).await? {
            Some(told) => store::told(&projected.pool, &told, now).await.map_err(unavailable)?,
            None if now - known.started_at > LOST_AFTER => projected.lost(&known).await,
            None => {}
        }
    }
    Ok(())
}
