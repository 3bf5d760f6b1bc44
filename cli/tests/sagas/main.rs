//! Whole sagas, in process: the real contexts, engine, queue, workers and provider over a real PostgreSQL, put together by
//! the same wiring as the product, over the embedded engine and, in `transports`, over all others. Faults are orders of the product's own fault points (`faults`); every test ends with
//! the audit. To add a test, take a `World`, book, and let it `settle`.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests may")]

mod cancel;
mod challenge;
mod crash_matrix;
mod faults;
mod fill;
mod front;
mod killed;
mod matrix;
mod money;
mod outcomes;
mod over;
mod parts;
mod privacy;
mod race;
mod refunds;
mod repeats;
mod requests;
mod sweep;
mod timers;
mod transports;
mod watch;
mod world;
