//! A token bucket in front of calls that AWS counts: what would be throttled waits here, in the order in which it came, or
//! is refused at once when the wait would be longer than its patience.
//!
//! AWS throttles by account, and every throttled call counts too. Waiting before the call keeps the retries of the SDK for
//! what nobody could foresee: that other processes have emptied AWS's bucket. Then this one closes for a moment as well.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use governor::{
    Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
    middleware::StateInformationMiddleware,
    state::{InMemoryState, NotKeyed},
};

use super::settings::Rate;

type Limiter = RateLimiter<NotKeyed, InMemoryState, DefaultClock, StateInformationMiddleware>;

/// How long nothing is sent after AWS has throttled a call through all its retries.
pub(super) const CLOSED: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct Bucket {
    limiter: Limiter,
    period: Duration,
    burst: u32,
    /// Whoever holds it is next. Tokio's mutex is fair, so nobody is overtaken.
    turn: tokio::sync::Mutex<()>,
    waiting: AtomicU32,
    level: Mutex<Level>,
}

/// What was left after the last call, because the limiter cannot be asked without taking.
#[derive(Debug, Clone, Copy)]
struct Level {
    left: u32,
    at: Instant,
    closed_until: Option<Instant>,
}

/// The wait would be too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Full {
    /// How long it would be.
    pub wait: Duration,
}

impl Bucket {
    pub fn new(rate: Rate) -> Self {
        let quota = Quota::per_second(rate.per_second).allow_burst(rate.burst);
        Self {
            limiter: RateLimiter::direct(quota).with_middleware(),
            period: quota.replenish_interval(),
            burst: rate.burst.get(),
            turn: tokio::sync::Mutex::new(()),
            waiting: AtomicU32::new(0),
            level: Mutex::new(Level { left: rate.burst.get(), at: Instant::now(), closed_until: None }),
        }
    }

    /// Waits for the right to one call.
    pub async fn take(&self, patience: Duration) -> Result<(), Full> {
        let wait = self.wait();
        if wait > patience {
            return Err(Full { wait });
        }
        let _waiting = Waiting::new(&self.waiting);
        let _turn = self.turn.lock().await;
        loop {
            if let Some(closed) = self.level().closed_until {
                tokio::time::sleep_until(closed.into()).await;
            }
            match self.limiter.check() {
                Ok(snapshot) => {
                    self.note(snapshot.remaining_burst_capacity());
                    return Ok(());
                }
                Err(later) => {
                    self.note(0);
                    tokio::time::sleep(later.wait_time_from(self.limiter.clock().now())).await;
                }
            }
        }
    }

    /// How long a call that came now would wait.
    pub fn wait(&self) -> Duration {
        let (level, now) = (self.level(), Instant::now());
        let closed = level.closed_until.map_or(Duration::ZERO, |until| until.saturating_duration_since(now));
        let grown = now.saturating_duration_since(level.at).as_nanos() / self.period.as_nanos().max(1);
        let there = u128::from(level.left).saturating_add(grown).min(u128::from(self.burst));
        let wanted = u128::from(self.waiting.load(Ordering::Relaxed)) + 1;
        let missing = u32::try_from(wanted.saturating_sub(there)).unwrap_or(u32::MAX);
        closed.max(self.period.saturating_mul(missing))
    }

    /// AWS's own bucket is empty.
    pub fn close(&self) {
        let mut level = self.level.lock().unwrap_or_else(PoisonError::into_inner);
        level.closed_until = Some(Instant::now() + CLOSED);
    }

    fn level(&self) -> Level {
        *self.level.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, left: u32) {
        let mut level = self.level.lock().unwrap_or_else(PoisonError::into_inner);
        (level.left, level.at) = (left, Instant::now());
        level.closed_until = level.closed_until.filter(|until| *until > level.at);
    }
}

/// Counted among those who wait, until dropped.
struct Waiting<'a>(&'a AtomicU32);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicU32) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_over_the_burst_waits_and_what_would_wait_too_long_is_told_so() {
        let bucket = Bucket::new(Rate::new(3, 1));
        for _ in 0..3 {
            assert_eq!(bucket.wait(), Duration::ZERO);
            bucket.take(Duration::ZERO).await.unwrap();
        }
        let full = bucket.take(Duration::from_millis(1)).await.unwrap_err();
        assert!(full.wait > Duration::ZERO && full.wait <= Duration::from_secs(1), "{full:?}");
    }

    #[tokio::test]
    async fn a_bucket_that_fills_lets_everybody_through_in_the_end() {
        let bucket = Bucket::new(Rate::new(1, 500));
        let takes = (0..20).map(|_| bucket.take(Duration::from_mins(1)));
        assert!(futures::future::join_all(takes).await.iter().all(Result::is_ok));
    }

    #[tokio::test]
    async fn a_closed_bucket_says_how_long() {
        let bucket = Bucket::new(Rate::new(10, 10));
        bucket.close();
        assert!(bucket.wait() > Duration::ZERO);
        assert!(bucket.take(Duration::ZERO).await.is_err());
    }
}
