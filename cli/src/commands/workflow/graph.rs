//! `usher workflow graph`: a definition as a picture.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use usher_asl::graph::mermaid;

use super::{file, picture};

#[derive(Debug, Args)]
pub struct Graph {
    /// The definition; `-` for standard input.
    file: PathBuf,
    /// Draw an SVG instead of printing Mermaid.
    #[arg(long)]
    svg: bool,
}

impl Graph {
    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let machine = match file::machine(&self.file)? {
            Ok(machine) => machine,
            Err(code) => return Ok(code),
        };
        let drawn = if self.svg { picture::svg(&machine) } else { mermaid(&machine) };
        println!("{}", drawn.trim_end());
        Ok(ExitCode::SUCCESS)
    }
}
