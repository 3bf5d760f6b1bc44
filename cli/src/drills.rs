//! Running drills: the part that takes processes, servers and customers. What a drill is, and what comes out of it, is in
//! `packages/drills`.
//!
//! A drill runs on a [`stage`]: a product of its own, all of whose processes and servers are in the runner's hands
//! ([`private`]), or one that was there before and is only asked ([`desk`]). [`run`] is the story from the first check to
//! the report; the others are its chapters: the [`plan`] of the customers, the [`buyers`] who follow it, the [`schedule`]
//! of the faults, the [`sampler`] that watches, and [`judge`], who decides.

mod buyers;
mod desk;
mod hands;
mod judge;
mod plan;
mod private;
mod rest;
mod run;
mod sampler;
mod schedule;
mod stage;

use std::collections::BTreeMap;

pub use desk::Desk;
pub use private::open;
pub use run::{Wish, run};
use usher_core::ambient::Ambient;
use usher_drills::watch::Counters;
use usher_telemetry::metrics::Metrics;

/// Who runs this program, as far as the operating system says.
pub fn whoami() -> String {
    let named = ["USER", "LOGNAME"].into_iter().find_map(|variable| std::env::var(variable).ok());
    named.unwrap_or_else(|| format!("user {}", rustix::process::getuid().as_raw()))
}

/// A seed that is short enough to be typed.
pub fn fresh_seed(ambient: &dyn Ambient) -> u64 {
    u64::try_from(ambient.random() % 1_000_000).unwrap_or_default()
}

/// What a process counts that a drill wants to know, out of its metrics.
pub fn counters(metrics: Metrics) -> Counters {
    Box::new(move || counted(&metrics.render()))
}

fn counted(metrics: &str) -> BTreeMap<String, u64> {
    let mut counted = BTreeMap::new();
    for line in metrics.lines() {
        let Some((series, value)) = line.rsplit_once(' ') else { continue };
        let name = match series.split('{').next().unwrap_or_default() {
            "usher_inbox_duplicates_total" => "duplicates",
            "usher_redeliveries_total" => "redeliveries",
            "usher_starts_relayed_total" => "relayed-starts",
            "usher_dead_tokens_total" => "stale-tokens",
            "usher_steps_total" if is_retried(series) => "retries",
            _ => continue,
        };
        *counted.entry(name.to_owned()).or_default() += value.parse::<u64>().unwrap_or_default();
    }
    counted
}

/// Attempts that end like this are followed by another.
fn is_retried(series: &str) -> bool {
    series.contains("outcome=\"Usher.Transient\"") || series.contains("outcome=\"PaymentOutcomeUnknown\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_drill_wants_to_know_is_added_up() {
        let text = "# TYPE usher_steps_total counter\n\
                    usher_steps_total{step=\"charge-payment\",outcome=\"done\"} 7\n\
                    usher_steps_total{step=\"charge-payment\",outcome=\"Usher.Transient\"} 2\n\
                    usher_steps_total{step=\"charge-payment\",outcome=\"PaymentOutcomeUnknown\"} 1\n\
                    usher_dead_tokens_total{step=\"reserve-seats\"} 4\nusher_inbox_duplicates_total 5\n";
        let expected = [("duplicates", 5), ("retries", 3), ("stale-tokens", 4)];
        assert_eq!(counted(text), expected.map(|(name, count)| (name.to_owned(), count)).into());
    }
}
