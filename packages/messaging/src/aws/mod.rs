//! Queues and topics over Amazon SQS and SNS.
//!
//! [`connection`] says how patient the clients are, [`stage`] names everything. [`queue`] is the `TaskQueue`:
//! a [`lane`] for each queue polls and hands over the [`calls`], [`lease`] remembers what this process holds, [`batch`] and [`gather`]
//! put ten things into one request, [`dead_letters`] looks after what died. [`bus`] is the `EventBus`, with [`filter`]
//! between AMQP's patterns and the filter policies of SNS. [`setup`] makes and removes what all of them need.
//! What AWS does not promise, and what is done about it: docs/decisions/0033 to 0035.

mod batch;
pub mod bus;
mod calls;
mod connection;
mod dead_letters;
mod failure;
pub mod filter;
mod gather;
mod lane;
mod lease;
mod message;
pub mod queue;
pub mod setup;
pub mod stage;

pub use aws_config::SdkConfig;
pub use bus::SnsBus;
pub use queue::SqsQueue;
pub use setup::Setup;
pub use stage::Stage;
