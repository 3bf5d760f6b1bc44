//! Money on the wire: whole minor units and a currency.

use serde::Serialize;
use usher_core::money::Currency;
use utoipa::ToSchema;

/// An amount in the minor unit of its currency: `{"amount": 1250, "currency": "EUR"}` is twelve euros and fifty cents.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(crate) struct Money {
    /// Minor units, such as cents.
    #[schema(example = 1250)]
    amount: i64,
    /// ISO 4217.
    #[schema(value_type = String, example = "EUR")]
    currency: Currency,
}

impl From<usher_core::money::Money> for Money {
    fn from(money: usher_core::money::Money) -> Self {
        Self { amount: money.amount, currency: money.currency }
    }
}
