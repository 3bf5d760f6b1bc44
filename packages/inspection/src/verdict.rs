//! What one saga waits for, since when, whether that is normal, and what to do if it is not.
//!
//! The same judgement explains one saga to a person and finds the stuck ones among all. It is made of facts that others
//! gather, and of the time; the limits below say from when on something is not normal. Each is well above what happens on a
//! healthy system, where a step takes milliseconds, and low enough that trouble is known within a minute.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use usher_workflows::{
    definitions::SAGAS,
    orchestrator::Status,
    query::{Listed, Waiting},
    step::{STEPS, Step},
};

use crate::Class;

/// A request that nobody took for so long has no worker: a free one takes it in milliseconds.
pub const UNTAKEN: Duration = Duration::seconds(20);

/// A step that has not answered for so long is slow: the slowest honest one is a provider's time-out and a look-up.
pub const SLOW: Duration = Duration::seconds(45);

/// From so many failed attempts on it is a loop.
pub const LOOP: u32 = 3;

/// A timer that is so late has nobody to fire it.
pub const LATE: Duration = Duration::seconds(15);

/// A provider may take this long to decide on a refund before somebody looks; cards take days, and say so at once.
pub const UNDECIDED: Duration = Duration::days(1);

/// How long a payment's outcome may be unknown before it is more than a hiccup.
pub const UNKNOWN: Duration = Duration::seconds(30);

/// A step's queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// Requests that nobody has.
    pub waiting: i64,
    /// Requests that workers have.
    pub leased: i64,
    /// Requests that nobody could handle.
    pub dead: i64,
    /// Since when the oldest of the waiting ones waits, in seconds.
    pub oldest_seconds: i64,
}

/// What is known of a saga besides its line in the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Around {
    /// The queue of the step it stands in.
    pub queue: Queue,
    /// How the payment stands, in the words of the payments: `unknown`, `open`, ...
    pub payment: Option<String>,
    /// Since when the customer has to confirm the payment, and until when they may.
    pub customer_until: Option<OffsetDateTime>,
    /// Whether workers take no requests of this step because somebody asked them not to.
    pub paused: bool,
}

/// What is to be said of a saga.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Whether nobody has to do anything.
    pub normal: bool,
    /// The trouble, if it is one.
    pub class: Option<Class>,
    /// What it waits for, in a sentence.
    pub says: String,
    /// Since when.
    #[serde(with = "time::serde::rfc3339::option")]
    pub since: Option<OffsetDateTime>,
    /// What was seen that says so.
    pub evidence: Vec<String>,
    /// The command to give next, if there is one.
    pub suggestion: Option<String>,
    /// Where to read on.
    pub runbook: Option<String>,
}

impl Verdict {
    fn normal(says: String, since: Option<OffsetDateTime>) -> Self {
        Self { normal: true, class: None, says, since, evidence: Vec::new(), suggestion: None, runbook: None }
    }

    fn trouble(class: Class, says: String, since: Option<OffsetDateTime>, suggestion: String) -> Self {
        Self {
            normal: false,
            class: Some(class),
            says,
            since,
            evidence: Vec::new(),
            suggestion: Some(suggestion),
            runbook: Some(class.runbook()),
        }
    }

    fn seen(mut self, evidence: impl Into<String>) -> Self {
        self.evidence.push(evidence.into());
        self
    }
}

/// What is to be said of a saga now.
pub fn of(saga: &Listed, around: &Around, now: OffsetDateTime) -> Verdict {
    match saga.status {
        Status::Running => running(saga, around, now),
        Status::Succeeded => Verdict::normal("It has ended; nobody has to do anything.".to_owned(), saga.stopped_at),
        Status::Failed | Status::TimedOut | Status::Aborted => ended_badly(saga),
    }
}

/// Whether a state takes back what others did.
fn is_undo(state: &str) -> bool {
    ["RevokeTickets", "RefundPayment", "ReleaseSeats"].contains(&state)
}

fn ended_badly(saga: &Listed) -> Verdict {
    let state = saga.states.first().map_or("a state", String::as_str);
    let error = saga.error.as_deref().unwrap_or("no error was named");
    let (what, name) = (word(saga.status), &saga.name);
    let redrive = format!("usher saga redrive {name} --reason '...'");
    let verdict = if is_undo(state) {
        let says = format!(
            "{what} in {state}, which takes back what was done: that is not taken back yet, and nothing goes on by itself."
        );
        Verdict::trouble(Class::UndoFailed, says, saga.stopped_at, redrive)
    } else {
        let says = format!("{what} in {state}; nothing goes on by itself.");
        Verdict::trouble(Class::SagaFailed, says, saga.stopped_at, redrive)
    };
    let cause = saga.cause.as_deref().map(|cause| format!(": {cause}")).unwrap_or_default();
    verdict.seen(format!("{error}{cause}"))
}

fn word(status: Status) -> &'static str {
    match status {
        Status::TimedOut => "It ran out of time",
        Status::Aborted => "It was stopped",
        _ => "It failed",
    }
}

fn running(saga: &Listed, around: &Around, now: OffsetDateTime) -> Verdict {
    let Some(state) = saga.states.first() else {
        return Verdict::normal("It is about to begin.".to_owned(), Some(saga.started_at));
    };
    let since = saga.entered_at;
    let stood = now - since.unwrap_or(saga.started_at);
    let step = STEPS.iter().find(|step| step.state == state);
    let subject = step.map_or_else(|| state.clone(), |step| format!("{state} (queue {})", step.name));
    if let Some(late) = saga.wakes_at.map(|wakes_at| now - wakes_at).filter(|late| *late > LATE) {
        let says = format!("It waits in {subject} for a moment that is over since {}.", span(late));
        return Verdict::trouble(Class::NoEngine, says, since, "usher engine".to_owned())
            .seen(format!("a timer is {} late; an engine fires it within a second", span(late)));
    }
    let met = |verdict: Verdict| match &saga.error {
        Some(error) => verdict.seen(format!("{} attempts before this one, the last error was {error}", saga.attempt)),
        None => verdict,
    };
    if around.paused {
        return Verdict::normal(format!("It waits in {subject}, which is paused for everybody."), since);
    }
    if let Some(verdict) = money(saga, around, now, stood) {
        return met(verdict);
    }
    if let Some(verdict) = orphaned(saga, around, &subject, (stood, since)) {
        return met(verdict);
    }
    if saga.attempt >= LOOP || saga.attempt > 0 && stood > SLOW {
        let says = format!("{subject} was tried {} times in {} and fails each time.", saga.attempt, span(stood));
        let suggestion = format!("usher saga show {}", saga.name);
        let verdict = met(Verdict::trouble(Class::RetryLoop, says, since, suggestion));
        // Nobody can succeed who is not there.
        if let Some(unmanned) = unmanned(around) {
            let says = format!("It waits for a worker of {subject}; there seems to be none.");
            return Verdict::trouble(Class::NoWorker, says, since, worker(step)).seen(unmanned);
        }
        return verdict;
    }
    match saga.waiting {
        Some(Waiting::Timer) => {
            let until = saga.wakes_at.map(|until| format!(", for another {}", span(until - now))).unwrap_or_default();
            Verdict::normal(format!("It waits in {state}, as its definition says{until}."), since)
        }
        Some(Waiting::Retry) => {
            let until = saga.wakes_at.map(|until| format!(" in {}", span(until - now))).unwrap_or_default();
            met(Verdict::normal(format!("{subject} failed and is tried again{until}."), since))
        }
        Some(Waiting::Task) | None => task(saga, around, (&subject, step), (stood, since)),
    }
}

/// A task whose request is nowhere. Where the engine does not tell what a saga waits for, a retry looks the same, so only the
/// first attempt is judged.
fn orphaned(
    saga: &Listed,
    around: &Around,
    subject: &str,
    (stood, since): (Duration, Option<OffsetDateTime>),
) -> Option<Verdict> {
    let Queue { waiting, leased, .. } = around.queue;
    let is_sure = saga.waiting == Some(Waiting::Task) && (saga.attempt == 0 || saga.wakes_at.is_some());
    if !is_sure || stood <= UNTAKEN || waiting > 0 || leased > 0 {
        return None;
    }
    let says = format!(
        "It waits for an answer from {subject} that nobody can give: its request is in no queue, and no worker has it."
    );
    let suggestion = format!("usher saga retry {} --reason '...'", saga.name);
    let next = saga.wakes_at.map_or_else(String::new, |at| format!(" at {}", moment(at)));
    let seen = format!("the queue is empty; the state's time-out will send a new request{next}");
    Some(Verdict::trouble(Class::DeadToken, says, since, suggestion).seen(seen))
}

/// A moment to the second, in UTC.
fn moment(at: OffsetDateTime) -> String {
    let at = at.to_offset(time::UtcOffset::UTC);
    format!("{} {:02}:{:02}:{:02}Z", at.date(), at.hour(), at.minute(), at.second())
}

/// A task that was asked for and not answered.
fn task(
    saga: &Listed,
    around: &Around,
    (subject, step): (&str, Option<&Step>),
    (stood, since): (Duration, Option<OffsetDateTime>),
) -> Verdict {
    let Queue { waiting, leased, .. } = around.queue;
    if stood > UNTAKEN
        && let Some(unmanned) = unmanned(around)
    {
        let says = format!("It waits for a worker of {subject}; there seems to be none.");
        return Verdict::trouble(Class::NoWorker, says, since, worker(step)).seen(unmanned);
    }
    if stood > SLOW {
        let says = format!("A worker has had the request of {subject} for {}, and the step takes less.", span(stood));
        let suggestion = format!("usher saga show {}", saga.name);
        return Verdict::trouble(Class::SlowStep, says, since, suggestion)
            .seen(format!("{leased} requests of the step are with workers, {waiting} wait"));
    }
    Verdict::normal(format!("{subject} is at work since {}.", span(stood)), since)
}

/// Steps that ask the payment provider.
pub fn asks_the_provider(state: &str) -> bool {
    ["ChargePayment", "RefundPayment", "ExecuteRefund", "WaitForProvider"].contains(&state)
}

fn money(saga: &Listed, around: &Around, now: OffsetDateTime, stood: Duration) -> Option<Verdict> {
    let state = saga.states.first().filter(|state| asks_the_provider(state))?;
    if let Some(until) = around.customer_until.filter(|until| *until > now) {
        let says =
            format!("It waits for the customer to confirm the payment, for another {} at most.", span(until - now));
        return Some(Verdict::normal(says, saga.entered_at));
    }
    let is_unknown =
        saga.error.as_deref() == Some("PaymentOutcomeUnknown") || around.payment.as_deref() == Some("unknown");
    let (limit, what) = match state.as_str() {
        "WaitForProvider" | "ExecuteRefund" => (UNDECIDED, "has not decided on the refund"),
        _ if is_unknown => (UNKNOWN, "gives no answer that can be relied on"),
        _ => return None,
    };
    let age = if state == "WaitForProvider" { now - saga.started_at } else { stood };
    if age <= limit {
        return is_unknown.then(|| {
            Verdict::normal(
                format!("{state} asks the payment provider until it knows, since {}.", span(age)),
                saga.entered_at,
            )
        });
    }
    let says = format!("{state} waits for the payment provider, which {what} for {}.", span(age));
    let about = saga.booking_id.as_deref().unwrap_or("pay_...");
    let verdict =
        Verdict::trouble(Class::WaitingForProvider, says, saga.entered_at, format!("usher payment probe {about}"));
    Some(match &around.payment {
        Some(payment) => verdict.seen(format!("our books have the payment as {payment}")),
        None => verdict,
    })
}

/// Why there seems to be no worker. Some transports do not tell since when requests wait.
fn unmanned(around: &Around) -> Option<String> {
    let Queue { waiting, leased, oldest_seconds, .. } = around.queue;
    if waiting == 0 || leased > 0 {
        return None;
    }
    match oldest_seconds {
        0 => Some(format!("{waiting} requests wait, and nobody has any")),
        old if old >= UNTAKEN.whole_seconds() => {
            Some(format!("{waiting} requests wait, the oldest for {old} s, and nobody has any"))
        }
        _ => None,
    }
}

fn worker(step: Option<&Step>) -> String {
    step.map_or_else(|| "usher worker".to_owned(), |step| format!("usher worker --step {}", step.name))
}

/// A length of time in words that a person grasps.
pub(crate) fn span(length: Duration) -> String {
    match length.whole_seconds().max(0) {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds @ 120..7_200 => format!("{} min", seconds / 60),
        seconds @ 7_200..172_800 => format!("{} h", seconds / 3_600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

/// Whether a name is one that an execution of ours can have.
pub fn saga_of(name: &str) -> Option<&'static str> {
    let saga = match name.split('_').next()? {
        "bkg" => "booking",
        "can" | "pcn" => "cancellation",
        "rfd" => "refund",
        "sho" => "showtime-cancellation",
        _ => return None,
    };
    SAGAS.iter().map(|saga| saga.name).find(|name| *name == saga)
}

#[cfg(test)]
mod tests;
