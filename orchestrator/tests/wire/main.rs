//! The adapter of Step Functions against answers as AWS documents them: what an emulator does otherwise, or never does.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests may")]

mod answers;
mod deploying;
mod looking;
mod server;
mod starts;
mod trouble;
