//! What a drill is: a hypothesis, customers, faults with their times, when to give up, and what has to be true at the end.
//!
//! [`file`] is the file as it is written; [`check`] makes of it what can be run, or says what is wrong and in which line.

pub mod check;
pub mod file;

use std::{collections::BTreeMap, time::Duration};

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use usher_core::faults::Order;

/// A drill that can be run.
#[derive(Debug, Clone, PartialEq)]
pub struct Drill {
    /// Its name, which is also the file's.
    pub name: String,
    /// In a line.
    pub title: String,
    /// What is believed to be true whatever happens.
    pub hypothesis: String,
    /// What an engineer takes home.
    pub learn: String,
    /// Who buys.
    pub load: Load,
    /// What goes wrong, in the order of its beginning.
    pub faults: Vec<Fault>,
    /// When to give up.
    pub abort: Abort,
    /// What is done afterwards.
    pub clean_up: CleanUp,
    /// What has to be true at the end, beside the audit.
    pub expect: Expect,
    /// SHA-256 of the file.
    pub hash: String,
}

/// The customers.
#[derive(Debug, Clone, PartialEq)]
pub struct Load {
    /// How many.
    pub buyers: usize,
    /// In which time they come.
    pub over: Duration,
    /// Seats of the drill's own hall.
    pub hall: usize,
    /// Seats that one wants at once.
    pub seats_each: usize,
    /// Which seats they ask for.
    pub pick: file::Pick,
    /// Methods of payment and their weights.
    pub pay: Vec<(String, u32)>,
    /// How long one waits for an answer before it counts as unknown.
    pub patience: Duration,
    /// How often a request is sent under its key.
    pub tries: u32,
    /// How many in a hundred send it several times at once.
    pub storm: u8,
    /// How many other seats one asks for when the seats are taken.
    pub other_seats: u32,
    /// How many in a hundred cancel what was confirmed.
    pub cancel: u8,
}

/// Something that goes wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// What reports and fault points call it.
    pub id: String,
    /// In words, for the report.
    pub what: String,
    /// Where, in words.
    pub target: String,
    /// After the first customer.
    pub at: Duration,
    /// How long; for ever, that is until the end of the load, when nothing is said.
    pub lasts: Option<Duration>,
    /// What is done.
    pub action: Action,
}

/// How something is made to go wrong.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// The product does it itself.
    Order(Order),
    /// A process of the product is killed and started again, or stopped for a while.
    Process {
        /// Which.
        role: file::Target,
        /// Stopped instead of killed.
        suspend: bool,
    },
    /// The database or the broker is ended, and comes back after `lasts`.
    Server {
        /// Which.
        target: file::Target,
        /// Without any warning.
        kill: bool,
    },
    /// A table is locked against everybody.
    Lock {
        /// Schema and name.
        table: String,
    },
    /// The provider misbehaves, as `docs/simulator.md` says.
    Provider(Value),
    /// Something is written that must never be: to see that the audit finds it.
    Plant(file::Planted),
}

impl Action {
    /// Whether it takes somebody who started the processes.
    pub const fn needs_hands(&self) -> bool {
        match self {
            Self::Process { .. } | Self::Server { .. } => true,
            Self::Order(order) => {
                matches!(order.what, usher_core::faults::What::At { act: usher_core::faults::Act::Abort, .. })
            }
            Self::Lock { .. } | Self::Provider(_) | Self::Plant(_) => false,
        }
    }
}

/// When to give up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Abort {
    /// After so long.
    pub after: Duration,
    /// When more than so many in a hundred answers are unknown, of twenty or more.
    pub unknown_above: u8,
    /// When the product has not been ready for so long.
    pub not_ready_for: Duration,
}

/// What is done afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CleanUp {
    /// How long everything has to come to rest.
    pub settle_within: Duration,
    /// Dead letters are sent again, as an operator would.
    pub redrive_dead_letters: bool,
    /// Sagas that failed are sent on, as an operator would.
    pub redrive_sagas: bool,
}

/// What has to be true at the end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expect {
    /// So many seats are sold.
    pub sold: Option<usize>,
    /// No answer came later than this at the 99th percentile.
    pub p99_within: Option<Duration>,
    /// Everything is at rest so soon after the last fault.
    pub recovered_within: Option<Duration>,
    /// The first sign of a fault came so soon.
    pub detected_within: Option<Duration>,
    /// The least that was counted: `duplicates`, `stale-tokens`, `redeliveries`, `retries`.
    pub at_least: BTreeMap<String, u64>,
    /// Refusals that have to occur, by problem type.
    pub refused_with: Vec<String>,
}

/// What can be counted and expected.
pub const COUNTERS: [&str; 5] = ["duplicates", "redeliveries", "relayed-starts", "retries", "stale-tokens"];

/// A line of a list of drills.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Its name.
    pub name: String,
    /// In a line.
    pub title: String,
    /// How many faults it has.
    pub faults: usize,
    /// How many customers.
    pub buyers: usize,
    /// Whether it can be begun over HTTP, or only by a runner that starts the processes.
    pub over_http: bool,
}

impl Drill {
    /// Reads a drill. `path` is what messages call the file.
    pub fn read(path: &str, text: &str) -> Result<Self, check::Wrong> {
        check::check(path, text)
    }

    /// Its line in a list.
    pub fn summary(&self) -> Summary {
        let (name, title) = (self.name.clone(), self.title.clone());
        Summary { name, title, faults: self.faults.len(), buyers: self.load.buyers, over_http: !self.needs_hands() }
    }

    /// Whether it takes somebody who started the processes.
    pub fn needs_hands(&self) -> bool {
        self.faults.iter().any(|fault| fault.action.needs_hands())
    }
}

/// SHA-256 of a text, in hexadecimal digits.
pub fn hash(text: &str) -> String {
    use std::fmt::Write as _;
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut hash, byte| {
        let _ = write!(hash, "{byte:02x}"); // Writing to a string cannot fail.
        hash
    })
}
