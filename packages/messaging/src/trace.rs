//! The trace that a message belongs to, where tools look for it: beside the body.
//!
//! Bodies say it themselves - events in their envelope, requests of steps in the data of their saga - and that is what our
//! own consumers go by. Adapters whose transport has a place beside the body copy it there under the name that the
//! standard gives it (W3C Trace Context), so that brokers' tools, bridges and consumers who do not read bodies see it; and
//! they read it from there, for messages of others whose bodies say nothing.

use std::borrow::Cow;

use serde::{Deserialize, de::IgnoredAny};
use usher_core::trace::TraceContext;

/// What the attribute and the header are called.
pub const TRACEPARENT: &str = "traceparent";

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow, default)]
    traceparent: Maybe<Cow<'a, str>>,
    #[serde(borrow, default)]
    input: Maybe<Data<'a>>,
}

#[derive(Deserialize)]
struct Data<'a> {
    #[serde(borrow, default)]
    traceparent: Maybe<Cow<'a, str>>,
}

/// A member that may be missing, and may be something else.
#[derive(Deserialize)]
#[serde(untagged)]
enum Maybe<T> {
    Given(T),
    Other(IgnoredAny),
}

impl<T> Default for Maybe<T> {
    fn default() -> Self {
        Self::Other(IgnoredAny)
    }
}

impl<T> Maybe<T> {
    fn given(self) -> Option<T> {
        match self {
            Self::Given(given) => Some(given),
            Self::Other(_) => None,
        }
    }
}

/// The trace that a body says it belongs to. Whatever is no `traceparent` is none.
pub fn of(body: &str) -> Option<TraceContext> {
    // Most of what says nothing is not worth reading.
    if !body.contains(TRACEPARENT) {
        return None;
    }
    let body: Body = serde_json::from_str(body).ok()?;
    let said = body.traceparent.given().or_else(|| body.input.given()?.traceparent.given());
    said?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn events_and_requests_say_their_trace_and_nothing_else_does() {
        let event = format!(r#"{{"type":"booking.created","traceparent":"{TRACE}","data":{{"traceparent":"no"}}}}"#);
        let request = format!(r#"{{"step":"notify","input":{{"seats":["A1"],"traceparent":"{TRACE}"}}}}"#);
        for body in [event, request] {
            assert_eq!(of(&body).map(|trace| trace.to_string()).as_deref(), Some(TRACE), "{body}");
        }
        for body in [
            "traceparent",
            r#"{"traceparent":7,"input":"traceparent"}"#,
            r#"{"input":{"traceparent":"00-0-0-00"}}"#,
            r#"{"data":{"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}}"#,
            "{}",
        ] {
            assert_eq!(of(body), None, "{body}");
        }
    }
}
