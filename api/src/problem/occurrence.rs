//! Where a problem happened: the path of the request, and the trace that leads to everything else that is known of it.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, Uri, request::Parts},
};
use usher_core::{ambient::Ambient, problem::Kind};

use crate::problem::Problem;

/// One request, as a problem names it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Occurrence {
    uri: Uri,
    trace: u128,
}

impl Occurrence {
    /// Goes on with the caller's trace (W3C `traceparent`), or begins one.
    pub(crate) fn new(uri: &Uri, headers: &HeaderMap, ambient: &dyn Ambient) -> Self {
        let trace = headers.get("traceparent").and_then(|value| trace_of(value.to_str().ok()?));
        Self { uri: uri.clone(), trace: trace.unwrap_or_else(|| ambient.random()) }
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

/// `version-trace-parent-flags`; a trace of zeros is none (W3C Trace Context, 3.2.2).
fn trace_of(traceparent: &str) -> Option<u128> {
    let mut parts = traceparent.split('-');
    let (_version, trace) = (parts.next()?, parts.next()?);
    let lower_hex = trace.len() == 32 && trace.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    u128::from_str_radix(trace, 16).ok().filter(|trace| lower_hex && *trace != 0)
}

impl<S: Sync> FromRequestParts<S> for Occurrence {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let occurrence = parts.extensions.get().cloned();
        occurrence.ok_or_else(|| Problem::new(Kind::Internal, "The request went past the middleware that names it."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traceparent_is_taken_over_when_it_is_one() {
        let trace = "0af7651916cd43dd8448eb211c80319c";
        let found = trace_of(&format!("00-{trace}-b7ad6b7169203331-01"));
        assert_eq!(found.map(|trace| format!("{trace:032x}")).as_deref(), Some(trace));
        for text in ["", "00", "00-0-0-00", "00-00000000000000000000000000000000-b7ad6b7169203331-01"] {
            assert_eq!(trace_of(text), None, "{text}");
        }
        assert_eq!(trace_of(&format!("00-{}-b7ad6b7169203331-01", trace.to_uppercase())), None);
    }
}
