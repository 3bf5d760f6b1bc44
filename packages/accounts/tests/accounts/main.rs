//! The promises of the accounts context, kept on a real PostgreSQL. A module for each kind of operation; what they share
//! is [`house`].

#![expect(clippy::unwrap_used, reason = "what a test relies on and does not get is its failure")]

mod access_tokens;
mod demo;
mod house;
mod refresh;
mod registration;
mod sign_in;
mod signing_keys;
