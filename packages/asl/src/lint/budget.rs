//! How long a saga can take at worst, and what that is made of.
//!
//! Every attempt may run into its time-out and every delay may be as long as it can be; jitter only shortens. Of several
//! ways the longest counts, failures that are caught included. The sum up to the charge must be below the life of a hold,
//! or money could be taken for seats that somebody else has; the sum of everything must fit into the saga's own limit.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use serde::Serialize;

use super::{
    Rules,
    steps::{Asked, Role},
};
use crate::{
    model::{Amount, Flow, Kind, Retrier, State, StateMachine, Wait},
    problem::{Anchor, Code, Location, Problem, Problems},
};

/// The longest time up to a state, that state included.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Budget {
    /// The states on the longest way that take time.
    pub parts: Vec<Part>,
    /// Their sum, in seconds.
    pub seconds: u64,
    /// What it must stay below, in seconds.
    pub limit_seconds: u64,
}

/// What one state contributes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// The state.
    pub state: String,
    /// How often it is tried.
    pub attempts: u64,
    /// How long each attempt may take, in seconds.
    pub timeout_seconds: u64,
    /// How long it waits between attempts altogether, in seconds.
    pub waits_seconds: u64,
}

impl Part {
    /// What it comes to, in seconds.
    pub fn seconds(&self) -> u64 {
        self.attempts.saturating_mul(self.timeout_seconds).saturating_add(self.waits_seconds)
    }
}

impl fmt::Display for Budget {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<_> = self.parts.iter().map(|part| part.seconds().to_string()).collect();
        let relation = if self.seconds < self.limit_seconds { "<" } else { ">=" };
        write!(out, "{} = {} s {relation} {} s", parts.join(" + "), self.seconds, self.limit_seconds)
    }
}

/// Why no bound can be given.
struct Unbounded {
    state: String,
    reason: &'static str,
}

/// Checks both sums. The budget of the charge comes back, if there is a charge and a bound.
pub(super) fn check(
    machine: &StateMachine,
    asked: &[Asked<'_, '_>],
    rules: &Rules<'_>,
    problems: &Problems,
) -> Option<Budget> {
    whole(machine, asked, rules, problems);
    let charge = asked.iter().find(|one| matches!(one.step.role, Role::Pivot { .. }))?;
    let parts = match longest(machine.flow(), Some(charge.state)) {
        Ok(parts) => parts,
        Err(unbounded) => {
            problems.add(unbounded_problem(Code::SagaTimeBudget, &charge.location, &unbounded));
            return None;
        }
    };
    let budget = Budget { seconds: sum(&parts), parts, limit_seconds: rules.hold_seconds };
    if budget.seconds >= budget.limit_seconds {
        let message = format!("The charge may come when the seats are gone: {budget}");
        let problem = Problem::new(Code::SagaTimeBudget, &charge.location, message);
        let help = "shorten time-outs, attempts or delays of the states before it, or of itself".to_owned();
        problems.add(Problem { anchor: Anchor::Name, ..problem.help(help) });
    }
    Some(budget)
}

/// How many times as long as others a saga may take that looks again and again: a month instead of a day.
const LOOKING: u64 = 30;

fn whole(machine: &StateMachine, asked: &[Asked<'_, '_>], rules: &Rules<'_>, problems: &Problems) {
    let report = |message: String, help: String| {
        let place = Location::default();
        problems.add(Problem::with_field(Code::SagaUnbounded, &place, "TimeoutSeconds", message).help(help));
    };
    let has_pivot = asked.iter().any(|one| matches!(one.step.role, Role::Pivot { .. }));
    let looks = !has_pivot && looks_again(machine.flow());
    let longest_seconds = if looks { rules.longest_seconds.saturating_mul(LOOKING) } else { rules.longest_seconds };
    let limit = match machine.timeout_seconds() {
        None => {
            let help = "without it, an execution that nobody answers stays open for a year".to_owned();
            return report("A saga needs 'TimeoutSeconds'".to_owned(), help);
        }
        Some(seconds) if seconds > longest_seconds => {
            let help = format!("at most {longest_seconds} s");
            return report(format!("A saga must not take {seconds} s"), help);
        }
        Some(seconds) => seconds,
    };
    match longest(machine.flow(), None) {
        Err(_) if looks => {} // Its own limit is the bound.
        Err(unbounded) => {
            problems.add(unbounded_problem(Code::SagaUnbounded, &Location::default(), &unbounded));
        }
        Ok(parts) if sum(&parts) >= limit => {
            let parts = Budget { seconds: sum(&parts), parts, limit_seconds: limit };
            report(
                format!("The saga may be cut off in the middle: {parts}"),
                "raise it, or shorten the states".to_owned(),
            );
        }
        Ok(_) => {}
    }
}

/// Whether a flow comes back to where it was, and never without a Wait: it asks again and again how something far away
/// stands, and has nothing to lose when its own limit ends it. A pivot in such a round is not for this to allow.
fn looks_again(flow: &Flow) -> bool {
    let all =
        |state: &State| -> Vec<&State> { state.targets().into_iter().filter_map(|(_, name)| flow.get(name)).collect() };
    let up_to_waits = |state: &State| if matches!(state.kind, Kind::Wait(_)) { Vec::new() } else { all(state) };
    last_first(flow, all).is_err() && last_first(flow, up_to_waits).is_ok()
}

fn unbounded_problem(code: Code, location: &Location, unbounded: &Unbounded) -> Problem {
    let message = format!("Nobody can say how long it takes at worst, because of the state '{}'", unbounded.state);
    Problem { anchor: Anchor::Name, ..Problem::new(code, location, message).help(unbounded.reason.to_owned()) }
}

fn sum(parts: &[Part]) -> u64 {
    parts.iter().map(Part::seconds).fold(0, u64::saturating_add)
}

/// The parts of the longest way from the start to `goal`, or to any end.
fn longest(flow: &Flow, goal: Option<&str>) -> Result<Vec<Part>, Unbounded> {
    let relevant = goal.map(|goal| ancestors(flow, goal));
    let counts = |name: &str| relevant.as_ref().is_none_or(|relevant| relevant.contains(name));
    let next = |state: &State| -> Vec<&State> {
        let is_goal = goal == Some(state.name.as_str());
        let names = state.targets().into_iter().filter(|(_, name)| !is_goal && counts(name));
        names.filter_map(|(_, name)| flow.get(name)).collect()
    };
    let mut best: HashMap<&str, (u64, Option<&str>)> = HashMap::new();
    for state in last_first(flow, next)? {
        let own = part(state)?.map_or(0, |part| part.seconds());
        let rest =
            next(state).into_iter().filter_map(|later| Some((best.get(later.name.as_str())?.0, later.name.as_str())));
        let (seconds, way) =
            rest.max_by_key(|(seconds, _)| *seconds).map_or((0, None), |(seconds, way)| (seconds, Some(way)));
        best.insert(&state.name, (own.saturating_add(seconds), way));
    }
    let mut parts = Vec::new();
    let mut place = Some(flow.start_at());
    while let Some((name, state)) = place.and_then(|name| Some((name, flow.get(name)?))) {
        parts.extend(part(state)?);
        place = best.get(name).and_then(|(_, way)| *way);
    }
    Ok(parts)
}

/// The states that can be reached from the start, each behind all that it leads to. A way that comes back has no such
/// order, and no longest time.
fn last_first<'m>(flow: &'m Flow, next: impl Fn(&State) -> Vec<&'m State>) -> Result<Vec<&'m State>, Unbounded> {
    let mut order = Vec::new();
    // False while the ways behind a state are being followed, true when all are.
    let mut done: HashMap<&str, bool> = HashMap::new();
    let mut open: Vec<&State> = flow.get(flow.start_at()).into_iter().collect();
    while let Some(state) = open.last().copied() {
        match done.get(state.name.as_str()) {
            None => {
                done.insert(&state.name, false);
                for later in next(state) {
                    match done.get(later.name.as_str()) {
                        None => open.push(later),
                        Some(true) => {}
                        Some(false) => {
                            return Err(Unbounded { state: later.name.clone(), reason: "the way comes back to it" });
                        }
                    }
                }
            }
            Some(false) => {
                done.insert(&state.name, true);
                order.push(state);
                open.pop();
            }
            Some(true) => {
                open.pop();
            }
        }
    }
    Ok(order)
}

/// The states from which `goal` can be reached, itself included.
fn ancestors<'m>(flow: &'m Flow, goal: &'m str) -> HashSet<&'m str> {
    let mut before: HashMap<&str, Vec<&str>> = HashMap::new();
    for state in flow.states() {
        for (_, target) in state.targets() {
            before.entry(target).or_default().push(&state.name);
        }
    }
    let mut found = HashSet::from([goal]);
    let mut open = vec![goal];
    while let Some(name) = open.pop() {
        open.extend(before.get(name).into_iter().flatten().copied().filter(|name| found.insert(name)));
    }
    found
}

/// What a state contributes; nothing comes back for those that take no time.
fn part(state: &State) -> Result<Option<Part>, Unbounded> {
    let unbounded = |reason| Err(Unbounded { state: state.name.clone(), reason });
    let seconds = match &state.kind {
        Kind::Task(task) => match task.timeout {
            Some(Amount::Fixed(seconds)) => seconds,
            Some(_) => return unbounded("its time-out comes from the input"),
            None => return unbounded("it has no 'TimeoutSeconds'"),
        },
        Kind::Wait(Wait::Seconds(Amount::Fixed(seconds))) => *seconds,
        Kind::Wait(_) => return unbounded("how long it waits comes from the input"),
        Kind::Map(_) => return unbounded("how many items it has comes from the input"),
        Kind::Parallel(parallel) => {
            let mut slowest = 0;
            for branch in &parallel.branches {
                slowest = slowest.max(sum(&longest(branch, None)?));
            }
            slowest
        }
        Kind::Pass { .. } | Kind::Choice(_) | Kind::Succeed | Kind::Fail(_) => return Ok(None),
    };
    let retries = state.retry.iter().map(|retrier| retrier.max_attempts).fold(0, u64::saturating_add);
    Ok(Some(Part {
        state: state.name.clone(),
        attempts: retries.saturating_add(1),
        timeout_seconds: seconds,
        waits_seconds: state.retry.iter().map(delays).fold(0, u64::saturating_add),
    }))
}

/// Delays that are looked at one by one; by then every delay that grows has reached its longest.
const LOOKED_AT: u64 = 10_000;

/// The sum of a retrier's delays, in seconds, rounded up.
fn delays(retrier: &Retrier) -> u64 {
    let looked_at = u32::try_from(retrier.max_attempts.min(LOOKED_AT)).unwrap_or(u32::MAX);
    let first = (0..looked_at).map(|attempt| retrier.delay(attempt)).fold(0, u64::saturating_add);
    let rest = retrier.max_attempts.saturating_sub(LOOKED_AT).saturating_mul(retrier.delay(u32::MAX));
    first.saturating_add(rest).div_ceil(1_000_000)
}
