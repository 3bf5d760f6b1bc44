//! Disputes: money that customers' banks took back. They are heard of from the provider's report, and closed by it.

pub(crate) mod get;
pub(crate) mod list;

use serde::Serialize;
use time::OffsetDateTime;
use usher_core::ids::{BookingId, DisputeId, PaymentId};
use usher_payments::dispute::Stored;
use utoipa::ToSchema;

use crate::money::Money;

/// Money that the customer's bank took. Unless it is won, nothing more can be refunded of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Dispute)]
pub(crate) struct DisputeView {
    #[schema(value_type = String, example = "dsp_01KAG3V0Q8Z6X4N2M7R5T9W1YC")]
    id: DisputeId,
    #[schema(value_type = String)]
    payment_id: PaymentId,
    #[schema(value_type = String)]
    booking_id: BookingId,
    /// The provider's own name for it.
    #[schema(example = "dp_1OtHbyH8")]
    provider_id: String,
    amount: Money,
    /// `open`: the bank has the money until it has decided. `won`: it gave it back.
    #[schema(pattern = "^(open|won|lost)$", example = "open")]
    status: String,
    #[serde(with = "time::serde::rfc3339")]
    opened_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    closed_at: Option<OffsetDateTime>,
}

impl From<Stored> for DisputeView {
    fn from(dispute: Stored) -> Self {
        let Stored { id, payment, booking, provider_id, amount, status, opened_at, closed_at } = dispute;
        let (payment_id, booking_id) = (payment, booking);
        Self { id, payment_id, booking_id, provider_id, amount: amount.into(), status, opened_at, closed_at }
    }
}
