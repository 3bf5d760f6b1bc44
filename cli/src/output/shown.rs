//! One answer, ready to be printed in any of the formats.

use clap::{Args, ValueEnum};
use comfy_table::{Table, presets};
use serde_json::Value;

impl Output {
    /// In this format, with headings.
    pub const fn of(format: Format) -> Self {
        Self { format, no_headers: false }
    }
}

/// How to print; flatten it into a command that shows something.
#[derive(Debug, Clone, Copy, Args)]
pub struct Output {
    /// How to print: `json` and `yaml` are the API's answer, `ids` is one name a line.
    #[arg(short = 'o', long = "output", value_enum, default_value = "table", value_name = "FORMAT")]
    format: Format,
    /// Leave the heading of tables out.
    #[arg(long)]
    no_headers: bool,
}

/// The formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people: what matters most.
    Table,
    /// For people: everything that fits a line.
    Wide,
    /// For programs: the API's answer.
    Json,
    /// The same, easier to read.
    Yaml,
    /// One name a line.
    Ids,
}

/// An answer and how it looks as a table.
#[derive(Debug)]
pub struct Shown {
    /// The body of the API's answer.
    pub body: Value,
    /// The headings; those from [`Self::narrow`] on are for `wide` alone.
    pub headings: &'static [&'static str],
    /// How many columns the plain table has.
    pub narrow: usize,
    /// Its lines, with all columns.
    pub lines: Vec<Vec<String>>,
    /// The name of each line.
    pub ids: Vec<String>,
    /// What stands below the table, such as how to get the rest.
    pub below: Option<String>,
    /// A text for people instead of a table, where the answer is one thing.
    pub text: Option<String>,
}

impl Shown {
    /// A list: the items of an answer, each as a line of columns and its name, with the rest of the list hinted at.
    pub fn list(
        body: Value,
        (headings, narrow): (&'static [&'static str], usize),
        line: impl Fn(&Value) -> (String, Vec<String>),
    ) -> Self {
        let (ids, lines) = body["items"].as_array().into_iter().flatten().map(line).unzip();
        let below = body["next"].as_str().map(|next| format!("There is more: --cursor '{next}'"));
        Self { body, headings, narrow, lines, ids, below, text: None }
    }

    /// One thing, told to people in a text.
    pub fn one(body: Value, id: impl Into<String>, text: impl Into<String>) -> Self {
        let (ids, text) = (vec![id.into()], Some(text.into()));
        Self { body, headings: &[], narrow: 0, lines: Vec::new(), ids, below: None, text }
    }

    /// The answer in the format that was asked for, without a line's end.
    pub fn render(&self, output: Output) -> anyhow::Result<String> {
        Ok(match output.format {
            Format::Json => serde_json::to_string_pretty(&self.body)?,
            Format::Yaml => serde_saphyr::to_string(&self.body)?.trim_end().to_owned(),
            Format::Ids => self.ids.join("\n"),
            Format::Table | Format::Wide => match &self.text {
                Some(text) => text.clone(),
                None => self.table(output.format == Format::Wide, !output.no_headers),
            },
        })
    }

    /// Prints it.
    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    pub fn print(&self, output: Output) -> anyhow::Result<()> {
        let rendered = self.render(output)?;
        if !rendered.is_empty() {
            println!("{rendered}");
        }
        Ok(())
    }

    fn table(&self, wide: bool, headings: bool) -> String {
        let columns = if wide { self.headings.len() } else { self.narrow };
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        if headings {
            table.set_header(self.headings.iter().take(columns).map(|heading| heading.to_uppercase()));
        }
        for line in &self.lines {
            table.add_row(line.iter().take(columns));
        }
        let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
        let below = self.below.iter().filter(|_| headings).map(|below| format!("\n{below}"));
        lines.join("\n") + &below.collect::<String>()
    }
}

/// A member of an answer as a cell: texts as they are, nothing for null, lists with commas, the rest as JSON.
pub fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown() -> Shown {
        let body =
            json!({ "items": [{ "id": "a", "n": 1, "on": [true] }, { "id": "b", "n": null, "on": [] }], "next": "b" });
        let columns: &[&str] = &["id", "n", "on"];
        Shown::list(body, (columns, 2), |item| {
            (text(&item["id"]), vec![text(&item["id"]), text(&item["n"]), text(&item["on"])])
        })
    }

    fn rendered(format: Format, no_headers: bool) -> String {
        shown().render(Output { format, no_headers }).unwrap()
    }

    #[test]
    fn every_format_shows_the_same_answer() {
        let table = rendered(Format::Table, false);
        assert!(
            table.contains("ID") && !table.contains("ON") && table.ends_with("There is more: --cursor 'b'"),
            "{table}"
        );
        assert!(rendered(Format::Wide, false).contains("ON"));
        assert_eq!(rendered(Format::Wide, true).lines().count(), 2, "only the lines");
        assert_eq!(rendered(Format::Ids, false), "a\nb");
        let json: Value = serde_json::from_str(&rendered(Format::Json, false)).unwrap();
        assert_eq!(json, shown().body);
        let yaml: Value = serde_saphyr::from_str(&rendered(Format::Yaml, false)).unwrap();
        assert_eq!(yaml, shown().body);
    }
}
