//! The calls to SQS: one function each, batched where the API batches, with the addresses of queues looked up and kept.
//!
//! Addresses are asked for and never built: accounts, regions, endpoints and emulators all shape them differently. One that
//! leads nowhere any more is forgotten, so that a queue that was made again is found.

use std::{
    collections::HashMap,
    error::Error,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use aws_sdk_sqs::{
    Client,
    config::{Builder, http::HttpResponse},
    error::{ProvideErrorMetadata, SdkError},
    operation::RequestId as _,
    types::{
        BatchResultErrorEntry, ChangeMessageVisibilityBatchRequestEntry, DeleteMessageBatchRequestEntry, Message,
        MessageSystemAttributeName, QueueAttributeName,
    },
};
use futures::{FutureExt as _, StreamExt as _, stream};
use usher_core::ambient::SharedAmbient;

use super::{
    batch::{Failed, MOST, Refusal, each, runs},
    connection::patience_for,
    failure::{Kind, kind_of, sorted},
    lease::{Held, Leases},
    message::{ATTRIBUTES, Outgoing, malformed},
    stage::Stage,
};
use crate::error::MessagingError;

/// How many requests of one call are on their way at once.
const AT_ONCE: usize = 4;

/// SQS, as the parts of this adapter see it.
#[derive(Debug)]
pub(super) struct Calls {
    pub client: Client,
    pub stage: Stage,
    pub ambient: SharedAmbient,
    pub leases: Leases,
    urls: Mutex<HashMap<String, String>>,
}

impl Calls {
    pub(super) fn new(client: Client, stage: Stage, ambient: SharedAmbient, lease: Duration) -> Self {
        Self { client, stage, ambient, leases: Leases::new(lease), urls: Mutex::default() }
    }

    /// The address of a queue by its full name.
    pub(super) async fn url(&self, name: &str) -> Result<String, MessagingError> {
        if let Some(url) = self.urls().get(name) {
            return Ok(url.clone());
        }
        count("GetQueueUrl");
        let found = self.client.get_queue_url().queue_name(name).send().await;
        let url = found.map_err(|error| sorted("GetQueueUrl", name, &error))?.queue_url.unwrap_or_default();
        self.urls().insert(name.to_owned(), url.clone());
        Ok(url)
    }

    /// Takes up to ten messages; the server waits up to `wait`, in whole seconds, for the first.
    pub(super) async fn receive(
        &self,
        name: &str,
        most: usize,
        wait: Duration,
        hidden: Duration,
    ) -> Result<Vec<Message>, MessagingError> {
        count("ReceiveMessage");
        let call = self.client.receive_message().queue_url(self.url(name).await?);
        let call = call.max_number_of_messages(whole(most)).wait_time_seconds(seconds(wait));
        let call = call
            .visibility_timeout(seconds(hidden))
            .set_message_attribute_names(Some(ATTRIBUTES.map(str::to_owned).to_vec()));
        let call = call
            .message_system_attribute_names(MessageSystemAttributeName::ApproximateReceiveCount)
            .message_system_attribute_names(MessageSystemAttributeName::SentTimestamp);
        let patience = Builder::new().timeout_config(patience_for(wait));
        match call.customize().config_override(patience).send().await {
            Ok(received) => {
                tracing::trace!(queue = name, request = received.request_id(), "received");
                Ok(received.messages.unwrap_or_default())
            }
            Err(error) => Err(self.sorted("ReceiveMessage", name, &error)),
        }
    }

    /// Sends messages, and answers for each.
    pub(super) async fn send(
        &self,
        name: &str,
        messages: &[Outgoing],
    ) -> Result<Vec<Result<(), MessagingError>>, MessagingError> {
        if messages.is_empty() {
            return Ok(Vec::new());
        }
        let url = self.url(name).await?;
        let sizes: Vec<usize> = messages.iter().map(Outgoing::size).collect();
        let sent = stream::iter(runs(&sizes)).map(|run| self.send_run(name, &url, &messages[run]));
        let sent: Vec<_> = sent.buffered(AT_ONCE).collect().await;
        Ok(sent.into_iter().flatten().map(|verdict| verdict.map_err(|refusal| refusal.error)).collect())
    }

    async fn send_run(&self, name: &str, url: &str, messages: &[Outgoing]) -> Vec<Result<(), Refusal>> {
        let call = |places: Vec<usize>| {
            async move {
                count("SendMessageBatch");
                let entries = places.into_iter().map(|place| messages[place].entry(place)).collect::<Result<_, _>>()?;
                let sent = self.client.send_message_batch().queue_url(url).set_entries(Some(entries)).send().await;
                let sent = sent.map_err(|error| self.sorted("SendMessageBatch", name, &error))?;
                Ok(sent.failed.into_iter().map(Failed::from).collect())
            }
            .boxed()
        };
        each(&format!("SendMessageBatch on `{name}`"), messages.len(), &*self.ambient, call).await
    }

    /// Deletes messages. `false` for those whose lease was lost.
    pub(super) async fn delete(&self, name: &str, handles: &[String]) -> Vec<Result<bool, MessagingError>> {
        let mut verdicts = Vec::with_capacity(handles.len());
        for ten in handles.chunks(MOST) {
            verdicts.extend(read(ten, self.delete_ten(name, ten).await));
        }
        verdicts
    }

    async fn delete_ten(&self, name: &str, handles: &[String]) -> Result<Vec<Result<(), Refusal>>, MessagingError> {
        let url = &self.url(name).await?;
        let call = |places: Vec<usize>| {
            async move {
                count("DeleteMessageBatch");
                let entry = |place: usize| {
                    let entry = DeleteMessageBatchRequestEntry::builder().id(place.to_string());
                    entry.receipt_handle(&handles[place]).build().map_err(|error| malformed(&error))
                };
                let entries = places.into_iter().map(entry).collect::<Result<_, _>>()?;
                let deleted = self.client.delete_message_batch().queue_url(url).set_entries(Some(entries)).send().await;
                let deleted = deleted.map_err(|error| self.sorted("DeleteMessageBatch", name, &error))?;
                Ok(deleted.failed.into_iter().map(Failed::from).collect())
            }
            .boxed()
        };
        Ok(each(&format!("DeleteMessageBatch on `{name}`"), handles.len(), &*self.ambient, call).await)
    }

    /// Hides messages from now on for so long; not at all for zero. `false` for those whose lease was lost.
    pub(super) async fn hide(
        &self,
        name: &str,
        handles: &[String],
        hidden: Duration,
    ) -> Vec<Result<bool, MessagingError>> {
        let mut verdicts = Vec::with_capacity(handles.len());
        for ten in handles.chunks(MOST) {
            verdicts.extend(read(ten, self.hide_ten(name, ten, hidden).await));
        }
        verdicts
    }

    async fn hide_ten(
        &self,
        name: &str,
        handles: &[String],
        hidden: Duration,
    ) -> Result<Vec<Result<(), Refusal>>, MessagingError> {
        let url = &self.url(name).await?;
        let call = |places: Vec<usize>| {
            async move {
                count("ChangeMessageVisibilityBatch");
                let entry = |place: usize| {
                    let entry = ChangeMessageVisibilityBatchRequestEntry::builder().id(place.to_string());
                    let entry = entry.receipt_handle(&handles[place]).visibility_timeout(seconds(hidden));
                    entry.build().map_err(|error| malformed(&error))
                };
                let entries = places.into_iter().map(entry).collect::<Result<_, _>>()?;
                let call = self.client.change_message_visibility_batch().queue_url(url).set_entries(Some(entries));
                let changed =
                    call.send().await.map_err(|error| self.sorted("ChangeMessageVisibilityBatch", name, &error))?;
                Ok(changed.failed.into_iter().map(Failed::from).collect())
            }
            .boxed()
        };
        Ok(each(&format!("ChangeMessageVisibilityBatch on `{name}`"), handles.len(), &*self.ambient, call).await)
    }

    /// Sends each message and then deletes what it stands for: a crash in between leaves both, and loses neither. The
    /// answers are those of the deletes.
    pub(super) async fn replace(
        &self,
        (to, messages): (&str, &[Outgoing]),
        (from, handles): (&str, &[String]),
    ) -> Result<Vec<Result<bool, MessagingError>>, MessagingError> {
        let sent = self.send(to, messages).await?;
        let arrived = |(handle, sent): (&String, &Result<(), _>)| sent.is_ok().then(|| handle.clone());
        let arrived: Vec<String> = handles.iter().zip(&sent).filter_map(arrived).collect();
        let mut deleted = self.delete(from, &arrived).await.into_iter();
        Ok(sent.into_iter().map(|sent| sent.and_then(|()| deleted.next().unwrap_or(Ok(false)))).collect())
    }

    /// Makes a message a dead letter.
    pub(super) async fn bury(&self, held: &Held, receives: i32, reason: &str) -> Result<(), MessagingError> {
        let letter = Outgoing::dead(&held.body, receives, reason, self.ambient.now())?.within(held.trace)?;
        let (to, from) = (self.stage.dead(&held.queue), self.stage.name(&held.queue));
        for settled in self.replace((&to, &[letter]), (&from, std::slice::from_ref(&held.handle))).await? {
            settled?;
        }
        self.leases.forget(&held.handle);
        metrics::counter!("usher_dead_letters_total").increment(1);
        Ok(())
    }

    /// Ends leases as if they had never been: each message is sent anew with its earlier deliveries, because SQS counts a
    /// delivery for ever.
    pub(super) async fn give_back(&self, queue: &str, held: &[Held]) -> Result<(), MessagingError> {
        let again = |held: &Held| Outgoing::again(&held.body, held.receives - 1)?.within(held.trace);
        let messages: Vec<Outgoing> = held.iter().map(again).collect::<Result<_, _>>()?;
        let handles: Vec<String> = held.iter().map(|held| held.handle.clone()).collect();
        let name = self.stage.name(queue);
        let settled = self.replace((&name, &messages), (&name, &handles)).await?;
        for (handle, settled) in handles.iter().zip(settled) {
            settled?;
            self.leases.forget(handle);
        }
        Ok(())
    }

    /// Attributes of a queue.
    pub(super) async fn attributes(
        &self,
        name: &str,
        wanted: &[QueueAttributeName],
    ) -> Result<HashMap<QueueAttributeName, String>, MessagingError> {
        count("GetQueueAttributes");
        let call = self.client.get_queue_attributes().queue_url(self.url(name).await?);
        let answer = call.set_attribute_names(Some(wanted.to_vec())).send().await;
        let answer = answer.map_err(|error| self.sorted("GetQueueAttributes", name, &error))?;
        Ok(answer.attributes.unwrap_or_default())
    }

    /// Sorts what the SDK reports, and forgets the address of a queue that is not there.
    pub(super) fn sorted<E>(&self, action: &str, name: &str, error: &SdkError<E, HttpResponse>) -> MessagingError
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        if kind_of(error) == Some(Kind::Missing) {
            self.urls().remove(name);
        }
        sorted(action, name, error)
    }

    fn urls(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.urls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The verdicts on a batch of receipts. One that is not taken is a lease that was lost.
fn read(
    handles: &[String],
    answers: Result<Vec<Result<(), Refusal>>, MessagingError>,
) -> Vec<Result<bool, MessagingError>> {
    let verdict = |answer: Result<(), Refusal>| match answer {
        Ok(()) => Ok(true),
        Err(refusal) if is_lost(&refusal.code) => Ok(false),
        Err(refusal) => Err(refusal.error),
    };
    match answers {
        Ok(answers) => answers.into_iter().map(verdict).collect(),
        Err(error) => handles.iter().map(|_| Err(error.clone())).collect(),
    }
}

impl From<BatchResultErrorEntry> for Failed {
    fn from(entry: BatchResultErrorEntry) -> Self {
        Self {
            sender_fault: entry.sender_fault,
            message: entry.message.unwrap_or_default(),
            id: entry.id,
            code: entry.code,
        }
    }
}

/// The codes with which SQS says that a receipt is no longer good. It calls it an invalid value when the message is gone.
fn is_lost(code: &str) -> bool {
    let code = code.rsplit(['.', '#']).next().unwrap_or(code);
    matches!(code, "ReceiptHandleIsInvalid" | "MessageNotInflight" | "InvalidParameterValue" | "InvalidIdFormat")
}

/// Counts a request: they are what AWS sends a bill for.
pub(super) fn count(action: &'static str) {
    metrics::counter!("usher_aws_requests_total", "action" => action).increment(1);
}

fn whole(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// Whole seconds, as SQS counts.
pub(super) fn seconds(duration: Duration) -> i32 {
    i32::try_from(duration.as_secs()).unwrap_or(i32::MAX)
}
