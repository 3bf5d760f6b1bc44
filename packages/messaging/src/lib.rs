//! Queues and topics.
//!
//! Two ports - [`queue::TaskQueue`] for work that one consumer does, [`events::EventBus`] for facts that many want to know -
//! and their adapters: [`embedded`] over PostgreSQL, [`aws`] over SQS and SNS, [`amqp`] over RabbitMQ. `tests/contract` is the
//! suite that every adapter passes. [`claim_check`] goes around any of them, for messages that are too large to travel;
//! [`forward`] moves messages from one adapter to another.

pub mod amqp;
pub mod aws;
pub mod claim_check;
pub mod embedded;
pub mod error;
pub mod events;
pub mod forward;
pub mod queue;
mod sequence;
pub mod trace;
