//! Who asks: the bearer token of a request, verified.
//!
//! A handler that takes a [`Caller`] is for people who signed in. One that takes an [`Operator`] is for those with that
//! role or a higher one, and if it only reads, for viewers as well. A viewer changes nothing, whatever a handler takes. Whether a *thing* is the caller's is not decided here: the query asks for both, and what is
//! somebody else's is not found.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, header, request::Parts},
};
use tracing::field::display;
use usher_accounts::{Principal, Role, TokenRefused};
use usher_core::{ids::UserId, problem::Kind};

use crate::{problem::Problem, state::AppState};

/// Somebody who signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// Who it is.
    pub user: UserId,
    /// What they may do.
    pub role: Role,
}

impl Caller {
    /// Whether the caller may see what is somebody else's.
    pub fn sees_the_house(self) -> bool {
        self.role >= Role::Viewer
    }

    /// Whether the caller runs the house, and so may change what is somebody else's.
    pub fn runs_the_house(self) -> bool {
        self.role >= Role::Operator
    }

    /// Whether the caller may do what this role may.
    fn require(self, role: Role) -> Result<Self, Problem> {
        if self.role >= role {
            Ok(self)
        } else {
            Err(Problem::new(Kind::Forbidden, "This is for people who run the house."))
        }
    }
}

/// Says of a request that it was made in this process, by a command over the database at hand: whoever can open that may do
/// everything. It is an extension, which no request from outside can bring along.
#[derive(Debug, Clone, Copy)]
pub struct Local;

impl Caller {
    /// Who works on the machine that has the database. They have no account.
    pub fn local() -> Self {
        Self { user: UserId::from(uuid::Uuid::nil()), role: Role::Admin }
    }
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        if parts.extensions.get::<Local>().is_some() {
            return Ok(Self::local());
        }
        let token = bearer(&parts.headers).ok_or_else(|| unauthenticated("This needs an access token.", "Bearer"))?;
        let Principal { user, role } = state.accounts.verify(token).await.map_err(|refused| match refused {
            TokenRefused::Failed(error) => error.into(),
            refused => unauthenticated(&format!("Not accepted: {refused}."), r#"Bearer error="invalid_token""#),
        })?;
        tracing::Span::current().record("user.id", display(user));
        if role == Role::Viewer && !parts.method.is_safe() {
            return Err(Problem::new(Kind::Forbidden, "Viewers look at everything and change nothing."));
        }
        Ok(Self { user, role })
    }
}

/// Somebody who may set right what others do; where a request only reads, somebody who may see it.
#[derive(Debug, Clone, Copy)]
pub struct Operator(pub Caller);

impl FromRequestParts<AppState> for Operator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let least = if parts.method.is_safe() { Role::Viewer } else { Role::Operator };
        Caller::from_request_parts(parts, state).await?.require(least).map(Self)
    }
}

/// Somebody who may be the second person of a refund.
#[derive(Debug, Clone, Copy)]
pub struct Approver(pub Caller);

impl FromRequestParts<AppState> for Approver {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        Caller::from_request_parts(parts, state).await?.require(Role::RefundApprover).map(Self)
    }
}

/// Somebody who may do anything.
#[derive(Debug, Clone, Copy)]
pub struct Admin(pub Caller);

impl FromRequestParts<AppState> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        Caller::from_request_parts(parts, state).await?.require(Role::Admin).map(Self)
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

fn unauthenticated(detail: &str, challenge: &'static str) -> Problem {
    Problem::new(Kind::Unauthenticated, detail).header(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_may_do_what_lower_ones_may() {
        let caller = |role| Caller { user: UserId::from(uuid::Uuid::nil()), role };
        assert!(caller(Role::Admin).require(Role::Operator).is_ok());
        assert!(caller(Role::Operator).require(Role::Operator).is_ok());
        assert!(caller(Role::Viewer).require(Role::Operator).is_err());
        assert!(caller(Role::Viewer).sees_the_house() && !caller(Role::Viewer).runs_the_house());
        assert_eq!(caller(Role::Customer).require(Role::Operator).unwrap_err().kind(), Kind::Forbidden);
    }

    #[test]
    fn the_scheme_is_bearer_in_any_case() {
        let headers = |value| HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_static(value))]);
        assert_eq!(bearer(&headers("bearer abc")), Some("abc"));
        for value in ["Basic abc", "abc", ""] {
            assert_eq!(bearer(&headers(value)), None, "{value}");
        }
    }
}
