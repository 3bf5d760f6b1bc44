//! What the adapter needs to know: the stage, the definitions of this program, and how much it may ask of AWS.

use std::{num::NonZeroU32, time::Duration};

use aws_config::SdkConfig;
use aws_sdk_sfn::{
    Client,
    config::{retry::RetryConfig, timeout::TimeoutConfig},
};
use usher_workflows::definitions::SAGAS;

use super::counting::Counting;
use crate::hash::hash;

/// Four attempts with 0.1, 0.2 and 0.4 s between them at most, each shortened at random: what is throttled for a moment
/// passes, and what lasts longer is the business of whoever keeps the message or the outbox row.
const ATTEMPTS: u32 = 4;
const FIRST_BACKOFF: Duration = Duration::from_millis(100);
const LONGEST_BACKOFF: Duration = Duration::from_secs(5);

/// No connection after this long is no region there.
const CONNECT: Duration = Duration::from_secs(3);
/// One attempt. AWS answers in some ten milliseconds; an answer that is lost is not a failure, and is asked for again.
const ATTEMPT: Duration = Duration::from_secs(5);
/// All attempts together: below the lease of a message, so that an answer that fails is seen before the message comes again.
const OPERATION: Duration = Duration::from_secs(15);

/// A token bucket as AWS describes its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many calls may come at once.
    pub burst: NonZeroU32,
    /// How many are added every second.
    pub per_second: NonZeroU32,
}

impl Rate {
    /// A rate; zeros count as one, because a bucket that never fills starts nothing and says nothing.
    pub fn new(burst: u32, per_second: u32) -> Self {
        let at_least_one = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        Self { burst: at_least_one(burst), per_second: at_least_one(per_second) }
    }
}

/// How much this process may ask. AWS counts by account and region: with several processes, each gets its part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// StartExecution.
    pub start: Rate,
    /// SendTaskSuccess, SendTaskFailure and SendTaskHeartbeat, each: AWS counts them apart, and so do we.
    pub answer: Rate,
}

impl Default for Rates {
    /// What AWS grants in its smaller regions; the three largest grant more.
    fn default() -> Self {
        Self { start: Rate::new(800, 150), answer: Rate::new(1_500, 300) }
    }
}

/// Settings of the adapter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Part of every name, so that several products share an account: the state machine is `usher-<stage>-<saga>`.
    pub stage: String,
    /// Sagas, and the hash of the definition that this program was built with: new executions get the version that has it.
    pub sagas: Vec<(String, String)>,
    /// How much may be asked.
    pub rates: Rates,
}

impl Settings {
    /// The sagas of this program on a stage, at AWS's default rates.
    pub fn new(stage: impl Into<String>) -> Self {
        let sagas = SAGAS.iter().map(|saga| (saga.name.to_owned(), hash(saga.definition))).collect();
        Self { stage: stage.into(), sagas, rates: Rates::default() }
    }
}

/// What a saga's state machine is called on a stage.
pub fn machine_name(stage: &str, saga: &str) -> String {
    format!("usher-{stage}-{saga}")
}

/// What a step's queue is called on a stage.
pub(super) fn queue_name(stage: &str, step: &str) -> String {
    format!("usher-{stage}-{step}")
}

/// A client with our patience. Region, credentials and endpoint are those of the given configuration.
pub(super) fn client(config: &SdkConfig) -> Client {
    let retry = RetryConfig::standard()
        .with_max_attempts(ATTEMPTS)
        .with_initial_backoff(FIRST_BACKOFF)
        .with_max_backoff(LONGEST_BACKOFF);
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(OPERATION)
        .build();
    let config = aws_sdk_sfn::config::Builder::from(config)
        .retry_config(retry)
        .timeout_config(timeouts)
        .interceptor(Counting)
        .build();
    Client::from_conf(config)
}
