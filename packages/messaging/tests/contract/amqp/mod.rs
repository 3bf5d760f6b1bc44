//! The contract over RabbitMQ, and what only this adapter promises.

mod faults;
mod forward;
mod refusals;
mod tls;
mod world;

use crate::suite::{SCALE, SUBJECTS, pass};
use world::Amqp;

/// One test for all, because a broker takes seconds to start.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn contract_and_scale() {
    pass(&Amqp, SUBJECTS).await;
    pass(&Amqp, &[SCALE]).await;
}
