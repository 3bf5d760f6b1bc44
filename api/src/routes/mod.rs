//! The endpoints: a folder a resource, a file an endpoint. `router.rs` has their addresses.

pub(crate) mod auth;
pub(crate) mod bookings;
pub(crate) mod disputes;
pub(crate) mod documents;
pub(crate) mod drills;
pub(crate) mod genres;
pub(crate) mod health;
pub(crate) mod holds;
pub(crate) mod incidents;
pub(crate) mod inspection;
pub(crate) mod jwks;
pub(crate) mod movies;
pub(crate) mod notifications;
pub(crate) mod payments;
pub(crate) mod problems;
pub(crate) mod queues;
pub(crate) mod refunds;
pub(crate) mod showtimes;
pub(crate) mod theaters;
pub(crate) mod tickets;
pub(crate) mod users;
pub(crate) mod webhooks;
