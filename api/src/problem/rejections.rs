//! What the framework could not read of a request.

use axum::extract::rejection::{JsonRejection, QueryRejection};
use usher_core::problem::Kind;

use super::Problem;

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        match rejection.status().as_u16() {
            413 | 415 | 500.. => Self::of_status(rejection.status()),
            _ => Self::new(Kind::InvalidRequest, rejection.body_text()),
        }
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::new(Kind::InvalidRequest, rejection.body_text())
    }
}
