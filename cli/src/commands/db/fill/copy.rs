//! Rows on their way into a table, in PostgreSQL's text format for COPY.

use std::fmt::Write as _;

use sqlx::PgPool;
use time::{OffsetDateTime, UtcOffset};
use uuid::Uuid;

/// Rows of one table.
#[derive(Debug)]
pub struct Rows {
    /// `schema.table`.
    table: &'static str,
    columns: &'static str,
    text: String,
    is_first: bool,
}

impl Rows {
    /// No rows yet, with these columns.
    pub const fn of(table: &'static str, columns: &'static str) -> Self {
        Self { table, columns, text: String::new(), is_first: true }
    }

    /// The schema that the table is in.
    pub fn schema(&self) -> &'static str {
        self.table.split('.').next().unwrap_or_default()
    }

    fn begin(&mut self) -> &mut String {
        if !std::mem::take(&mut self.is_first) {
            self.text.push('\t');
        }
        &mut self.text
    }

    /// An id.
    pub fn id(&mut self, id: Uuid) -> &mut Self {
        self.shown(id)
    }

    /// Something whose text has no sign that COPY would read as its own: numbers, ids, names of ours.
    pub fn shown(&mut self, value: impl std::fmt::Display) -> &mut Self {
        let text = self.begin();
        let _ = write!(text, "{value}"); // Writing into a string does not fail.
        self
    }

    /// Any text.
    pub fn text(&mut self, value: &str) -> &mut Self {
        let text = self.begin();
        if !value.contains(['\\', '\t', '\n', '\r']) {
            text.push_str(value);
            return self;
        }
        for sign in value.chars() {
            match sign {
                '\\' => text.push_str("\\\\"),
                '\t' => text.push_str("\\t"),
                '\n' => text.push_str("\\n"),
                '\r' => text.push_str("\\r"),
                other => text.push(other),
            }
        }
        self
    }

    /// Nothing.
    pub fn null(&mut self) -> &mut Self {
        self.begin().push_str("\\N");
        self
    }

    /// A text, or nothing.
    pub fn maybe(&mut self, value: Option<&str>) -> &mut Self {
        match value {
            Some(value) => self.text(value),
            None => self.null(),
        }
    }

    /// A moment.
    pub fn at(&mut self, at: OffsetDateTime) -> &mut Self {
        let (date, time) = (at.to_offset(UtcOffset::UTC).date(), at.to_offset(UtcOffset::UTC).time());
        self.shown(format_args!(
            "{date} {:02}:{:02}:{:02}.{:06}Z",
            time.hour(),
            time.minute(),
            time.second(),
            time.microsecond()
        ))
    }

    /// A moment, or nothing.
    pub fn maybe_at(&mut self, at: Option<OffsetDateTime>) -> &mut Self {
        match at {
            Some(at) => self.at(at),
            None => self.null(),
        }
    }

    /// An array of what needs no quotes.
    pub fn array<T: std::fmt::Display>(&mut self, values: impl IntoIterator<Item = T>) -> &mut Self {
        let text = self.begin();
        text.push('{');
        for (index, value) in values.into_iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            let _ = write!(text, "{comma}{value}");
        }
        text.push('}');
        self
    }

    /// The end of a row.
    pub fn end(&mut self) {
        self.text.push('\n');
        self.is_first = true;
    }

    /// Brings the rows into the table: all of them or none.
    pub async fn write(self, pool: &PgPool) -> Result<(), sqlx::Error> {
        if self.text.is_empty() {
            return Ok(());
        }
        let statement = format!("COPY {} ({}) FROM STDIN", self.table, self.columns);
        let mut connection = pool.acquire().await?;
        let mut copy = connection.copy_in_raw(&statement).await?;
        copy.send(self.text.into_bytes()).await?;
        copy.finish().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_what_copy_reads() {
        let mut rows = Rows::of("a.b", "c, d");
        rows.text("one\ttwo\\\n").null().array(["A1", "A2"]).shown(7).end();
        rows.at(OffsetDateTime::UNIX_EPOCH).maybe(None).end();
        assert_eq!(rows.text, "one\\ttwo\\\\\\n\t\\N\t{A1,A2}\t7\n1970-01-01 00:00:00.000000Z\t\\N\n");
        assert_eq!(rows.schema(), "a");
    }
}
