//! Where spans go.
//!
//! The exporter collects spans in a thread of its own and sends them in batches; when the collector is away or slow, spans
//! are dropped and nobody waits. Endpoint, headers, time-out, batch sizes, sampler and resource attributes are the
//! standard's variables (opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables).

use std::sync::{OnceLock, atomic::Ordering};

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{ExporterBuildError, Protocol, SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};
use tracing::Subscriber;
use tracing_subscriber::{Layer, registry::LookupSpan};

use super::EXPORTING;

/// Any of these asks for an export.
const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];

/// What this program is called among others, unless `OTEL_SERVICE_NAME` says otherwise.
const SERVICE: &str = "usher";

static PROVIDER: OnceLock<SdkTracerProvider> = OnceLock::new();

/// Whether the environment asks for an export.
pub(crate) fn wanted() -> bool {
    let set = |name: &&str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let disabled = std::env::var("OTEL_SDK_DISABLED").is_ok_and(|value| value.eq_ignore_ascii_case("true"));
    !disabled && ENDPOINTS.iter().any(set)
}

/// The layer that exports to where the environment says. Once per process.
pub(crate) fn layer<S>() -> Result<impl Layer<S>, ExporterBuildError>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let exporter = SpanExporter::builder().with_http().with_protocol(Protocol::HttpBinary).build()?;
    let mut resource = Resource::builder();
    if std::env::var_os("OTEL_SERVICE_NAME").is_none() {
        resource = resource.with_service_name(SERVICE);
    }
    let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource.build()).build();
    let tracer = PROVIDER.get_or_init(|| provider).tracer(SERVICE);
    EXPORTING.store(true, Ordering::Relaxed);
    Ok(tracing_opentelemetry::layer().with_tracer(tracer).with_location(false).with_threads(false))
}

/// Sends what was not sent yet, and ends the export; nothing where there is none. Blocks until the collector has answered
/// or its time-out is over, so call it last, outside of any runtime.
pub fn flush() {
    if let Some(provider) = PROVIDER.get()
        && let Err(error) = provider.shutdown()
    {
        tracing::warn!(%error, "the last spans could not be exported; is the collector at the OTLP endpoint up?");
    }
}
