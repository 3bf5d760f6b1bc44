//! Waiting until everything is at rest, and cleaning up as an operator would.

use std::time::Duration;

use tokio::time::Instant;
use usher_drills::{
    definition::CleanUp,
    report::{self, SagaEnd},
};
use usher_workflows::{
    definitions::SAGAS,
    orchestrator::{Filter, Status},
    step::STEPS,
};

use super::stage::Stage;

/// How often it is looked.
const LOOK: Duration = Duration::from_millis(200);

/// Executions of a page.
const PAGE: u32 = 1000;

/// When everything was at rest, if it came to that.
pub async fn wait(stage: &Stage, rules: CleanUp) -> Option<Instant> {
    let until = Instant::now() + rules.settle_within;
    while Instant::now() < until {
        match is_at_rest(stage).await {
            Ok(true) => return Some(Instant::now()),
            Ok(false) => {}
            Err(error) => tracing::debug!(error = %format!("{error:#}"), "it cannot be seen whether all is at rest"),
        }
        tokio::time::sleep(LOOK).await;
    }
    None
}

async fn is_at_rest(stage: &Stage) -> anyhow::Result<bool> {
    let services = &stage.services;
    let running = Filter { status: Some(Status::Running), limit: 1, ..Filter::default() };
    if !services.orchestrator().list(&running).await?.items.is_empty() {
        return Ok(false);
    }
    for step in STEPS {
        for queue in services.transport.queues() {
            let depth = queue.depth(step.name).await?;
            if depth.waiting + depth.leased > 0 {
                return Ok(false);
            }
        }
    }
    for pool in &services.databases.distinct {
        let mut connection = pool.acquire().await?;
        if usher_database::outbox::backlog(&mut connection).await?.0 > 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Does what the drill says is done afterwards, and tells of it.
pub async fn clean_up(stage: &Stage, rules: CleanUp) -> Vec<report::CleanUp> {
    let mut done = Vec::new();
    let mut note = |what: String, outcome: anyhow::Result<()>| {
        let (what, is_done) = match outcome {
            Ok(()) => (what, true),
            Err(error) => (format!("{what}: {error:#}"), false),
        };
        done.push(report::CleanUp { what, done: is_done });
    };
    if rules.redrive_sagas {
        let redriven = redrive_sagas(stage).await;
        note(
            format!("{} sagas that had failed were sent on", redriven.as_ref().copied().unwrap_or(0)),
            redriven.map(drop),
        );
    }
    if rules.redrive_dead_letters {
        let redriven = redrive_dead_letters(stage).await;
        note(format!("{} dead letters were sent again", redriven.as_ref().copied().unwrap_or(0)), redriven.map(drop));
    }
    note("the provider fails no longer on purpose".to_owned(), stage.end_provider_faults().await);
    done
}

async fn redrive_sagas(stage: &Stage) -> anyhow::Result<u64> {
    let (orchestrator, mut count) = (stage.services.orchestrator(), 0);
    for status in [Status::Failed, Status::TimedOut] {
        let failed = Filter { status: Some(status), limit: PAGE, ..Filter::default() };
        for execution in orchestrator.list(&failed).await?.items {
            orchestrator.redrive(&execution.saga, &execution.name).await?;
            count += 1;
        }
    }
    Ok(count)
}

async fn redrive_dead_letters(stage: &Stage) -> anyhow::Result<u64> {
    let mut count = 0;
    for step in STEPS {
        count += stage.services.transport.tasks.redrive_all(step.name).await?;
    }
    Ok(count)
}

/// How many executions of each saga ended in which status.
pub async fn ends(stage: &Stage) -> anyhow::Result<Vec<SagaEnd>> {
    let (orchestrator, mut ends) = (stage.services.orchestrator(), Vec::new());
    for saga in SAGAS {
        for status in [Status::Running, Status::Succeeded, Status::Failed, Status::TimedOut, Status::Aborted] {
            let (mut count, mut cursor) = (0, None);
            loop {
                let filter = Filter {
                    saga: Some(saga.name.to_owned()),
                    status: Some(status),
                    limit: PAGE,
                    cursor,
                    ..Filter::default()
                };
                let page = orchestrator.list(&filter).await?;
                count += page.items.len() as u64;
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
            if count > 0 {
                ends.push(SagaEnd { saga: saga.name.to_owned(), status: status.as_str().to_owned(), count });
            }
        }
    }
    Ok(ends)
}
