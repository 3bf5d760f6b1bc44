//! What a client gets instead of an answer: `application/problem+json` (RFC 9457).
//!
//! A [`Problem`] is a kind of the registry in `usher_core::problem`, a sentence about this occurrence, and members that a
//! program can act on, such as the seats that are taken. The cause is for the log alone. A handler returns a problem with
//! `?`; [`occurrence`] says where it happened, and the outermost middleware puts both together, so that errors of the
//! framework look the same as ours. [`causes`] translates the errors of the contexts, [`rejections`] those of the framework.

pub mod causes;
pub mod occurrence;
pub mod rejections;

use std::{error::Error, sync::Arc};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::{Map, Value, json};
use usher_core::problem::Kind;
use usher_database::idempotency::Answer;

pub use occurrence::Occurrence;

/// The media type of problems.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// One thing that went wrong. Boxed, because every fallible call carries room for one.
#[derive(Debug, Clone)]
pub struct Problem(Box<Content>);

#[derive(Debug, Clone)]
struct Content {
    kind: Kind,
    detail: String,
    members: Map<String, Value>,
    headers: HeaderMap,
    cause: Option<Arc<dyn Error + Send + Sync>>,
}

impl Problem {
    /// A problem of this kind; `detail` tells the client about this occurrence, in a sentence without anybody's data but
    /// their own.
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        let content =
            Content { kind, detail: detail.into(), members: Map::new(), headers: HeaderMap::new(), cause: None };
        Self(Box::new(content))
    }

    /// Nothing here, or nothing that the caller may see: both look the same.
    pub fn not_found(what: &str) -> Self {
        Self::new(Kind::NotFound, format!("There is no such {what}, or it is not yours."))
    }

    /// The kind that an answer of the framework with this status is.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        let (kind, detail) = match status.as_u16() {
            401 => (Kind::Unauthenticated, "This needs an access token."),
            403 => (Kind::Forbidden, "Your role does not allow this."),
            404 => (Kind::NotFound, "No route leads here."),
            405 => (Kind::MethodNotAllowed, "See the Allow header for what is possible here."),
            413 => (Kind::BodyTooLarge, "The body is larger than what is read here."),
            415 => (Kind::UnsupportedMediaType, "Send JSON with `Content-Type: application/json`."),
            422 => (Kind::Unprocessable, "The request is understood, yet cannot be carried out."),
            429 => (Kind::RateLimited, "Come back later."),
            400..500 => (Kind::InvalidRequest, "The request could not be read."),
            503 | 504 => (Kind::Unavailable, "A part that is needed for this does not answer."),
            _ => (Kind::Internal, "The request failed for a reason that is ours. Tell us the trace id."),
        };
        Self::new(kind, detail)
    }

    /// Adds a member that programs read.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Serialize) -> Self {
        // What is added here is made of strings and numbers, which JSON takes.
        self.0.members.insert(name.to_owned(), json!(value));
        self
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.insert(name, value);
        self
    }

    /// When the client should come back.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        self.header(header::RETRY_AFTER, seconds.into())
    }

    /// Says why, to the log.
    #[must_use]
    pub fn because(mut self, cause: impl Error + Send + Sync + 'static) -> Self {
        self.0.cause = Some(Arc::new(cause));
        self
    }

    /// Which kind it is.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// What is sent to the client.
    pub fn body(&self, occurrence: &Occurrence) -> Value {
        let Content { kind, detail, members, .. } = &*self.0;
        let mut body = json!({
            "type": format!("/problems/{}", kind.slug()),
            "title": kind.title(),
            "status": kind.status(),
            "detail": detail,
            "instance": occurrence.instance(),
            "trace_id": occurrence.trace_id(),
            "retryable": kind.retryable(),
        });
        if let Some(body) = body.as_object_mut() {
            body.extend(members.clone());
        }
        body
    }

    /// The problem as an answer that is stored for repetitions.
    pub(crate) fn answer(&self, occurrence: &Occurrence) -> Answer {
        // Statuses have three digits.
        Answer { status: i16::try_from(self.0.kind.status()).unwrap_or(500), body: self.body(occurrence) }
    }

    /// The whole answer, its cause written to the log if the fault is ours.
    pub(crate) fn present(&self, occurrence: &Occurrence) -> Response {
        self.log();
        let mut response = Response::new(Body::from(self.body(occurrence).to_string()));
        *response.status_mut() = self.status();
        response.headers_mut().extend(self.0.headers.clone());
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        response
    }

    fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.0.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn log(&self) {
        let Content { kind, detail, cause, .. } = &*self.0;
        if kind.status() < 500 {
            return;
        }
        let mut causes = Vec::new();
        let mut next: Option<&(dyn Error + 'static)> = cause.as_deref().map(|cause| cause as _);
        while let Some(cause) = next {
            causes.push(cause.to_string());
            next = cause.source();
        }
        let cause = causes.join(": ");
        if *kind == Kind::Internal {
            tracing::error!(problem = kind.slug(), detail, cause, "the request failed");
        } else {
            tracing::warn!(problem = kind.slug(), detail, cause, "the request could not be served");
        }
    }
}

impl IntoResponse for Problem {
    /// Only the status and a note for the middleware that knows the occurrence.
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_tells_the_client_what_and_the_log_why() {
        let problem = Problem::new(Kind::SeatsTaken, "Somebody was faster.").with("seats", ["A1"]);
        let problem = problem.because(std::io::Error::other("secret"));
        let body = problem.body(&Occurrence::sample());
        assert_eq!(
            body,
            json!({
                "type": "/problems/seats-taken",
                "title": "Some of the seats are taken",
                "status": 409,
                "detail": "Somebody was faster.",
                "instance": "/api/bookings",
                "trace_id": "0af7651916cd43dd8448eb211c80319c",
                "retryable": false,
                "seats": ["A1"],
            })
        );
    }

    #[test]
    fn every_status_of_the_framework_is_a_kind_with_that_status_or_its_class() {
        for status in 400..600 {
            let kind = Problem::of_status(StatusCode::from_u16(status).unwrap()).kind();
            assert_eq!(kind.status() / 100, status / 100, "{status} became {kind:?}");
        }
    }
}
