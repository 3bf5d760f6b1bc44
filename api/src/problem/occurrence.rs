//! Where a problem happened: the path of the request, and the trace that leads to everything else that is known of it.

use axum::{
    extract::FromRequestParts,
    http::{Uri, request::Parts},
};
use usher_core::{problem::Kind, trace::TraceContext};

use crate::problem::Problem;

/// One request, as a problem names it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Occurrence {
    uri: Uri,
    trace: u128,
}

impl Occurrence {
    pub(crate) fn new(uri: &Uri, trace: TraceContext) -> Self {
        Self { uri: uri.clone(), trace: trace.trace }
    }

    /// The path, without the query: that may hold what people looked for.
    pub fn instance(&self) -> &str {
        self.uri.path()
    }

    /// 32 hexadecimal digits.
    pub fn trace_id(&self) -> String {
        format!("{:032x}", self.trace)
    }

    #[cfg(test)]
    pub(crate) fn sample() -> Self {
        Self { uri: Uri::from_static("/api/bookings?x=1"), trace: 0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c }
    }
}

impl<S: Sync> FromRequestParts<S> for Occurrence {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let occurrence = parts.extensions.get().cloned();
        occurrence.ok_or_else(|| Problem::new(Kind::Internal, "The request went past the middleware that names it."))
    }
}
