//! `usher drill list`.

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use usher_drills::catalogue;

use crate::commands::table::table;

#[derive(Debug, Args)]
pub struct List {
    /// How to print.
    #[arg(short, long, value_enum, default_value = "table")]
    output: Output,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Output {
    Table,
    Json,
    Ids,
}

impl List {
    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let names = catalogue::DRILLS.iter().filter_map(|(name, _)| catalogue::find(name));
        let drills = names.map(|drill| Ok(drill?.summary())).collect::<anyhow::Result<Vec<_>>>()?;
        match self.output {
            Output::Json => println!("{}", serde_json::to_string_pretty(&drills)?),
            Output::Ids => drills.iter().for_each(|drill| println!("{}", drill.name)),
            Output::Table => {
                let mut table = table(["drill", "what fails", "faults", "buyers", "over HTTP"]);
                for drill in drills {
                    let over_http = if drill.over_http { "yes" } else { "no" };
                    let (faults, buyers) = (drill.faults.to_string(), drill.buyers.to_string());
                    table.add_row([&drill.name, &drill.title, &faults, &buyers, over_http]);
                }
                println!("{table}");
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
