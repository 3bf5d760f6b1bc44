//! Money: whole minor units and a currency, never a fraction.
//!
//! Adding two currencies or passing the end of the range is an error that the caller has to answer for, not a wrong sum.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Three capital letters of ISO 4217, such as `EUR`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// The euro, which the demo catalogue charges in.
    pub const EUR: Self = Self(*b"EUR");

    /// The three letters.
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default() // Only ASCII gets in.
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        <[u8; 3]>::try_from(text.as_bytes())
            .ok()
            .filter(|letters| letters.iter().all(u8::is_ascii_uppercase))
            .map(Self)
            .ok_or_else(|| MoneyError::NotACurrency(text.chars().take(16).collect()))
    }
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;

    fn try_from(text: String) -> Result<Self, MoneyError> {
        text.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.as_str().to_owned()
    }
}

/// An amount in the currency's minor unit: `1250 EUR` is twelve euros and fifty cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Minor units (ISO 4217), cents for EUR.
    pub amount: i64,
    /// What they are units of.
    pub currency: Currency,
}

/// Why a sum could not be formed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Two currencies cannot be added.
    #[error("{0} and {1} are different currencies")]
    Mixed(Currency, Currency),
    /// The sum does not fit 64 bits.
    #[error("the sum is too large")]
    TooLarge,
    /// Not three capital letters.
    #[error("`{0}` is not a currency: it takes three capital letters, such as EUR")]
    NotACurrency(String),
}

impl Money {
    /// `amount` minor units.
    pub const fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// Nothing, in this currency.
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// The sum of both.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::Mixed(self.currency, other.currency));
        }
        self.amount.checked_add(other.amount).map(|amount| Self { amount, ..self }).ok_or(MoneyError::TooLarge)
    }

    /// The sum of all, or zero of `currency` when there is none.
    pub fn sum(currency: Currency, parts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        parts.into_iter().try_fold(Self::zero(currency), Self::plus)
    }
}

impl fmt::Display for Money {
    /// Two decimals: every currency of the demo catalogue has them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.amount < 0 { "-" } else { "" };
        let units = self.amount.unsigned_abs();
        write!(f, "{sign}{}.{:02} {}", units / 100, units % 100, self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn two_currencies_do_not_add() {
        let usd = "USD".parse().unwrap();
        assert_eq!(Money::new(1, Currency::EUR).plus(Money::new(1, usd)), Err(MoneyError::Mixed(Currency::EUR, usd)));
    }

    #[test]
    fn json_is_an_integer_and_a_currency() {
        let price = Money::new(1250, Currency::EUR);
        assert_eq!(serde_json::to_string(&price).unwrap(), r#"{"amount":1250,"currency":"EUR"}"#);
        for text in [r#"{"amount":12.5,"currency":"EUR"}"#, r#"{"amount":1,"currency":"eur"}"#] {
            assert!(serde_json::from_str::<Money>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn people_read_units_and_cents() {
        assert_eq!(Money::new(-1205, Currency::EUR).to_string(), "-12.05 EUR");
    }

    proptest! {
        #[test]
        fn a_sum_is_exact_or_refused(a in any::<i64>(), b in any::<i64>()) {
            let sum = Money::new(a, Currency::EUR).plus(Money::new(b, Currency::EUR));
            let exact = i64::try_from(i128::from(a) + i128::from(b));
            let expected = exact.map(|exact| Money::new(exact, Currency::EUR)).map_err(|_| MoneyError::TooLarge);
            prop_assert_eq!(sum, expected);
        }
    }
}
