//! A model of what workers act on: an effect happens once under its name, and money moves as `packages/payments` has it
//! - a refund looks before it acts, and seals the charge that it did not find.

use std::collections::{BTreeMap, BTreeSet};

/// What was done, and what became of each booking's money.
#[derive(Debug, Default)]
pub(crate) struct Provider {
    done: BTreeSet<String>,
    money: BTreeMap<String, Money>,
}

/// The money of one execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Money {
    /// None was asked for.
    #[default]
    Untouched,
    Charged,
    Refunded,
    /// None was taken, and none can be.
    Sealed,
}

impl Provider {
    /// Does the work of a step that goes well. A repetition does nothing.
    pub fn act(&mut self, execution: &str, step: &str) {
        let money = self.money.entry(execution.to_owned()).or_default();
        match step {
            "charge-payment" if *money == Money::Untouched => *money = Money::Charged,
            "refund-payment" if *money == Money::Charged => *money = Money::Refunded,
            "refund-payment" if *money == Money::Untouched => *money = Money::Sealed,
            _ => {}
        }
        self.done.insert(format!("{execution}/{step}"));
    }

    /// Whether the step ever had an effect.
    pub fn did(&self, execution: &str, step: &str) -> bool {
        self.done.contains(&format!("{execution}/{step}"))
    }

    /// What became of an execution's money.
    pub fn money(&self, execution: &str) -> Money {
        self.money.get(execution).copied().unwrap_or_default()
    }
}
