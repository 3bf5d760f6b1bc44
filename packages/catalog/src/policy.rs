//! What is given back for a seat that is cancelled: windows of time before the start, each with its fee.
//!
//! The policy is data of the showtime. All arithmetic is in whole minor units and seat by seat, so that cancelling the seats
//! of a booking one after the other gives back what cancelling them together does. A share is rounded down: the rounding is
//! the customer's. To add a kind of fee, add a variant to [`Fee`] and its line in [`Fee::of`].

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use usher_core::money::Money;

/// Basis points of the whole.
const WHOLE: i128 = 10_000;

/// The windows of a showtime, in any order; before all of them nothing is given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefundPolicy {
    /// The windows.
    pub windows: Vec<Window>,
}

/// A time in which a fee is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// It ends so many minutes before the start.
    pub minutes_before: u32,
    /// What is kept of each seat.
    pub fee: Fee,
}

/// What is kept of a seat's price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fee {
    /// Nothing.
    None,
    /// So many minor units, and never more than the price.
    Fixed(u32),
    /// So many basis points of the price, rounded down to the minor unit; 10,000 and more are all of it.
    Share(u32),
}

/// What a seat comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// What is given back.
    pub refund: Money,
    /// What is not. Both together are the price.
    pub kept: Money,
}

impl Default for RefundPolicy {
    /// Everything, until the start.
    fn default() -> Self {
        Self { windows: vec![Window { minutes_before: 0, fee: Fee::None }] }
    }
}

impl RefundPolicy {
    /// What is given back for a seat of this price, cancelled at a moment.
    pub fn terms(&self, price: Money, starts_at: OffsetDateTime, now: OffsetDateTime) -> Terms {
        let left = starts_at - now;
        let open = self.windows.iter().filter(|window| left > Duration::minutes(window.minutes_before.into()));
        // Of the windows that are still open, the one that closes next.
        let window = open.max_by_key(|window| window.minutes_before);
        let kept = window.map_or(price.amount, |window| window.fee.of(price.amount));
        Terms { refund: Money::new(price.amount - kept, price.currency), kept: Money::new(kept, price.currency) }
    }
}

impl Fee {
    /// What is kept of so many minor units.
    pub fn of(self, price: i64) -> i64 {
        let kept = match self {
            Self::None => 0,
            Self::Fixed(amount) => i64::from(amount),
            // Of at most 10,000 basis points there is at most the price, which fits.
            Self::Share(points) => {
                i64::try_from(i128::from(price) * i128::from(points).min(WHOLE) / WHOLE).unwrap_or(price)
            }
        };
        kept.clamp(0, price.max(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::datetime;
    use usher_core::money::Currency;

    const START: OffsetDateTime = datetime!(2026-11-20 20:00 UTC);

    fn eur(amount: i64) -> Money {
        Money::new(amount, Currency::EUR)
    }

    fn usual() -> RefundPolicy {
        let window = |minutes_before, fee| Window { minutes_before, fee };
        RefundPolicy {
            windows: vec![window(0, Fee::Share(5000)), window(1440, Fee::None), window(120, Fee::Share(1000))],
        }
    }

    fn fee() -> impl Strategy<Value = Fee> {
        prop_oneof![Just(Fee::None), (0_u32..5000).prop_map(Fee::Fixed), (0_u32..12_000).prop_map(Fee::Share)]
    }

    fn policy() -> impl Strategy<Value = RefundPolicy> {
        let window = (0_u32..3000, fee()).prop_map(|(minutes_before, fee)| Window { minutes_before, fee });
        prop::collection::vec(window, 0..5).prop_map(|windows| RefundPolicy { windows })
    }

    #[test]
    fn the_fee_grows_as_the_start_comes_near() {
        let kept = |before: Duration| usual().terms(eur(1255), START, START - before).kept.amount;
        assert_eq!(kept(Duration::hours(25)), 0);
        assert_eq!(kept(Duration::hours(24)), 125, "the window is over at its end; 125.5 rounds down");
        assert_eq!(kept(Duration::minutes(121)), 125);
        assert_eq!(kept(Duration::minutes(120)), 627);
        assert_eq!(kept(Duration::ZERO), 1255, "nothing is given back once it begins");
        assert_eq!(RefundPolicy::default().terms(eur(1255), START, START - Duration::SECOND).refund, eur(1255));
    }

    #[test]
    fn a_policy_is_data() {
        let json = r#"{"windows":[{"minutes_before":1440,"fee":"none"},{"minutes_before":120,"fee":{"share":1000}},{"minutes_before":0,"fee":{"fixed":300}}]}"#;
        let policy: RefundPolicy = serde_json::from_str(json).unwrap();
        assert_eq!(policy.windows[1].fee, Fee::Share(1000));
        assert_eq!(serde_json::to_string(&policy).unwrap(), json);
        assert!(serde_json::from_str::<RefundPolicy>(r#"{"windows":[],"grace":1}"#).is_err());
    }

    proptest! {
        #[test]
        fn no_cent_is_lost_or_made(policy in policy(), price in 0_i64..=i64::MAX, before in -5000_i64..5000) {
            let terms = policy.terms(eur(price), START, START - Duration::minutes(before));
            prop_assert_eq!(terms.refund.plus(terms.kept), Ok(eur(price)));
            prop_assert!(terms.refund.amount >= 0 && terms.kept.amount >= 0);
        }

        #[test]
        fn a_share_is_exact_and_rounds_for_the_customer(price in 0_i64..1_000_000_000, points in 0_u32..=10_000) {
            let kept = Fee::Share(points).of(price);
            let (exact, kept) = (i128::from(price) * i128::from(points), i128::from(kept) * 10_000);
            prop_assert!(kept <= exact && exact - kept < 10_000);
        }

        #[test]
        fn where_fees_grow_towards_the_start_waiting_never_pays(price in 0_i64..100_000, early in 0_i64..3000, later in 0_i64..3000) {
            let refund = |before| usual().terms(eur(price), START, START - Duration::minutes(before)).refund.amount;
            prop_assert!(refund(early.max(later)) >= refund(early.min(later)));
        }
    }
}
