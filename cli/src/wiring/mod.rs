//! The one place where adapters are chosen and everything is put together.
//!
//! [`databases`] opens the pools, [`engine`] and [`transport`] hold what was chosen to run the sagas and to carry messages,
//! [`services`] puts the contexts over them, and [`roles`] starts what a process is there for.

mod databases;
mod engine;
mod paying;
mod roles;
mod services;
mod simulator;
mod transport;

pub use databases::{Databases, schemas};
pub use engine::Engine;
pub use paying::Paying;
pub use services::Services;
pub use simulator::{run_simulator, tell_us};
pub use transport::Transport;
