//! The contract over PostgreSQL, and what only this adapter promises.

mod handover;
mod plans;
pub mod world;

use crate::suite::{dead_letters, delivery, events, leases, pass, scale};
use world::Embedded;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn delivery() {
    pass(&Embedded, delivery::CASES).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn leases() {
    pass(&Embedded, leases::CASES).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dead_letters() {
    pass(&Embedded, dead_letters::CASES).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events() {
    pass(&Embedded, events::CASES).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scale() {
    pass(&Embedded, scale::CASES).await;
}
