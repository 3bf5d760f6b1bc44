//! The front through its real router over a real database. The folders mirror the addresses; [`app`] is what they share.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what a test relies on and does not get is its failure"
)]

mod app;
mod desk;
mod stream;

mod auth;
mod bookings;
mod catalog;
mod contract;
mod framework;
mod health;
mod holds;
mod idempotency;
mod logs;
mod measures;
mod no_drills;
mod ownership;
mod payments;
mod problems;
mod rate_limit;
mod refunds;
mod roles;
mod seats;
mod session;
mod site;
mod tickets;
