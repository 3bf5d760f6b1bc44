//! The figures, and how they compare.

use std::{fmt, time::Duration};

use serde::Serialize;

use super::super::{crowd::Pace, meter::Cost};
use crate::commands::table::{numbers, table};

/// Refunds that were asked for at once.
#[derive(Debug, Clone, Serialize)]
pub struct Round {
    pub concurrency: usize,
    pub refunds: usize,
    #[serde(flatten)]
    pub pace: Pace,
    #[serde(flatten)]
    pub cost: Cost,
}

/// A showtime that was called off while others were booked.
#[derive(Debug, Clone, Serialize)]
pub struct Sweep {
    pub bookings: u16,
    pub took: Duration,
    /// The bookings of other showtimes meanwhile.
    pub beside: Pace,
}

/// A whole run.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    pub rounds: Vec<Round>,
    /// Bookings with nothing beside them.
    pub bookings: Pace,
    pub sweep: Option<Sweep>,
}

impl fmt::Display for Report {
    #[expect(clippy::float_arithmetic, reason = "ratios")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut refunds = table([
            "at once",
            "refunds",
            "per second",
            "p50 ms",
            "p95 ms",
            "p99 ms",
            "CPU ms",
            "commits",
            "WAL bytes",
            "per second / bookings",
        ]);
        for round in &self.rounds {
            refunds.add_row([
                round.concurrency.to_string(),
                round.refunds.to_string(),
                format!("{:.0}", round.pace.per_second),
                format!("{:.1}", round.pace.p50_ms),
                format!("{:.1}", round.pace.p95_ms),
                format!("{:.1}", round.pace.p99_ms),
                format!("{:.2}", round.cost.cpu_ms()),
                format!("{:.2}", round.cost.commits),
                format!("{:.0}", round.cost.wal_bytes),
                format!("{:.2}", round.pace.per_second / self.bookings.per_second),
            ]);
        }
        writeln!(
            f,
            "Refunds through HTTP, from the request until the provider has made them; CPU, commits and WAL per refund.\n{}",
            numbers(refunds)
        )?;
        let mut bookings = table(["bookings, 16 at once", "per second", "p50 ms", "p95 ms", "p99 ms"]);
        let row = |name: &str, pace: &Pace| {
            let quantiles = [pace.per_second, pace.p50_ms, pace.p95_ms, pace.p99_ms].map(|value| format!("{value:.1}"));
            std::iter::once(name.to_owned()).chain(quantiles).collect::<Vec<_>>()
        };
        bookings.add_row(row("alone", &self.bookings));
        if let Some(sweep) = &self.sweep {
            bookings.add_row(row("beside the sweep", &sweep.beside));
            let ratios = [
                sweep.beside.per_second / self.bookings.per_second,
                sweep.beside.p50_ms / self.bookings.p50_ms,
                sweep.beside.p95_ms / self.bookings.p95_ms,
                sweep.beside.p99_ms / self.bookings.p99_ms,
            ];
            let ratios = ratios.map(|ratio| format!("{ratio:.2}"));
            bookings.add_row(std::iter::once("ratio".to_owned()).chain(ratios));
        }
        writeln!(f, "\nBookings of other showtimes.\n{}", numbers(bookings))?;
        let Some(sweep) = &self.sweep else { return Ok(()) };
        let seconds = sweep.took.as_secs_f64();
        let pace = f64::from(sweep.bookings) / seconds;
        writeln!(f, "\nThe sweep: {} bookings in {seconds:.1} s, {pace:.1} per second.", sweep.bookings)
    }
}
