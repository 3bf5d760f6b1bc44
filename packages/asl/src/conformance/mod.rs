//! Holds the interpreter against what was recorded on AWS Step Functions: files of cases, each a definition with its
//! input and everything that the service did with it. `case` reads them, `player` runs an execution with virtual time
//! and scripted answers, `matching` compares with wildcards, `verdict` says how far the two agree, `table` sums up.
//!
//! A new kind of case is a variant of [`case::Kind`] and a file beside `execution`.

pub mod case;
mod execution;
mod matching;
mod player;
mod single_state;
mod table;
mod validation;
mod verdict;

pub use case::{Case, read};
pub use matching::fits;
pub use player::{Player, TaskRequest};
pub use table::Table;
pub use verdict::{Level, Verdict};

use case::Kind;

/// Runs one case and compares.
pub fn run(case: &Case) -> Verdict {
    match case.kind {
        Kind::Execution => execution::run(case),
        Kind::State => single_state::run(case),
        Kind::Validation => validation::run(case),
    }
}
