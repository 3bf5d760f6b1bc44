//! What an audit says: the verdict and everything behind it, for people ([`Display`](std::fmt::Display)) and for programs
//! (JSON).

use serde::Serialize;
use time::OffsetDateTime;
use usher_core::{
    ids::BookingId,
    money::{Money, MoneyError},
};
use usher_workflows::orchestrator::Status;

use crate::{Finding, sums::Sums, tally::Tally};

/// The outcome of an audit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// When it was finished.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// How much was looked at: an audit of nothing is clean, and says so here.
    pub checked: Checked,
    /// What is wrong, the gravest first.
    pub findings: Vec<Finding>,
    /// The executions that wait for a person.
    pub stuck: Vec<StuckSaga>,
    /// Bookings that may still move: on their way, or with a saga at work.
    pub in_flight: u64,
    /// The money, currency by currency.
    pub totals: Vec<Totals>,
}

impl Report {
    /// Whether no invariant is broken. Stuck sagas are shown and are no breach: their bookings are on somebody's list.
    pub const fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }
}

/// How much was looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "each field counts what it is named after")]
pub struct Checked {
    pub bookings: u64,
    pub holds: u64,
    pub seats: u64,
    pub tickets: u64,
    pub payments: u64,
    pub refunds: u64,
    pub transfers: u64,
    pub provider_charges: u64,
    pub provider_refunds: u64,
    pub queues: u64,
}

/// An execution that goes neither forward nor back, or has been running for too long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StuckSaga {
    /// Which saga.
    pub saga: String,
    /// The execution's name.
    pub name: String,
    /// The booking that it is for.
    pub booking: Option<BookingId>,
    /// How it ended, or RUNNING when it is overdue.
    pub status: Status,
    /// Where it stands, or stood.
    pub states: Vec<String>,
    /// The name of the error.
    pub error: Option<String>,
    /// The story behind it.
    pub cause: Option<String>,
    /// When it began.
    #[serde(with = "time::serde::rfc3339")]
    pub started_at: OffsetDateTime,
}

/// The money in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// What the confirmed bookings cost.
    pub confirmed: Money,
    /// What was captured, by our payments.
    pub captured: Money,
    /// What is revenue, by our ledger.
    pub recognised: Money,
    /// What was given back, by our refunds.
    pub refunded: Money,
    /// What is paid and neither, by our ledger.
    pub in_flight: Money,
    /// What the provider kept.
    pub fees: Money,
    /// What the provider says it charged and did not give back.
    pub provider: Money,
}

impl Totals {
    pub(crate) fn of(tally: &Tally, provider: &Sums) -> Result<Vec<Self>, MoneyError> {
        let Tally { confirmed, captured, recognised, refunded, in_flight, fees, .. } = tally;
        let sums = [confirmed, captured, recognised, refunded, in_flight, fees, provider];
        let mut currencies: Vec<_> = sums.iter().flat_map(|sums| sums.currencies()).collect();
        currencies.sort_unstable();
        currencies.dedup();
        let totals = currencies.into_iter().map(|currency| {
            Ok(Self {
                confirmed: confirmed.in_currency(currency)?,
                captured: captured.in_currency(currency)?,
                recognised: recognised.in_currency(currency)?,
                refunded: refunded.in_currency(currency)?,
                in_flight: in_flight.in_currency(currency)?,
                fees: fees.in_currency(currency)?,
                provider: provider.in_currency(currency)?,
            })
        });
        totals.collect()
    }
}
