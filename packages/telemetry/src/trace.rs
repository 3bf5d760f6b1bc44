//! One trace for each booking: from the request over the saga's steps to the provider and the events.
//!
//! A trace travels as a [`TraceContext`]: in the header `traceparent`, in the saga's data, in the envelope of events. That
//! happens whether anybody collects spans or not, so that the logs of all processes - and of whoever called us - name the
//! same trace. [`within`] makes it the current one of a piece of work, [`current`] is what goes into the next header.
//!
//! Spans are exported (OTLP over HTTP) where `OTEL_EXPORTER_OTLP_ENDPOINT` or `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` says
//! where to, by the variables of the OpenTelemetry specification. Elsewhere there is no exporter, no layer and no thread;
//! what is left is one check of a flag.

mod export;

use std::{
    future::Future,
    sync::atomic::{AtomicBool, Ordering},
};

use opentelemetry::{
    Context,
    trace::{SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState},
};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use usher_core::trace::TraceContext;

pub use export::flush;
pub(crate) use export::{layer, wanted};

/// Whether spans go anywhere.
static EXPORTING: AtomicBool = AtomicBool::new(false);

tokio::task_local! {
    static CURRENT: TraceContext;
}

fn exporting() -> bool {
    EXPORTING.load(Ordering::Relaxed)
}

/// Makes a span that was not entered yet the child of what asked for its work, and answers what its own work is to hand on:
/// the span itself where it is exported, or else what asked for it.
pub fn follow(span: &Span, parent: TraceContext) -> TraceContext {
    if !exporting() {
        return parent;
    }
    let flags = if parent.sampled { TraceFlags::SAMPLED } else { TraceFlags::NOT_SAMPLED };
    let (trace, id) = (TraceId::from(parent.trace), SpanId::from(parent.span));
    let remote = SpanContext::new(trace, id, flags, true, TraceState::default());
    if span.set_parent(Context::new().with_remote_span_context(remote)).is_err() {
        return parent; // The filter leaves it out, or it has begun: then it is not in the way either.
    }
    of(span).unwrap_or(parent)
}

/// What the work of this span is to hand on; nothing where spans are not exported.
pub fn of(span: &Span) -> Option<TraceContext> {
    if !exporting() {
        return None;
    }
    let context = span.context();
    let span = context.span();
    let found = span.span_context();
    found.is_valid().then(|| TraceContext {
        trace: u128::from_be_bytes(found.trace_id().to_bytes()),
        span: u64::from_be_bytes(found.span_id().to_bytes()),
        sampled: found.is_sampled(),
    })
}

/// Does some work as a part of this trace.
pub async fn within<T>(context: TraceContext, work: impl Future<Output = T>) -> T {
    CURRENT.scope(context, work).await
}

/// The trace that is to go with whatever is sent now: that of the current span where spans are exported, or else that of
/// the work around.
pub fn current() -> Option<TraceContext> {
    of(&Span::current()).or_else(|| CURRENT.try_with(|context| *context).ok())
}
