//! Why there is no emulator.

use std::{io, path::PathBuf};

/// Why there is no emulator.
#[derive(Debug, thiserror::Error)]
pub enum EmulatorError {
    /// The virtual environment was not made yet.
    #[error("there is no emulator of AWS in {folder}: `sh tools/emulator.sh` makes one there")]
    Missing {
        /// Where it was looked for last.
        folder: PathBuf,
    },
    /// The operating system refuses.
    #[error("the emulator of AWS cannot be started")]
    System(#[from] io::Error),
    /// It ended, or did not answer in time.
    #[error("the emulator of AWS does not answer; it said: {said}")]
    Silent {
        /// The end of what it wrote.
        said: String,
    },
}
