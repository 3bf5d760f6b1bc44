//! Looking at the engine, and making the list agree with it.
//!
//! AWS grants a small region two ListExecutions and ten DescribeExecutions a second, and other programs want some of them.
//! So one process of all looks, every five seconds: a page of each saga's list, newest first, as far back as the last look
//! saw - that finds what began and what ended - and a handful of single executions, the longest unseen first: those whose
//! end needs telling, and those that no list has mentioned for a minute.

use time::{Duration, OffsetDateTime};
use usher_workflows::orchestrator::{Filter, OrchestratorError};

use super::{Projected, store, unavailable};

/// How often to look. With two sagas that is 0.4 lists and, at most, 1 description and 1 history a second.
const EVERY: Duration = Duration::seconds(5);

/// How far lists are behind their engine, at worst: AWS's are consistent in the end.
const LATE: Duration = Duration::minutes(1);

/// Executions of which nothing was heard for so long are asked for one by one.
const UNSEEN: Duration = Duration::minutes(1);

/// An execution that the engine does not know so long after its start is lost.
const LOST_AFTER: Duration = Duration::minutes(2);

/// Pages of a saga's list in one look: 5,000 executions, more than can end in five seconds. A first look reads on next time.
const PAGES: usize = 10;

/// The most that a list gives at once.
const PAGE: u32 = 500;

/// How many executions are asked for one by one in a look.
const SINGLE: i64 = 5;

/// Looks, if it is time to and nobody else does.
pub(super) async fn look(projected: &Projected) -> Result<(), OrchestratorError> {
    let now = projected.ambient.now();
    let Some(looked_at) = store::claim_look(&projected.pool, now, now + EVERY).await.map_err(unavailable)? else {
        return Ok(());
    };
    for saga in &projected.sagas {
        lists(projected, saga, looked_at - LATE).await?;
    }
    store::looked(&projected.pool, now).await.map_err(unavailable)?;
    single(projected, now).await
}

/// Reads a saga's list back to a moment.
async fn lists(projected: &Projected, saga: &str, until: OffsetDateTime) -> Result<(), OrchestratorError> {
    let mut filter = Filter { saga: Some(saga.to_owned()), limit: PAGE, ..Filter::default() };
    for _ in 0..PAGES {
        let page = projected.inner.list(&filter).await?;
        store::seen(&projected.pool, &page.items, projected.ambient.now()).await.map_err(unavailable)?;
        // Whether a list is in the order of starts or of ends is the engine's secret: a page that has neither is old.
        let fresh =
            page.items.iter().any(|item| item.stopped_at.unwrap_or(item.started_at).max(item.started_at) >= until);
        match page.next {
            Some(next) if fresh => filter.cursor = Some(next),
            _ => return Ok(()),
        }
    }
    Ok(())
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
