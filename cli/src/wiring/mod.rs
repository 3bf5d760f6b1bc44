//! The one place where adapters are chosen and everything is put together.
//!
//! [`databases`] opens the pools, [`choice`] chooses what runs the sagas and what carries messages, [`engine`] and
//! [`transport`] hold what was chosen, [`services`] puts the contexts over them, and [`roles`] starts what a process is there for.

mod choice;
mod databases;
mod engine;
mod paying;
mod roles;
mod services;
mod simulator;
mod transport;

use usher_database::event::EventType;

pub use databases::{Databases, schemas};
pub use engine::Engine;
pub use paying::Paying;
pub use services::Services;
pub use simulator::{run_simulator, tell_us};
pub use transport::Transport;

/// Every event that is published.
pub fn event_types() -> Vec<EventType> {
    let contexts = [
        usher_bookings::events::ALL,
        usher_payments::events::ALL,
        usher_seating::events::ALL,
        usher_tickets::events::ALL,
    ];
    contexts.concat()
}
