//! How long the simulator takes over what takes time.

use std::time::Duration;

/// All delays. Tests shorten them.
#[derive(Debug, Clone, Copy)]
pub struct Delays {
    /// Of `pm_slow`, before it charges.
    pub slow: Duration,
    /// Of everything that hangs: longer than any client waits.
    pub hang: Duration,
    /// Of `pm_processing`, from pending to captured, by the simulator's clock.
    pub processing: Duration,
    /// Of refunds that are not decided at once, by the simulator's clock.
    pub refund: Duration,
    /// Of the fault `late`, from the answer to the effect; of `pm_late_success` and the webhook of `pm_processing`.
    pub late: Duration,
    /// Of webhooks that are delayed, and between tries of one that was not taken.
    pub webhook: Duration,
}

impl Default for Delays {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            slow: seconds(2),
            hang: seconds(30),
            processing: seconds(2),
            refund: seconds(2),
            late: seconds(2),
            webhook: seconds(2),
        }
    }
}
