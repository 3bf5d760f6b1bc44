//! The audit against real databases, the real engine and the provider's simulator: bookings made by the contexts' own
//! functions are clean, and each break, planted by hand, is found with its row.

#![expect(clippy::unwrap_used, clippy::panic, reason = "what a test relies on and does not get is its failure")]

mod clean;
mod messages;
mod money;
mod moving;
mod sagas;
mod seats;
mod world;
