//! One drill, from the first check to the report.
//!
//! Steady state first: whoever breaks something that was broken before has learnt nothing. Then customers and faults
//! together, while somebody watches and may give up. Then rest, cleaning up, and the audit of everything.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use anyhow::{Context as _, bail, ensure};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use usher_core::ids::DrillId;
use usher_drills::{
    definition::{Abort, Drill, hash},
    lease::Lease,
    report::{CleanUp, Identity, Load, Report, Sample, Times, Verdict},
    runs, watch,
};
use usher_workflows::definitions::SAGAS;

use super::{
    buyers::Crowd,
    judge,
    plan::plan,
    rest,
    sampler::{self, Seen, Watched},
    schedule::{self, Schedule},
    stage::Stage,
    whoami,
};

/// How long the first customer waits until every process has heard of the drill.
const HEARD: Duration = Duration::from_millis(500);

/// How long processes get to tell what they counted last.
const TOLD: Duration = Duration::from_millis(600);

/// While everything settles nothing is given up any more but the waiting itself.
const NEVER: Abort =
    Abort { after: Duration::from_hours(24), unknown_above: 100, not_ready_for: Duration::from_hours(24) };

/// What is to be run.
pub struct Wish<'w> {
    /// The drill.
    pub drill: &'w Drill,
    /// Its file's text.
    pub text: &'w str,
    /// Decides what chance decides.
    pub seed: u64,
    /// What repeats it.
    pub repeat: String,
    /// Of this run.
    pub id: DrillId,
    /// Whether somebody looks on.
    pub shown: bool,
}

/// What somebody who looks on sees: a line that moves, and a line for each fault.
pub struct Progress {
    bar: ProgressBar,
    buyers: u64,
}

impl Progress {
    fn new(buyers: usize, shown: bool) -> Self {
        let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(buyers as u64), target);
        if let Ok(style) = ProgressStyle::with_template("{elapsed:>4} [{bar:30}] {pos}/{len} customers  {msg}") {
            bar.set_style(style.progress_chars("=> "));
        }
        Self { bar, buyers: buyers as u64 }
    }

    /// Says something that stays.
    pub fn say(&self, text: &str) {
        self.bar.println(format!("  {text}"));
    }

    /// Shows how it stands.
    pub fn stand(&self, sample: &Sample) {
        self.bar.set_position((sample.answered + sample.unknown).min(self.buyers));
        let ready = if sample.ready { "" } else { ", NOT READY" };
        let running = sample.running.map_or_else(|| "?".to_owned(), |running| running.to_string());
        self.bar.set_message(format!("{} with tickets, {running} sagas run{ready}", sample.confirmed));
    }

    fn phase(&self, text: &'static str) {
        self.bar.set_message(text);
        self.bar.tick();
    }
}

/// Runs a drill and reports. An error is a drill that could not be run, never one that failed.
pub async fn run(stage: &Stage, wish: &Wish<'_>) -> anyhow::Result<Report> {
    let Wish { drill, seed, id, .. } = *wish;
    let hands = stage.hands.is_some();
    ensure!(
        hands || !drill.needs_hands(),
        "{} ends processes or servers, which takes a runner that started them: `usher drill run {}`",
        drill.name,
        drill.name
    );
    let lease = Lease::take(stage.services.databases.engine.clone(), id, seed).await?;
    let progress = Progress::new(drill.load.buyers, wish.shown);
    let ran = tokio::select! {
        ran = over(stage, wish, &lease, &progress) => ran,
        () = schedule::renew(&lease) => bail!("the lease of the drill was given up"),
    };
    // Whatever happened: nothing fails on purpose any more.
    drop(stage.end_provider_faults().await);
    let ended = lease.end().await;
    progress.bar.finish_and_clear();
    let report = ran?;
    ended?;
    runs::end(&stage.services.databases.engine, id, &report).await?;
    Ok(report)
}

async fn over(stage: &Stage, wish: &Wish<'_>, lease: &Lease, progress: &Progress) -> anyhow::Result<Report> {
    let Wish { drill, seed, id, .. } = *wish;
    let began_at = stage.services.ambient.now();
    runs::begin(&stage.services.databases.engine, id, &drill.name, seed, began_at).await?;
    progress.phase("looks whether all is well before");
    ensure!(stage.is_ready().await, "the product is not ready, and so nothing would be learnt");
    let crowd = Crowd::gather(stage, &drill.load, id).await.context("the hall and its customers cannot be made")?;
    tokio::time::sleep(HEARD).await;
    let first = Instant::now();
    let crowd = Arc::new(crowd.begin(first));
    let (schedule, seen) = (Schedule::new(stage, lease, &drill.faults, first, progress), Seen::default());
    let aborted = play(wish, &Playing { stage, crowd: &crowd, schedule: &schedule, seen: &seen, progress }).await;

    progress.phase("waits for rest");
    let mut faults = schedule.rows();
    let last_fault = faults.iter().filter_map(|fault| fault.reverted_at).max().unwrap_or_default();
    let first_fault = faults.iter().filter_map(|fault| fault.applied_at).min();
    let mut cleaned = rest::clean_up(stage, drill.clean_up).await;
    let settling = tokio::select! {
        at_rest = rest::wait(stage, drill.clean_up) => at_rest,
        _ = sampler::watch(stage, watched(id, &crowd, NEVER), &seen, progress) => None,
    };
    let within = drill.clean_up.settle_within.as_secs();
    cleaned.push(CleanUp { what: format!("everything at rest within {within} s"), done: settling.is_some() });
    tokio::time::sleep(TOLD).await;

    progress.phase("asks the audit");
    let told = watch::told(&stage.services.databases.engine, id).await?;
    let deaths = stage.hands.as_ref().map_or(0, |hands| hands.engine.deaths() + hands.worker.deaths());
    schedule::count(&mut faults, &drill.faults, &told, deaths);
    let outcomes = crowd.heard.outcomes();
    let truth = judge::ask(stage, &outcomes).await?;
    let at_rest = settling.map(|at| u64::try_from((at - first).as_millis()).unwrap_or(u64::MAX));
    let sign = first_fault.and_then(|from| Some((from, seen.first_sign(from)?)));
    let mut load = Load {
        buyers: drill.load.buyers,
        requests: crowd.heard.requests.load(Ordering::Relaxed),
        unknown_were: truth.unknown_were,
        heard: crowd.heard.kinds(),
        latency: crowd.heard.latency()?,
        ..Load::default()
    };
    for outcome in &outcomes {
        *load.outcomes.entry(outcome.heard.clone()).or_default() += 1;
    }
    let mut report = Report {
        identity: identity(stage, wish, began_at),
        verdict: Verdict::Passed,
        reasons: Vec::new(),
        load,
        faults,
        sagas: rest::ends(stage).await?,
        stuck: truth.stuck,
        bookings: judge::bookings(stage, crowd.showtime()).await?,
        sold: (judge::sold(stage, crowd.showtime()).await?, drill.load.hall),
        times: Times {
            detected: sign.map(|(from, (at, _))| at - from),
            sign: sign.map(|(_, (_, sign))| sign.to_owned()),
            recovered: at_rest.map(|at| at.saturating_sub(last_fault)),
        },
        invariants: truth.invariants,
        expectations: Vec::new(),
        counters: sampler::sum(&told),
        samples: seen.samples(),
        answers: crowd.heard.answers(),
        clean_up: cleaned,
        repeat: wish.repeat.clone(),
    };
    report.expectations = judge::expectations(drill, &report);
    (report.verdict, report.reasons) = judge::verdict(&report, aborted.as_deref());
    Ok(report)
}

/// Everybody who has a part.
#[derive(Clone, Copy)]
struct Playing<'p> {
    stage: &'p Stage,
    crowd: &'p Arc<Crowd>,
    schedule: &'p Schedule<'p>,
    seen: &'p Seen,
    progress: &'p Progress,
}

/// Customers and faults together. Answers why it was given up, if it was.
async fn play(wish: &Wish<'_>, playing: &Playing<'_>) -> Option<String> {
    let Playing { stage, crowd, schedule, seen, progress } = *playing;
    let Wish { drill, seed, id, .. } = *wish;
    let (over, first) = (CancellationToken::new(), crowd.first());
    let both = async {
        // Faults that have an end of their own get it; the others end with the load.
        let longest = drill.faults.iter().filter_map(|fault| Some(fault.at + fault.lasts?)).max().unwrap_or_default();
        let load = async {
            tokio::join!(crowd.buy(plan(&drill.load, seed), first), tokio::time::sleep_until(first + longest));
            over.cancel();
        };
        tokio::join!(load, schedule.play(&drill.faults, &over));
    };
    tokio::pin!(both);
    let given_up = tokio::select! {
        () = &mut both => None,
        reason = sampler::watch(stage, watched(id, crowd, drill.abort), seen, progress) => Some(reason),
    };
    if let Some(reason) = &given_up {
        progress.say(&format!("given up: {reason}"));
        crowd.over.cancel();
        over.cancel();
        both.await;
    }
    given_up
}

fn watched(drill: DrillId, crowd: &Arc<Crowd>, rules: Abort) -> Watched<'_> {
    Watched { drill, crowd, rules }
}

fn identity(stage: &Stage, wish: &Wish<'_>, began_at: time::OffsetDateTime) -> Identity {
    let drill = wish.drill;
    Identity {
        id: wish.id,
        name: drill.name.clone(),
        title: drill.title.clone(),
        hypothesis: drill.hypothesis.clone(),
        learn: drill.learn.clone(),
        seed: wish.seed,
        commit: commit(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        definition: drill.hash.clone(),
        file: wish.text.to_owned(),
        sagas: SAGAS.iter().map(|saga| (saga.name.to_owned(), hash(saga.definition))).collect(),
        transport: stage.transport.clone(),
        environment: stage.environment.clone(),
        by: whoami(),
        began_at,
        ended_at: stage.services.ambient.now(),
    }
}

/// The commit of the checkout that it is run in.
fn commit() -> String {
    let asked = std::process::Command::new("git").args(["rev-parse", "--short=12", "HEAD"]).output();
    let said = asked.ok().filter(|asked| asked.status.success()).and_then(|asked| String::from_utf8(asked.stdout).ok());
    said.map_or_else(|| "unknown".to_owned(), |commit| commit.trim().to_owned())
}
