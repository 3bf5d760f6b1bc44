//! List prices, from a file that says where each was read and when. All reckoning is in whole billionths of a dollar.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};

/// A billionth of a dollar is small enough for the price of one request.
const DIGITS: usize = 9;

/// The data file.
#[derive(Debug, Clone, Deserialize)]
pub struct Prices {
    /// Of what all amounts are.
    pub currency: String,
    #[serde(rename = "prices")]
    known: Vec<Price>,
    /// The events that each step publishes when it goes well, and `start` for those of the request itself.
    pub events: BTreeMap<String, Vec<String>>,
}

/// One price.
#[derive(Debug, Clone, Deserialize, Serialize)]
pub struct Price {
    what: String,
    service: String,
    /// Where it holds; everywhere when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    per: u64,
    usd: String,
    date: String,
    source: String,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A state transition of Step Functions.
    Transition,
    /// A request to SQS.
    Sqs,
    /// A request to SNS.
    Sns,
}

impl Unit {
    const fn name(self) -> &'static str {
        match self {
            Self::Transition => "state transition",
            Self::Sqs => "SQS request",
            Self::Sns => "SNS request",
        }
    }
}

impl Prices {
    /// The prices that are built in.
    pub fn read() -> anyhow::Result<Self> {
        serde_json::from_str(include_str!("prices.json")).context("the built-in prices cannot be read")
    }

    /// The regions that a price is known for.
    pub fn regions(&self) -> impl Iterator<Item = &str> {
        self.known.iter().filter_map(|price| price.region.as_deref())
    }

    /// A price in a region.
    pub fn of(&self, unit: Unit, region: &str) -> anyhow::Result<&Price> {
        let holds = |price: &&Price| price.region.as_deref().is_none_or(|own| own == region);
        let Some(price) = self.known.iter().filter(|price| price.what == unit.name()).find(holds) else {
            let known: Vec<&str> = self.regions().collect();
            bail!("no price of a {} in {region} is known; known are {}", unit.name(), known.join(", "));
        };
        Ok(price)
    }
}

impl Price {
    /// Billionths of a dollar for one.
    pub fn each(&self) -> anyhow::Result<u64> {
        let (whole, part) = self.usd.split_once('.').unwrap_or((&self.usd, ""));
        let digits = format!("{whole}{part:0<DIGITS$}");
        if part.len() > DIGITS {
            bail!("{} has more digits than a billionth", self.usd);
        }
        let amount: u64 = digits.parse().with_context(|| format!("`{}` is no amount", self.usd))?;
        Ok(amount / self.per.max(1))
    }
}

impl std::fmt::Display for Price {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { what, service, per, usd, date, source, .. } = self;
        write!(f, "{service}: {usd} for {per} {what}s, {date}, {source}")
    }
}

/// An amount in dollars, to the cent, as people read it.
pub fn dollars(billionths: u64) -> String {
    let cents = billionths.saturating_add(5_000_000) / 10_000_000;
    format!("{}.{:02}", cents / 100, cents % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_exact_and_have_a_source() {
        let prices = Prices::read().unwrap();
        let each = |unit, region| prices.of(unit, region).unwrap().each().unwrap();
        assert_eq!(each(Unit::Transition, "us-east-1"), 25_000);
        assert_eq!(each(Unit::Transition, "sa-east-1"), 37_500);
        assert_eq!((each(Unit::Sqs, "anywhere"), each(Unit::Sns, "anywhere")), (400, 500));
        assert!(prices.of(Unit::Transition, "mars-north-1").is_err());
        assert!(prices.known.iter().all(|price| price.source.starts_with("https://") && price.date.len() >= 7));
    }

    #[test]
    fn a_million_bookings_are_dollars_and_cents() {
        assert_eq!(dollars(125_000 * 1_000_000), "125.00");
        assert_eq!(dollars(14_999_999), "0.01");
        assert_eq!(dollars(15_000_000), "0.02");
    }
}
