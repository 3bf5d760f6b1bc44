//! Deployments and the list of our own, over an emulator that goes away and comes back.

#![expect(clippy::unwrap_used, reason = "tests may")]

mod deploying;
mod listing;
mod world;
