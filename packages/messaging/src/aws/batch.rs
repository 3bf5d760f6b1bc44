//! Ten things in one request, and what to do when some of them fail.
//!
//! A batch request succeeds while entries of it fail. Each entry has its own verdict: what is the sender's fault fails at
//! once, the rest is sent again, alone, after a pause that doubles and varies.

use std::{ops::Range, time::Duration};

use futures::future::BoxFuture;
use usher_core::ambient::Ambient;

use super::failure::from_code;
use crate::error::MessagingError;

/// What a batch request of SQS or SNS carries at most.
/// Source: Amazon SQS API reference, `SendMessageBatch`; Amazon SNS API reference, `PublishBatch`.
pub(super) const MOST: usize = 10;

/// What the bodies of a batch have together at most, in bytes: what SNS allows, and SQS did until 2025.
/// Source: Amazon SNS API reference, `PublishBatch`.
pub(super) const MOST_BYTES: usize = 262_144;

/// How often an entry is tried: with pauses of 100, 200, 400 and 800 ms at most, so for a second and a half.
const ATTEMPTS: u32 = 5;

/// The longest first pause.
const PAUSE: Duration = Duration::from_millis(100);

/// One entry that failed.
#[derive(Debug, Clone)]
pub(super) struct Failed {
    /// Its id in the request: its place in the call.
    pub id: String,
    /// Whether the same entry would fail again.
    pub sender_fault: bool,
    /// The code, as for whole requests.
    pub code: String,
    /// In words.
    pub message: String,
}

/// Cuts sizes into runs that fit a request each.
pub(super) fn runs(sizes: &[usize]) -> Vec<Range<usize>> {
    let (mut runs, mut start, mut bytes) = (Vec::new(), 0, 0);
    for (place, size) in sizes.iter().enumerate() {
        if place > start && (place - start == MOST || bytes + size > MOST_BYTES) {
            runs.push(start..place);
            (start, bytes) = (place, 0);
        }
        bytes += size;
    }
    if start < sizes.len() {
        runs.push(start..sizes.len());
    }
    runs
}

/// Runs one batch of so many entries until each has its verdict, in their order. `call` sends those of the named places, each
/// under its place as the id, and tells which failed.
pub(super) async fn each<'a>(
    what: &str,
    entries: usize,
    ambient: &dyn Ambient,
    call: impl Fn(Vec<usize>) -> BoxFuture<'a, Result<Vec<Failed>, MessagingError>> + Send,
) -> Vec<Result<(), Refusal>> {
    let mut verdicts: Vec<Result<(), Refusal>> = (0..entries).map(|_| Ok(())).collect();
    let mut pending: Vec<usize> = (0..entries).collect();
    for attempt in 1..=ATTEMPTS {
        let failed = match call(pending.clone()).await {
            Ok(failed) => failed,
            Err(error) => {
                for place in pending {
                    verdicts[place] = Err(Refusal { code: String::new(), error: error.clone() });
                }
                return verdicts;
            }
        };
        pending.clear();
        for entry in failed {
            let Some(place) = entry.id.parse().ok().filter(|place| *place < entries) else { continue };
            let status = if entry.sender_fault { 400 } else { 500 };
            let error = from_code(what, &entry.code, &entry.message, status);
            if !entry.sender_fault && attempt < ATTEMPTS {
                pending.push(place);
            } else {
                verdicts[place] = Err(Refusal { code: entry.code, error });
            }
        }
        if pending.is_empty() {
            break;
        }
        metrics::counter!("usher_aws_entries_retried_total").increment(pending.len() as u64);
        tokio::time::sleep(pause(attempt, ambient)).await;
    }
    verdicts
}

/// Why an entry was not done.
#[derive(Debug, Clone)]
pub(super) struct Refusal {
    /// Its own code; empty when the whole request failed.
    pub code: String,
    /// Sorted.
    pub error: MessagingError,
}

/// Between half of the pause and all of it, so that those who failed together do not come back together.
fn pause(attempt: u32, ambient: &dyn Ambient) -> Duration {
    let longest = PAUSE * 2_u32.pow(attempt - 1);
    let half = longest / 2;
    let spread = u64::try_from(half.as_micros()).unwrap_or(u64::MAX).max(1);
    #[expect(clippy::cast_possible_truncation, reason = "any 64 of the random bits will do")]
    let chance = ambient.random() as u64;
    half + Duration::from_micros(chance % spread)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use futures::{FutureExt as _, future::ready};
    use time::OffsetDateTime;
    use usher_core::ambient::Scripted;

    use super::*;

    #[test]
    fn runs_keep_to_ten_entries_and_to_the_bytes_of_a_request() {
        assert_eq!(runs(&[]), []);
        assert_eq!(runs(&[1; 25]), [0..10, 10..20, 20..25]);
        assert_eq!(runs(&[200_000, 62_144, 1, 262_144, 1]), [0..2, 2..3, 3..4, 4..5]);
    }

    fn failed(place: usize, sender_fault: bool, code: &str) -> Failed {
        Failed { id: place.to_string(), sender_fault, code: code.to_owned(), message: String::new() }
    }

    #[tokio::test(start_paused = true)]
    async fn only_what_failed_is_sent_again_and_the_senders_fault_is_not() {
        let calls = Mutex::new(Vec::new());
        let call = |places: Vec<usize>| {
            let mut calls = calls.lock().unwrap();
            calls.push(places);
            let failed = match calls.len() {
                1 => vec![
                    failed(1, false, "InternalError"),
                    failed(2, true, "InvalidMessageContents"),
                    failed(3, false, "Throttled"),
                ],
                2 => vec![failed(3, false, "Throttled")],
                _ => Vec::new(),
            };
            ready(Ok(failed)).boxed()
        };
        let ambient = Scripted::new(OffsetDateTime::UNIX_EPOCH, 1);
        let verdicts = each("SendMessageBatch on `q`", 4, &ambient, call).await;
        assert_eq!(*calls.lock().unwrap(), [vec![0, 1, 2, 3], vec![1, 3], vec![3]]);
        assert!(verdicts[0].is_ok() && verdicts[1].is_ok() && verdicts[3].is_ok());
        let refused = verdicts[2].as_ref().unwrap_err();
        assert_eq!((refused.code.as_str(), refused.error.is_transient()), ("InvalidMessageContents", false));
    }

    #[tokio::test(start_paused = true)]
    async fn an_entry_that_never_succeeds_is_given_up_and_can_be_tried_later() {
        let ambient = Scripted::new(OffsetDateTime::UNIX_EPOCH, 1);
        let verdicts = each("x", 1, &ambient, |_| ready(Ok(vec![failed(0, false, "InternalError")])).boxed()).await;
        assert!(verdicts[0].as_ref().unwrap_err().error.is_transient());
    }
}
