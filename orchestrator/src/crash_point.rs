//! Places where a test ends or suspends the process, to see that whoever comes next goes on as if nothing had been.
//!
//! Compiled only with the feature `crash-points`, which nothing but tests asks for (`cli/tests/crash_points.rs` looks): each
//! place carries the condition itself, so that a build without it has nothing there, not even a call. A point does nothing
//! until the environment arms it: `USHER_CRASH_POINT=abort:before-commit:booking` ends the process when a batch with an
//! execution of the saga `booking` is about to be written, and `suspend:before-commit` stops it, once, until somebody sends
//! it a SIGCONT. One more point is a variant here and a call at its place; the tests go through [`Point::ALL`].

use std::{
    future::Future,
    pin::pin,
    sync::{
        LazyLock,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
};

use rustix::process::{Signal, getpid, kill_process};

/// The environment variable that arms a point: what is done, where, and for which saga (any, when it is left out).
pub const VARIABLE: &str = "USHER_CRASH_POINT";

/// A place in the engine or the relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// The relay has leased a start, and has not told the engine.
    StartLeased,
    /// The engine has a start, and the relay has not discarded it.
    StartSent,
    /// Executions were read, and nothing was done with them.
    Loaded,
    /// Executions were stepped, and nothing of it was written.
    BeforeCommit,
    /// The statement is on its way: only the server knows what becomes of it.
    InsideCommit,
    /// The batch is durable, and nobody knows.
    AfterCommit,
    /// Its messages are about to be handed over.
    HandingOver,
    /// Its messages were handed over, and nobody got an answer.
    HandedOver,
    /// Timers were leased, and have not fired.
    TimerLeased,
    /// Events were moved from the outbox to their consumers, in a transaction that is still open.
    EventsTaken,
    /// That transaction is durable, and the events were handed to nobody.
    EventsMoved,
}

impl Point {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::StartLeased,
        Self::StartSent,
        Self::Loaded,
        Self::BeforeCommit,
        Self::InsideCommit,
        Self::AfterCommit,
        Self::HandingOver,
        Self::HandedOver,
        Self::TimerLeased,
        Self::EventsTaken,
        Self::EventsMoved,
    ];

    /// Its name in [`VARIABLE`].
    pub const fn name(self) -> &'static str {
        match self {
            Self::StartLeased => "start-leased",
            Self::StartSent => "start-sent",
            Self::Loaded => "loaded",
            Self::BeforeCommit => "before-commit",
            Self::InsideCommit => "inside-commit",
            Self::AfterCommit => "after-commit",
            Self::HandingOver => "handing-over",
            Self::HandedOver => "handed-over",
            Self::TimerLeased => "timer-leased",
            Self::EventsTaken => "events-taken",
            Self::EventsMoved => "events-moved",
        }
    }
}

struct Armed {
    suspends: bool,
    point: String,
    saga: Option<String>,
    /// A process is suspended once; what it does afterwards is what the test is about.
    used: AtomicBool,
}

static ARMED: LazyLock<Option<Armed>> = LazyLock::new(|| {
    let setting = std::env::var(VARIABLE).ok()?;
    let mut parts = setting.splitn(3, ':');
    Some(Armed {
        suspends: parts.next()? == "suspend",
        point: parts.next()?.to_owned(),
        saga: parts.next().map(str::to_owned),
        used: AtomicBool::new(false),
    })
});

impl Armed {
    fn concerns(&self, point: Point, executions: &[&str]) -> bool {
        let of_saga = |id: &&str| self.saga.as_deref().is_none_or(|saga| id.split(':').next() == Some(saga));
        self.point == point.name() && executions.iter().any(of_saga)
    }

    fn strike(&self) {
        if !self.suspends {
            std::process::abort();
        }
        if !self.used.swap(true, Ordering::Relaxed) {
            let _ = kill_process(getpid(), Signal::STOP); // A test that waits for it in vain says so.
        }
    }
}

/// The process is at a point with these executions, named by their ids or sagas.
pub(crate) fn reached<'a>(point: Point, executions: impl IntoIterator<Item = &'a str>) {
    if let Some(armed) = &*ARMED
        && armed.concerns(point, &executions.into_iter().collect::<Vec<_>>())
    {
        armed.strike();
    }
}

/// Sets a statement about these executions on its way, is at [`Point::InsideCommit`], and awaits the rest. On a busy machine
/// the server may have answered by then; the process has not heard of it, and that is all that matters to it.
pub(crate) async fn inside<T>(executions: impl IntoIterator<Item = &str>, statement: impl Future<Output = T>) -> T {
    let mut statement = pin!(statement);
    let answer = futures::poll!(&mut statement);
    reached(Point::InsideCommit, executions);
    match answer {
        Poll::Ready(done) => done,
        Poll::Pending => statement.await,
    }
}
