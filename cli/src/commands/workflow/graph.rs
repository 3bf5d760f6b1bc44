//! `usher workflow graph`: a definition as a picture.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use mermaid_rs_renderer::render;
use usher_asl::graph::mermaid;

use super::file;

#[derive(Debug, Args)]
pub struct Graph {
    /// The definition; `-` for standard input.
    file: PathBuf,
    /// Draw the diagram as SVG instead of printing its Mermaid text.
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
        let text = mermaid(&machine);
        let drawn = if self.svg { render(&text)? } else { text };
        println!("{}", drawn.trim_end());
        Ok(ExitCode::SUCCESS)
    }
}
