//! Decides: every invariant of the audit, what customers were told against what is true, and what the drill expects.

use std::collections::BTreeMap;

use anyhow::ensure;
use serde_json::{Value, json};
use usher_audit::{Invariant, Options};
use usher_bookings::Status;
use usher_core::ids::BookingId;
use usher_drills::{
    definition::{Drill, file::Planted},
    report::{self, Expectation, Report, Verdict},
};

use super::{
    buyers::{Outcome, written},
    stage::Stage,
};

/// What the books say of everybody.
pub struct Truth {
    pub invariants: Vec<report::Invariant>,
    pub stuck: Vec<Value>,
    pub unknown_were: BTreeMap<String, u64>,
}

/// Asks the audit, and holds what customers were told against it.
pub async fn ask(stage: &Stage, outcomes: &[Outcome]) -> anyhow::Result<Truth> {
    let options = Options { grace: time::Duration::ZERO, ..Options::default() };
    let audit = Box::pin(usher_audit::audit(&stage.services.audit_sources(), &options)).await?;
    let mut invariants = Vec::new();
    for invariant in Invariant::ALL {
        let rows = audit.findings.iter().filter(|finding| finding.invariant == *invariant);
        let rows = rows.map(serde_json::to_value).collect::<Result<Vec<_>, _>>()?;
        invariants.push(promise(invariant.slug(), invariant.sentence(), rows));
    }
    let stuck = audit.stuck.iter().map(serde_json::to_value).collect::<Result<Vec<_>, _>>()?;
    let (mut told, mut answers, mut unknown_were) = (Vec::new(), Vec::new(), BTreeMap::new());
    for outcome in outcomes {
        if outcome.bookings.len() > 1 {
            answers.push(json!({ "key": outcome.key, "bookings": outcome.bookings }));
        }
        let truth = truth(stage, outcome).await?;
        if outcome.heard == "unknown" {
            *unknown_were.entry(truth).or_default() += 1;
        } else if !agrees(&outcome.heard, &truth) {
            told.push(
                json!({ "key": outcome.key, "told": outcome.heard, "true": truth, "bookings": outcome.bookings }),
            );
        }
    }
    let sentence = "What a customer was told is what became of the booking.";
    invariants.push(promise("told-is-true", sentence, told));
    let sentence = "One idempotency key has one answer, however often it was asked.";
    invariants.push(promise("one-answer", sentence, answers));
    Ok(Truth { invariants, stuck, unknown_were })
}

fn promise(name: &str, sentence: &str, rows: Vec<Value>) -> report::Invariant {
    report::Invariant { name: name.to_owned(), sentence: sentence.to_owned(), holds: rows.is_empty(), rows }
}

/// What became of a customer's last request.
async fn truth(stage: &Stage, outcome: &Outcome) -> anyhow::Result<String> {
    let named: Option<BookingId> = outcome.bookings.first().and_then(|id| id.parse().ok());
    let id = match named {
        Some(id) => Some(id),
        None => written(stage, &outcome.key).await?,
    };
    let Some(id) = id else { return Ok("never arrived".to_owned()) };
    let booking = stage.services.contexts.bookings.get(id).await?;
    Ok(booking.map_or_else(|| "never arrived".to_owned(), |booking| booking.status.to_string()))
}

fn agrees(heard: &str, truth: &str) -> bool {
    match heard {
        "confirmed" => truth == "confirmed",
        "cancelled" => truth == "cancelled",
        // Refused before anything was written, or rejected afterwards.
        _ => matches!(truth, "rejected" | "never arrived" | "cancelled"),
    }
}

/// What the drill expects, and what was found.
pub fn expectations(drill: &Drill, report: &Report) -> Vec<Expectation> {
    let expect = &drill.expect;
    let mut all = Vec::new();
    let mut note = |what: &str, wanted: String, found: String, met: bool| {
        all.push(Expectation { what: what.to_owned(), wanted, found, met });
    };
    note(
        "invariants",
        "all hold".to_owned(),
        broken(report),
        report.invariants.iter().all(|invariant| invariant.holds),
    );
    note("sagas that wait for a person", "none".to_owned(), report.stuck.len().to_string(), report.stuck.is_empty());
    if let Some(wanted) = expect.sold {
        note("seats sold", wanted.to_string(), report.sold.0.to_string(), report.sold.0 == wanted);
    }
    let within = |limit: std::time::Duration, found: Option<u64>| {
        found.is_some_and(|found| u128::from(found) <= limit.as_millis())
    };
    let shown = |found: Option<u64>| found.map_or_else(|| "never".to_owned(), |found| format!("{found} ms"));
    if let Some(limit) = expect.p99_within {
        let found = Some(report.load.latency.p99);
        note(
            "99th percentile of answers",
            format!("at most {} ms", limit.as_millis()),
            shown(found),
            within(limit, found),
        );
    }
    if let Some(limit) = expect.recovered_within {
        let found = report.times.recovered;
        note(
            "at rest after the last fault",
            format!("within {} ms", limit.as_millis()),
            shown(found),
            within(limit, found),
        );
    }
    if let Some(limit) = expect.detected_within {
        let found = report.times.detected;
        note("first sign of a fault", format!("within {} ms", limit.as_millis()), shown(found), within(limit, found));
    }
    for (counter, least) in &expect.at_least {
        let found = report.counters.get(counter).copied().unwrap_or_default();
        note(counter, format!("at least {least}"), found.to_string(), found >= *least);
    }
    for kind in &expect.refused_with {
        let found = report.load.heard.get(kind).copied().unwrap_or_default();
        note(&format!("refused with {kind}"), "somebody".to_owned(), found.to_string(), found > 0);
    }
    all
}

fn broken(report: &Report) -> String {
    let broken: Vec<&str> = report
        .invariants
        .iter()
        .filter(|invariant| !invariant.holds)
        .map(|invariant| invariant.name.as_str())
        .collect();
    if broken.is_empty() { "all hold".to_owned() } else { format!("broken: {}", broken.join(", ")) }
}

/// The verdict and its reasons.
pub fn verdict(report: &Report, aborted: Option<&str>) -> (Verdict, Vec<String>) {
    let mut failures: Vec<String> = report
        .expectations
        .iter()
        .filter(|expectation| !expectation.met)
        .map(|expectation| format!("{}: wanted {}, found {}.", expectation.what, expectation.wanted, expectation.found))
        .collect();
    failures.extend(
        report.clean_up.iter().filter(|thing| !thing.done).map(|thing| format!("Not cleaned up: {}.", thing.what)),
    );
    // A broken invariant is a failure, also of a drill that was given up.
    let broken = report.invariants.iter().any(|invariant| !invariant.holds);
    if let (Some(reason), false) = (aborted, broken) {
        failures.insert(0, format!("It was given up because {reason}."));
        return (Verdict::Aborted, failures);
    }
    let missed: Vec<String> = report
        .faults
        .iter()
        .filter_map(|fault| match (&fault.trouble, fault.applied_at, fault.hits) {
            (Some(trouble), ..) => Some(format!("{} could not be applied: {trouble}.", fault.id)),
            (None, None, _) => Some(format!("{} was never applied: the load was over before.", fault.id)),
            (None, Some(_), Some(0)) => Some(format!("{} hit nothing.", fault.id)),
            _ => None,
        })
        .collect();
    if !failures.is_empty() {
        failures.extend(missed);
        return (Verdict::Failed, failures);
    }
    if !missed.is_empty() {
        return (Verdict::Inconclusive, missed);
    }
    let held = report.invariants.len();
    (
        Verdict::Passed,
        vec![format!("All {held} invariants hold, every expectation is met, and every fault hit something.")],
    )
}

/// Writes something that must never be.
pub async fn plant(stage: &Stage, planted: Planted) -> anyhow::Result<()> {
    let Planted::DoubleSale = planted;
    ensure!(stage.hands.is_some(), "wrongs are planted only in a product of the drill's own");
    let pool = &stage.services.databases.tickets;
    sqlx::query("DROP INDEX tickets.tickets_valid_by_seat").execute(pool).await?;
    let copied = sqlx::query(
        "INSERT INTO tickets.tickets (id, booking_id, user_id, showtime_id, seat, price, currency, code, issued_at)
         SELECT gen_random_uuid(), booking_id, user_id, showtime_id, seat, price, currency, code, issued_at
         FROM tickets.tickets WHERE revoked_at IS NULL LIMIT 1",
    );
    ensure!(copied.execute(pool).await?.rows_affected() == 1, "nothing was sold yet that could be sold twice");
    Ok(())
}

/// Seats of a show that belong to somebody for good.
pub async fn sold(stage: &Stage, showtime: usher_core::ids::ShowtimeId) -> anyhow::Result<usize> {
    let occupied = stage.services.contexts.seating.occupied(showtime).await?;
    Ok(occupied.values().filter(|occupancy| matches!(occupancy, usher_seating::read::Occupancy::Sold)).count())
}

/// Bookings for a show, by where they stand.
pub async fn bookings(stage: &Stage, showtime: usher_core::ids::ShowtimeId) -> anyhow::Result<BTreeMap<String, u64>> {
    let rows = sqlx::query_as::<_, (String, i64)>(
        "SELECT status::text, count(*) FROM bookings.bookings WHERE showtime_id = $1 GROUP BY status",
    );
    let rows = rows.bind(showtime.uuid()).fetch_all(&stage.services.databases.bookings).await?;
    let rows = rows.into_iter().map(|(status, count)| (status, u64::try_from(count).unwrap_or_default()));
    let known = |status: &str| status.parse::<Status>().is_ok();
    Ok(rows.filter(|(status, _)| known(status)).collect())
}
