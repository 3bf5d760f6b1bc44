//! From seeds to cases, and from a case that fails to the smallest one that still does.

use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner},
};

use crate::{
    case::{self, Case},
    planted::Bug,
    shrink::smallest,
    simulation::{Report, Simulation},
};

/// How many smaller cases are tried: each takes about a millisecond.
const MOST_TRIES: u32 = 4_000;

/// A case that fails, with what is wrong with it.
#[derive(Debug)]
pub struct Found {
    /// As small as it would get.
    pub case: Case,
    /// Its run.
    pub report: Report,
}

/// A case cannot be drawn: some strategy rejects everything. That is a mistake in the strategies.
#[derive(Debug, thiserror::Error)]
#[error("no case can be drawn from seed {seed}: {reason}")]
pub struct NoCase {
    seed: u64,
    reason: String,
}

/// Draws the case of a seed and runs it.
pub fn run(seed: u64, planted: Option<Bug>) -> Result<Report, NoCase> {
    let case = draw(seed, &mut runner(seed))?.current();
    Ok(run_case(&case, planted))
}

/// Runs a case.
pub fn run_case(case: &Case, planted: Option<Bug>) -> Report {
    let simulation = Simulation::new(case);
    match planted {
        Some(bug) => simulation.with(bug).run(),
        None => simulation.run(),
    }
}

/// Draws the case of a seed, and shrinks it if it fails: fewer executions, fewer states, fewer faults.
pub fn shrink(seed: u64, planted: Option<Bug>) -> Result<Option<Found>, NoCase> {
    let mut runner = runner(seed);
    let tree = draw(seed, &mut runner)?;
    let outcome = runner.run_one(tree, |case| match run_case(&case, planted).violations.first() {
        None => Ok(()),
        Some(violation) => Err(TestCaseError::fail(violation.clone())),
    });
    Ok(match outcome {
        Err(TestError::Fail(_, case)) => {
            let case = smallest(case, |case| !run_case(case, planted).violations.is_empty());
            let report = run_case(&case, planted);
            Some(Found { case, report })
        }
        _ => None,
    })
}

fn draw(
    seed: u64,
    runner: &mut TestRunner,
) -> Result<impl proptest::strategy::ValueTree<Value = Case> + use<>, NoCase> {
    case::case().new_tree(runner).map_err(|reason| NoCase { seed, reason: reason.to_string() })
}

fn runner(seed: u64) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config { failure_persistence: None, max_shrink_iters: MOST_TRIES, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}
