//! A clock that can be put wrong.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use time::{Duration, OffsetDateTime};

use crate::ambient::{Ambient, SharedAmbient};

/// The time of another clock, and some.
#[derive(Debug)]
pub struct Skewed {
    right: SharedAmbient,
    milliseconds: Arc<AtomicI64>,
}

impl Skewed {
    pub(super) const fn new(right: SharedAmbient, milliseconds: Arc<AtomicI64>) -> Self {
        Self { right, milliseconds }
    }
}

impl Ambient for Skewed {
    fn now(&self) -> OffsetDateTime {
        match self.milliseconds.load(Ordering::Relaxed) {
            0 => self.right.now(),
            wrong => self.right.now() + Duration::milliseconds(wrong),
        }
    }

    fn random(&self) -> u128 {
        self.right.random()
    }
}
