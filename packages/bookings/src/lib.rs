//! What a booking is, and what it may become.
//!
//! [`booking`] has the states and the one table of transitions; [`request`] writes a booking with the command that starts
//! its saga; [`progress`] moves it as the saga goes; [`cancel`] turns it round; [`watch`] tells who waits for it, and [`events`] what others hear.

pub mod audit;
pub mod booking;
mod bookings;
pub mod cancel;
pub mod events;
pub mod progress;
pub mod read;
pub mod request;
pub mod watch;

pub use booking::{Booking, Status};
pub use bookings::{Bookings, schema};
