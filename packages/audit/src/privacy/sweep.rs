//! Reading everything that sagas leave behind.

use sqlx::PgPool;
use usher_database::Failure;
use usher_workflows::orchestrator::Orchestrator;

use super::{Leak, Place, Scanner};
use crate::{AuditError, Sources, queues, sagas};

/// Looks through everything that the sources have - every execution with its history, the outboxes, the dead letters -
/// and through what the caller saw pass by: requests, events, log lines. Tells what does not belong there, each leak once.
///
/// For tests and for a database of moderate size: it reads all executions that are kept.
pub async fn examine(
    sources: &Sources,
    scanner: &mut Scanner,
    seen: &[(Place, String)],
) -> Result<Vec<Leak>, AuditError> {
    let mut texts = executions(&*sources.orchestrator).await?;
    texts.extend(outboxes(&sources.outboxes).await?.into_iter().map(|payload| (Place::Outbox, payload)));
    for queue in queues::read(&*sources.queue, &sources.queues).await? {
        let letters = queue.dead.into_iter().map(|letter| format!("{} {}", letter.reason, letter.body));
        texts.extend(letters.map(|letter| (Place::DeadLetter, letter)));
    }
    let all = || texts.iter().chain(seen);
    for (place, text) in all() {
        if place.has_requests() {
            scanner.learn(text);
        }
    }
    let mut leaks: Vec<Leak> = all().flat_map(|(place, text)| scanner.scan(*place, text)).collect();
    leaks.sort_unstable();
    leaks.dedup();
    Ok(leaks)
}

async fn executions(orchestrator: &dyn Orchestrator) -> Result<Vec<(Place, String)>, AuditError> {
    let mut texts = Vec::new();
    for execution in sagas::all(orchestrator).await? {
        let ending = [execution.output.map(|output| output.to_string()), execution.error, execution.cause];
        texts.extend(ending.into_iter().flatten().map(|text| (Place::ExecutionOutput, text)));
        let history = orchestrator.history(&execution.saga, &execution.name).await?;
        texts.extend(history.into_iter().map(|event| (Place::History, event.to_string())));
        texts.push((Place::ExecutionInput, execution.input.to_string()));
    }
    Ok(texts)
}

async fn outboxes(pools: &[PgPool]) -> Result<Vec<String>, Failure> {
    let mut payloads = Vec::new();
    for pool in pools {
        let found = sqlx::query_scalar!(r#"SELECT payload::text AS "payload!" FROM usher.outbox"#);
        payloads.extend(found.fetch_all(pool).await?);
    }
    Ok(payloads)
}
