//! `usher drill show`.

use std::process::ExitCode;

use clap::Args;

use super::find;
use crate::commands::table::table;

#[derive(Debug, Args)]
pub struct Show {
    /// Its name, or a path to its file.
    name: String,
    /// Print the file itself.
    #[arg(long)]
    file: bool,
}

impl Show {
    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let (drill, text) = find(&self.name)?;
        if self.file {
            print!("{text}");
            return Ok(ExitCode::SUCCESS);
        }
        println!("{}: {}\n\n{}\n", drill.name, drill.title, drill.hypothesis);
        let load = &drill.load;
        println!(
            "{} customers within {} s, {} seats each, a hall of {}\n",
            load.buyers,
            load.over.as_secs(),
            load.seats_each,
            load.hall
        );
        let mut faults = table(["fault", "what", "where", "at", "for"]);
        for fault in &drill.faults {
            let lasts =
                fault.lasts.map_or_else(|| "as long as customers come".to_owned(), |lasts| format!("{lasts:?}"));
            faults.add_row([&fault.id, &fault.what, &fault.target, &format!("{:?}", fault.at), &lasts]);
        }
        println!("{faults}\n\n{}\n\nRun it with: usher drill run {}", drill.learn, drill.name);
        Ok(ExitCode::SUCCESS)
    }
}
