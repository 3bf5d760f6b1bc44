//! The API in this process, over the database at hand.

use anyhow::Context as _;
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, header},
};
use tower::ServiceExt as _;
use usher_api::{auth::Local, readiness::Readiness};

use super::Ask;
use crate::{
    commands::api,
    settings::{RateLimit, Settings},
    wiring::Services,
};

/// The largest answer that is read: an export of a long saga has some megabytes.
const LARGEST: usize = 64 * 1024 * 1024;

/// The routes, called without a network.
pub struct Here(Router);

impl Here {
    /// Over these services.
    pub fn new(services: &Services, settings: &Settings) -> Self {
        let settings = Settings { rate_limit: RateLimit(None), ..settings.clone() };
        let state = api::state(services, &settings, None, Readiness::default(), String::new);
        Self(usher_api::router(state))
    }

    /// Status and body of an answer.
    pub async fn ask(&self, ask: Ask) -> anyhow::Result<(u16, String)> {
        let mut request = Request::builder().method(ask.method).uri(&ask.path);
        if let Some(key) = &ask.key {
            request = request.header("Idempotency-Key", key);
        }
        let body = match &ask.body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        let mut request = request.body(body).with_context(|| format!("`{}` is no path", ask.path))?;
        request.extensions_mut().insert(Local);
        let response = self.0.clone().oneshot(request).await?;
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), LARGEST).await.context("the answer is too large")?;
        Ok((status, String::from_utf8_lossy(&body).into_owned()))
    }
}
