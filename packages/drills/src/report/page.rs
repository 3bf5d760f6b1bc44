//! The report as one page that needs nothing but a browser: no script, no font, nothing fetched.

use minijinja::{Environment, Value, context, value::Serde};

use super::{Report, plot};

/// Rows of a broken invariant that are shown; the JSON has all.
const ROWS: usize = 25;

/// The page could not be made, which is a mistake in its template.
#[derive(Debug, thiserror::Error)]
#[error("the page of the report cannot be made")]
pub struct PageError(#[from] minijinja::Error);

/// The page.
pub fn render(report: &Report) -> Result<String, PageError> {
    let mut environment = Environment::new();
    environment.add_filter("seconds", seconds);
    environment.add_template("report.html", include_str!("page.html"))?;
    let broken: Vec<(String, Vec<String>, usize)> = report
        .invariants
        .iter()
        .filter(|invariant| !invariant.holds)
        .map(|invariant| {
            let rows = invariant.rows.iter().take(ROWS).map(ToString::to_string).collect();
            (invariant.name.clone(), rows, invariant.rows.len().saturating_sub(ROWS))
        })
        .collect();
    let duration = (report.identity.ended_at - report.identity.began_at).whole_milliseconds();
    Ok(environment.get_template("report.html")?.render(context! {
        report => Value::from(Serde(report)),
        broken => Value::from(Serde(broken)),
        verdict => report.verdict.as_str(),
        began => clock(report.identity.began_at),
        duration => seconds(u64::try_from(duration).unwrap_or_default()),
        timeline => plot::timeline(report),
        customers => plot::customers(report),
        sagas => plot::sagas(report),
        latencies => plot::latencies(report),
        faults_total => report.faults.len(),
        faults_hit => report.faults.iter().filter(|fault| fault.hits.is_none_or(|hits| hits > 0) && fault.applied_at.is_some()).count(),
        invariants_held => report.invariants.iter().filter(|invariant| invariant.holds).count(),
        expectations_met => report.expectations.iter().filter(|expectation| expectation.met).count(),
    })?)
}

fn clock(at: time::OffsetDateTime) -> String {
    let (date, time) = (at.date(), at.time());
    format!("{date} {:02}:{:02}:{:02} UTC", time.hour(), time.minute(), time.second())
}

/// Milliseconds as people read them.
fn seconds(milliseconds: u64) -> String {
    match milliseconds {
        0..1000 => format!("{milliseconds} ms"),
        1000..60_000 => format!("{}.{} s", milliseconds / 1000, milliseconds % 1000 / 100),
        _ => format!("{} min {} s", milliseconds / 60_000, milliseconds % 60_000 / 1000),
    }
}
