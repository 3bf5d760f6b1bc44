//! The provider's own ids: they sort by age, which is the order of its report, and look like nobody's but a provider's.

use usher_core::ambient::Ambient;
use uuid::Uuid;

/// 48 bits of milliseconds and 80 of randomness.
pub(super) fn fresh(ambient: &dyn Ambient) -> Uuid {
    let milliseconds = u128::try_from(ambient.now().unix_timestamp_nanos() / 1_000_000).unwrap_or_default();
    Uuid::from_u128(milliseconds << 80 | ambient.random() >> 48)
}

/// As a charge is named.
pub(super) fn charge(id: Uuid) -> String {
    format!("ch_{}", id.simple())
}

/// As a refund is named.
pub(super) fn refund(id: Uuid) -> String {
    format!("re_{}", id.simple())
}
