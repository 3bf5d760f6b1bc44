//! The share of payments that succeed, as the gauge `payment_success_rate`: whole percent of the last hundred outcomes.
//!
//! A window of outcomes and not of time: at three in the night one declined card must not read as an outage. Undecided
//! payments count against it, because a provider that does not answer is what the gauge is watched for.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

/// Enough to be steady, few enough to show an outage within a hundred payments.
const WINDOW: usize = 100;

/// The outcomes of this process, oldest first.
#[derive(Debug, Default)]
pub(crate) struct SuccessRate(Mutex<VecDeque<bool>>);

impl SuccessRate {
    /// Counts one payment and publishes the new share.
    pub(crate) fn record(&self, outcome: &'static str) {
        metrics::counter!("usher_payments_total", "outcome" => outcome).increment(1);
        metrics::gauge!("payment_success_rate").set(f64::from(self.percent_after(outcome == "captured")));
    }

    fn percent_after(&self, succeeded: bool) -> u32 {
        let mut outcomes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if outcomes.len() == WINDOW {
            outcomes.pop_front();
        }
        outcomes.push_back(succeeded);
        let successes = outcomes.iter().filter(|succeeded| **succeeded).count();
        u32::try_from(successes * 100 / outcomes.len()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_hundred_count() {
        let rate = SuccessRate::default();
        assert_eq!(rate.percent_after(false), 0);
        assert_eq!(rate.percent_after(true), 50);
        for _ in 0..WINDOW {
            rate.percent_after(true);
        }
        assert_eq!(rate.percent_after(true), 100);
        assert_eq!(rate.percent_after(false), 99);
    }
}
