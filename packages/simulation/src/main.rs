//! `usher-simulation`: runs seeds, and shows the first that fails, as small as it gets.

use std::{
    fmt::Write as _,
    process::ExitCode,
    time::{Duration, Instant},
};

use clap::Parser;
use sha2::{Digest, Sha256};
use usher_simulation::search::{self, NoCase};

/// How often it tells how far it is.
const PROGRESS: Duration = Duration::from_secs(2);

/// Simulates the embedded engine, one case for each seed.
#[derive(Debug, Parser)]
struct Arguments {
    /// How many seeds to run.
    #[arg(long, default_value_t = 10_000)]
    seeds: u64,
    /// The first of them.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Runs this seed alone, and prints what happens.
    #[arg(long, conflicts_with_all = ["seeds", "from"])]
    seed: Option<u64>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match arguments.seed {
        Some(seed) => one(seed),
        None => many(arguments.from, arguments.seeds),
    };
    outcome.unwrap_or_else(|error| {
        say(&error.to_string());
        ExitCode::from(2)
    })
}

#[expect(clippy::print_stdout, reason = "a program for people")]
fn say(text: &str) {
    println!("{text}");
}

fn one(seed: u64) -> Result<ExitCode, NoCase> {
    let Some(found) = search::shrink(seed, None)? else {
        say(search::run(seed, None)?.log.trim_end());
        say(&format!("seed {seed}: nothing is wrong"));
        return Ok(ExitCode::SUCCESS);
    };
    say(&format!(
        "The smallest case of seed {seed} that fails:\n\n{:?}\n\n{}",
        found.case,
        found.report.log.trim_end()
    ));
    for violation in found.report.violations {
        say(&format!("seed {seed}: {violation}"));
    }
    Ok(ExitCode::FAILURE)
}

fn many(from: u64, seeds: u64) -> Result<ExitCode, NoCase> {
    let (began, mut told) = (Instant::now(), Instant::now());
    let (mut lines, mut executions, mut same) = (0, 0, 0);
    let mut logs = Sha256::new();
    for (done, seed) in (from..from.saturating_add(seeds)).enumerate() {
        let report = search::run(seed, None)?;
        if !report.violations.is_empty() {
            say(&format!("seed {seed} fails. To see it again: make simulate SEED={seed}\n"));
            return one(seed);
        }
        logs.update(&report.log);
        lines += report.log.lines().count();
        executions += report.executions;
        same += report.same_as_alone;
        if told.elapsed() >= PROGRESS {
            told = Instant::now();
            say(&format!("{:>9} of {seeds} seeds, {} seeds per second", done + 1, rate(done + 1, began.elapsed())));
        }
    }
    let took = began.elapsed();
    let rate = rate(usize::try_from(seeds).unwrap_or(usize::MAX), took);
    say(&format!("{seeds} seeds in {:.1} s: {rate} seeds per second, nothing is wrong", took.as_secs_f64()));
    say(&format!("{executions} executions, {same} of them compared with themselves alone, {lines} lines of log"));
    let digest = logs.finalize().iter().take(8).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}"); // Writing to a string does not fail.
        text
    });
    say(&format!("digest of all logs: {digest}"));
    Ok(ExitCode::SUCCESS)
}

fn rate(seeds: usize, took: Duration) -> u128 {
    seeds as u128 * 1_000 / took.as_millis().max(1)
}
