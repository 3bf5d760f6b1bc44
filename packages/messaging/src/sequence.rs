//! Ids that go up, so that what was first is first when sorted by id.

use std::sync::{Arc, Mutex, PoisonError};

use usher_core::{ambient::Ambient, ids::MessageId};
use uuid::Uuid;

/// The ids of a process: each greater than the one before, however many are made in one millisecond, so that what one
/// process sends is received in its order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sequence(Arc<Mutex<u128>>);

impl Sequence {
    /// The next ids.
    pub fn take(&self, count: usize, ambient: &dyn Ambient) -> impl Iterator<Item = Uuid> + use<> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let first = MessageId::new(ambient).uuid().as_u128().max(last.saturating_add(1));
        *last = first.saturating_add(count as u128);
        (first..*last).map(Uuid::from_u128)
    }
}
