//! The report as people read it: the verdict first, then what it rests on, then every broken row.

use std::fmt::{Display, Formatter, Result};

use comfy_table::{ContentArrangement, Table, presets::UTF8_FULL_CONDENSED};
use usher_workflows::orchestrator::Status;

use crate::{Invariant, Report, report::Checked};

/// The widest a table gets; longer texts are broken within their cell.
const WIDTH: u16 = 160;

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self.findings.len() {
            0 => writeln!(f, "CLEAN: no seat, no ticket and no cent is lost.")?,
            1 => writeln!(f, "BROKEN: 1 finding.")?,
            count => writeln!(f, "BROKEN: {count} findings.")?,
        }
        writeln!(f, "Checked {}.", self.checked)?;
        writeln!(f, "{} bookings in flight, {} sagas stuck.", self.in_flight, self.stuck.len())?;
        if !self.totals.is_empty() {
            writeln!(f, "\nMoney\n{}", self.money())?;
        }
        if !self.findings.is_empty() {
            writeln!(f, "\nFindings\n{}", self.rows())?;
            for invariant in Invariant::ALL {
                if self.findings.iter().any(|finding| finding.invariant == *invariant) {
                    writeln!(f, "{invariant}: {}", invariant.sentence())?;
                }
            }
        }
        if !self.stuck.is_empty() {
            writeln!(f, "\nStuck sagas, which wait for a person\n{}", self.waiting())?;
        }
        Ok(())
    }
}

impl Report {
    fn money(&self) -> Table {
        let mut table =
            table(&["confirmed", "captured", "recognised", "refunded", "in flight", "fees", "provider net"]);
        for one in &self.totals {
            let sums =
                [one.confirmed, one.captured, one.recognised, one.refunded, one.in_flight, one.fees, one.provider];
            table.add_row(sums.map(|money| money.to_string()));
        }
        table
    }

    fn rows(&self) -> Table {
        let mut table = table(&["invariant", "booking", "seat", "expected", "found"]);
        for finding in &self.findings {
            let seat = [finding.showtime.map(|showtime| showtime.to_string()), finding.seat.clone()];
            table.add_row([
                finding.invariant.to_string(),
                finding.booking.map_or_else(String::new, |booking| booking.to_string()),
                seat.into_iter().flatten().collect::<Vec<_>>().join(" "),
                finding.expected.clone(),
                finding.found.clone(),
            ]);
        }
        table
    }

    fn waiting(&self) -> Table {
        let mut table = table(&["saga", "name", "status", "state", "error", "cause"]);
        for stuck in &self.stuck {
            let status = if stuck.status == Status::Running {
                format!("overdue, since {}", stuck.started_at)
            } else {
                stuck.status.as_str().to_owned()
            };
            table.add_row([
                stuck.saga.clone(),
                stuck.name.clone(),
                status,
                stuck.states.join(", "),
                stuck.error.clone().unwrap_or_default(),
                stuck.cause.clone().unwrap_or_default(),
            ]);
        }
        table
    }
}

impl Display for Checked {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(
            f,
            "{} bookings, {} holds, {} seats, {} tickets, {} payments, {} refunds, {} postings, {} charges and {} refunds of \
             the provider, {} queues",
            self.bookings,
            self.holds,
            self.seats,
            self.tickets,
            self.payments,
            self.refunds,
            self.transfers,
            self.provider_charges,
            self.provider_refunds,
            self.queues,
        )
    }
}

fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(WIDTH)
        .set_header(header.iter().copied());
    table
}
