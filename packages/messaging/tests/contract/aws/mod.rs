//! The contract over SQS and SNS, and what only this adapter promises.
//!
//! Leases are three seconds long and pass for real, because no server lends its clock; so the cases of a list run
//! together, each in a stage of its own. What the emulator cannot show is in `answers`, against recorded answers.

mod answers;
mod setup;
mod wire;
mod world;

use futures::{FutureExt as _, StreamExt as _, stream};

use crate::suite::{Case, dead_letters, delivery, events, leases, pass, scale};
use world::Aws;

/// How many cases run at once. They mostly wait.
const TOGETHER: usize = 16;

async fn pass_together(cases: &'static [Case]) {
    let aws = Aws::start().await;
    let running = stream::iter(0..cases.len()).map(|case| {
        let aws = aws.clone();
        tokio::spawn(async move { std::panic::AssertUnwindSafe(pass(&aws, &cases[case..=case])).catch_unwind().await })
    });
    let failed: Vec<String> = running
        .buffer_unordered(TOGETHER)
        .filter_map(|result| async { result.unwrap().err() })
        .map(|panic| *panic.downcast::<String>().unwrap())
        .collect()
        .await;
    assert!(failed.is_empty(), "{} of {} cases failed:\n{}", failed.len(), cases.len(), failed.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn delivery() {
    pass_together(delivery::CASES).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn leases() {
    pass_together(leases::CASES).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dead_letters() {
    pass_together(dead_letters::CASES).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events() {
    pass_together(events::CASES).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scale() {
    pass_together(scale::CASES).await;
}
