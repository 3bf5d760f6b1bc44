//! One queue of this process: its polls, and how their yield reaches the consumers.
//!
//! A poll is a task of its own. Whoever waits may give up, and a request that was given up would leave messages hidden
//! until their leases end; here the poll goes on, its yield waits for the next consumer, and when none comes it is given
//! back. While a queue is quiet there is one long poll of twenty seconds, which is what an idle queue costs; when a poll
//! comes back full, more are made at once, as many as the consumers have room for.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use futures::future::join_all;
use tokio::{
    runtime::Handle,
    sync::{oneshot, watch},
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

use super::{
    batch::MOST,
    calls::Calls,
    gather::Gatherer,
    lease::{Held, receipt},
    message::Incoming,
};
use crate::{
    error::MessagingError,
    queue::{Delivery, MAX_RECEIVES},
};

/// The longest that SQS waits for a message.
/// Source: Amazon SQS Developer Guide, "Short and long polling".
const LONGEST_POLL: Duration = Duration::from_secs(20);

/// The shortest poll that asks all servers of SQS; a poll that does not wait asks some of them.
const SHORTEST_POLL: Duration = Duration::from_secs(1);

/// How many polls of one queue are under way at once: eighty messages a round trip, which is some thousands a second.
const POLLS: usize = 8;

/// How long what nobody waits for is kept for somebody who is between two receives.
const GRACE: Duration = Duration::from_millis(250);

/// One queue.
#[derive(Debug)]
pub(super) struct Lane {
    queue: Arc<str>,
    calls: Arc<Calls>,
    state: Mutex<State>,
    arrivals: watch::Sender<()>,
    /// Deletes.
    pub acks: Gatherer,
    /// Extensions.
    pub extensions: Gatherer,
    /// Held by whoever looks through the dead letters, because two who look hide them from each other.
    pub dead: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    /// What was received and not handed over yet.
    handed: VecDeque<Held>,
    /// Who waits, and for how many messages together.
    consumers: usize,
    wanted: usize,
    /// Polls that consumers wait for, and how many messages they ask for together.
    polls: usize,
    asked: usize,
    /// Whether the last poll came back full.
    full: bool,
    /// Why the last poll failed.
    error: Option<MessagingError>,
    tasks: JoinSet<()>,
}

/// What a poll came back with.
#[derive(Debug, Clone, Copy)]
struct Yield {
    received: usize,
    alive: usize,
    asked: usize,
}

impl Lane {
    pub(super) fn new(queue: &str, calls: &Arc<Calls>) -> Arc<Self> {
        let name = calls.stage.name(queue);
        let acks = {
            let (calls, name) = (Arc::clone(calls), name.clone());
            Gatherer::spawn(move |handles| {
                let (calls, name) = (Arc::clone(&calls), name.clone());
                async move { calls.delete(&name, &handles).await }
            })
        };
        let extensions = {
            let calls = Arc::clone(calls);
            Gatherer::spawn(move |handles| {
                let (calls, name) = (Arc::clone(&calls), name.clone());
                async move { calls.hide(&name, &handles, calls.leases.length()).await }
            })
        };
        Arc::new(Self {
            queue: queue.into(),
            calls: Arc::clone(calls),
            state: Mutex::default(),
            arrivals: watch::Sender::new(()),
            acks,
            extensions,
            dead: tokio::sync::Mutex::default(),
        })
    }

    /// Takes up to `max` messages; waits up to `wait` for the first.
    pub(super) async fn receive(self: &Arc<Self>, max: usize, wait: Duration) -> Result<Vec<Delivery>, MessagingError> {
        if max == 0 {
            return Ok(Vec::new());
        }
        let deadline = Instant::now() + wait;
        let _presence = self.arrive(max);
        let mut arrivals = self.arrivals.subscribe();
        if wait < SHORTEST_POLL {
            let seen = self.look(max).await?;
            if !seen.is_empty() || wait.is_zero() {
                return Ok(seen);
            }
            let _ = timeout(deadline.saturating_duration_since(Instant::now()), arrivals.changed()).await;
            return self.look(max).await;
        }
        loop {
            arrivals.borrow_and_update();
            let taken = self.take(max);
            if !taken.is_empty() {
                return Ok(taken);
            }
            if let Some(error) = self.state().error.take() {
                return Err(error);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left < SHORTEST_POLL {
                // The last poll comes back in this moment. Another one would be paid for, and ask what was just asked.
                let _ = timeout(left.max(GRACE), arrivals.changed()).await;
                return Ok(self.take(max));
            }
            self.poll(left);
            let _ = timeout(left, arrivals.changed()).await;
        }
    }

    /// What is there now, with polls of its own: it is not held up by somebody who waits.
    async fn look(self: &Arc<Self>, max: usize) -> Result<Vec<Delivery>, MessagingError> {
        self.await_abandoned().await;
        let mut at_once = 1;
        loop {
            let room = max.saturating_sub(self.state().handed.len());
            if room == 0 {
                break;
            }
            let polls = (0..room.div_ceil(MOST).min(at_once)).map(|place| {
                let (done, result) = oneshot::channel();
                self.start((room - place * MOST).min(MOST), Duration::ZERO, Some(done));
                result
            });
            let mut more = false;
            for result in join_all(polls).await {
                let result = result.unwrap_or(Err(MessagingError::ShuttingDown))?;
                // A poll that was full may have left something, and the dead may have taken the places of others.
                more |= result.received == result.asked || result.alive < result.received;
            }
            if !more {
                break;
            }
            at_once = POLLS;
        }
        Ok(self.take(max))
    }

    /// A poll cannot be called off. One whose consumer went away still takes what comes first, so whoever looks after that -
    /// a process that drains - gives it the moment it needs to come back with what is there.
    async fn await_abandoned(&self) {
        let mut arrivals = self.arrivals.subscribe();
        let abandoned = || {
            let state = self.state();
            state.polls > 0 && state.consumers == 1 && state.handed.is_empty()
        };
        if abandoned() {
            let _ = timeout(GRACE, arrivals.changed()).await;
        }
    }

    /// Makes sure that enough polls are under way for those who wait.
    fn poll(self: &Arc<Self>, left: Duration) {
        loop {
            let (ask, wait) = {
                let state = self.state();
                let room = state.wanted.div_ceil(MOST).min(POLLS);
                let enough = if state.full { room } else { room.min(state.consumers) };
                if state.polls >= enough.max(1) {
                    return;
                }
                // One waits for long. The others only see whether the queue is still as full as it was.
                // SQS counts whole seconds, and a moment has passed since the consumer asked for them.
                let whole = (left + SHORTEST_POLL / 2).min(LONGEST_POLL);
                let wait = if state.polls == 0 { whole } else { SHORTEST_POLL };
                (state.wanted.saturating_sub(state.asked).clamp(1, MOST), wait)
            };
            self.start(ask, wait, None);
        }
    }

    fn start(
        self: &Arc<Self>,
        ask: usize,
        wait: Duration,
        done: Option<oneshot::Sender<Result<Yield, MessagingError>>>,
    ) {
        let (lane, calls, queue) = (Arc::downgrade(self), Arc::clone(&self.calls), Arc::clone(&self.queue));
        let awaited = done.is_none();
        let mut state = self.state();
        while state.tasks.try_join_next().is_some() {}
        if awaited {
            state.polls += 1;
            state.asked += ask;
        }
        state.tasks.spawn(async move {
            let result = receive(&calls, &queue, ask, wait).await;
            let Some(lane) = Weak::upgrade(&lane) else { return };
            let result = lane.arrived(result, ask, awaited);
            if let Some(done) = done {
                let _ = done.send(result); // Whoever looked may be gone; the next one takes it.
            }
        });
    }

    /// Hands over what a poll brought.
    fn arrived(
        self: &Arc<Self>,
        result: Result<(usize, Vec<Held>), MessagingError>,
        asked: usize,
        awaited: bool,
    ) -> Result<Yield, MessagingError> {
        let mut state = self.state();
        if awaited {
            state.polls -= 1;
            state.asked -= asked;
        }
        let result = match result {
            Ok((received, alive)) => {
                state.full = received == asked;
                state.error = None;
                let result = Yield { received, alive: alive.len(), asked };
                state.handed.extend(alive);
                if state.consumers == 0 && !state.handed.is_empty() {
                    state.tasks.spawn(give_back_unless_wanted(Arc::downgrade(self)));
                }
                Ok(result)
            }
            Err(error) => {
                state.full = false;
                if awaited && state.consumers > 0 {
                    state.error = Some(error.clone());
                }
                Err(error)
            }
        };
        drop(state);
        self.arrivals.send_replace(());
        result
    }

    /// Takes what was handed over.
    fn take(&self, max: usize) -> Vec<Delivery> {
        let mut state = self.state();
        let most = state.handed.len().min(max);
        let taken = state.handed.drain(..most).map(|held| Delivery {
            receipt: receipt(&held),
            receives: held.receives,
            body: held.body.as_ref().to_owned(),
            trace: held.trace,
        });
        // What lay here until its lease ran out is somebody else's.
        let held = |delivery: &Delivery| matches!(self.calls.leases.of(&delivery.receipt), Ok(Some(_)));
        taken.filter(held).collect()
    }

    fn arrive(self: &Arc<Self>, max: usize) -> Presence {
        let mut state = self.state();
        state.consumers += 1;
        state.wanted += max;
        Presence { lane: Arc::clone(self), max }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Receives, and buries what came once too often.
async fn receive(
    calls: &Calls,
    queue: &Arc<str>,
    ask: usize,
    wait: Duration,
) -> Result<(usize, Vec<Held>), MessagingError> {
    let messages = calls.receive(&calls.stage.name(queue), ask, wait, calls.leases.length()).await?;
    let received = messages.len();
    let held = messages.iter().filter_map(Incoming::read).map(|message| Held {
        queue: Arc::clone(queue),
        handle: message.handle,
        body: message.body,
        receives: message.receives,
        trace: message.trace,
    });
    let (alive, dead): (Vec<Held>, Vec<Held>) = held.partition(|held| held.receives <= MAX_RECEIVES);
    calls.leases.begin(alive.iter().cloned());
    for held in dead {
        let reason = format!("delivered {MAX_RECEIVES} times without an answer");
        if let Err(error) = calls.bury(&held, MAX_RECEIVES, &reason).await {
            tracing::warn!(queue = &**queue, %error, "a dead letter could not be put aside; it will come again");
        }
    }
    Ok((received, alive))
}

/// What nobody takes within the grace goes to other processes.
async fn give_back_unless_wanted(lane: Weak<Lane>) {
    sleep(GRACE).await;
    let Some(lane) = lane.upgrade() else { return };
    let left: Vec<Held> = {
        let mut state = lane.state();
        if state.consumers > 0 { Vec::new() } else { state.handed.drain(..).collect() }
    };
    if !left.is_empty()
        && let Err(error) = lane.calls.give_back(&lane.queue, &left).await
    {
        tracing::warn!(queue = &*lane.queue, %error, "what nobody took could not be given back; its leases will run out");
    }
}

/// Counts a consumer while it waits.
struct Presence {
    lane: Arc<Lane>,
    max: usize,
}

impl Drop for Presence {
    fn drop(&mut self) {
        let mut state = self.lane.state();
        state.consumers -= 1;
        state.wanted -= self.max;
        // What came for somebody who went away in the moment of taking it.
        if state.consumers == 0
            && !state.handed.is_empty()
            && let Ok(runtime) = Handle::try_current()
        {
            state.tasks.spawn_on(give_back_unless_wanted(Arc::downgrade(&self.lane)), &runtime);
        }
    }
}
