//! `Prefer: wait=10` (RFC 7240): the client would rather wait for the end than ask again.

use std::time::Duration;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderName, HeaderValue, request::Parts},
};

use crate::problem::Problem;

/// The longest wait, in seconds. Below the 30 s that a key's lease lasts and that load balancers allow an answer.
const LONGEST: u64 = 20;

/// Tells the client that it was waited.
const APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// What the client prefers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Prefer {
    /// How many seconds to wait for the end, at most.
    pub wait: Option<u64>,
}

impl Prefer {
    /// How long to wait, if at all.
    pub fn patience(self) -> Option<Duration> {
        self.wait.map(Duration::from_secs)
    }

    /// The header that says so.
    pub fn applied(self) -> Option<(HeaderName, HeaderValue)> {
        let value = format!("wait={}", self.wait?);
        Some((APPLIED, HeaderValue::from_str(&value).ok()?))
    }

    fn read(headers: &HeaderMap) -> Self {
        let values = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
        let mut preferences = values.flat_map(|value| value.split([',', ';'])).map(str::trim);
        let wait = preferences.find_map(|preference| {
            let (name, value) = preference.split_once('=')?;
            name.trim().eq_ignore_ascii_case("wait").then(|| value.trim().trim_matches('"').parse::<u64>().ok())?
        });
        Self { wait: wait.filter(|wait| *wait > 0).map(|wait| wait.min(LONGEST)) }
    }
}

impl<S: Sync> FromRequestParts<S> for Prefer {
    type Rejection = Problem;

    /// A preference that cannot be read is ignored, as the RFC asks.
    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        Ok(Self::read(&parts.headers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_read_and_capped_and_nonsense_ignored() {
        let wait = |value| {
            Prefer::read(&HeaderMap::from_iter([("prefer".parse().unwrap(), HeaderValue::from_static(value))])).wait
        };
        assert_eq!(wait("wait=10"), Some(10));
        assert_eq!(wait("respond-async, Wait=\"7\""), Some(7));
        assert_eq!(wait("wait=900"), Some(LONGEST));
        for value in ["wait=0", "wait", "wait=-1", "wait=soon", "return=minimal", ""] {
            assert_eq!(wait(value), None, "{value}");
        }
    }
}
