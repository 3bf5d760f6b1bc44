//! What a database error means to the one who has to go on.
//!
//! Every effect here is idempotent (inbox, unique keys), so an unknown commit and a refused one are answered alike: try
//! again. What must be told apart is a database that is away from a statement that will never succeed.

use std::sync::Arc;

/// A database operation that did not come to an answer. Cheap to clone: a batch shares one.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Failure {
    /// Away, overloaded, restarting, or in conflict with another transaction: the same call can succeed later.
    #[error("the database is unavailable")]
    Unavailable(#[source] Arc<sqlx::Error>),
    /// The statement was refused, and will be again.
    #[error("the database refused the statement")]
    Refused(#[source] Arc<sqlx::Error>),
    /// The process is draining and takes no new work.
    #[error("the process is shutting down")]
    ShuttingDown,
}

impl Failure {
    /// Whether trying again can help.
    pub const fn is_transient(&self) -> bool {
        !matches!(self, Self::Refused(_))
    }

    /// Whether another transaction was in the way, rather than the database away or the statement wrong.
    pub(crate) fn is_conflict(&self) -> bool {
        matches!(self, Self::Unavailable(error) | Self::Refused(error) if is_conflict(error))
    }

    /// Whether the connection is gone, which says nothing of the database behind it.
    pub(crate) fn is_lost_connection(&self) -> bool {
        let Self::Unavailable(error) = self else { return false };
        match &**error {
            sqlx::Error::Database(error) => error
                .code()
                .is_some_and(|code| code.starts_with("08") || matches!(code.as_ref(), "57P01" | "57P02" | "25P03")),
            error => matches!(
                error,
                sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed
            ),
        }
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        if is_transient(&error) { Self::Unavailable(Arc::new(error)) } else { Self::Refused(Arc::new(error)) }
    }
}

/// SQLSTATE classes after which the same statement can succeed: connection (08), rollback such as deadlock and
/// serialisation (40), resources (53), operator intervention (57), and the time-outs that we set ourselves (25P03, 55P03).
/// Source: PostgreSQL documentation, appendix A.
fn is_transient(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(error) => error.code().is_some_and(|code| {
            matches!(code.get(..2), Some("08" | "40" | "53" | "57")) || matches!(code.as_ref(), "25P03" | "55P03")
        }),
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Encode(error) => error.is::<Overtaken>(),
        _ => false,
    }
}

/// Another transaction was faster: the batch found out after it had written, has to be undone, and will see the winner
/// when it is tried again.
#[derive(Debug, thiserror::Error)]
#[error("another transaction was faster")]
struct Overtaken;

/// The error with which a batch gives up after it was overtaken.
pub fn overtaken() -> sqlx::Error {
    sqlx::Error::Encode(Box::new(Overtaken))
}

/// Whether the same batch, tried again at once, sees what stood in its way: it was overtaken, ran into a unique index that
/// another transaction filled, or was chosen to end a deadlock.
fn is_conflict(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(error) => {
            error.is_unique_violation() || error.code().is_some_and(|code| matches!(code.as_ref(), "40001" | "40P01"))
        }
        sqlx::Error::Encode(error) => error.is::<Overtaken>(),
        _ => false,
    }
}
