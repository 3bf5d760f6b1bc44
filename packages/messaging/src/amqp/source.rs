//! Where the messages of one queue come in, for all who receive from it in this process.
//!
//! The broker pushes: while somebody waits, a consumer with a bounded window stands open, and stays open for whoever comes
//! back for more at once. The window is what was asked for and no more, so that a message is hardly ever here without
//! somebody who wants it. When nobody has wanted anything for [`LINGER`], the consumer is cancelled and what is left is
//! put back, uncounted, for other processes. A receive that does not wait asks the broker for each message by itself,
//! because only that way it says that there is none.
//!
//! Nothing here is lost when a receive is given up half-way: whatever arrives goes into a buffer first, by tasks that
//! nobody can give up, and from there to whoever asks next, or back.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use futures::StreamExt as _;
use lapin::{
    Channel, Consumer,
    message::Delivery,
    options::{BasicCancelOptions, BasicConsumeOptions, BasicGetOptions, BasicQosOptions},
    types::{FieldTable, ShortString},
};
use tokio::{
    sync::Notify,
    task::AbortHandle,
    time::{Duration, Instant, timeout, timeout_at},
};

use super::{failure::failed, lease::Arrived, link::Link, message::Message};
use crate::error::{MessagingError, Trouble};

/// How long a consumer stays open when nobody waits: a worker is back within a millisecond, and another process gets what
/// this one does not want within a quarter of a second.
pub(super) const LINGER: Duration = Duration::from_millis(250);

/// The widest window of one consumer; who wants more gets a second one.
const WIDEST: usize = 1024;

/// The way in from one queue.
#[derive(Debug)]
pub(super) struct Source {
    pub queue: Arc<str>,
    link: Arc<Link>,
    patience: Duration,
    state: Mutex<State>,
    arrived: Notify,
    /// Held while a consumer is opened, so that two who wait do not open one each for the same demand.
    opening: tokio::sync::Mutex<()>,
    /// The channel on which messages are asked for one by one.
    pulling: tokio::sync::Mutex<Option<Channel>>,
}

#[derive(Debug)]
struct State {
    buffer: VecDeque<Arrived>,
    taps: Vec<Tap>,
    /// Cancelled, with messages that somebody still works on.
    retired: Vec<Tap>,
    waiting: usize,
    wanted: usize,
    idle_since: Instant,
}

/// A consumer and its window.
#[derive(Debug)]
struct Tap {
    channel: Channel,
    tag: ShortString,
    window: usize,
    /// One reference for each unsettled message, and this one.
    places: Arc<()>,
    pump: AbortHandle,
}

impl Tap {
    fn unsettled(&self) -> usize {
        Arc::strong_count(&self.places) - 1
    }

    fn room(&self) -> usize {
        self.window.saturating_sub(self.unsettled())
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        self.pump.abort();
    }
}

impl Source {
    pub fn new(queue: &str, link: Arc<Link>, patience: Duration) -> Arc<Self> {
        let state = State {
            buffer: VecDeque::new(),
            taps: Vec::new(),
            retired: Vec::new(),
            waiting: 0,
            wanted: 0,
            idle_since: Instant::now(),
        };
        Arc::new(Self {
            queue: queue.into(),
            link,
            patience,
            state: Mutex::new(state),
            arrived: Notify::new(),
            opening: tokio::sync::Mutex::default(),
            pulling: tokio::sync::Mutex::default(),
        })
    }

    /// Up to `max` messages; waits for the first.
    pub async fn receive(self: &Arc<Self>, max: usize, wait: Duration) -> Result<Vec<Arrived>, MessagingError> {
        if wait.is_zero() {
            let source = Arc::clone(self);
            joined(tokio::spawn(async move { source.pull(max).await })).await?;
            return Ok(self.take(max));
        }
        let deadline = Instant::now() + wait;
        let _waiting = Waiting::new(self, max);
        loop {
            let arrived = self.arrived.notified();
            tokio::pin!(arrived);
            arrived.as_mut().enable();
            let taken = self.take(max);
            if !taken.is_empty() {
                return Ok(taken);
            }
            let source = Arc::clone(self);
            let opening = tokio::spawn(async move { source.open().await });
            match timeout_at(deadline, joined(opening)).await {
                Ok(opened) => opened?,
                Err(_) => return Ok(self.take(max)),
            }
            if timeout_at(deadline, arrived).await.is_err() {
                return Ok(self.take(max));
            }
        }
    }

    /// Cancels what nobody has wanted anything from for a while. What had arrived for nobody has to be put back.
    pub async fn park(&self) -> Vec<Arrived> {
        let is_idle = |state: &State| state.waiting == 0 && state.idle_since.elapsed() >= LINGER;
        let taps = {
            let mut state = self.state();
            state.retired.retain(|tap| tap.unsettled() > 0 && tap.channel.status().connected());
            if is_idle(&state) { std::mem::take(&mut state.taps) } else { Vec::new() }
        };
        for tap in &taps {
            // Nothing comes after the answer but what the broker had sent before it; if a message should be among that
            // which the library no longer knows whom to give to, it is returned when the channel is closed.
            let cancelling = tap.channel.basic_cancel(tap.tag.clone(), BasicCancelOptions::default());
            let _ = timeout(self.patience, cancelling).await;
        }
        let mut state = self.state();
        state.retired.extend(taps);
        if is_idle(&state) { state.buffer.drain(..).filter(|arrived| !arrived.is_lost()).collect() } else { Vec::new() }
    }

    /// How many messages are here without anybody having them.
    pub fn buffered(&self) -> usize {
        self.state().buffer.iter().filter(|arrived| !arrived.is_lost()).count()
    }

    fn take(&self, max: usize) -> Vec<Arrived> {
        let mut state = self.state();
        let mut taken = Vec::new();
        while taken.len() < max
            && let Some(arrived) = state.buffer.pop_front()
        {
            if !arrived.is_lost() {
                taken.push(arrived);
            }
        }
        taken
    }

    fn push(&self, delivery: Delivery, place: Arc<()>) {
        let message = Message { body: delivery.data, properties: delivery.properties };
        let arrived = Arrived { receives: message.receives(), message, acker: delivery.acker, place };
        self.state().buffer.push_back(arrived);
        self.arrived.notify_waiters();
    }

    /// Opens a consumer if those that stand open have no room for all that is wanted.
    async fn open(self: &Arc<Self>) -> Result<(), MessagingError> {
        let _alone = self.opening.lock().await;
        let missing = {
            let state = self.state();
            let room: usize = state.taps.iter().map(Tap::room).sum();
            state.wanted.saturating_sub(state.buffer.len() + room)
        };
        if missing == 0 {
            return Ok(());
        }
        let window = missing.min(WIDEST);
        let channel = self.link.channel().await?;
        let prefetch = u16::try_from(window).unwrap_or(u16::MAX);
        let consuming = async {
            channel.basic_qos(prefetch, BasicQosOptions::default()).await?;
            let (name, tag) = (self.queue.as_ref().into(), ShortString::default());
            channel.basic_consume(name, tag, BasicConsumeOptions::default(), FieldTable::default()).await
        };
        let consumer = timeout(self.patience, consuming).await.map_err(|_| self.slow())?;
        let consumer = consumer.map_err(failed(&format!("nothing can be received from `{}`", self.queue)))?;
        metrics::counter!("usher_broker_requests_total", "operation" => "consume").increment(1);
        let (places, tag) = (Arc::new(()), consumer.tag());
        let pump = tokio::spawn(pump(consumer, Arc::downgrade(&places), Arc::downgrade(self))).abort_handle();
        self.state().taps.push(Tap { channel, tag, window, places, pump });
        Ok(())
    }

    /// Asks for messages until there are so many, or no more.
    async fn pull(&self, max: usize) -> Result<(), MessagingError> {
        // What came so far is for somebody, and is not put back while the rest is asked for.
        let _waiting = Waiting::new(self, 0);
        let mut pulling = self.pulling.lock().await;
        // What the broker has pushed is read before this question is answered.
        let open: Vec<(Channel, usize)> = {
            let state = self.state();
            state.taps.iter().filter(|tap| tap.room() > 0).map(|tap| (tap.channel.clone(), tap.window)).collect()
        };
        for (channel, window) in open {
            let prefetch = u16::try_from(window).unwrap_or(u16::MAX);
            let _ = timeout(self.patience, channel.basic_qos(prefetch, BasicQosOptions::default())).await;
            tokio::task::yield_now().await; // So that the pump hands on what it has read.
        }
        let channel = match pulling.take().filter(|channel| channel.status().connected()) {
            Some(channel) => channel,
            None => self.link.channel().await?,
        };
        while self.buffered() < max {
            let getting = channel.basic_get(self.queue.as_ref().into(), BasicGetOptions::default());
            let got = timeout(self.patience, getting).await.map_err(|_| self.slow())?;
            metrics::counter!("usher_broker_requests_total", "operation" => "get").increment(1);
            match got.map_err(failed(&format!("nothing can be received from `{}`", self.queue)))? {
                Some(message) => self.push(message.delivery, Arc::new(())),
                None => break,
            }
        }
        *pulling = Some(channel);
        Ok(())
    }

    fn slow(&self) -> MessagingError {
        MessagingError::Unavailable(Trouble::new(format!(
            "the broker said nothing about `{}` for {:?}",
            self.queue, self.patience
        )))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Puts what a consumer is sent into the buffer, until it is cancelled or its connection is lost.
async fn pump(mut consumer: Consumer, places: Weak<()>, source: Weak<Source>) {
    while let Some(Ok(delivery)) = consumer.next().await {
        let (Some(place), Some(source)) = (places.upgrade(), source.upgrade()) else { return };
        source.push(delivery, place);
    }
    if let Some(source) = source.upgrade() {
        source.state().taps.retain(|tap| !std::ptr::eq(Arc::as_ptr(&tap.places), places.as_ptr()));
        source.arrived.notify_waiters();
    }
}

async fn joined<T>(task: tokio::task::JoinHandle<Result<T, MessagingError>>) -> Result<T, MessagingError> {
    task.await.unwrap_or(Err(MessagingError::ShuttingDown)) // The runtime ends, or it would not have been given up.
}

/// Somebody who waits for messages, or no longer does.
struct Waiting<'a> {
    source: &'a Source,
    max: usize,
}

impl<'a> Waiting<'a> {
    fn new(source: &'a Source, max: usize) -> Self {
        let mut state = source.state();
        state.waiting += 1;
        state.wanted += max;
        Self { source, max }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut state = self.source.state();
        state.waiting -= 1;
        state.wanted -= self.max;
        state.idle_since = Instant::now();
    }
}
