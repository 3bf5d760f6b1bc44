//! Tables for people, all in one style.

use comfy_table::{Table, presets};

/// A table with this heading and no rows yet.
pub fn table<const COLUMNS: usize>(heading: [&str; COLUMNS]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_header(heading);
    table
}
