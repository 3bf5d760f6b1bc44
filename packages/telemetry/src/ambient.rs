//! The one place where the machine's clock and its entropy are read.

use std::sync::Arc;

use aws_lc_rs::rand;
use time::OffsetDateTime;
use usher_core::ambient::{Ambient, SharedAmbient};

/// The machine's clock and the random numbers of the cryptography library.
#[derive(Debug, Clone, Copy, Default)]
pub struct System;

/// The real thing, to be handed to everything that runs.
pub fn system() -> SharedAmbient {
    Arc::new(System)
}

impl Ambient for System {
    #[expect(clippy::disallowed_methods, reason = "this is the one home of the machine's clock")]
    fn now(&self) -> OffsetDateTime {
        let now = OffsetDateTime::now_utc();
        // PostgreSQL keeps microseconds: what is compared after a round trip must not carry more.
        now.replace_nanosecond(now.microsecond() * 1000).unwrap_or(now)
    }

    fn random(&self) -> u128 {
        let mut bytes = [0; 16];
        // The library fails only where the operating system has no entropy at all, and then nothing may go on.
        #[expect(
            clippy::expect_used,
            reason = "an id without entropy would be guessable; stopping is the safe answer"
        )]
        rand::fill(&mut bytes).expect("the operating system gives entropy");
        u128::from_le_bytes(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_has_microseconds_and_randomness_does_not_repeat() {
        assert_eq!(System.now().nanosecond() % 1000, 0);
        assert_ne!(System.random(), System.random());
    }
}
