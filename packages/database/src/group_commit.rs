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

use crate::Failure;

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

    /// The same after another transaction stood in the way of this batch, or the database refused it: whoever writes first
    /// and looks later may look first now.
    fn apply_again<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        commands: &'a [C],
    ) -> BoxFuture<'a, Result<Vec<O>, sqlx::Error>> {
        self.apply(connection, commands)
    }

    /// Whether each statement of the batch is right by itself, so that the two round trips of a transaction around them
    /// can be saved: a single statement, or one that can be repeated and a look afterwards.
    fn autocommits(&self) -> bool {
        false
    }

    /// The most commands of a batch.
    fn limit(&self) -> usize {
        BATCH
    }

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
    let limit = apply.limit();
    let gather: u64 = std::env::var("GATHER").ok().and_then(|x| x.parse().ok()).unwrap_or(0);
    let mut last = 0;
    let mut waiting = Vec::with_capacity(limit);
    loop {
        if backlog.lock().await.recv_many(&mut waiting, limit).await == 0 {
            return;
        }
        if gather > 0 && last > 1 && waiting.len() < limit {
            tokio::time::sleep(std::time::Duration::from_millis(gather)).await;
            let mut backlog = backlog.lock().await;
            while waiting.len() < limit
                && let Ok(command) = backlog.try_recv()
            {
                waiting.push(command);
            }
        }
        last = waiting.len();
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
    let (mut again, mut conflicts) = (false, 0);
    loop {
        let failure = match attempt(pool, apply, commands, again).await {
            Ok(outcomes) => return Ok(outcomes),
            Err(error) => Failure::from(error),
        };
        if failure.is_conflict() && conflicts < CONFLICTS {
            conflicts += 1;
        } else if again || failure.is_transient() {
            return Err(failure);
        }
        // Whoever writes first may have been refused because it was written before: looking first tells.
        again = true;
    }
}

async fn attempt<C: Sync, O>(
    pool: &PgPool,
    apply: &impl Apply<C, O>,
    commands: &[C],
    again: bool,
) -> Result<Vec<O>, sqlx::Error> {
    let mut connection = pool.acquire().await?;
    let mut outcomes = if apply.autocommits() {
        apply.apply(&mut connection, commands).await?
    } else {
        let mut transaction = connection.begin().await?;
        let applied = if again {
            apply.apply_again(&mut transaction, commands).await?
        } else {
            apply.apply(&mut transaction, commands).await?
        };
        transaction.commit().await?;
        applied
    };
    debug_assert_eq!(outcomes.len(), commands.len(), "one outcome for each command");
    apply.committed(&mut outcomes);
    Ok(outcomes)
}
