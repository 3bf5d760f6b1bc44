//! What can go wrong, and when: a plan is a list of faults, each with the occasion at which it strikes. Lists shrink
//! well, and a plan without faults is a world without any.

use std::collections::BTreeMap;

use proptest::{collection::vec, prelude::*};

/// One thing that goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// At which occasion of its kind, counted from 0 over the whole run.
    pub occasion: u16,
    /// What goes wrong there.
    pub kind: Kind,
}

/// What can go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A call or an answer never arrives.
    Lost,
    /// A call or an answer arrives twice.
    Doubled,
    /// A call or an answer arrives late, so that others overtake it.
    Late {
        /// By so many seconds.
        seconds: u16,
    },
    /// The process dies before its batch is committed.
    DiesBeforeCommit,
    /// The process dies when its batch is committed and nobody was told.
    DiesAfterCommit,
    /// The batch is committed, but the connection broke before the engine heard of it.
    Unheard,
    /// The process is suspended with a batch in hand.
    Sleeps {
        /// For so many seconds.
        seconds: u16,
    },
    /// The clock of the process jumps.
    ClockJumps {
        /// By so many seconds, back when negative.
        seconds: i16,
    },
    /// The worker dies before the work has an effect.
    WorkerDiesBeforeEffect,
    /// The worker dies when the work is done and nobody was told.
    WorkerDiesBeforeReport,
    /// The worker dies when the engine was told and the queue was not.
    WorkerDiesBeforeAcknowledgement,
}

/// Where faults strike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Occasion {
    /// Something is sent.
    Wire,
    /// A batch is written.
    Commit,
    /// A worker takes a message.
    Delivery,
}

impl Kind {
    fn occasion(self) -> Occasion {
        match self {
            Self::Lost | Self::Doubled | Self::Late { .. } => Occasion::Wire,
            Self::DiesBeforeCommit
            | Self::DiesAfterCommit
            | Self::Unheard
            | Self::Sleeps { .. }
            | Self::ClockJumps { .. } => Occasion::Commit,
            Self::WorkerDiesBeforeEffect | Self::WorkerDiesBeforeReport | Self::WorkerDiesBeforeAcknowledgement => {
                Occasion::Delivery
            }
        }
    }
}

/// The faults of a run, and how far it has come.
#[derive(Debug)]
pub(crate) struct Plan {
    faults: BTreeMap<(Occasion, u16), Kind>,
    passed: BTreeMap<Occasion, u16>,
}

impl Plan {
    pub fn new(faults: &[Fault]) -> Self {
        let faults = faults.iter().map(|fault| ((fault.kind.occasion(), fault.occasion), fault.kind)).collect();
        Self { faults, passed: BTreeMap::new() }
    }

    /// What goes wrong at this occasion, the next of its kind.
    pub fn strike(&mut self, occasion: Occasion) -> Option<Kind> {
        let passed = self.passed.entry(occasion).or_default();
        let number = *passed;
        *passed = passed.saturating_add(1);
        self.faults.get(&(occasion, number)).copied()
    }
}

/// Any plan. Times reach beyond every lease and time-out, and an hour is what a clock jumps when a time zone is
/// mistaken.
pub(crate) fn faults() -> impl Strategy<Value = Vec<Fault>> {
    let kind = prop_oneof![
        3 => Just(Kind::Lost),
        3 => Just(Kind::Doubled),
        3 => (1_u16..200).prop_map(|seconds| Kind::Late { seconds }),
        2 => Just(Kind::DiesBeforeCommit),
        2 => Just(Kind::DiesAfterCommit),
        2 => Just(Kind::Unheard),
        1 => (1_u16..300).prop_map(|seconds| Kind::Sleeps { seconds }),
        1 => prop_oneof![Just(3_600), Just(-3_600), -90_i16..90].prop_map(|seconds| Kind::ClockJumps { seconds }),
        2 => Just(Kind::WorkerDiesBeforeEffect),
        2 => Just(Kind::WorkerDiesBeforeReport),
        2 => Just(Kind::WorkerDiesBeforeAcknowledgement),
    ];
    vec((0_u16..60, kind).prop_map(|(occasion, kind)| Fault { occasion, kind }), 0..24)
}
