//! `usher workflow` as a person or a script uses it: the binary, files and exit codes.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may stop the test")]

mod command;
mod compare;
mod conformance;
mod cost;
mod deploy;
mod draw;
mod run;
mod screens;
mod validate;
