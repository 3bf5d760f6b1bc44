//! What is counted, for Prometheus to fetch.
//!
//! Whoever counts uses the macros of `metrics` where the thing happens and adds the name to the [`catalogue`]; a test
//! finds names that were forgotten there. Nothing listens here: the API serves [`Metrics::render`].

pub mod catalogue;

use std::{fmt::Write as _, sync::Arc, time::Duration};

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio_util::task::AbortOnDropHandle;

use crate::{logs::TelemetryError, process};
use catalogue::{CATALOGUE, Kind};

/// Upper bounds of durations in seconds: from a step in memory (half a millisecond) over the second that a customer
/// notices (and the S3 alert at 1 s) to the minute after which a payment is looked up.
const SECONDS: [f64; 15] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0];

/// Upper bounds of batch sizes: powers of two up to the largest batch of a group commit, 256.
const SIZES: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// How often recorded values are folded into their buckets. Between two folds each takes eight bytes: at ten thousand a
/// second and 5 s that is 400 kB, whether anybody fetches the metrics or not.
const UPKEEP: Duration = Duration::from_secs(5);

/// The metrics of this process. Cheap to clone; the upkeep ends with the last clone.
#[derive(Debug, Clone)]
pub struct Metrics {
    handle: PrometheusHandle,
    _upkeep: Arc<AbortOnDropHandle<()>>,
}

/// Begins to count, once per process. Must be called within a runtime, before what counts is made: a counter that was
/// taken before this goes nowhere.
pub fn install() -> Result<Metrics, TelemetryError> {
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)
        .and_then(|builder| builder.set_buckets_for_metric(Matcher::Suffix("_size".to_owned()), &SIZES));
    let handle = recorder.and_then(PrometheusBuilder::install_recorder).map_err(TelemetryError::MetricsInstalled)?;
    for metric in CATALOGUE {
        match metric.kind {
            Kind::Counter => ::metrics::describe_counter!(metric.name, metric.help),
            Kind::Gauge => ::metrics::describe_gauge!(metric.name, metric.help),
            Kind::Histogram => ::metrics::describe_histogram!(metric.name, metric.help),
        }
    }
    let upkeep = tokio::spawn(upkeep(handle.clone()));
    Ok(Metrics { handle, _upkeep: Arc::new(AbortOnDropHandle::new(upkeep)) })
}

impl Metrics {
    /// The metrics in Prometheus' text format, version 0.0.4. What was never counted has its description and no value:
    /// who looks for a name finds it, and no alert mistakes "never" for zero.
    pub fn render(&self) -> String {
        process::observe();
        let mut text = self.handle.render();
        for metric in CATALOGUE {
            if !text.contains(&format!("# TYPE {} ", metric.name)) {
                // Writing to a string cannot fail.
                let _ =
                    writeln!(text, "# HELP {0} {1}\n# TYPE {0} {2}\n", metric.name, metric.help, metric.kind.as_str());
            }
        }
        text
    }
}

async fn upkeep(handle: PrometheusHandle) {
    let mut ticks = tokio::time::interval(UPKEEP);
    loop {
        ticks.tick().await;
        handle.run_upkeep();
    }
}
