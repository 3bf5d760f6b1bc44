//! Looks several times a second how it stands, from outside, and says when the drill has to be given up.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError, atomic::Ordering},
    time::Duration,
};

use tokio::time::Instant;
use usher_core::ids::DrillId;
use usher_drills::{definition::Abort, report::Sample, watch};

use super::{buyers::Crowd, run::Progress, stage::Stage};

/// How often.
const BEAT: Duration = Duration::from_millis(250);

/// How long the database may take to answer, which may be what the drill is about.
const PATIENCE: Duration = Duration::from_millis(400);

/// So few answers prove nothing.
const FEW: u64 = 20;

/// What is looked at.
#[derive(Clone, Copy)]
pub struct Watched<'w> {
    pub drill: DrillId,
    pub crowd: &'w Crowd,
    pub rules: Abort,
}

/// What was seen.
#[derive(Default)]
pub struct Seen {
    samples: Mutex<Vec<Sample>>,
    signs: Mutex<Vec<(u64, &'static str)>>,
}

impl Seen {
    /// All samples.
    pub fn samples(&self) -> Vec<Sample> {
        self.samples.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The first sign from a moment on: when, and what.
    pub fn first_sign(&self, from: u64) -> Option<(u64, &'static str)> {
        let signs = self.signs.lock().unwrap_or_else(PoisonError::into_inner);
        signs.iter().filter(|(at, _)| *at >= from).min_by_key(|(at, _)| *at).copied()
    }
}

/// Looks until it is dropped, or says why the drill has to be given up.
pub async fn watch(stage: &Stage, watched: Watched<'_>, seen: &Seen, progress: &Progress) -> String {
    let Watched { drill, crowd, rules } = watched;
    let first = crowd.first();
    let mut before = Totals::default();
    let mut not_ready_since: Option<Instant> = None;
    loop {
        let at = u64::try_from(first.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (ready, running, told) = tokio::join!(
            stage.is_ready(),
            tokio::time::timeout(PATIENCE, stage.services.engine.running()),
            tokio::time::timeout(PATIENCE, watch::told(&stage.services.databases.engine, drill)),
        );
        let counters = told.ok().and_then(Result::ok).map(|told| sum(&told));
        let counters = counters.unwrap_or_else(|| before.counters.clone());
        let heard = &crowd.heard;
        let sample = Sample {
            at,
            ready,
            running: running.ok().and_then(Result::ok).and_then(|running| u64::try_from(running).ok()),
            answered: heard.answered.load(Ordering::Relaxed),
            confirmed: heard.confirmed.load(Ordering::Relaxed),
            unknown: heard.unknown.load(Ordering::Relaxed),
            repetitions: counters.iter().filter(|(name, _)| *name != "retries").map(|(_, count)| count).sum(),
        };
        let totals = Totals { counters, troubles: heard.troubles.load(Ordering::Relaxed) };
        if let Some(sign) = totals.sign(&before, ready) {
            seen.signs.lock().unwrap_or_else(PoisonError::into_inner).push((at, sign));
        }
        before = totals;
        progress.stand(&sample);
        let (answered, unknown) = (sample.answered, sample.unknown);
        seen.samples.lock().unwrap_or_else(PoisonError::into_inner).push(sample);
        if first.elapsed() > rules.after {
            return format!("it took longer than {} s", rules.after.as_secs());
        }
        if answered + unknown >= FEW && unknown * 100 > (answered + unknown) * u64::from(rules.unknown_above) {
            return format!("{unknown} of {} customers heard nothing", answered + unknown);
        }
        not_ready_since = if ready { None } else { not_ready_since.or(Some(Instant::now())) };
        if not_ready_since.is_some_and(|since| since.elapsed() > rules.not_ready_for) {
            return format!("the product was not ready for more than {} s", rules.not_ready_for.as_secs());
        }
        tokio::time::sleep(BEAT).await;
    }
}

/// What all processes counted.
pub fn sum(told: &[watch::Told]) -> BTreeMap<String, u64> {
    let mut sums = BTreeMap::new();
    for (name, count) in told.iter().flat_map(|told| &told.counters) {
        *sums.entry(name.clone()).or_default() += count;
    }
    sums
}

fn count(counters: &BTreeMap<String, u64>, name: &str) -> u64 {
    counters.get(name).copied().unwrap_or_default()
}

#[derive(Default)]
struct Totals {
    counters: BTreeMap<String, u64>,
    troubles: u64,
}

impl Totals {
    /// What could be seen of a fault since the last look, the plainest first.
    fn sign(&self, before: &Self, ready: bool) -> Option<&'static str> {
        let grew = |name: &str| count(&self.counters, name) > count(&before.counters, name);
        let signs = [
            (!ready, "the product was not ready"),
            (self.troubles > before.troubles, "a customer got an error or no answer"),
            (grew("retries"), "a step failed and was tried again"),
            (grew("stale-tokens"), "an answer came after its attempt was given up"),
            (grew("redeliveries"), "a request was delivered again"),
            (grew("duplicates"), "a repetition was answered from the inbox"),
            (grew("relayed-starts"), "the relay found a start that nobody had handed over"),
        ];
        signs.into_iter().find_map(|(seen, sign)| seen.then_some(sign))
    }
}
