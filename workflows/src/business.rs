//! What the steps know of a saga's subject: what each has done, what an undo would touch, and how a saga is turned round.
//!
//! Whoever sets a saga right has to see this first, and may stand on no context to ask. So it is a port: `workers`, where the
//! steps are, answers it. Probing changes nothing anywhere, and at the payment provider it is a look-up.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use usher_core::{ids::UserId, money::Money, seat::SeatName};

use crate::orchestrator::Execution;

/// What a step would find if it ran now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The step.
    pub step: String,
    /// Whether what it is there for is so.
    pub done: Done,
    /// That, in a sentence for people.
    pub says: String,
    /// What would be in its way, in the words of the operator; nothing while it is done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub obstacles: Vec<String>,
    /// What it would answer, where it can be told from what there is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Value>,
}

/// Whether what a step is there for is so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Done {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// Nobody knows, because whoever knows does not answer.
    Unknown,
}

/// What the subject of a saga has, and what an undo of it would therefore touch.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Stake {
    /// Seats that are held or sold.
    pub seats: Vec<SeatName>,
    /// Money that was taken and not given back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub money: Option<Money>,
    /// Valid tickets.
    pub tickets: usize,
    /// Messages to the customer that an undo sends.
    pub mails: usize,
}

/// Everything that the steps say of an execution.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Probed {
    /// What each step of the saga would find.
    pub findings: Vec<Finding>,
    /// What is at stake.
    pub stake: Stake,
}

/// What turning a saga round came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turned {
    /// The saga itself goes back, as soon as it goes on.
    Round,
    /// Another execution does it: its saga and name, and what it begins with.
    Another {
        /// Which saga.
        saga: &'static str,
        /// Its name.
        name: String,
        /// Its input.
        input: Value,
    },
    /// It is undone already, or there is nothing to undo; says which.
    Nothing(String),
    /// It cannot be undone; says why, and what to do instead.
    Impossible(String),
}

/// Why the business could not be asked.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the steps' own records could not be read: {0}")]
pub struct BusinessError(pub String);

/// What the steps of a saga know of its subject.
#[async_trait]
pub trait Business: Send + Sync {
    /// Asks each step of the saga what it would find, for an execution that stands in `states` and has this data. Changes
    /// nothing. Obstacles are those of the steps that are still ahead of it.
    async fn probe(&self, saga: &str, name: &str, states: &[String], data: &Value) -> Result<Probed, BusinessError>;

    /// Has the subject of an execution undone: from here on its saga, when it goes on, goes back. Again is harmless.
    async fn turn_round(&self, execution: &Execution, by: UserId, reason: &str) -> Result<Turned, BusinessError>;
}
