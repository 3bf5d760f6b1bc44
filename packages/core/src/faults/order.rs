//! What can be ordered: where, what, to whom and how often.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A place in the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Point {
    /// A worker is about to ask its queue for more.
    Poll,
    /// A worker got a message, and has not looked at it.
    Receive,
    /// A worker has a request, and shows that it lives; the step has done nothing.
    BeforeEffect,
    /// The step is done, and the worker still shows that it lives.
    AfterEffect,
    /// The worker is about to hand in the task token, and shows nothing any more.
    BeforeToken,
    /// The token was taken, and the message is still in its queue.
    BeforeAck,
    /// Somebody is about to start a saga.
    Start,
}

impl Point {
    /// All of them, in the order in which a request passes them.
    pub const ALL: [Self; 7] = [
        Self::Start,
        Self::Poll,
        Self::Receive,
        Self::BeforeEffect,
        Self::AfterEffect,
        Self::BeforeToken,
        Self::BeforeAck,
    ];

    /// Those at which a worker has one request in its hands.
    pub const OF_A_STEP: [Self; 4] = [Self::BeforeEffect, Self::AfterEffect, Self::BeforeToken, Self::BeforeAck];

    /// As drills name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Poll => "poll",
            Self::Receive => "receive",
            Self::BeforeEffect => "before-effect",
            Self::AfterEffect => "after-effect",
            Self::BeforeToken => "before-token",
            Self::BeforeAck => "before-ack",
            Self::Start => "start",
        }
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What happens at a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// The worker drops the request as if it had died: nothing is reported, nothing acknowledged.
    Crash,
    /// The process ends at once, as `kill -9` ends it.
    Abort,
    /// Nothing moves for so long, or until the order is taken back.
    Pause {
        /// Which order, to see when it is taken back.
        order: String,
        /// For how long.
        milliseconds: u64,
    },
    /// The step says that something was away.
    FailTransient,
    /// The step says that nobody knows.
    FailUnknown,
    /// A message is gone for good, as if somebody had acknowledged it.
    Lose,
    /// A message comes this many times more, at once.
    Duplicate {
        /// How many more.
        copies: u32,
    },
    /// The messages of a batch come last first.
    Reorder,
    /// A message comes as a text that nobody can read.
    Poison,
    /// The other side says that it is too much.
    Throttle,
}

/// What is ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// Something at a place.
    At {
        /// Where.
        point: Point,
        /// What.
        act: Act,
    },
    /// The process' clock is ahead, or behind where it is negative.
    SkewClock {
        /// By how much.
        milliseconds: i64,
    },
    /// So many database connections of each pool are kept by nobody who works.
    HogConnections {
        /// How many.
        connections: u32,
    },
}

/// One fault that is ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// What the report calls it; orders with the same id are the same.
    pub id: String,
    /// What.
    pub what: What,
    /// Only processes with this role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Only this saga.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saga: Option<String>,
    /// Only this step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// Only what is about this booking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booking: Option<String>,
    /// The chance in percent that something is hit.
    #[serde(default = "always")]
    pub percent: u8,
    /// At most so often for one step of one execution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub each: Option<u32>,
    /// At most so often in one process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
}

const fn always() -> u8 {
    100
}

impl Order {
    /// Everything that passes a place, always.
    pub fn at(id: impl Into<String>, point: Point, act: Act) -> Self {
        let what = What::At { point, act };
        let (role, saga, step, booking, each, times) = (None, None, None, None, None, None);
        Self { id: id.into(), what, role, saga, step, booking, percent: always(), each, times }
    }

    /// Whether it is for processes of this role. One that has all roles is for everybody.
    pub(super) fn concerns(&self, role: &str) -> bool {
        role == "up" || self.role.as_deref().is_none_or(|wanted| wanted == role)
    }
}
