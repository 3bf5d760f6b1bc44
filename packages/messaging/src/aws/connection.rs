//! Where the clients of the SDK come from, and how patient they are.
//!
//! Retries are the SDK's *standard* mode: four attempts with exponential backoff and full jitter, and a bucket of tokens that
//! stops retrying when nearly everything fails. The *adaptive* mode would also slow down all calls of a client after one was
//! throttled; here one client serves all queues, so one busy queue would slow the others, and AWS advises against it for
//! that reason. Whoever calls this crate keeps its work (a message, an outbox row), so giving up after seconds is safe.
//!
//! Region, credentials and profile come from where every AWS tool takes them. An emulator on a loopback address needs none
//! of them: then anything does.

use std::time::Duration;

pub use aws_config::SdkConfig;
use aws_config::{BehaviorVersion, Region, retry::RetryConfig, timeout::TimeoutConfig};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};

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

/// How to reach AWS, or what stands for it.
#[derive(Debug, Clone, Default)]
pub struct AwsSettings {
    /// The address of an emulator; AWS itself when there is none.
    pub endpoint: Option<String>,
}

impl AwsSettings {
    /// Reads region and credentials from the environment, profiles and the machine's role; connects to nothing yet.
    pub async fn load(&self) -> SdkConfig {
        let mut loader = aws_config::defaults(BehaviorVersion::latest());
        if let Some(endpoint) = &self.endpoint {
            loader = loader.endpoint_url(endpoint);
            if is_loopback(endpoint) {
                let credentials = Credentials::new("test", "test", None, None, "emulator");
                loader = loader.credentials_provider(SharedCredentialsProvider::new(credentials));
                if std::env::var_os("AWS_REGION").is_none() {
                    loader = loader.region(Region::from_static("us-east-1"));
                }
            }
        }
        patient(&loader.load().await)
    }
}

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

fn is_loopback(endpoint: &str) -> bool {
    let host = endpoint.split_once("://").map_or(endpoint, |(_, rest)| rest);
    ["127.0.0.1", "localhost", "[::1]"]
        .iter()
        .any(|loopback| host.strip_prefix(loopback).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/'])))
}

#[cfg(test)]
mod tests {
    use super::is_loopback;

    #[test]
    fn only_an_emulator_on_this_machine_gets_credentials_that_mean_nothing() {
        for here in ["http://127.0.0.1:4566", "http://localhost:4566/", "http://[::1]:1"] {
            assert!(is_loopback(here), "{here}");
        }
        for elsewhere in ["https://sqs.eu-west-1.amazonaws.com", "http://localhost.example:80", "http://127.0.0.11"] {
            assert!(!is_loopback(elsewhere), "{elsewhere}");
        }
    }
}
