//! Time and randomness as parameters.
//!
//! Nothing in Usher asks the machine what time it is or for a random number: it asks an [`Ambient`], so that a test can
//! freeze the clock, move it an hour ahead, and get the same ids twice. The real one is in `usher_telemetry::ambient`;
//! [`Scripted`] here is the one of tests and simulations.

use std::sync::{Arc, Mutex, PoisonError};

use time::{Duration, OffsetDateTime};

/// Where time and randomness come from.
pub trait Ambient: Send + Sync + std::fmt::Debug {
    /// The current moment, in UTC.
    fn now(&self) -> OffsetDateTime;

    /// 128 bits that nobody can guess (the real one) or anybody can repeat (the scripted one).
    fn random(&self) -> u128;
}

/// An [`Ambient`] that many parts of a process share.
pub type SharedAmbient = Arc<dyn Ambient>;

/// A clock that stands still until it is told to move, and a sequence of numbers that repeats with its seed.
#[derive(Debug)]
pub struct Scripted(Mutex<(OffsetDateTime, u128)>);

impl Scripted {
    /// Starts at `now`; two instances with the same seed give the same numbers.
    pub fn new(now: OffsetDateTime, seed: u64) -> Self {
        Self(Mutex::new((now, u128::from(seed))))
    }

    /// Moves the clock ahead, or back when the duration is negative.
    pub fn advance(&self, by: Duration) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0 += by;
    }
}

impl Ambient for Scripted {
    fn now(&self) -> OffsetDateTime {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0
    }

    fn random(&self) -> u128 {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.1 = state.1.wrapping_add(1);
        #[expect(clippy::cast_possible_truncation, reason = "the state counts up from 64 bits")]
        let count = state.1 as u64;
        u128::from(splitmix(count)) << 64 | u128::from(splitmix(!count))
    }
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
pub(crate) fn splitmix(seed: u64) -> u64 {
    let mut z = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers_and_never_the_same_twice() {
        let epoch = OffsetDateTime::UNIX_EPOCH;
        let (a, b) = (Scripted::new(epoch, 7), Scripted::new(epoch, 7));
        let (first, second) = (a.random(), a.random());
        assert_eq!((first, second), (b.random(), b.random()));
        assert_ne!(first, second);
    }

    #[test]
    fn the_clock_moves_only_when_told() {
        let ambient = Scripted::new(OffsetDateTime::UNIX_EPOCH, 1);
        assert_eq!(ambient.now(), ambient.now());
        ambient.advance(Duration::hours(1));
        assert_eq!(ambient.now().unix_timestamp(), 3600);
    }
}
