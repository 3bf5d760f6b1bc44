//! The provider's report as the file that it gives: CSV with a heading, amounts in major units, one line a movement.
//!
//! ```csv
//! type,id,reference,charge_reference,amount,currency,created
//! charge,ch_1,bkg_1/charge-payment,bkg_1/charge-payment,12.50,EUR,2026-11-20T10:00:00Z
//! ```
//!
//! Columns may come in any order, and others are ignored. A line that cannot be read refuses the whole file: a report that is
//! half read would make breaks of what is in its other half.

use std::io::Read;

use serde::Deserialize;
use time::OffsetDateTime;
use usher_core::money::{Currency, Money};

use crate::provider::{Movement, ReportLine};

/// Why a file is no report.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It is not CSV, or a column is missing.
    #[error("the report cannot be read")]
    Csv(#[from] csv::Error),
    /// An amount is not a number of units and cents.
    #[error("line {line}: `{text}` is not an amount")]
    Amount {
        /// Counted from the heading, which is line 1.
        line: usize,
        /// What stands there.
        text: String,
    },
}

#[derive(Debug, Deserialize)]
struct Record {
    #[serde(rename = "type")]
    movement: Movement,
    id: String,
    reference: String,
    charge_reference: String,
    amount: String,
    currency: Currency,
    #[serde(with = "time::serde::rfc3339")]
    created: OffsetDateTime,
}

/// The movements in a report.
pub fn read(report: impl Read) -> Result<Vec<ReportLine>, FileError> {
    let mut lines = Vec::new();
    for (index, record) in csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(report).deserialize().enumerate()
    {
        let Record { movement, id, reference, charge_reference, amount, currency, created } = record?;
        let minor = minor_units(&amount).ok_or(FileError::Amount { line: index + 2, text: amount })?;
        lines.push(ReportLine {
            movement,
            id,
            reference,
            charge_reference,
            amount: Money::new(minor, currency),
            at: created,
        });
    }
    Ok(lines)
}

/// `12.50` is 1250, exactly; two decimals at most, as in every currency that we charge in.
fn minor_units(text: &str) -> Option<i64> {
    let (units, cents) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |digits: &str| digits.bytes().all(|digit| digit.is_ascii_digit());
    if units.is_empty() || cents.len() > 2 || !is_number(units) || !is_number(cents) {
        return None;
    }
    let cents: i64 = format!("{cents:0<2}").parse().ok()?;
    units.parse::<i64>().ok()?.checked_mul(100)?.checked_add(cents)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_report_is_read_whole_or_not_at_all() {
        let heading = "created,type,id,fee,reference,charge_reference,amount,currency";
        let good = "2026-11-20T10:00:00Z,charge,ch_1,0.30,a/charge-payment,a/charge-payment,12.5,EUR";
        let lines = read(format!("{heading}\n{good}\n").as_bytes()).unwrap();
        assert_eq!((lines[0].movement, lines[0].amount), (Movement::Charge, Money::new(1250, Currency::EUR)));
        for bad in ["12,50", "1e3", "-1.00", "12.505", ".5", ""] {
            let line = good.replace("12.5", &format!("\"{bad}\""));
            let refused = read(format!("{heading}\n{good}\n{line}\n").as_bytes()).unwrap_err();
            assert!(matches!(refused, FileError::Amount { line: 3, .. }), "{bad}: {refused:?}");
        }
        assert!(read("type,id\ncharge,ch_1\n".as_bytes()).is_err(), "columns are missing");
        assert!(read(format!("{heading}\n{}\n", good.replace("charge,ch", "gift,ch")).as_bytes()).is_err());
    }

    proptest! {
        #[test]
        fn amounts_are_exact(minor in 0_i64..=i64::MAX / 2) {
            prop_assert_eq!(minor_units(&format!("{}.{:02}", minor / 100, minor % 100)), Some(minor));
        }
    }
}
