//! The cases that every adapter passes, and how they are run.

pub mod dead_letters;
pub mod delivery;
pub mod events;
pub mod leases;
pub mod scale;
pub mod world;

use std::{any::Any, panic::AssertUnwindSafe};

use futures::{FutureExt, future::BoxFuture};

use world::{Adapter, World};

/// One case: its name, and what it does in a world of its own.
pub type Case = (&'static str, for<'a> fn(&'a dyn World) -> BoxFuture<'a, ()>);

/// Runs every case of a list, each in a world of its own, and fails with the names of those that failed.
pub async fn pass(adapter: &dyn Adapter, cases: &[Case]) {
    let mut failed = Vec::new();
    for (name, case) in cases {
        let world = adapter.world().await;
        if let Err(panic) = AssertUnwindSafe(case(&*world)).catch_unwind().await {
            failed.push(format!("{name}: {}", message(&*panic)));
        }
    }
    assert!(failed.is_empty(), "{} of {} cases failed:\n{}", failed.len(), cases.len(), failed.join("\n"));
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("panicked")
}
