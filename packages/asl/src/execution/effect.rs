//! What the interpreter wants done in the world. The host carries effects out in the transaction that stores the
//! snapshot.

use serde_json::Value;

/// One thing to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Have somebody do the work of a Task state.
    RunTask {
        /// The handle by which the work is reported on. Every task has one, not only those that wait for a token.
        token: String,
        /// The state that wants it.
        state: String,
        /// The resource, as the definition spells it.
        resource: String,
        /// What the work is about: the state's `Parameters`, or its input.
        parameters: Value,
        /// 0 for the first attempt, counting retries.
        attempt: u32,
        /// Within how many seconds it must be done.
        timeout_seconds: Option<u64>,
        /// Within how many seconds a sign of life must come.
        heartbeat_seconds: Option<u64>,
    },
    /// Nobody waits for this work any more: its time is up, or the execution went another way.
    CancelTask {
        /// The handle of the work.
        token: String,
    },
}
