//! Many callers, one transaction.
//!
//! A commit costs a write to disk whatever it commits, and a statement costs a round trip whatever it carries. So the
//! contexts offer calls for one thing - claim these seats, settle this payment - and underneath, what arrives while the
//! last batch is being committed becomes the next batch: set-based statements, one commit, an answer to each caller.
//! A single caller is a batch of one and waits for nobody; a crowd gathers for a moment (`lane.rs`).
//!
//! A batch that the database refuses, or that is overtaken again and again, is tried again one by one, so that one caller's
//! bad row cannot fail its neighbours.

use std::fmt;

use sqlx::PgPool;
use tokio::sync::{mpsc, oneshot};

pub use crate::apply::Apply;
use crate::{
    Failure,
    lane::{Lane, Waiting},
};

/// How many commands may wait before callers are held back.
const BACKLOG: usize = 4096;

/// The sending end: clone it freely. The lane behind it ends when the last clone is gone.
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
    /// Starts the lane. `name` labels the metrics.
    pub fn spawn(pool: PgPool, name: &'static str, apply: impl Apply<C, O>) -> Self {
        let (commands, backlog) = mpsc::channel(BACKLOG);
        tokio::spawn(Lane::new(pool, name, apply).run(backlog));
        Self { name, commands }
    }

    /// Puts the command into the next batch and waits until that batch is durable.
    pub async fn submit(&self, command: C) -> Result<O, Failure> {
        let (reply, answer) = oneshot::channel();
        self.commands.send((command, reply)).await.map_err(|_| Failure::ShuttingDown)?;
        answer.await.map_err(|_| Failure::ShuttingDown)?
    }
}
