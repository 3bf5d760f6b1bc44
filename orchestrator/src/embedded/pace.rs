//! An execution's own clock, which never goes back.
//!
//! A time-out of ten seconds is ten seconds, whatever becomes of the machine's clock meanwhile. When that clock goes back
//! under an execution - somebody sets it right, or wrong - the execution's own clock goes on from where it was: the
//! difference is kept with the execution, so every process agrees on it, also one that begins afterwards. A clock that
//! jumps ahead is followed, because a machine that slept does the same.

use time::{Duration, OffsetDateTime};

/// Machines that share a database differ by less than this; a clock that shows less than was written has gone back.
pub(super) const TOLERANCE: Duration = Duration::seconds(5);

/// How an execution's clock stands to the machine's.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    moved_at: OffsetDateTime,
    ahead: Duration,
}

impl Pace {
    /// Of an execution that begins.
    pub const fn begun(now: OffsetDateTime) -> Self {
        Self { moved_at: now, ahead: Duration::ZERO }
    }

    /// As it is stored.
    pub const fn stored(moved_at: OffsetDateTime, ahead: i64) -> Self {
        Self { moved_at, ahead: Duration::microseconds(ahead) }
    }

    /// How far the execution is ahead, in microseconds.
    pub fn ahead(&self) -> i64 {
        i64::try_from(self.ahead.whole_microseconds()).unwrap_or(i64::MAX)
    }

    /// What the execution's clock shows when the machine's shows `now`. It is moved now.
    pub fn keep(&mut self, now: OffsetDateTime) -> OffsetDateTime {
        let gone_back = self.moved_at - now;
        if gone_back > TOLERANCE {
            self.ahead += gone_back;
        }
        self.moved_at = now;
        now + self.ahead
    }

    /// What the machine's clock will show at a moment of the execution's.
    pub fn on_the_machine(&self, moment: OffsetDateTime) -> OffsetDateTime {
        moment - self.ahead
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_follows_ahead_and_never_goes_back() {
        let start = OffsetDateTime::UNIX_EPOCH;
        let hour = Duration::hours(1);
        let mut pace = Pace::begun(start);
        assert_eq!(pace.keep(start + hour), start + hour, "a jump ahead is followed");
        assert_eq!(pace.keep(start), start + hour, "a jump back is not");
        assert_eq!(pace.keep(start + TOLERANCE), start + hour + TOLERANCE, "time goes on");
        assert_eq!(pace.keep(start), start + hour, "two machines may differ a little");
        assert_eq!(pace.on_the_machine(start + hour), start);
        let mut stored = Pace::stored(start, pace.ahead());
        assert_eq!(stored.keep(start - hour), start + hour, "a second jump adds to the first");
    }
}
