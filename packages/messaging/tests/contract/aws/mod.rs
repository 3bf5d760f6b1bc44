//! The contract over SQS and SNS, and what only this adapter promises.
//!
//! Leases pass for real, because no server lends its clock; so the cases run together, each in a stage of its own. What the
//! emulator cannot show is in `answers`, against recorded answers.

mod answers;
mod proxy;
mod setup;
mod wire;
mod world;

use std::time::Duration;

use futures::future::join_all;

use crate::suite::{SCALE, SUBJECTS, pass};
use world::{Aws, LEASE};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn contract() {
    let aws = Aws::start(LEASE, 8).await;
    join_all(SUBJECTS.iter().map(|subject| pass(&aws, std::slice::from_ref(subject)))).await;
}

/// With longer leases: hundreds of messages are acknowledged one after the other, and each waits for others to share its
/// request.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scale() {
    pass(&Aws::start(Duration::from_secs(6), 1).await, &[SCALE]).await;
}
