//! Single calls become batches: what comes within a few milliseconds goes in one request of ten.
//!
//! A delete costs the same whether it carries one message or ten, and workers settle one message at a time. The wait is
//! short beside the request itself, and nobody is kept waiting by it: a step has reported before its message is deleted.

use std::{future::Future, time::Duration};

use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, timeout_at},
};

use super::batch::MOST;
use crate::error::MessagingError;

/// How long the first of a batch waits for company.
const GATHER: Duration = Duration::from_millis(5);

type Reply = oneshot::Sender<Result<bool, MessagingError>>;

/// Gathers calls of one kind on one queue. Ends when it is dropped; what was gathered by then is still sent.
#[derive(Debug)]
pub(super) struct Gatherer(mpsc::UnboundedSender<(String, Reply)>);

impl Gatherer {
    /// `run` gets at most ten receipt handles, and answers for each in its place. Batches do not wait for one another.
    pub(super) fn spawn<F, R>(run: F) -> Self
    where
        F: Fn(Vec<String>) -> R + Send + 'static,
        R: Future<Output = Vec<Result<bool, MessagingError>>> + Send + 'static,
    {
        let (sender, mut waiting) = mpsc::unbounded_channel::<(String, Reply)>();
        tokio::spawn(async move {
            while let Some(first) = waiting.recv().await {
                let mut batch = vec![first];
                let deadline = Instant::now() + GATHER;
                while batch.len() < MOST
                    && let Ok(Some(next)) = timeout_at(deadline, waiting.recv()).await
                {
                    batch.push(next);
                }
                let (handles, replies): (Vec<String>, Vec<Reply>) = batch.into_iter().unzip();
                let running = run(handles);
                tokio::spawn(async move {
                    for (reply, result) in replies.into_iter().zip(running.await) {
                        let _ = reply.send(result); // Whoever stopped waiting does not need it.
                    }
                });
            }
        });
        Self(sender)
    }

    /// Takes part in the next batch, and waits for it.
    pub(super) async fn submit(&self, handle: String) -> Result<bool, MessagingError> {
        let (reply, answer) = oneshot::channel();
        self.0.send((handle, reply)).map_err(|_| MessagingError::ShuttingDown)?;
        answer.await.unwrap_or(Err(MessagingError::ShuttingDown))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use futures::future::join_all;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn calls_at_once_share_requests_of_ten_and_each_gets_its_own_answer() {
        let sizes = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&sizes);
        let gatherer = Gatherer::spawn(move |handles: Vec<String>| {
            seen.lock().unwrap().push(handles.len());
            async move { handles.iter().map(|handle| Ok(handle.ends_with('3'))).collect() }
        });
        let answers = join_all((0..25).map(|number| gatherer.submit(number.to_string()))).await;
        let held: Vec<usize> = (0..25).filter(|&number| *answers[number].as_ref().unwrap()).collect();
        assert_eq!(held, [3, 13, 23]);
        assert_eq!(*sizes.lock().unwrap(), [10, 10, 5]);
        assert!(!gatherer.submit("alone".to_owned()).await.unwrap());
    }
}
