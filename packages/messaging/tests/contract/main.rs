//! The contract of queues and topics, and who passes it.
//!
//! [`suite`] holds the cases: one file a subject, each a list of functions over [`World`](suite::world::World) and the two
//! ports, so that nothing in them knows an adapter. [`embedded`] runs them over PostgreSQL, [`aws`] over SQS and SNS, [`amqp`]
//! over RabbitMQ, and each adds what only that adapter promises; [`claim_check`] does so once more with the claim check
//! around it. To add an adapter, add a folder with its `World` and one test per list. To add a case, write it and add it to
//! the list above it: every adapter runs it.

#[cfg(test)]
mod amqp;
#[cfg(test)]
mod aws;
#[cfg(test)]
mod claim_check;
#[cfg(test)]
mod embedded;
#[cfg(test)]
mod suite;
