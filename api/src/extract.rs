//! What handlers take out of a request: like the framework's extractors, but refusals are problems.

use std::{fmt::Display, str::FromStr};

use axum::{
    extract::{FromRequest, FromRequestParts, Path},
    http::request::Parts,
};
use usher_core::problem::Kind;

use crate::problem::Problem;

/// A body of JSON.
#[derive(FromRequest)]
#[from_request(via(axum::Json), rejection(Problem))]
pub(crate) struct Body<T>(pub T);

/// The query of the address.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(Problem))]
pub(crate) struct Search<T>(pub T);

/// The one variable part of the path, as the id that it has to be.
pub(crate) struct Id<T>(pub T);

impl<S: Send + Sync, T: FromStr<Err: Display>> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|rejection| Problem::new(Kind::InvalidRequest, rejection.body_text()))?;
        text.parse().map(Self).map_err(|error: T::Err| Problem::new(Kind::InvalidRequest, error.to_string()))
    }
}
