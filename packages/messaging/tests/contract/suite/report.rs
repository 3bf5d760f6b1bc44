//! What became of the cases: a line for each on the standard output, and a file for each adapter and subject, from which
//! `make contract` makes the table of cases and adapters.

use std::{fs, path::Path};

use super::world::Exception;

/// What became of a case.
pub enum Verdict {
    /// All of it is as promised, but for what the adapter said it cannot do.
    Passed { without: Vec<Exception> },
    /// With what it said.
    Failed(String),
}

impl Verdict {
    /// What to say about a case that failed.
    pub fn failure(&self, name: &str) -> Option<String> {
        match self {
            Self::Passed { .. } => None,
            Self::Failed(message) => Some(format!("{name}: {message}")),
        }
    }

    fn word(&self) -> &'static str {
        match self {
            Self::Passed { without } if without.is_empty() => "passes",
            Self::Passed { .. } => "passes, but",
            Self::Failed(_) => "FAILS",
        }
    }

    fn reasons(&self) -> String {
        match self {
            Self::Passed { without } => {
                let reasons = without.iter().map(|exception| format!("{:?}: {}", exception.ability, exception.reason));
                reasons.collect::<Vec<_>>().join("; ")
            }
            Self::Failed(message) => message.lines().next().unwrap_or_default().to_owned(),
        }
    }
}

/// Prints the verdicts, and keeps them for the table.
pub fn write(adapter: &str, subject: &str, rows: &[(&str, Verdict)]) {
    let lines: Vec<String> = rows
        .iter()
        .map(|(case, verdict)| format!("{subject}\t{case}\t{adapter}\t{}\t{}", verdict.word(), verdict.reasons()))
        .collect();
    for line in &lines {
        println!("{}", line.replace('\t', " | "));
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("contract");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(format!("{adapter} {subject}.tsv")), lines.join("\n") + "\n").unwrap();
}
