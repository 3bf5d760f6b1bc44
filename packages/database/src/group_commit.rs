//! Many callers, one transaction.
//!
//! A commit costs a write to disk whatever it commits, and a statement costs a round trip whatever it carries. So the
//! contexts offer calls for one thing - claim these seats, settle this payment - and underneath, what arrives while the
//! last batch is being committed becomes the next batch: set-based statements, one commit, an answer to each caller.
//! Nobody waits for a batch to fill; a single caller is a batch of one.
//!
//! A batch that the database refuses, or that is overtaken again and again, is tried again one by one, so that one caller's
//! bad row cannot fail its neighbours.

use std::{fmt, sync::Arc};

use futures::future::BoxFuture;
use sqlx::{Connection, PgConnection, PgPool};
use tokio::sync::{Mutex, mpsc, oneshot};

use crate::{Failure, failure::is_conflict};

/// The most commands that one transaction takes: enough to make the commit cheap, few enough to keep locks short.
const BATCH: usize = 256;

/// How many commands may wait before callers are held back.
const BACKLOG: usize = 4096;

/// How often a batch that another transaction overtook is tried again at once: each time it sees what stood in its way.
const CONFLICTS: u32 = 5;

/// Writes a whole batch in the transaction that `connection` has open, and answers each command in its place.
pub trait Apply<C, O>: Send + Sync + 'static {
    /// Exactly one outcome for each command, in their order. An error undoes the whole batch.
    fn apply<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        commands: &'a [C],
    ) -> BoxFuture<'a, Result<Vec<O>, sqlx::Error>>;

    /// What remains to be done once the batch is durable and before anybody gets an answer. Must neither wait nor fail.
    fn committed(&self, _outcomes: &mut [O]) {}
}

/// The sending end: clone it freely. The lanes behind it end when the last clone is gone.
pub struct GroupCommit<C, O> {
    name: &'static str,
    commands: mpsc::Sender<Waiting<C, O>>,
}

impl<C, O> Clone for GroupCommit<C, O> {
    fn clone(&self) -> Self {
        Self { name: self.name, commands: self.commands.clone() }
    }
}

impl<C, O> fmt::Debug for GroupCommit<C, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GroupCommit").field("name", &self.name).finish_non_exhaustive()
    }
}

impl<C: Send + Sync + 'static, O: Send + 'static> GroupCommit<C, O> {
    /// Starts `lanes` tasks that share one backlog. Two lanes let the next batch form its statements while the last one
    /// waits for the disk; more only make batches smaller. `name` labels the metrics.
    pub fn spawn(pool: PgPool, name: &'static str, lanes: usize, apply: impl Apply<C, O>) -> Self {
        let (commands, backlog) = mpsc::channel(BACKLOG);
        let (backlog, apply) = (Arc::new(Mutex::new(backlog)), Arc::new(apply));
        for _ in 0..lanes.max(1) {
            tokio::spawn(lane(pool.clone(), name, Arc::clone(&backlog), Arc::clone(&apply)));
        }
        Self { name, commands }
    }

    /// Puts the command into the next batch and waits until that batch is durable.
    pub async fn submit(&self, command: C) -> Result<O, Failure> {
        let (reply, answer) = oneshot::channel();
        self.commands.send((command, reply)).await.map_err(|_| Failure::ShuttingDown)?;
        answer.await.map_err(|_| Failure::ShuttingDown)?
    }
}

type Waiting<C, O> = (C, oneshot::Sender<Result<O, Failure>>);

async fn lane<C: Send + Sync, O: Send>(
    pool: PgPool,
    name: &'static str,
    backlog: Arc<Mutex<mpsc::Receiver<Waiting<C, O>>>>,
    apply: Arc<impl Apply<C, O>>,
) {
    let size = metrics::histogram!("usher_group_commit_size", "name" => name);
    let mut waiting = Vec::with_capacity(BATCH);
    loop {
        if backlog.lock().await.recv_many(&mut waiting, BATCH).await == 0 {
            return;
        }
        #[expect(clippy::cast_precision_loss, reason = "a batch has at most 256 commands")]
        size.record(waiting.len() as f64);
        let (commands, replies): (Vec<C>, Vec<_>) = waiting.drain(..).unzip();
        match commit(&pool, &*apply, &commands).await {
            Ok(outcomes) => answer(replies, outcomes.into_iter().map(Ok)),
            Err(failure) if commands.len() == 1 || (failure.is_transient() && !failure.is_conflict()) => {
                tracing::warn!(batch = name, commands = commands.len(), error = ?failure, "batch failed");
                answer(replies, std::iter::repeat_with(|| Err(failure.clone())));
            }
            Err(failure) => {
                tracing::debug!(batch = name, commands = commands.len(), error = ?failure, "batch failed, going one by one");
                for (command, reply) in commands.into_iter().zip(replies) {
                    let outcome = commit(&pool, &*apply, std::slice::from_ref(&command)).await;
                    answer(
                        [reply],
                        outcome.map_or_else(
                            |failure| vec![Err(failure)],
                            |outcomes| outcomes.into_iter().map(Ok).collect(),
                        ),
                    );
                }
            }
        }
    }
}

/// A caller that went away before its answer changes nothing: the work is durable, and its next try finds it.
fn answer<O>(
    replies: impl IntoIterator<Item = oneshot::Sender<Result<O, Failure>>>,
    outcomes: impl IntoIterator<Item = Result<O, Failure>>,
) {
    for (reply, outcome) in replies.into_iter().zip(outcomes) {
        drop(reply.send(outcome));
    }
}

async fn commit<C: Sync, O>(pool: &PgPool, apply: &impl Apply<C, O>, commands: &[C]) -> Result<Vec<O>, Failure> {
    let mut tries = CONFLICTS;
    loop {
        match attempt(pool, apply, commands).await {
            Err(error) if is_conflict(&error) && tries > 0 => tries -= 1,
            outcome => return Ok(outcome?),
        }
    }
}

async fn attempt<C: Sync, O>(pool: &PgPool, apply: &impl Apply<C, O>, commands: &[C]) -> Result<Vec<O>, sqlx::Error> {
    let mut connection = pool.acquire().await?;
    let mut transaction = connection.begin().await?;
    let mut outcomes = apply.apply(&mut transaction, commands).await?;
    debug_assert_eq!(outcomes.len(), commands.len(), "one outcome for each command");
    transaction.commit().await?;
    apply.committed(&mut outcomes);
    Ok(outcomes)
}
