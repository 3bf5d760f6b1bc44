//! `usher completions`: what a shell needs to complete our command lines.

use std::{io, process::ExitCode};

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::Arguments;

#[derive(Debug, Args)]
pub struct Completions {
    /// For which shell, such as bash: `usher completions bash > /etc/bash_completion.d/usher`.
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub fn run(self) -> ExitCode {
        clap_complete::generate(self.shell, &mut Arguments::command(), "usher", &mut io::stdout());
        ExitCode::SUCCESS
    }
}
