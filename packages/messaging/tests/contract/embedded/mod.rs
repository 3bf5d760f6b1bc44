//! The contract over PostgreSQL, and what only this adapter promises.

mod handover;
mod plans;
pub mod world;

use crate::suite::{SCALE, SUBJECTS, pass};
use world::Embedded;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn contract() {
    pass(&Embedded, SUBJECTS).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scale() {
    pass(&Embedded, &[SCALE]).await;
}
