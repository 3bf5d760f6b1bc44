//! A handler that panics fails its own request and nobody else's.

use std::any::Any;

use axum::response::{IntoResponse, Response};
use usher_core::problem::Kind;

use crate::problem::Problem;

/// What the panic said. It may quote what it stumbled over, so only the log gets it.
#[derive(Debug, thiserror::Error)]
#[error("a handler panicked: {0}")]
struct Panicked(String);

#[expect(clippy::needless_pass_by_value, reason = "the layer hands the panic over")]
pub(crate) fn answer(panic: Box<dyn Any + Send>) -> Response {
    let text = panic
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_default();
    let detail = "The request failed for a reason that is ours. Tell us the trace id.";
    Problem::new(Kind::Internal, detail).because(Panicked(text)).into_response()
}
