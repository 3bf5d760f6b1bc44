//! The binary as people run it: started, killed, started again, its database taken away and given back.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, reason = "tests may")]

mod bench_engine;
mod challenge;
mod counterparts;
mod crash;
mod database_away;
mod http;
mod product;
mod roles;
mod sweep;
mod trace;
