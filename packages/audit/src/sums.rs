//! Sums of money that cannot go wrong: currency by currency, and wide enough for any number of rows.
//!
//! A broken row may be in another currency than it should be, or of an absurd amount. That is a finding and not a reason
//! to give up, so nothing here fails until a sum has to be written down as [`Money`].

use std::{collections::BTreeMap, fmt};

use usher_core::money::{Currency, Money, MoneyError};

/// An amount in each currency. Currencies that come to nothing are left out, so equal sums are equal values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sums(BTreeMap<Currency, i128>);

impl Sums {
    /// The sum of the amounts.
    pub fn of(amounts: impl IntoIterator<Item = Money>) -> Self {
        let mut sums = Self::default();
        for money in amounts {
            sums.change(money.currency, i128::from(money.amount));
        }
        sums
    }

    /// Both together.
    #[must_use]
    pub fn plus(mut self, other: &Self) -> Self {
        for (currency, amount) in &other.0 {
            self.change(*currency, *amount);
        }
        self
    }

    /// This without the other.
    #[must_use]
    pub fn minus(mut self, other: &Self) -> Self {
        for (currency, amount) in &other.0 {
            self.change(*currency, -amount);
        }
        self
    }

    /// This without the currencies that come to a debt.
    #[must_use]
    pub fn or_zero(mut self) -> Self {
        self.0.retain(|_, amount| *amount > 0);
        self
    }

    /// Nothing in any currency.
    pub fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether there is a debt in any currency.
    pub fn is_negative_anywhere(&self) -> bool {
        self.0.values().any(|amount| *amount < 0)
    }

    /// The currencies that do not come to nothing.
    pub fn currencies(&self) -> impl Iterator<Item = Currency> {
        self.0.keys().copied()
    }

    /// The sum in one currency.
    pub fn in_currency(&self, currency: Currency) -> Result<Money, MoneyError> {
        let amount = self.0.get(&currency).copied().unwrap_or_default();
        i64::try_from(amount).map(|amount| Money::new(amount, currency)).map_err(|_| MoneyError::TooLarge)
    }

    fn change(&mut self, currency: Currency, by: i128) {
        let amount = self.0.entry(currency).or_default();
        *amount += by;
        if *amount == 0 {
            self.0.remove(&currency);
        }
    }
}

impl fmt::Display for Sums {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_zero() {
            return f.write_str("nothing");
        }
        for (place, (currency, amount)) in self.0.iter().enumerate() {
            let separator = if place == 0 { "" } else { ", " };
            match i64::try_from(*amount) {
                Ok(amount) => write!(f, "{separator}{}", Money::new(amount, *currency))?,
                Err(_) => write!(f, "{separator}{amount} minor units of {currency}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_to_nothing_is_nothing() {
        let usd = "USD".parse().unwrap();
        let paid = Sums::of([Money::new(1250, Currency::EUR), Money::new(3, usd)]);
        let back = Sums::of([Money::new(1250, Currency::EUR)]);
        assert_eq!(paid.clone().minus(&back), Sums::of([Money::new(3, usd)]));
        assert!(back.clone().minus(&back).is_zero());
        assert!(back.minus(&paid).is_negative_anywhere());
        assert_eq!(paid.to_string(), "12.50 EUR, 0.03 USD");
    }

    #[test]
    fn absurd_amounts_are_shown_and_not_wrapped() {
        let sums = Sums::of([Money::new(i64::MAX, Currency::EUR), Money::new(i64::MAX, Currency::EUR)]);
        assert_eq!(sums.to_string(), "18446744073709551614 minor units of EUR");
        assert_eq!(sums.in_currency(Currency::EUR), Err(MoneyError::TooLarge));
    }
}
