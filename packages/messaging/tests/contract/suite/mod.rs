//! The cases that every adapter passes, and how they are run.

pub mod dead_letters;
pub mod delays;
pub mod delivery;
pub mod drains;
pub mod events;
pub mod leases;
mod report;
pub mod scale;
pub mod world;

use std::{any::Any, panic::AssertUnwindSafe};

use futures::{FutureExt, StreamExt, future::BoxFuture, stream};

use report::Verdict;
use world::{Adapter, World};

/// One case: its name, and what it does in a world of its own.
pub type Case = (&'static str, for<'a> fn(&'a dyn World) -> BoxFuture<'a, ()>);

/// All subjects but the one about many messages, which wants the machine to itself.
pub const SUBJECTS: &[(&str, &[Case])] = &[
    ("delivery", delivery::CASES),
    ("leases", leases::CASES),
    ("delays", delays::CASES),
    ("drains", drains::CASES),
    ("dead letters", dead_letters::CASES),
    ("events", events::CASES),
];

/// The subject about many messages.
pub const SCALE: (&str, &[Case]) = ("scale", scale::CASES);

/// Runs every case of some subjects, each in a world of its own, as many at once as the adapter likes; prints a line for
/// each, and fails with the names of those that failed.
pub async fn pass(adapter: &dyn Adapter, subjects: &[(&str, &[Case])]) {
    for (subject, cases) in subjects {
        let mut verdicts: Vec<(usize, Verdict)> = stream::iter(cases.iter().enumerate())
            .map(|(number, case)| async move { (number, verdict(adapter, case).await) })
            .buffer_unordered(adapter.at_once())
            .collect()
            .await;
        verdicts.sort_unstable_by_key(|(number, _)| *number);
        let names = cases.iter().map(|(name, _)| *name);
        let rows: Vec<_> = names.zip(verdicts.into_iter().map(|(_, verdict)| verdict)).collect();
        report::write(adapter.name(), subject, &rows);
        let failed: Vec<String> = rows.iter().filter_map(|(name, verdict)| verdict.failure(name)).collect();
        assert!(failed.is_empty(), "{} of {} cases failed:\n{}", failed.len(), cases.len(), failed.join("\n"));
    }
}

async fn verdict(adapter: &dyn Adapter, (_, case): &Case) -> Verdict {
    let world = adapter.world().await;
    match AssertUnwindSafe(case(&*world)).catch_unwind().await {
        Ok(()) => Verdict::Passed { without: world.exceptions().asked() },
        Err(panic) => Verdict::Failed(message(&*panic).to_owned()),
    }
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("panicked")
}
