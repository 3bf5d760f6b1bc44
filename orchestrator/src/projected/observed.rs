//! Where executions stand, as the requests say that workers were given: gathered, and written together.
//!
//! Of each execution only the newest is kept. What is lost with the process is seen at the next look at the engine.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use usher_workflows::{envelope::Envelope, step::STEPS};

use super::{id, subject::Subject};

/// So many executions at most, in case nobody takes them away.
const MOST: usize = 100_000;

/// Where an execution stood.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    pub saga: String,
    pub name: String,
    pub engine_id: String,
    pub state: String,
    pub entered_at: OffsetDateTime,
    pub attempt: u32,
    pub subject: Subject,
}

/// The newest of each execution.
#[derive(Debug, Default)]
pub(super) struct Observed(Mutex<HashMap<String, Standing>>);

impl Observed {
    pub fn put(&self, envelope: &Envelope) {
        let Ok(entered_at) = OffsetDateTime::parse(&envelope.entered_at, &Rfc3339) else { return };
        let state = STEPS.iter().find(|step| step.name == envelope.step).map_or(&*envelope.step, |step| step.state);
        let standing = Standing {
            saga: envelope.saga.clone(),
            name: envelope.name.clone(),
            engine_id: envelope.execution.clone(),
            state: state.to_owned(),
            entered_at,
            attempt: envelope.attempt,
            subject: Subject::of(&envelope.input),
        };
        self.merge([(id(&envelope.saga, &envelope.name), standing)]);
    }

    /// Everything so far.
    pub fn take(&self) -> HashMap<String, Standing> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What could not be written.
    pub fn give_back(&self, standing: HashMap<String, Standing>) {
        self.merge(standing);
    }

    fn merge(&self, standing: impl IntoIterator<Item = (String, Standing)>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (id, new) in standing {
            let newest = kept.get(&id).is_none_or(|old| old.entered_at <= new.entered_at);
            if newest && (kept.len() < MOST || kept.contains_key(&id)) {
                kept.insert(id, new);
            }
        }
    }
}
