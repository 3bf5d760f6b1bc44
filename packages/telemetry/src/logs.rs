//! Logs: one line for each event on the standard error, for people or for machines.
//!
//! Lines carry ids, never an address, a token or anything of a card; who writes a new log line can have a test read it
//! back with `testing::captured_logs`. A panic is a line like every other, so that a log of JSON stays one. Another
//! format is a variant of [`LogFormat`] and an arm in `layer`.

use std::{backtrace::Backtrace, io::IsTerminal as _, panic::PanicHookInfo, str::FromStr};

use tracing_subscriber::{
    EnvFilter, Layer, Registry,
    fmt::{self, MakeWriter},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

use crate::trace;

/// How a line looks. The setting is `USHER_LOG_FORMAT`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// For people: time, level, words, fields.
    #[default]
    Text,
    /// For machines: one JSON object a line, the event's fields at its top level, its spans below `span` and `spans`.
    Json,
}

/// Why logging could not begin.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter is not one.
    #[error("`{filter}` is not a log filter: it takes a level, or levels by module such as `warn,usher=info`")]
    Filter {
        /// What was given.
        filter: String,
        /// What is wrong with it.
        #[source]
        source: tracing_subscriber::filter::ParseError,
    },
    /// Something in this process logs already.
    #[error("logging was set up before")]
    LogsInstalled(#[source] tracing_subscriber::util::TryInitError),
    /// The variables `OTEL_EXPORTER_OTLP_*` ask for an export that cannot be.
    #[error("traces cannot be exported: look at the variables OTEL_EXPORTER_OTLP_*")]
    Export(#[source] opentelemetry_otlp::ExporterBuildError),
    /// Something in this process counts already.
    #[error("metrics were set up before")]
    MetricsInstalled(#[source] metrics_exporter_prometheus::BuildError),
}

/// A text that names no format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a log format: it takes `text` or `json`")]
pub struct UnknownFormat(String);

impl FromStr for LogFormat {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            other => Err(UnknownFormat(other.chars().take(16).collect())),
        }
    }
}

/// Sends what this process traces to its standard error, and panics with it; and its spans to where OpenTelemetry's
/// variables say, if they do (see [`trace`]). What the filter leaves out is not exported either. Once per process.
///
/// `filter` is the setting `USHER_LOG`: a level, or levels by module. Too much of it costs time on every request, too
/// little hides why a saga is stuck. Colour is for terminals only, and not where `NO_COLOR` (no-color.org) is set.
pub fn init(format: LogFormat, filter: &str) -> Result<(), TelemetryError> {
    let filter = EnvFilter::try_new(filter)
        .map_err(|source| TelemetryError::Filter { filter: filter.chars().take(200).collect(), source })?;
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let subscriber = tracing_subscriber::registry().with(layer(format, colour, std::io::stderr)).with(filter);
    let installed = if trace::wanted() {
        subscriber.with(trace::layer().map_err(TelemetryError::Export)?).try_init()
    } else {
        subscriber.try_init()
    };
    installed.map_err(TelemetryError::LogsInstalled)?;
    std::panic::set_hook(Box::new(log_panic));
    Ok(())
}

/// What turns events into lines of the format.
///
/// The filter goes beside it and not into it (`with_filter`): a filter of a single layer remembers for its thread that
/// something was disabled, until the next event is dropped for it, and somebody who merely asks whether a level is enabled
/// - sqlx does, at every statement - thus costs us the next line.
pub(crate) fn layer<W>(format: LogFormat, colour: bool, writer: W) -> Box<dyn Layer<Registry> + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    match format {
        LogFormat::Text => fmt::layer().with_ansi(colour).with_writer(writer).boxed(),
        LogFormat::Json => fmt::layer().json().flatten_event(true).with_writer(writer).boxed(),
    }
}

fn log_panic(info: &PanicHookInfo<'_>) {
    let location = info.location().map(ToString::to_string).unwrap_or_default();
    let reason = info.payload_as_str().unwrap_or("no reason given");
    let thread = std::thread::current();
    let thread = thread.name().unwrap_or("unnamed");
    // Empty unless RUST_BACKTRACE asks for it, because collecting one takes milliseconds.
    let backtrace = Backtrace::capture();
    tracing::error!(location, reason, thread, %backtrace, "panic");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_named_as_in_the_setting() {
        assert_eq!(["text", "json"].map(str::parse), [Ok(LogFormat::Text), Ok(LogFormat::Json)]);
        assert_eq!("JSON".parse::<LogFormat>(), Err(UnknownFormat("JSON".to_owned())));
    }

    #[test]
    fn a_filter_that_is_none_is_named_in_the_error() {
        let error = init(LogFormat::Text, "usher=loud").unwrap_err();
        assert!(matches!(error, TelemetryError::Filter { .. }), "{error:?}");
        assert!(error.to_string().starts_with("`usher=loud` is not a log filter"), "{error}");
    }
}
