//! Bugs to plant. A simulation that cannot fail proves nothing, so the tests break the engine on purpose and expect to
//! be told.

/// One way to break the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    /// Rows are written without comparing versions: the last engine to write wins.
    NoCompareAndSet,
    /// Messages are handed over before the move that sends them is durable.
    MessageBeforeCommit,
    /// An answer that comes after the task's time-out is taken as if there had been none.
    TokenOutlivesTimeout,
    /// A timer that was leased comes back to nobody when its engine dies.
    LeaseWithoutEnd,
}

impl Bug {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::NoCompareAndSet, Self::MessageBeforeCommit, Self::TokenOutlivesTimeout, Self::LeaseWithoutEnd];
}
