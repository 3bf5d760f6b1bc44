//! A lane of a group commit: takes what waits, writes it as one batch, answers, and begins again.
//!
//! A lane keeps its connection while there is work: the server then has the lane's few statements at hand, and nothing is
//! checked in and out between two batches. When many come at once, a lane lets them gather for a moment before it begins:
//! a batch of ten costs hardly more than a batch of two, and under load everybody gets through sooner. A single caller
//! never waits.

use std::time::Duration;

use sqlx::{Connection as _, PgPool, Postgres, pool::PoolConnection};
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};

use crate::{Failure, apply::Apply};

/// How often a batch that another transaction overtook is tried again at once: each time it sees what stood in its way.
const CONFLICTS: u32 = 5;

/// How long commands gather after a batch that had company. A round trip to the server takes a tenth of it, a commit about
/// as long; more makes a customer wait who waits for a dozen batches in a row.
const GATHER: Duration = Duration::from_millis(1);

/// After this long without work the connection goes back to the pool.
const IDLE: Duration = Duration::from_secs(5);

/// A command and where its answer goes.
pub(crate) type Waiting<C, O> = (C, oneshot::Sender<Result<O, Failure>>);

pub(crate) struct Lane<A> {
    pool: PgPool,
    name: &'static str,
    apply: A,
    connection: Option<PoolConnection<Postgres>>,
}

impl<A> Lane<A> {
    pub const fn new(pool: PgPool, name: &'static str, apply: A) -> Self {
        Self { pool, name, apply, connection: None }
    }

    /// Works until nobody can send any more.
    pub async fn run<C: Send + Sync, O: Send>(mut self, mut backlog: mpsc::Receiver<Waiting<C, O>>)
    where
        A: Apply<C, O>,
    {
        let size = metrics::histogram!("usher_group_commit_size", "name" => self.name);
        let limit = self.apply.limit();
        let mut waiting = Vec::with_capacity(limit);
        let mut had_company = false;
        loop {
            let patience = if self.connection.is_some() { IDLE } else { Duration::MAX };
            let received = tokio::select! {
                received = timeout(patience, backlog.recv_many(&mut waiting, limit)) => received.ok(),
                () = self.pool.close_event() => return, // Whoever closes the pool waits for its connections.
            };
            match received {
                Some(0) => return,
                Some(_) => {}
                None => {
                    self.connection = None;
                    continue;
                }
            }
            if had_company && waiting.len() < limit {
                tokio::time::sleep(GATHER).await;
                while waiting.len() < limit
                    && let Ok(command) = backlog.try_recv()
                {
                    waiting.push(command);
                }
            }
            had_company = waiting.len() > 1;
            #[expect(clippy::cast_precision_loss, reason = "a batch has at most 256 commands")]
            size.record(waiting.len() as f64);
            let (commands, replies) = waiting.drain(..).unzip();
            self.serve(commands, replies).await;
            if self.pool_is_exhausted() {
                self.connection = None;
            }
        }
    }

    /// Whether the last connection is taken: then nobody may keep one, or the lanes that have none would starve.
    fn pool_is_exhausted(&self) -> bool {
        self.pool.num_idle() == 0 && self.pool.size() >= self.pool.options().get_max_connections()
    }

    async fn serve<C: Sync, O>(&mut self, commands: Vec<C>, replies: Vec<oneshot::Sender<Result<O, Failure>>>)
    where
        A: Apply<C, O>,
    {
        match self.commit(&commands).await {
            Ok(outcomes) => answer(replies, outcomes.into_iter().map(Ok)),
            Err(failure) if commands.len() == 1 || (failure.is_transient() && !failure.is_conflict()) => {
                tracing::warn!(batch = self.name, commands = commands.len(), error = ?failure, "batch failed");
                answer(replies, std::iter::repeat_with(|| Err(failure.clone())));
            }
            Err(failure) => {
                tracing::debug!(batch = self.name, commands = commands.len(), error = ?failure, "batch failed, going one by one");
                for (command, reply) in commands.iter().zip(replies) {
                    let outcome = self.commit(std::slice::from_ref(command)).await;
                    let outcomes = outcome
                        .map_or_else(|failure| vec![Err(failure)], |outcomes| outcomes.into_iter().map(Ok).collect());
                    answer([reply], outcomes);
                }
            }
        }
    }

    async fn commit<C: Sync, O>(&mut self, commands: &[C]) -> Result<Vec<O>, Failure>
    where
        A: Apply<C, O>,
    {
        let (mut again, mut conflicts) = (false, 0);
        loop {
            let kept = self.connection.is_some();
            let failure = match self.attempt(commands, again).await {
                Ok(outcomes) => return Ok(outcomes),
                Err(error) => Failure::from(error),
            };
            self.connection = None; // Whatever state it is in, it is not ours any more.
            if failure.is_conflict() && conflicts < CONFLICTS {
                conflicts += 1;
            } else if kept && failure.is_lost_connection() {
                // It died while it was kept; the database itself may be well. What was committed unheard is found by
                // looking.
            } else if again || failure.is_transient() {
                return Err(failure);
            }
            // Whoever writes first may have been refused because it was written before: looking first tells.
            again = true;
        }
    }

    async fn attempt<C: Sync, O>(&mut self, commands: &[C], again: bool) -> Result<Vec<O>, sqlx::Error>
    where
        A: Apply<C, O>,
    {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => none.insert(self.pool.acquire().await?),
        };
        let apply = if again { A::apply_again } else { A::apply };
        let mut outcomes = if self.apply.autocommits() {
            apply(&self.apply, connection, commands).await?
        } else {
            let mut transaction = connection.begin().await?;
            let applied = apply(&self.apply, &mut transaction, commands).await?;
            transaction.commit().await?;
            applied
        };
        debug_assert_eq!(outcomes.len(), commands.len(), "one outcome for each command");
        self.apply.committed(&mut outcomes);
        Ok(outcomes)
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
