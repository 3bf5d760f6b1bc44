//! The dead-letter queue of a queue: looking through it, and sending letters again.
//!
//! SQS shows messages only by giving them out. So whoever looks takes everything, hidden from others for half a minute,
//! and lets go of it at once when done; whoever dies while looking has hidden the letters for that long, and lost none.
//! Letters that SQS moved there itself - because no process of ours got as far - have no reason of ours, and their time
//! is that of their sending.

use std::{collections::BTreeMap, time::Duration};

use aws_sdk_sqs::types::QueueAttributeName;
use time::OffsetDateTime;

use super::{
    calls::{Calls, count},
    failure::sorted,
    message::{Incoming, Outgoing},
};
use crate::{error::MessagingError, queue::DeadLetter};

/// How long letters are hidden from others by somebody who looks.
const LOOK: Duration = Duration::from_secs(30);

/// A poll of a second asks all servers of SQS, so that "nothing more" means it.
const WAIT: Duration = Duration::from_secs(1);

/// How many letters are looked through: a thousand requests. More of them are a case for `redrive` of all.
const MOST: usize = 10_000;

/// How long a move by SQS itself is watched, in looks of a second each. It goes on after that.
const WATCHED: u32 = 60;

/// One letter, taken out.
#[derive(Debug)]
struct Letter {
    handle: String,
    letter: DeadLetter,
}

impl Calls {
    /// Letters, oldest first, after a cursor.
    pub(super) async fn letters(
        &self,
        queue: &str,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<Vec<DeadLetter>, MessagingError> {
        let taken = self.take_letters(queue, |_| false).await?;
        self.let_go(queue, taken.values()).await;
        let later = taken.into_iter().filter(|(id, _)| cursor.is_none_or(|cursor| id.as_str() > cursor));
        Ok(later.take(limit).map(|(_, taken)| taken.letter).collect())
    }

    /// Sends the letters again that are `wanted`; looks no further once so many were found. Tells how many there were.
    pub(super) async fn send_letters_again(
        &self,
        queue: &str,
        wanted: impl Fn(&DeadLetter) -> bool,
        most: usize,
    ) -> Result<u64, MessagingError> {
        let enough =
            |taken: &BTreeMap<String, Letter>| taken.values().filter(|taken| wanted(&taken.letter)).count() >= most;
        let taken = self.take_letters(queue, enough).await?;
        let (again, left): (Vec<Letter>, Vec<Letter>) = taken.into_values().partition(|taken| wanted(&taken.letter));
        self.let_go(queue, left.iter()).await;
        let messages: Vec<Outgoing> =
            again.iter().map(|taken| Outgoing::new(&taken.letter.body, 0)).collect::<Result<_, _>>()?;
        let handles: Vec<String> = again.into_iter().map(|taken| taken.handle).collect();
        let (to, from) = (self.stage.name(queue), self.stage.dead(queue));
        let mut sent = 0;
        for settled in self.replace((&to, &messages), (&from, &handles)).await? {
            settled?;
            sent += 1;
        }
        Ok(sent)
    }

    /// Deletes letters. Tells how many there were.
    pub(super) async fn forget_letters(&self, queue: &str, ids: &[String]) -> Result<u64, MessagingError> {
        let is_wanted = |id: &String| ids.contains(id);
        let enough = |taken: &BTreeMap<String, Letter>| taken.keys().filter(|id| is_wanted(id)).count() >= ids.len();
        let taken = self.take_letters(queue, enough).await?;
        let (gone, left): (BTreeMap<_, _>, BTreeMap<_, _>) = taken.into_iter().partition(|(id, _)| is_wanted(id));
        self.let_go(queue, left.values()).await;
        let handles: Vec<String> = gone.into_values().map(|taken| taken.handle).collect();
        let mut forgotten = 0;
        for deleted in self.delete(&self.stage.dead(queue), &handles).await {
            forgotten += u64::from(deleted?);
        }
        Ok(forgotten)
    }

    /// Lets SQS move all letters. `None` when it does not: the action is newer than some servers that speak the protocol.
    pub(super) async fn move_letters(&self, queue: &str) -> Result<Option<u64>, MessagingError> {
        let dead = self.stage.dead(queue);
        let (from, to) = (self.arn(&dead).await?, self.arn(&self.stage.name(queue)).await?);
        count("StartMessageMoveTask");
        let call = self.client.start_message_move_task().source_arn(&from).destination_arn(to);
        let task = match call.send().await {
            Ok(started) => started.task_handle,
            Err(error) => {
                let error = sorted("StartMessageMoveTask", &dead, &error);
                tracing::info!(queue, %error, "SQS does not move the dead letters, so they are sent again one by one");
                return Ok(None);
            }
        };
        let mut moved = 0;
        for _ in 0..WATCHED {
            count("ListMessageMoveTasks");
            let tasks = self.client.list_message_move_tasks().source_arn(&from).max_results(10).send().await;
            let tasks =
                tasks.map_err(|error| sorted("ListMessageMoveTasks", &dead, &error))?.results.unwrap_or_default();
            // A task that has ended is listed without its handle, newest first.
            let running = tasks.iter().find(|listed| listed.task_handle.is_some() && listed.task_handle == task);
            let Some(listed) = running.or(tasks.first()) else { break };
            moved = u64::try_from(listed.approximate_number_of_messages_moved).unwrap_or_default();
            match listed.status.as_deref() {
                Some("RUNNING" | "CANCELLING") => tokio::time::sleep(Duration::from_secs(1)).await,
                Some("FAILED") => {
                    let reason = listed.failure_reason.as_deref().unwrap_or("no reason given");
                    tracing::warn!(
                        queue,
                        reason,
                        "SQS stopped moving the dead letters; the rest is sent again one by one"
                    );
                    break;
                }
                _ => break,
            }
        }
        Ok(Some(moved))
    }

    async fn arn(&self, name: &str) -> Result<String, MessagingError> {
        let mut attributes = self.attributes(name, &[QueueAttributeName::QueueArn]).await?;
        Ok(attributes.remove(&QueueAttributeName::QueueArn).unwrap_or_default())
    }

    /// Takes letters out until there are no more, or `enough` of them, by their ids.
    async fn take_letters(
        &self,
        queue: &str,
        enough: impl Fn(&BTreeMap<String, Letter>) -> bool,
    ) -> Result<BTreeMap<String, Letter>, MessagingError> {
        let dead = self.stage.dead(queue);
        let mut taken = BTreeMap::new();
        loop {
            let received = self.receive(&dead, super::batch::MOST, WAIT, LOOK).await;
            let messages = match received {
                Ok(messages) => messages,
                Err(error) => {
                    self.let_go(queue, taken.values()).await;
                    return Err(error);
                }
            };
            if messages.is_empty() {
                return Ok(taken);
            }
            for message in messages.iter().filter_map(Incoming::read) {
                let (id, letter) = letter(message);
                taken.insert(id, letter);
            }
            if taken.len() >= MOST || enough(&taken) {
                return Ok(taken);
            }
        }
    }

    /// Lets others see letters again. What fails here is hidden for a while longer, and no more.
    async fn let_go(&self, queue: &str, letters: impl Iterator<Item = &Letter>) {
        let handles: Vec<String> = letters.map(|letter| letter.handle.clone()).collect();
        for result in self.hide(&self.stage.dead(queue), &handles, Duration::ZERO).await {
            if let Err(error) = result {
                tracing::debug!(queue, %error, "a dead letter stays hidden for half a minute");
            }
        }
    }
}

/// A letter and its id: the time of its death, so that ids sort by it, and its id in SQS, which makes it unique.
fn letter(message: Incoming) -> (String, Letter) {
    let (receives, reason, died_at) = match message.death {
        Some(death) => (death.receives, death.reason, death.at),
        None => (message.receives, "delivered too often; SQS put it aside by itself".to_owned(), message.sent_at),
    };
    let microseconds = (died_at - OffsetDateTime::UNIX_EPOCH).whole_microseconds().max(0);
    let id = format!("{microseconds:017}-{}", message.id);
    let letter = DeadLetter { id: id.clone(), body: message.body.as_ref().to_owned(), receives, reason, died_at };
    (id, Letter { handle: message.handle, letter })
}
