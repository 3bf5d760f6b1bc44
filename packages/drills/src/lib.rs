//! Failures on purpose: drills as files, who may run them, and what came of it.
//!
//! [`definition`] reads a drill and says what is wrong with it, in which line; [`catalogue`] has those that are shipped.
//! [`mark`] is the permission, [`lease`] what holds now, [`watch`] the part of every process that obeys it, [`runs`] what
//! is remembered. [`report`] is what comes out, as JSON and as a page. Running a drill takes processes, a broker and
//! customers; that is in `cli/src/drills`.
//!
//! To add a drill, add a file to `drills/` and its line to [`catalogue`]; a test asks for its section in `docs/drills.md`.

pub mod catalogue;
pub mod definition;
pub mod lease;
pub mod mark;
pub mod report;
pub mod runs;
pub mod watch;

use usher_database::migrate::Schema;

/// The tables of drills.
pub fn schema() -> Schema {
    Schema { name: "drills", migrations: sqlx::migrate!() }
}
