//! Where a refund stands, and how two reports of it become one.
//!
//! Providers tell of a refund by their answers, by webhooks and by their report, late, twice and in any order. So nothing
//! here asks what came last: what is heard is merged with what is known, and the result is the same in every order. A
//! success and a failure of one refund together mean that the money left and came back.

use serde::{Deserialize, Serialize};

/// Where a refund stands. The order is that of [`RefundStanding::merge`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundStanding {
    /// The provider was asked, or is about to be. The money counts as given back already.
    Pending,
    /// Somebody has to act before it goes on.
    RequiresAction,
    /// It was called off before any money moved.
    Cancelled,
    /// The provider will not give it back: a person has to look.
    Failed,
    /// The money is on its way to the customer.
    Succeeded,
    /// The money left and came back: a person has to look.
    Reversed,
}

impl RefundStanding {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Pending, Self::RequiresAction, Self::Cancelled, Self::Failed, Self::Succeeded, Self::Reversed];

    /// As it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::RequiresAction => "requires_action",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
            Self::Succeeded => "succeeded",
            Self::Reversed => "reversed",
        }
    }

    /// What is known once `heard` was heard too: a least upper bound, so neither order nor repetition matters.
    #[must_use]
    pub const fn merge(self, heard: Self) -> Self {
        match (self, heard) {
            (Self::Failed, Self::Succeeded) | (Self::Succeeded, Self::Failed) => Self::Reversed,
            (known, heard) if known.rank() >= heard.rank() => known,
            (_, heard) => heard,
        }
    }

    /// Whether it counts against what was captured.
    pub const fn holds_money(self) -> bool {
        matches!(self, Self::Pending | Self::RequiresAction | Self::Succeeded)
    }

    /// Whether its outcome is known. A success can still come back.
    pub const fn is_settled(self) -> bool {
        !matches!(self, Self::Pending | Self::RequiresAction)
    }

    const fn rank(self) -> u8 {
        match self {
            Self::Pending => 0,
            Self::RequiresAction => 1,
            Self::Cancelled => 2,
            Self::Failed | Self::Succeeded => 3,
            Self::Reversed => 4,
        }
    }
}

impl std::str::FromStr for RefundStanding {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|standing| standing.as_str() == text);
        found.ok_or_else(|| format!("no refund is `{text}`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any() -> impl Strategy<Value = RefundStanding> {
        prop::sample::select(&RefundStanding::ALL[..])
    }

    proptest! {
        #[test]
        fn reports_merge_alike_in_every_order(mut reports in prop::collection::vec(any(), 1..6), rotate in 0_usize..6) {
            let merged = |reports: &[RefundStanding]| reports.iter().fold(RefundStanding::Pending, |known, heard| known.merge(*heard));
            let first = merged(&reports);
            let by = rotate % reports.len();
            reports.rotate_left(by);
            prop_assert_eq!(merged(&reports), first);
            reports.reverse();
            reports.extend(reports.clone());
            prop_assert_eq!(merged(&reports), first);
        }
    }

    #[test]
    fn a_success_and_a_failure_are_a_reversal_whichever_came_first() {
        use RefundStanding::{Failed, Pending, Reversed, Succeeded};
        assert_eq!(Succeeded.merge(Failed), Reversed);
        assert_eq!(Failed.merge(Succeeded), Reversed);
        assert_eq!(Reversed.merge(Succeeded).merge(Pending), Reversed);
    }

    #[test]
    fn what_is_stored_reads_back() {
        for standing in RefundStanding::ALL {
            assert_eq!(standing.as_str().parse(), Ok(standing));
        }
    }
}
