//! Publishing: many messages at once, and none counts as sent before the broker has confirmed it.
//!
//! Each batch has a channel to itself while it is on its way. The library attaches a returned message to the next
//! confirmation of its channel; with two batches on one channel that could be the wrong one, and a lost message would
//! count as sent.

use std::{
    collections::{BTreeSet, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use futures::{FutureExt as _, StreamExt as _, stream::FuturesUnordered};
use lapin::{
    Channel, Confirmation,
    options::{BasicPublishOptions, ConfirmSelectOptions},
};
use tokio::time::{Duration, Instant, sleep, timeout};

use super::{delay, failure::failed, link::Link, message::Message};
use crate::error::{MessagingError, Trouble};

/// How many messages are on their way at once on a channel; more gain nothing and cost memory on both sides.
const IN_FLIGHT: usize = 1000;

/// Before a part of a batch is published again; then twice as long, and so on. With a broker that answers at once, that
/// is five more attempts within half of the patience.
const FIRST_PAUSE: Duration = Duration::from_millis(50);

/// How many idle channels are kept for the next batches.
const IDLE: usize = 16;

/// A message and where it goes.
#[derive(Debug, Clone)]
pub(super) struct Outgoing {
    pub exchange: &'static str,
    pub routing_key: String,
    pub message: Message,
    /// Whether it is an error when no queue takes it.
    pub mandatory: bool,
}

impl Outgoing {
    /// To a queue, which has to be there.
    pub fn to(queue: &str, message: Message) -> Self {
        Self { exchange: "", routing_key: queue.to_owned(), message, mandatory: true }
    }

    /// Whether it goes by way of the levels of delay.
    pub fn is_delayed(&self) -> bool {
        self.exchange == delay::ENTRY
    }

    fn id(&self) -> Option<&str> {
        self.message.properties.message_id().as_ref().map(lapin::types::ShortString::as_str)
    }
}

/// What became of a batch that the broker took.
#[derive(Debug, Default)]
pub(super) struct Published {
    /// The ids of those that no queue took.
    returned: HashSet<String>,
}

impl Published {
    /// What of the batch has to be sent again once its queue is there.
    pub fn returned(&self, batch: Vec<Outgoing>) -> Vec<Outgoing> {
        batch.into_iter().filter(|outgoing| outgoing.id().is_some_and(|id| self.returned.contains(id))).collect()
    }
}

/// One attempt to publish some messages.
struct Attempt<'a> {
    returned: Vec<String>,
    /// What was not confirmed.
    left: Vec<&'a Outgoing>,
    error: Option<MessagingError>,
}

/// Publishes over channels of one connection.
#[derive(Debug)]
pub(super) struct Publisher {
    link: Arc<Link>,
    patience: Duration,
    idle: Mutex<Vec<Channel>>,
}

impl Publisher {
    pub fn new(link: Arc<Link>, patience: Duration) -> Self {
        Self { link, patience, idle: Mutex::default() }
    }

    /// Sends a batch and waits until the broker has it. An error leaves open which of the messages it has.
    pub async fn publish(&self, batch: &[Outgoing]) -> Result<Published, MessagingError> {
        let mut published = Published::default();
        for part in batch.chunks(IN_FLIGHT) {
            published.returned.extend(self.insist(part).await?);
        }
        Ok(published)
    }

    /// Most failures are over at once: the connection was lost while nobody looked, or a queue that was made or restarted
    /// this moment has no leader yet and takes nothing. What was confirmed is not sent again.
    async fn insist(&self, part: &[Outgoing]) -> Result<Vec<String>, MessagingError> {
        let (asked, mut pause) = (Instant::now(), FIRST_PAUSE);
        let (mut left, mut returned) = (part.iter().collect(), Vec::new());
        loop {
            let attempt = self.attempt(left).await;
            returned.extend(attempt.returned);
            let Some(error) = attempt.error else { return Ok(returned) };
            let is_first = pause == FIRST_PAUSE;
            if !error.is_transient() || !(is_first || asked.elapsed() < self.patience / 2) {
                return Err(error);
            }
            left = attempt.left;
            sleep(pause).await;
            pause *= 2;
        }
    }

    async fn attempt<'a>(&self, messages: Vec<&'a Outgoing>) -> Attempt<'a> {
        let channel = match self.channel().await {
            Ok(channel) => channel,
            Err(error) => return Attempt { returned: Vec::new(), left: messages, error: Some(error) },
        };
        let mut attempt = Attempt { returned: Vec::new(), left: Vec::new(), error: None };
        let confirming = messages.iter().enumerate();
        let mut confirming: FuturesUnordered<_> =
            confirming.map(|(number, outgoing)| confirmed(&channel, outgoing).map(move |id| (number, id))).collect();
        let mut unconfirmed: BTreeSet<usize> = (0..messages.len()).collect();
        // As long as confirmations come, a large batch may take its time.
        loop {
            match timeout(self.patience, confirming.next()).await {
                Ok(Some((number, Ok(id)))) => {
                    unconfirmed.remove(&number);
                    attempt.returned.extend(id);
                }
                Ok(Some((_, Err(error)))) => attempt.error = Some(error),
                Ok(None) => break,
                Err(_) => {
                    attempt.error = Some(self.stalled());
                    break;
                }
            }
        }
        let is_quiet = confirming.is_empty();
        drop(confirming);
        let count = (messages.len() - unconfirmed.len()) as u64;
        metrics::counter!("usher_broker_requests_total", "operation" => "publish").increment(count);
        if is_quiet {
            self.keep(channel);
        }
        attempt.left = unconfirmed.into_iter().map(|number| messages[number]).collect();
        attempt
    }

    fn stalled(&self) -> MessagingError {
        let what = format!("the broker confirmed nothing for {:?}", self.patience);
        MessagingError::Unavailable(
            Trouble::new(what).remedy("look whether it hangs, and whether its disk or memory is full"),
        )
    }

    async fn channel(&self) -> Result<Channel, MessagingError> {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        while let Some(channel) = idle() {
            if channel.status().connected() {
                return Ok(channel);
            }
        }
        let channel = self.link.channel().await?;
        let confirming = timeout(self.patience, channel.confirm_select(ConfirmSelectOptions::default())).await;
        let confirming =
            confirming.map_err(|_| MessagingError::Unavailable(Trouble::new("the broker does not answer")))?;
        confirming.map_err(failed("the broker confirms nothing"))?;
        Ok(channel)
    }

    /// Only a channel on which nothing is on its way any more comes back here.
    fn keep(&self, channel: Channel) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE {
            idle.push(channel);
        }
    }

    /// Lets go of the channels, and through them of the connection.
    pub fn abandon(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// The id of the message if it was returned.
async fn confirmed(channel: &Channel, outgoing: &Outgoing) -> Result<Option<String>, MessagingError> {
    let Outgoing { exchange, routing_key, message, mandatory } = outgoing;
    let options = BasicPublishOptions { mandatory: *mandatory, immediate: false };
    let what = || format!("a message to `{exchange}` for `{routing_key}` was not sent");
    let (exchange, key) = ((*exchange).into(), routing_key.as_str().into());
    let sent = channel.basic_publish(exchange, key, options, &message.body, message.properties.clone());
    match sent.await.map_err(|error| failed(&what())(error))?.await.map_err(|error| failed(&what())(error))? {
        Confirmation::Ack(None) => Ok(None),
        Confirmation::Ack(Some(returned)) | Confirmation::Nack(Some(returned)) => {
            Ok(returned.delivery.properties.message_id().as_ref().map(|id| id.as_str().to_owned()))
        }
        Confirmation::Nack(None) | Confirmation::NotRequested => {
            let trouble = Trouble::new(format!("the broker could not keep a message for `{routing_key}`"));
            Err(MessagingError::Unavailable(
                trouble.remedy("look whether most of its nodes run, and whether the queue is full"),
            ))
        }
    }
}

/// The error for messages that no queue takes, although the queue was made just now.
pub(super) fn unroutable(left: &[Outgoing]) -> Result<(), MessagingError> {
    let Some(first) = left.first() else { return Ok(()) };
    let what = format!("{} messages for `{}` were returned: no queue takes them", left.len(), first.routing_key);
    Err(MessagingError::Unavailable(Trouble::new(what).remedy("look who deletes the queue or its bindings")))
}
