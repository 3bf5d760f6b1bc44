//! What carries step tasks from the engine to the workers, and events to whoever wants them.

use std::sync::Arc;

use usher_messaging::{embedded::EmbeddedQueue, queue::TaskQueue};
use usher_orchestrator::relay::Bus;

/// The transport that was chosen. Cheap to clone.
#[derive(Clone)]
pub struct Transport {
    /// Where workers receive.
    pub tasks: Arc<dyn TaskQueue>,
    /// Where events go.
    pub bus: Bus,
}

impl Transport {
    /// Everything in PostgreSQL.
    pub fn embedded(queue: &EmbeddedQueue, bus: Bus) -> Self {
        Self { tasks: Arc::new(queue.clone()), bus }
    }
}
