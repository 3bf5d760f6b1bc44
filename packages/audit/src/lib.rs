//! Proves that no seat, no ticket and no cent was lost.
//!
//! One function, [`audit()`], for tests, drills, the command line and a timer. It reads what every context tells of its own
//! schema, range by range of booking ids, puts it together by booking, holds it against the provider's own record, the
//! executions, the outboxes and the queues, and reports every row that breaks one of the [`invariant`]s.
//!
//! [`privacy`] proves something else with the same sources: that nothing personal and no secret is where it does not belong.
//!
//! [`facts`] is what was read, [`judge`] decides without reading anything, [`report`] is what comes out. To add an
//! invariant: a variant in [`invariant`], a file in `judge`, and a mutation in `judge/tests/mutations.rs` that it has to find.

mod audit;
pub mod error;

pub mod facts;
pub mod finding;
pub mod invariant;
pub mod judge;
pub mod report;

mod book;
mod examine;
mod outbox;
pub mod privacy;
mod queues;
mod recheck;
mod sagas;
pub mod sums;
mod tally;
mod text;

pub use audit::{Options, Sources, audit};
pub use error::AuditError;
pub use finding::Finding;
pub use invariant::Invariant;
pub use report::{Report, StuckSaga};
