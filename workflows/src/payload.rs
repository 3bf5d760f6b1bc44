//! What may be put into a saga: little.
//!
//! A saga's data goes along with every request of every step, and Step Functions sends those itself, so nothing of ours
//! could put a reference in the place of what is large. So it is kept out: whoever starts an execution, and whoever reports
//! a step, asks here first. What is large belongs to a context, and its id into the saga.

use serde::Serialize;
use usher_core::size::{MAX_INLINE, json_bytes};

/// More than a saga may carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "{bytes} bytes are more than the {MAX_INLINE} that a saga carries; keep what is large in a context and pass its id on"
)]
pub struct Oversize {
    /// How much it would have been.
    pub bytes: usize,
}

/// Whether a saga that carries so many bytes already can carry `added` as well.
pub fn check(carried: usize, added: &impl Serialize) -> Result<(), Oversize> {
    let bytes = json_bytes(added).saturating_add(carried);
    if bytes > MAX_INLINE { Err(Oversize { bytes }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_carried_counts() {
        let added = "x".repeat(MAX_INLINE / 2 - 2); // Two quotes more, as JSON.
        assert_eq!(check(MAX_INLINE / 2, &added), Ok(()));
        assert_eq!(check(MAX_INLINE / 2 + 1, &added), Err(Oversize { bytes: MAX_INLINE + 1 }));
    }
}
