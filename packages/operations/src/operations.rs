//! The context's face: what it stands on.

use std::{fmt, sync::Arc};

use sqlx::PgPool;
use usher_core::ambient::SharedAmbient;
use usher_database::migrate::Schema;
use usher_workflows::{business::Business, orchestrator::Orchestrator};

/// The schema `operations`.
pub fn schema() -> Schema {
    Schema { name: "operations", migrations: sqlx::migrate!() }
}

/// Acts on sagas: asked for, carried out, watched and remembered. Cheap to clone.
#[derive(Clone)]
pub struct Operations {
    pub(crate) pool: PgPool,
    pub(crate) ambient: SharedAmbient,
    pub(crate) orchestrator: Arc<dyn Orchestrator>,
    pub(crate) business: Arc<dyn Business>,
    pub(crate) approval_above: i64,
}

impl Operations {
    /// Over a database with the [`schema`], the engine, and the steps' knowledge.
    pub fn new(
        pool: PgPool,
        ambient: SharedAmbient,
        orchestrator: Arc<dyn Orchestrator>,
        business: Arc<dyn Business>,
    ) -> Self {
        Self { pool, ambient, orchestrator, business, approval_above: i64::MAX }
    }

    /// The same, where undoing more than so many minor units needs a second person.
    #[must_use]
    pub fn with_approval_above(mut self, minor_units: i64) -> Self {
        self.approval_above = minor_units;
        self
    }
}

impl fmt::Debug for Operations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operations").finish_non_exhaustive()
    }
}
