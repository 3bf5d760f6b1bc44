//! Retry and Catch: who takes a failure, and how long to wait before the next attempt.

use serde::{Deserialize, Serialize};

use crate::{
    data_flow::{Placement, Selection},
    errors::Failure,
    scope::Random,
    template::Template,
};

/// One element of `Retry`.
#[derive(Debug, Clone, PartialEq)]
pub struct Retrier {
    /// The error names it takes.
    pub error_equals: Vec<String>,
    /// Seconds before the first retry.
    pub interval_seconds: u64,
    /// How many retries; 0 means none.
    pub max_attempts: u64,
    /// By what each delay is longer than the one before.
    pub backoff_rate: f64,
    /// No delay is longer than this, in seconds.
    pub max_delay_seconds: Option<u64>,
    /// Whether delays are spread.
    pub jitter_strategy: JitterStrategy,
}

/// How a delay is spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum JitterStrategy {
    /// Anywhere between nothing and the whole delay.
    Full,
    /// Not at all.
    #[default]
    None,
}

/// One element of `Catch`.
#[derive(Debug, Clone, PartialEq)]
pub struct Catcher {
    /// The error names it takes.
    pub error_equals: Vec<String>,
    /// Where the error object goes.
    pub result: Placement,
    /// In JSONata, what of all that is passed on.
    pub output: Selection,
    /// Variables it sets.
    pub assign: Option<Template>,
    /// Where it leads.
    pub next: String,
}

/// How often each retrier of a state went on so far. Part of the snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Attempts(Vec<u32>);

impl Attempts {
    /// How often the state was retried, by all of its retriers.
    pub(crate) fn total(&self) -> u32 {
        self.0.iter().sum()
    }

    pub(crate) fn is_none(&self) -> bool {
        self.0.is_empty()
    }

    /// Decides whether `failure` is retried. The first retrier that takes it decides alone; the answer is the delay in
    /// microseconds.
    pub(crate) fn next_delay(&mut self, retriers: &[Retrier], failure: &Failure, random: &dyn Random) -> Option<u64> {
        let (position, retrier) = retriers.iter().enumerate().find(|(_, one)| failure.matches(&one.error_equals))?;
        if self.0.len() <= position {
            self.0.resize(position + 1, 0);
        }
        let attempt = self.0.get_mut(position).filter(|attempt| u64::from(**attempt) < retrier.max_attempts)?;
        let delay = retrier.delay(*attempt);
        *attempt += 1;
        Some(match retrier.jitter_strategy {
            JitterStrategy::None => delay,
            JitterStrategy::Full => random.next() % (delay + 1),
        })
    }
}

/// No delay is longer than the longest `MaxDelaySeconds` that AWS accepts: 31 622 400 s, a leap year.
const LONGEST_DELAY: f64 = 31_622_400.0;

impl Retrier {
    /// The delay before the retry number `attempt` (counted from 0), in microseconds, before jitter.
    #[expect(clippy::float_arithmetic, reason = "the backoff rate is a float in the language itself")]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the value is clamped first")]
    #[expect(clippy::cast_precision_loss, reason = "intervals are far below 2^53")]
    pub fn delay(&self, attempt: u32) -> u64 {
        let longest = self.max_delay_seconds.map_or(LONGEST_DELAY, |seconds| seconds as f64);
        let exponent = i32::try_from(attempt).unwrap_or(i32::MAX);
        let seconds = self.interval_seconds as f64 * self.backoff_rate.powi(exponent);
        (seconds.clamp(0.0, longest) * 1_000_000.0) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(u64);
    impl Random for Fixed {
        fn next(&self) -> u64 {
            self.0
        }
    }

    fn retrier(error: &str, max_attempts: u64) -> Retrier {
        Retrier {
            error_equals: vec![error.to_owned()],
            interval_seconds: 2,
            max_attempts,
            backoff_rate: 1.5,
            max_delay_seconds: Some(4),
            jitter_strategy: JitterStrategy::None,
        }
    }

    #[test]
    fn delays_grow_up_to_the_maximum() {
        let one = retrier("A", 9);
        assert_eq!([0, 1, 2, 3].map(|attempt| one.delay(attempt)), [2_000_000, 3_000_000, 4_000_000, 4_000_000]);
        assert_eq!(one.delay(u32::MAX), 4_000_000);
    }

    #[test]
    fn the_first_retrier_that_matches_decides_alone() {
        let retriers = [retrier("A", 1), retrier("States.ALL", 5)];
        let (a, b) = (Failure::reported(Some("A".into()), None), Failure::reported(Some("B".into()), None));
        let mut attempts = Attempts::default();
        assert_eq!(attempts.next_delay(&retriers, &a, &Fixed(0)), Some(2_000_000));
        assert_eq!(attempts.next_delay(&retriers, &a, &Fixed(0)), None);
        assert_eq!(attempts.next_delay(&retriers, &b, &Fixed(0)), Some(2_000_000));
        assert_eq!(attempts.total(), 2);
    }

    #[test]
    fn full_jitter_stays_within_the_delay() {
        let one = [Retrier { jitter_strategy: JitterStrategy::Full, ..retrier("A", 3) }];
        let failure = Failure::reported(Some("A".into()), None);
        let delay = |random| Attempts::default().next_delay(&one, &failure, &Fixed(random)).unwrap();
        assert_eq!(delay(0), 0);
        assert_eq!(delay(2_000_000), 2_000_000);
        assert!(delay(u64::MAX) <= 2_000_000);
    }
}
