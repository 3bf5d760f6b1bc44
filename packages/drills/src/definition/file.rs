//! A drill as it is written. Everything but name, title, hypothesis, what to learn and the load has a default.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Deserializer, de::Error as _};
use serde_saphyr::Spanned;

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct File {
    pub name: Spanned<String>,
    pub title: String,
    pub hypothesis: String,
    pub learn: String,
    pub load: Spanned<Load>,
    #[serde(default)]
    pub faults: Vec<Spanned<Fault>>,
    #[serde(default)]
    pub abort: Abort,
    #[serde(default)]
    pub clean_up: CleanUp,
    #[serde(default)]
    pub expect: Expect,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Load {
    pub buyers: usize,
    #[serde(deserialize_with = "span")]
    pub over: Duration,
    pub hall: usize,
    #[serde(default = "one")]
    pub seats_each: usize,
    #[serde(default)]
    pub pick: Pick,
    #[serde(default)]
    pub pay: BTreeMap<String, u32>,
    #[serde(default = "ten_seconds", deserialize_with = "span")]
    pub patience: Duration,
    #[serde(default = "five")]
    pub tries: u32,
    #[serde(default)]
    pub storm: u8,
    #[serde(default)]
    pub other_seats: u32,
    #[serde(default)]
    pub cancel: u8,
}

/// Which seats customers ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pick {
    /// Each their own: nobody is in anybody's way.
    #[default]
    Own,
    /// Any, as chance has it.
    Any,
    /// All the same: the first of the hall.
    Same,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    Crash,
    Abort,
    Pause,
    FailTransient,
    FailUnknown,
    Lose,
    Duplicate,
    Reorder,
    Poison,
    Throttle,
    SkewClock,
    HogConnections,
    Kill,
    Suspend,
    Restart,
    LockTable,
    Provider,
    Plant,
}

/// Something that can be killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// The process of the workers.
    Worker,
    /// The process of API, engine and relay.
    Engine,
    /// PostgreSQL.
    Database,
    /// RabbitMQ.
    Broker,
}

impl Target {
    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Worker => "worker",
            Self::Engine => "engine",
            Self::Database => "database",
            Self::Broker => "broker",
        }
    }
}

/// A wrong that the audit has to find.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Planted {
    /// One seat belongs to two bookings.
    DoubleSale,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Fault {
    #[serde(default, deserialize_with = "span")]
    pub at: Duration,
    #[serde(default, rename = "for", deserialize_with = "some_span")]
    pub lasts: Option<Duration>,
    pub inject: Spanned<Kind>,
    pub point: Option<Spanned<String>>,
    pub step: Option<Spanned<String>>,
    pub saga: Option<Spanned<String>>,
    pub role: Option<Spanned<String>>,
    pub target: Option<Spanned<Target>>,
    pub percent: Option<Spanned<u8>>,
    pub each: Option<Spanned<u32>>,
    pub times: Option<Spanned<u64>>,
    pub copies: Option<Spanned<u32>>,
    #[serde(default, deserialize_with = "some_span")]
    pub pause: Option<Duration>,
    pub by: Option<Spanned<String>>,
    pub connections: Option<Spanned<u32>>,
    pub table: Option<Spanned<String>>,
    pub mode: Option<Spanned<String>>,
    pub on: Option<Spanned<Vec<String>>>,
    pub what: Option<Spanned<Planted>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct Abort {
    #[serde(deserialize_with = "span")]
    pub after: Duration,
    pub unknown_above: u8,
    #[serde(deserialize_with = "span")]
    pub not_ready_for: Duration,
}

impl Default for Abort {
    /// Longer than a drill of a minute with its worst recovery; more unknown answers than any fault explains; longer than
    /// any restart.
    fn default() -> Self {
        Self { after: Duration::from_mins(5), unknown_above: 90, not_ready_for: Duration::from_mins(1) }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct CleanUp {
    #[serde(deserialize_with = "span")]
    pub settle_within: Duration,
    pub redrive_dead_letters: bool,
    pub redrive_sagas: bool,
}

impl Default for CleanUp {
    /// A lease of 30 s and a heartbeat of 20 s may both have to run out, and then a few steps are left.
    fn default() -> Self {
        Self { settle_within: Duration::from_mins(2), redrive_dead_letters: false, redrive_sagas: false }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct Expect {
    pub sold: Option<usize>,
    #[serde(deserialize_with = "some_span")]
    pub p99_within: Option<Duration>,
    #[serde(deserialize_with = "some_span")]
    pub recovered_within: Option<Duration>,
    #[serde(deserialize_with = "some_span")]
    pub detected_within: Option<Duration>,
    pub at_least: Option<Spanned<BTreeMap<String, u64>>>,
    pub refused_with: Option<Spanned<Vec<String>>>,
}

const fn one() -> usize {
    1
}

const fn five() -> u32 {
    5
}

const fn ten_seconds() -> Duration {
    Duration::from_secs(10)
}

fn span<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    humantime::parse_duration(&text)
        .map_err(|error| D::Error::custom(format!("`{text}` is no duration such as 500ms, 20s or 2m: {error}")))
}

fn some_span<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    span(deserializer).map(Some)
}
