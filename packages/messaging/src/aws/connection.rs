//! How patient the clients of the SDK are. Region, credentials and address are the business of whoever makes the configuration.
//!
//! Retries are the SDK's *standard* mode: four attempts with exponential backoff and full jitter, and a bucket of tokens that
//! stops retrying when nearly everything fails. The *adaptive* mode would also slow down all calls of a client after one was
//! throttled; here one client serves all queues, so one busy queue would slow the others, and AWS advises against it for
//! that reason. Whoever calls this crate keeps its work (a message, an outbox row), so giving up after seconds is safe.

use std::time::Duration;

use aws_config::{SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};

/// One attempt and three retries: 100, 200, 400 ms of backoff at most, less than a second in all.
const ATTEMPTS: u32 = 4;

/// The first backoff.
const BACKOFF: Duration = Duration::from_millis(100);

/// No backoff is longer.
const LONGEST_BACKOFF: Duration = Duration::from_secs(2);

/// A connection within a region takes milliseconds; this is for one that never comes.
const CONNECT: Duration = Duration::from_secs(3);

/// What one attempt may take. SQS and SNS answer within tens of milliseconds.
const ATTEMPT: Duration = Duration::from_secs(5);

/// What a call may take with all its retries.
const CALL: Duration = Duration::from_secs(20);

/// The same configuration, with our patience.
pub(super) fn patient(config: &SdkConfig) -> SdkConfig {
    let retries = RetryConfig::standard().with_max_attempts(ATTEMPTS);
    let retries = retries.with_initial_backoff(BACKOFF).with_max_backoff(LONGEST_BACKOFF);
    let limits =
        TimeoutConfig::builder().connect_timeout(CONNECT).operation_attempt_timeout(ATTEMPT).operation_timeout(CALL);
    config.to_builder().retry_config(retries).timeout_config(limits.build()).build()
}

/// The patience for a call that the server may hold for `wait` before it answers.
pub(super) fn patience_for(wait: Duration) -> TimeoutConfig {
    let limits = TimeoutConfig::builder().connect_timeout(CONNECT).operation_attempt_timeout(wait + ATTEMPT);
    limits.operation_timeout(wait + CALL).build()
}
