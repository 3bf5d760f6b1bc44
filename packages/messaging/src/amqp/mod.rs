//! The adapter over AMQP 0-9-1, for RabbitMQ 3.10 and later, on its own or as Amazon MQ offers it.
//!
//! [`settings`] says which broker. [`link`] keeps a connection to it: one for publishing, one for consuming, so that a
//! broker which holds publishers back does not hold acknowledgements back. [`topology`] lists every exchange and queue
//! there is. Messages go out through [`publisher`] and come in through [`source`]; [`message`] is what they carry beside
//! their body. AMQP knows no leases, so [`lease`] keeps them: a delivery that is neither settled nor extended in time is
//! put back. [`queue`] and [`bus`] are the two ports over all that; [`dead_letters`] and [`delay`] are the parts of the
//! first that need a trick.

pub mod bus;
mod dead_letters;
mod delay;
mod failure;
mod lease;
mod link;
mod lock;
mod message;
mod publisher;
pub mod queue;
pub mod settings;
mod source;
pub mod topology;

pub use bus::AmqpBus;
pub use queue::AmqpQueue;
pub use settings::AmqpSettings;
