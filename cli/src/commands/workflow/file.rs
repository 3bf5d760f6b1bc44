//! Reads what is named on the command line.

use std::{
    io::{IsTerminal as _, Read as _},
    path::Path,
    process::ExitCode,
};

use anyhow::Context as _;
use usher_asl::{Checked, StateMachine, Target, check};

use super::screen::Screen;

/// The text of a file, or of standard input for `-`.
pub fn read(path: &Path) -> anyhow::Result<String> {
    if path.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).context("standard input cannot be read")?;
        return Ok(text);
    }
    std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}

/// The machine in a file. When there is none, the problems are shown, and the exit code comes back.
#[expect(clippy::print_stderr, reason = "a command speaks to people")]
pub fn machine(path: &Path) -> anyhow::Result<Result<StateMachine, ExitCode>> {
    let text = read(path)?;
    let Checked { machine, problems } = check(&text, Target::Any);
    let wrong: Vec<_> = problems.into_iter().filter(usher_asl::Problem::is_error).collect();
    Ok(match machine {
        Some(machine) if wrong.is_empty() => Ok(machine),
        _ => {
            let name = path.display().to_string();
            let screen = Screen::new(&name, &text, std::io::stderr().is_terminal());
            for problem in &wrong {
                eprintln!("{}\n", screen.show(problem));
            }
            Err(ExitCode::FAILURE)
        }
    })
}
