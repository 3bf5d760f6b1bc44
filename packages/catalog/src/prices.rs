//! What the seats of a showtime cost, by type.

use serde::{Deserialize, Serialize};
use usher_core::money::{Currency, Money};

use crate::SeatType;

/// A price for every type of seat, all in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prices {
    /// What the amounts are units of.
    pub currency: Currency,
    /// The amounts.
    pub amounts: Amounts,
}

/// Minor units for every type of seat; the form in which the database keeps them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Amounts {
    /// For a [`SeatType::Standard`].
    pub standard: i64,
    /// For a [`SeatType::Premium`].
    pub premium: i64,
    /// For a [`SeatType::Accessible`].
    pub accessible: i64,
    /// For a [`SeatType::Companion`].
    pub companion: i64,
}

impl Prices {
    /// What a seat of this type costs.
    pub const fn of(&self, kind: SeatType) -> Money {
        let amount = match kind {
            SeatType::Standard => self.amounts.standard,
            SeatType::Premium => self.amounts.premium,
            SeatType::Accessible => self.amounts.accessible,
            SeatType::Companion => self.amounts.companion,
        };
        Money::new(amount, self.currency)
    }
}
