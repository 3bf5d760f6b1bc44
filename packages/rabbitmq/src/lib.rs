//! A private RabbitMQ: the broker of `make up MESSAGING=amqp`, and of every test that talks to one.
//!
//! [`programs`] finds what the machine has, [`broker`] runs it: on free ports of the loopback address, with a folder, a
//! name, a password and a port mapper of its own, so that it meets no other broker. A broker ends with the process that
//! started it, whatever way that ends; `keeper.sh` sees to it.

pub mod broker;
mod error;
mod folder;
mod process;
pub mod programs;
#[cfg(feature = "testing")]
pub mod testing;

pub use broker::{Broker, BrokerOptions, Tls};
pub use error::BrokerError;
pub use programs::Programs;
