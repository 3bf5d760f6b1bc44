//! What can be seen, where and when: movies, theaters, screens, showtimes.
//!
//! Promises: two showtimes on one screen never overlap; a seat map that exists is valid; what a booking has to know of a
//! showtime - title, place, seats, prices - is one look into the memory of the process. What is remembered is at most a
//! few minutes old, and nothing is wrong when it is: who owns a seat is decided elsewhere, and a booking keeps the price
//! that it was quoted.
//!
//! A new list is a new query in the file of what it lists; [`demo`] is the catalogue that a fresh Usher opens with.

pub mod best;
pub mod catalog;
pub mod demo;
pub mod drill;
pub mod movie;
pub mod policy;
pub mod poster;
pub mod prices;
pub mod seat_map;
pub mod showtime;
pub mod theater;

mod memory;

pub use catalog::Catalog;
pub use movie::{Genre, Movie};
pub use policy::RefundPolicy;
pub use prices::Prices;
pub use seat_map::{InvalidSeatMap, Row, Seat, SeatMap, SeatType};
pub use showtime::{Quote, QuoteRefused, Showtime};
pub use theater::{Screen, Theater};

use usher_database::migrate::Schema;

/// The schema of this context.
pub fn schema() -> Schema {
    Schema { name: "catalog", migrations: sqlx::migrate!() }
}
