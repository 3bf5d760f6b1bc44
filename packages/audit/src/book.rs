//! The provider's own record, sorted by the bookings that its references name.

use std::{collections::BTreeMap, ops::RangeInclusive};

use time::OffsetDateTime;
use usher_core::ids::BookingId;
use usher_payments::{
    audit::booking_of,
    provider::{Movement, PaymentProvider, ProviderFailure, ReportLine},
};

use crate::sums::Sums;

/// Movements at the provider that nobody has asked for yet.
#[derive(Debug, Default)]
pub(crate) struct Book {
    of_bookings: BTreeMap<BookingId, Vec<ReportLine>>,
    foreign: BTreeMap<String, Vec<ReportLine>>,
    /// What it charged and did not give back.
    pub(crate) net: Sums,
}

impl Book {
    /// Reads the report from `since` to its end.
    pub(crate) async fn read(provider: &dyn PaymentProvider, since: OffsetDateTime) -> Result<Self, ProviderFailure> {
        let mut book = Self::default();
        let mut cursor = None;
        loop {
            let part = provider.report(since, cursor.as_deref()).await?;
            part.lines.into_iter().for_each(|line| book.add(line));
            match part.next {
                Some(next) => cursor = Some(next),
                None => return Ok(book),
            }
        }
    }

    fn add(&mut self, line: ReportLine) {
        let amount = Sums::of([line.amount]);
        self.net = match line.movement {
            Movement::Charge | Movement::Reversal | Movement::DisputeWon => std::mem::take(&mut self.net).plus(&amount),
            Movement::Refund | Movement::Dispute => std::mem::take(&mut self.net).minus(&amount),
        };
        // A refund belongs to whom the charge belongs to, whatever its own reference says.
        match booking_of(&line.charge_reference) {
            Some(booking) => self.of_bookings.entry(booking).or_default().push(line),
            None => self.foreign.entry(line.charge_reference.clone()).or_default().push(line),
        }
    }

    /// The movements of the bookings in the range.
    pub(crate) fn take(&mut self, range: &RangeInclusive<BookingId>) -> Vec<(BookingId, Vec<ReportLine>)> {
        let ids: Vec<BookingId> = self.of_bookings.range(range.clone()).map(|(id, _)| *id).collect();
        ids.into_iter().filter_map(|id| self.of_bookings.remove_entry(&id)).collect()
    }

    /// The movements under a charge's reference that names no booking.
    pub(crate) fn take_foreign(&mut self, charge_reference: &str) -> Vec<ReportLine> {
        self.foreign.remove(charge_reference).unwrap_or_default()
    }

    /// What no payment asked for.
    pub(crate) fn into_foreign(self) -> Vec<ReportLine> {
        self.foreign.into_values().flatten().collect()
    }
}
