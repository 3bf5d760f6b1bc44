//! What a group commit runs: the SQL of a whole batch, written once by whoever owns the tables.

use futures::future::BoxFuture;
use sqlx::PgConnection;

/// The most commands that one transaction takes: enough to make the commit cheap, few enough to keep locks short.
const BATCH: usize = 256;

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
    /// can be saved: a single statement, or one that can be repeated and a look afterwards. An [`Self::apply_again`] that
    /// needs a transaction all the same opens it itself.
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
