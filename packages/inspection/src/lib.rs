//! Understands sagas: what one did, what it waits for, whether that is normal, and who looks after it when it is not.
//!
//! Most of this is pure. [`attempts`] and [`timeline`] order what happened, [`drawing`] shows the way that a saga took,
//! [`verdict`] says what one waits for, [`trouble`] what a look at all of them comes to, [`bundle`] is a saga to take home.
//! Whoever can reach the engine, the queues and the contexts gathers the facts and asks. [`incidents`] is what people work
//! off, over PostgreSQL; it stands beside the contexts and knows none of them.
//!
//! A new kind of trouble is a [`class::Class`], a judgement in [`verdict`] or [`trouble`], and a section of the runbook.

pub mod attempts;
pub mod bundle;
pub mod class;
pub mod drawing;
pub mod incidents;
pub mod timeline;
pub mod trouble;
pub mod verdict;

pub use class::Class;
pub use incidents::Incidents;

/// The schema of the incidents.
pub fn schema() -> usher_database::migrate::Schema {
    usher_database::migrate::Schema { name: "inspection", migrations: sqlx::migrate!() }
}
