//! One batch: many executions stepped in memory, all results written by one statement.

use std::sync::Arc;

use futures::future::BoxFuture;
use sqlx::PgConnection;
use time::OffsetDateTime;
use usher_asl::Execution;
use usher_core::ambient::SharedAmbient;
use usher_database::group_commit::Apply;
use usher_messaging::embedded::{
    EmbeddedQueue,
    enlist::{Enlisted, Enlisting},
};
use usher_workflows::orchestrator::OrchestratorError;

use super::{
    alarm::Alarm,
    cache::{Cache, Snapshot},
    command::Command,
    definitions::Definitions,
    step::Gathered,
    store::{self, Moved},
};

#[cfg(feature = "crash-points")]
use crate::crash_point::{self, Point};
use crate::projected::{feed::Feed, sight::Sight};

/// What a command is answered, and what remains to be done once its batch is durable.
#[derive(Debug)]
pub(super) struct Outcome {
    pub result: Result<(), OrchestratorError>,
    after: Option<After>,
}

/// Carried by the first outcome of a batch.
#[derive(Debug)]
struct After {
    enlisted: Enlisted,
    snapshots: Vec<(String, Snapshot)>,
    sights: Vec<Sight>,
}

/// Steps executions.
#[derive(Debug)]
pub(super) struct Engine {
    pub ambient: SharedAmbient,
    pub definitions: Arc<Definitions>,
    pub queue: EmbeddedQueue,
    pub cache: Cache,
    pub alarm: Arc<Alarm>,
    pub feed: Feed,
}

impl Apply<Command, Outcome> for Engine {
    fn autocommits(&self) -> bool {
        true
    }

    /// Takes every start for new and every snapshot in the cache for the last one. Almost all are, and for the others the
    /// statement fails as a whole.
    fn apply<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        commands: &'a [Command],
    ) -> BoxFuture<'a, Result<Vec<Outcome>, sqlx::Error>> {
        Box::pin(self.write(connection, commands, false))
    }

    /// Looks which starts there are. Snapshots are read anew: whatever was taken from the cache is gone from it.
    fn apply_again<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        commands: &'a [Command],
    ) -> BoxFuture<'a, Result<Vec<Outcome>, sqlx::Error>> {
        Box::pin(self.write(connection, commands, true))
    }

    fn committed(&self, outcomes: &mut [Outcome]) {
        for after in outcomes.iter_mut().filter_map(|outcome| outcome.after.take()) {
            let After { mut enlisted, snapshots, sights } = after;
            #[cfg(feature = "crash-points")]
            crash_point::reached(Point::HandingOver, snapshots.iter().map(|(id, _)| id.as_str()));
            enlisted.release();
            #[cfg(feature = "crash-points")]
            crash_point::reached(Point::HandedOver, snapshots.iter().map(|(id, _)| id.as_str()));
            self.feed.moved(sights);
            for (id, snapshot) in snapshots {
                if let Some(due_at) = snapshot.due_at {
                    self.alarm.set(due_at);
                    self.cache.put(id, snapshot);
                } else {
                    count_end(&id, &snapshot.execution);
                }
            }
        }
    }
}

impl Engine {
    async fn write(
        &self,
        connection: &mut PgConnection,
        commands: &[Command],
        look_first: bool,
    ) -> Result<Vec<Outcome>, sqlx::Error> {
        let now = self.ambient.now();
        let mut gathered = Gathered::new(commands.len(), now);
        self.begin(commands, &mut gathered);
        if look_first && !gathered.begun.is_empty() {
            let ids: Vec<String> = gathered.begun.iter().map(|begun| begun.id.clone()).collect();
            let existing = store::existing(&mut *connection, &ids).await?;
            gathered.begun.retain(|begun| !existing.contains(&begun.id));
        }
        self.step(&mut *connection, commands, &mut gathered).await?;
        let Gathered { results, mut begun, mut moved, .. } = gathered;
        let messages =
            begun.iter_mut().chain(&mut moved).flat_map(|moved| std::mem::take(&mut moved.messages)).collect();
        let enlisting = self.queue.prepare(messages);
        if !begun.is_empty() || !moved.is_empty() {
            commit(connection, &begun, &moved, &enlisting, now).await?;
        }
        metrics::counter!("usher_saga_transitions_total").increment((begun.len() + moved.len()) as u64);
        let sights = begun.iter().chain(&moved).map(|moved| seen(moved, now)).collect();
        let snapshots = begun.into_iter().chain(moved).map(|moved| (moved.id, moved.snapshot)).collect();
        let mut after = Some(After { enlisted: enlisting.written(), snapshots, sights });
        let outcome = |result: Option<_>| Outcome { result: result.unwrap_or(Ok(())), after: after.take() };
        Ok(results.into_iter().map(outcome).collect())
    }
}

/// What the list is told of an execution that moved.
fn seen(moved: &Moved, now: OffsetDateTime) -> Sight {
    let Snapshot { version, definition, execution, due_at, .. } = &moved.snapshot;
    let mut sight = Sight::of(&moved.id, *version, definition, execution, &moved.history);
    sight.listed.stopped_at = due_at.is_none().then_some(now);
    sight
}

/// Makes a batch durable: one statement, and so one commit.
async fn commit(
    connection: &mut PgConnection,
    begun: &[Moved],
    moved: &[Moved],
    enlisting: &Enlisting,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    #[cfg(feature = "crash-points")]
    let ids = || begun.iter().chain(moved).map(|moved| moved.id.as_str());
    #[cfg(feature = "crash-points")]
    crash_point::reached(Point::BeforeCommit, ids());
    let writing = store::write(connection, begun, moved, enlisting, now);
    #[cfg(feature = "crash-points")]
    let writing = crash_point::inside(ids(), writing);
    writing.await?;
    #[cfg(feature = "crash-points")]
    crash_point::reached(Point::AfterCommit, ids());
    Ok(())
}

fn count_end(id: &str, execution: &Execution) {
    let saga = id.split(':').next().unwrap_or_default().to_owned();
    metrics::counter!("usher_sagas_ended_total", "saga" => saga, "status" => store::status(execution).as_str())
        .increment(1);
}
