//! Sums verdicts up, area by area.

use std::{collections::BTreeMap, fmt};

use super::{Level, Verdict};

/// How many cases of each area were met at which level.
#[derive(Debug, Default, Clone)]
pub struct Table(BTreeMap<String, Row>);

/// The counts of one area.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// How many cases it has.
    pub cases: usize,
    levels: [usize; Level::ALL.len()],
}

impl Row {
    /// How many cases were met at least at this level.
    pub fn at(&self, level: Level) -> usize {
        let counts = Level::ALL.iter().zip(self.levels).filter(|(one, _)| **one == level);
        counts.map(|(_, count)| count).sum()
    }
}

impl Table {
    /// Counts a verdict.
    pub fn add(&mut self, verdict: &Verdict) {
        let row = self.0.entry(verdict.area.clone()).or_default();
        row.cases += 1;
        for (level, count) in Level::ALL.iter().zip(&mut row.levels) {
            *count += usize::from(verdict.level >= *level);
        }
    }

    /// The areas in alphabetical order, with their counts.
    pub fn rows(&self) -> impl Iterator<Item = (&str, &Row)> {
        self.0.iter().map(|(area, row)| (area.as_str(), row))
    }

    /// The counts of all areas together.
    pub fn total(&self) -> Row {
        self.0.values().fold(Row::default(), |mut total, row| {
            total.cases += row.cases;
            for (sum, count) in total.levels.iter_mut().zip(row.levels) {
                *sum += count;
            }
            total
        })
    }
}

impl fmt::Display for Table {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:<24}{:>7}", "area", "cases")?;
        Level::ALL.iter().try_for_each(|level| write!(out, "{level:>9}"))?;
        let total = self.total();
        for (area, row) in self.rows().chain([("all", &total)]) {
            write!(out, "\n{area:<24}{:>7}", row.cases)?;
            row.levels.iter().try_for_each(|count| write!(out, "{count:>9}"))?;
        }
        Ok(())
    }
}
