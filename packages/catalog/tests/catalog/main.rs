//! The promises of the catalog context, most of them on a real PostgreSQL. What the tests share is [`house`].

#![expect(clippy::unwrap_used, reason = "what a test relies on and does not get is its failure")]

mod demo;
mod house;
mod movies;
mod seat_map;
mod showtimes;
mod theaters;
