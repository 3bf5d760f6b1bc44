//! A batch in which every command has its effect once.
//!
//! [`ApplyOnce`] is what a context writes: set-based SQL for commands that were not handled before. [`Guarded`] turns it
//! into something that [`GroupCommit`](crate::GroupCommit) runs: it asks the inbox which commands were handled, hands over
//! the others, and records their outcomes, with the messages that tell of them, in the same transaction.

use std::collections::{HashMap, HashSet};

use futures::future::BoxFuture;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use sqlx::{PgConnection, PgPool};
use usher_core::ambient::SharedAmbient;

use crate::{GroupCommit, group_commit::Apply, inbox, outbox::Message};

/// A command and the key under which its outcome is remembered.
#[derive(Debug, Clone)]
pub struct Once<C> {
    /// Execution name and step: the same for every delivery, retry and redrive.
    pub key: String,
    /// What to do.
    pub command: C,
}

/// Writes commands that are known to be new.
pub trait ApplyOnce<C, O>: Send + Sync + 'static {
    /// Exactly one outcome for each command, in their order. A business refusal is an outcome; an error undoes the batch.
    /// What is put into `told` is written to the outbox with the outcomes.
    fn apply<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        commands: &'a [&'a C],
        told: &'a mut Vec<Message>,
    ) -> BoxFuture<'a, Result<Vec<O>, sqlx::Error>>;
}

/// An [`ApplyOnce`] behind the inbox.
#[derive(Debug)]
pub struct Guarded<A> {
    inner: A,
    ambient: SharedAmbient,
}

impl<A> Guarded<A> {
    /// Guards `inner`; `ambient` dates the inbox's rows.
    pub const fn new(inner: A, ambient: SharedAmbient) -> Self {
        Self { inner, ambient }
    }

    /// Guards `inner` and starts its lanes.
    pub fn spawn<C, O>(inner: A, ambient: SharedAmbient, pool: PgPool, name: &'static str) -> GroupCommit<Once<C>, O>
    where
        A: ApplyOnce<C, O>,
        C: Send + Sync + 'static,
        O: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
    {
        GroupCommit::spawn(pool, name, Self::new(inner, ambient))
    }
}

impl<A, C, O> Apply<Once<C>, O> for Guarded<A>
where
    A: ApplyOnce<C, O>,
    C: Send + Sync + 'static,
    O: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
{
    /// Takes every command for new. Almost all are, and for the others the inbox's key refuses the whole batch.
    fn apply<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        commands: &'a [Once<C>],
    ) -> BoxFuture<'a, Result<Vec<O>, sqlx::Error>> {
        Box::pin(self.apply_to_new(connection, commands, HashMap::new()))
    }

    /// Asks the inbox first.
    fn apply_again<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        commands: &'a [Once<C>],
    ) -> BoxFuture<'a, Result<Vec<O>, sqlx::Error>> {
        Box::pin(async move {
            let keys: Vec<_> = commands.iter().map(|command| command.key.clone()).collect();
            let answered = inbox::answered(&mut *connection, &keys).await?;
            self.apply_to_new(connection, commands, answered).await
        })
    }
}

impl<A> Guarded<A> {
    /// Hands what was not answered to the inner batch, once each, and records the outcomes.
    async fn apply_to_new<C, O>(
        &self,
        connection: &mut PgConnection,
        commands: &[Once<C>],
        answered: HashMap<String, Value>,
    ) -> Result<Vec<O>, sqlx::Error>
    where
        A: ApplyOnce<C, O>,
        O: Serialize + DeserializeOwned + Clone,
    {
        let mut outcomes: HashMap<&str, O> = HashMap::with_capacity(commands.len());
        let mut fresh: Vec<&Once<C>> = Vec::with_capacity(commands.len());
        let mut seen = HashSet::with_capacity(commands.len());
        for command in commands {
            if !seen.insert(command.key.as_str()) {
                continue; // The same message twice in one batch.
            }
            match answered.get(&command.key) {
                Some(answer) => {
                    let outcome = O::deserialize(answer).map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
                    outcomes.insert(&command.key, outcome);
                }
                None => fresh.push(command),
            }
        }
        metrics::counter!("usher_inbox_duplicates_total").increment((commands.len() - fresh.len()) as u64);
        if !fresh.is_empty() {
            let inner: Vec<&C> = fresh.iter().map(|command| &command.command).collect();
            let mut told = Vec::new();
            let applied = self.inner.apply(&mut *connection, &inner, &mut told).await?;
            let mut answers = Vec::with_capacity(applied.len());
            for (command, outcome) in fresh.iter().zip(applied) {
                let answer = serde_json::to_value(&outcome).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
                answers.push((command.key.clone(), answer));
                outcomes.insert(&command.key, outcome);
            }
            inbox::record(&mut *connection, &answers, &told, self.ambient.now()).await?;
        }
        let in_order = commands.iter().map(|command| {
            let outcome = outcomes.get(command.key.as_str()).cloned();
            outcome.ok_or_else(|| sqlx::Error::Protocol("a command was left without an outcome".to_owned()))
        });
        in_order.collect()
    }
}

impl<C: Send + Sync + 'static, O: Send + 'static> GroupCommit<Once<C>, O> {
    /// Has the command's effect once, whatever happened before under `key`, and tells its outcome.
    pub async fn once(&self, key: impl Into<String>, command: C) -> Result<O, crate::Failure> {
        self.submit(Once { key: key.into(), command }).await
    }
}
