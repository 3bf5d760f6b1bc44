//! What the orchestrator says: of single bookings that are in doubt, and of everything that is stuck.

use futures::{StreamExt, TryStreamExt, stream};
use usher_bookings::Status as BookingStatus;
use usher_core::ids::{BookingId, CancellationId};
use usher_workflows::{
    definitions::{BOOKING, CANCELLATION},
    orchestrator::{Execution, Filter, Orchestrator, OrchestratorError, Status},
};

use crate::{
    AuditError, Sources, StuckSaga,
    facts::{Case, Moment, Run, SagaFacts},
    judge, outbox,
};

/// How many executions are looked up at a time: enough to hide the way there and back, and no load on a busy engine.
const LOOK_UPS: usize = 8;

/// How many executions are listed at a time; the port's largest page.
const PAGE: u32 = 500;

/// Fills in what the cases' sagas do. The outbox is read first: a start that leaves it meanwhile is then found as an
/// execution, and not missed by both.
pub(crate) async fn ask(sources: &Sources, cases: Vec<&mut Case>) -> Result<(), AuditError> {
    if cases.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = cases.iter().flat_map(|case| executions_of(case)).map(|(_, name)| name).collect();
    let waiting = outbox::starts(&sources.outboxes, &names).await?;
    stream::iter(cases)
        .map(|case| async {
            let executions = executions_of(case);
            if executions.iter().any(|(_, name)| waiting.contains(name)) {
                case.sagas = SagaFacts::StartWaits;
                return Ok(());
            }
            let mut runs = Vec::new();
            for (saga, name) in executions {
                let found = sources.orchestrator.describe(saga, &name).await?;
                runs.extend(found.map(|found| Run {
                    saga: found.saga,
                    status: found.status,
                    started_at: found.started_at,
                }));
            }
            case.sagas = SagaFacts::Runs(runs);
            Ok(())
        })
        .buffer_unordered(LOOK_UPS)
        .try_collect()
        .await
}

/// The executions that a booking can have, as pairs of saga and name.
fn executions_of(case: &Case) -> Vec<(&'static str, String)> {
    let mut executions = vec![(BOOKING.name, case.id.to_string())];
    let status = case.booking.as_ref().map(|booking| booking.status);
    if status == Some(BookingStatus::Cancelling) {
        executions.push((CANCELLATION.name, CancellationId::from(case.id.uuid()).to_string()));
    }
    executions
}

/// Everything that waits for a person, and what has been running for too long.
pub(crate) async fn stuck(orchestrator: &dyn Orchestrator, moment: &Moment) -> Result<Vec<StuckSaga>, AuditError> {
    let mut stuck = Vec::new();
    for status in [Status::Failed, Status::TimedOut, Status::Aborted] {
        let filter = Filter { status: Some(status), ..Filter::default() };
        stuck.extend(list(orchestrator, filter).await?);
    }
    let overdue = moment.now - moment.overdue;
    let filter = Filter { status: Some(Status::Running), started_before: Some(overdue), ..Filter::default() };
    stuck.extend(list(orchestrator, filter).await?);
    Ok(stuck.into_iter().map(stuck_saga).collect())
}

/// Every execution that is kept.
pub(crate) async fn all(orchestrator: &dyn Orchestrator) -> Result<Vec<Execution>, OrchestratorError> {
    list(orchestrator, Filter::default()).await
}

async fn list(orchestrator: &dyn Orchestrator, filter: Filter) -> Result<Vec<Execution>, OrchestratorError> {
    let mut listed = Vec::new();
    let mut filter = Filter { limit: PAGE, ..filter };
    loop {
        let page = orchestrator.list(&filter).await?;
        listed.extend(page.items);
        match page.next {
            Some(next) => filter.cursor = Some(next),
            None => return Ok(listed),
        }
    }
}

fn stuck_saga(execution: Execution) -> StuckSaga {
    let Execution { saga, name, status, states, error, cause, started_at, .. } = execution;
    let booking: Option<BookingId> = judge::messages::booking(&name);
    StuckSaga { saga, name, booking, status, states, error, cause, started_at }
}
