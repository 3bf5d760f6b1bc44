//! Which seat belongs to whom.
//!
//! The promises, all kept by PostgreSQL and not by a lock somewhere else:
//!
//! - A seat of a showtime has at most one owner: the primary key of `seating.claims`.
//! - All seats of a request are claimed, or none, and whoever loses learns which were taken.
//! - Every later write states hold and epoch. A worker that slept while its seats went to somebody else changes nothing
//!   and is told so ([`Fenced`]).
//! - A hold ends with the clock; nothing has to run for a seat to become free.
//!
//! [`hold`] is the state of a hold, [`claim`] takes seats and [`cap`] says how many holds a customer may have, [`settle`] sells and
//! releases them, [`part`] releases some of them, [`closure`] calls a showtime off, [`read`] looks, [`having`] says what a booking has,
//! [`events`] is what others
//! hear.

pub mod audit;
pub mod cap;
pub mod claim;
pub mod closure;
pub mod events;
pub mod having;
pub mod hold;
pub mod part;
pub mod read;
mod retake;
mod seating;
pub mod settle;

pub use hold::{Fenced, Hold};
pub use seating::{Seating, Terms, schema};
