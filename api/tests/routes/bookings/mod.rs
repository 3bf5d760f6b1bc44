//! Asking for seats, waiting for them, watching, and getting out again.

mod create;
mod delete;
mod events;
mod get;
mod wait;
