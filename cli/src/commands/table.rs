//! Tables for people, all in one style.

use comfy_table::{CellAlignment, Table, presets};

/// A table with this heading and no rows yet.
pub fn table(heading: impl IntoIterator<Item = impl ToString>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_header(heading.into_iter().map(|head| head.to_string()));
    table
}

/// The same table with every column but the first one as numbers, which end at the right.
pub fn numbers(mut table: Table) -> Table {
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}
