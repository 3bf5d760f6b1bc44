//! Virtual time, and chance from one seed: an agenda of what happens next. Time jumps from one entry to the next.

use std::collections::BTreeMap;

use time::{Duration, OffsetDateTime, macros::datetime};
use usher_core::ambient::{Ambient as _, Scripted};

use crate::simulation::Happening;

/// When every run begins.
pub(crate) const NOON: OffsetDateTime = datetime!(2026-11-20 12:00 UTC);

/// The agenda.
#[derive(Debug)]
pub(crate) struct Clockwork {
    ambient: Scripted,
    agenda: BTreeMap<(OffsetDateTime, u64), Happening>,
    filed: u64,
}

impl Clockwork {
    pub fn new(seed: u64) -> Self {
        Self { ambient: Scripted::new(NOON, seed), agenda: BTreeMap::new(), filed: 0 }
    }

    pub fn now(&self) -> OffsetDateTime {
        self.ambient.now()
    }

    pub fn random(&self) -> u128 {
        self.ambient.random()
    }

    /// A number from 0 up to, and without, `limit`.
    pub fn below(&self, limit: usize) -> usize {
        let limit = limit.max(1) as u128;
        usize::try_from(self.random() % limit).unwrap_or_default()
    }

    /// At a moment, or now if that is past; what is due at the same moment happens in the order in which it was filed.
    pub fn at(&mut self, moment: OffsetDateTime, happening: Happening) {
        self.filed += 1;
        self.agenda.insert((moment.max(self.now()), self.filed), happening);
    }

    /// After a while.
    pub fn after(&mut self, delay: Duration, happening: Happening) {
        self.at(self.now() + delay, happening);
    }

    /// After at most so many milliseconds.
    pub fn within(&mut self, milliseconds: usize, happening: Happening) {
        let micros = i64::try_from(1 + self.below(milliseconds * 1_000)).unwrap_or(1);
        self.after(Duration::microseconds(micros), happening);
    }

    /// Jumps to what comes next.
    pub fn next(&mut self) -> Option<Happening> {
        let ((moment, _), happening) = self.agenda.pop_first()?;
        self.ambient.advance(moment - self.now());
        Some(happening)
    }
}
