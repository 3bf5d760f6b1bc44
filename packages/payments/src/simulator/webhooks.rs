//! What the simulator says by itself: `POST /webhooks {"url", "secret", "all": false}`, `DELETE /webhooks`.
//!
//! Each change of a charge or a refund is an event, signed and sent to every address that asked, again until it is taken.
//! By default only news that no answer has told: a challenge that was answered, a success that came late. With `all` it is
//! everything, as a real provider does, which costs the merchant a request for each charge. Orders of `modes` lose, repeat,
//! delay, reorder and forge them.

use std::sync::{Mutex, PoisonError};

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
};
use reqwest::{Client, redirect};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Simulator, charges, ids,
    modes::{Call, Fault},
    store::{charge, refund},
};
use crate::webhook::signature;

/// How often one event is tried.
const TRIES: usize = 5;

/// Whether the merchant has heard of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// By the answer to its call, unless that was lost.
    InTheAnswer,
    /// Not at all.
    Afterwards,
}

/// Where news are sent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Endpoint {
    url: String,
    secret: String,
    #[serde(default)]
    all: bool,
}

/// Who wants to hear, and what waits to be overtaken.
#[derive(Debug)]
pub(super) struct Webhooks {
    client: Client,
    endpoints: Mutex<Vec<Endpoint>>,
    held: Mutex<Vec<(Endpoint, String)>>,
}

impl Webhooks {
    pub(super) fn new() -> Self {
        // Only where TLS cannot be initialised is there no such client, and then there is no other either.
        let client = Client::builder()
            .timeout(std::time::Duration::from_secs(10))
            .redirect(redirect::Policy::none())
            .build()
            .unwrap_or_default();
        Self { client, endpoints: Mutex::default(), held: Mutex::default() }
    }

    fn endpoints(&self, told: Told) -> Vec<Endpoint> {
        let endpoints = self.endpoints.lock().unwrap_or_else(PoisonError::into_inner);
        endpoints.iter().filter(|endpoint| endpoint.all || told == Told::Afterwards).cloned().collect()
    }
}

/// `POST /webhooks`
pub(super) async fn add(State(simulator): State<Simulator>, Json(endpoint): Json<Endpoint>) -> StatusCode {
    let mut endpoints = simulator.0.webhooks.endpoints.lock().unwrap_or_else(PoisonError::into_inner);
    endpoints.retain(|known| known.url != endpoint.url);
    endpoints.push(endpoint);
    StatusCode::NO_CONTENT
}

/// `DELETE /webhooks`
pub(super) async fn clear(State(simulator): State<Simulator>) -> StatusCode {
    simulator.0.webhooks.endpoints.lock().unwrap_or_else(PoisonError::into_inner).clear();
    StatusCode::NO_CONTENT
}

impl Simulator {
    /// Tells of a charge as it stands now.
    pub(super) fn announce(&self, row: &charge::Row, told: Told) {
        let now = self.0.ambient.now();
        self.send(&format!("charge.{}", row.status_at(now)), &charges::as_json(row, now, ""), told);
    }

    /// Tells of a refund that was made, with its charge.
    pub(super) fn announce_refund(&self, refund: &refund::Row) {
        if self.0.webhooks.endpoints(Told::InTheAnswer).is_empty() {
            return;
        }
        let (simulator, refund) = (self.clone(), refund.clone());
        tokio::spawn(async move {
            let Ok(Some(charge)) = simulator.read(&refund.charge_reference).await else { return };
            let now = simulator.0.ambient.now();
            let object = json!({
                "id": ids::refund(refund.id),
                "reference": refund.reference,
                "amount": refund.amount,
                "currency": charge.currency,
                "status": refund.status_at(now),
                "code": refund.code_at(now),
                "charge": charges::as_json(&charge, now, ""),
            });
            simulator.send(&format!("refund.{}", refund.status_at(now)), &object, Told::InTheAnswer);
        });
    }

    fn send(&self, kind: &str, object: &Value, told: Told) {
        let endpoints = self.0.webhooks.endpoints(told);
        if endpoints.is_empty() {
            return;
        }
        let ambient = &*self.0.ambient;
        let event = json!({
            "id": format!("evt_{}", ids::fresh(ambient).simple()),
            "type": kind,
            "created": ambient.now().unix_timestamp(),
            "data": { "object": object },
        });
        for endpoint in endpoints {
            tokio::spawn(self.clone().deliver(endpoint, event.to_string()));
        }
    }

    async fn deliver(self, endpoint: Endpoint, body: String) {
        let fault = self.0.modes.draw(Call::Webhook, &*self.0.ambient);
        match fault {
            Some(Fault::Drop) => return,
            Some(Fault::Reorder) => {
                self.0.webhooks.held.lock().unwrap_or_else(PoisonError::into_inner).push((endpoint, body));
                return;
            }
            Some(Fault::Delay) if !self.pause(self.0.delays.webhook).await => return,
            Some(Fault::WrongSignature) => {
                self.post_once(&Endpoint { secret: "somebody else's".to_owned(), ..endpoint }, &body).await;
                return;
            }
            Some(Fault::Duplicate) => drop(self.post_once(&endpoint, &body).await),
            _ => {}
        }
        self.post_until_taken(&endpoint, &body).await;
        let held = std::mem::take(&mut *self.0.webhooks.held.lock().unwrap_or_else(PoisonError::into_inner));
        for (endpoint, body) in held {
            self.post_until_taken(&endpoint, &body).await;
        }
    }

    async fn post_until_taken(&self, endpoint: &Endpoint, body: &str) {
        for _ in 0..TRIES {
            if self.post_once(endpoint, body).await || !self.pause(self.0.delays.webhook).await {
                return;
            }
        }
        tracing::warn!(url = endpoint.url, "a webhook was never taken");
    }

    async fn post_once(&self, endpoint: &Endpoint, body: &str) -> bool {
        let signed = signature::sign(&endpoint.secret, self.0.ambient.now(), body.as_bytes());
        let request = self.0.webhooks.client.post(&endpoint.url).body(body.to_owned());
        let request = request.header(header::CONTENT_TYPE, "application/json").header(signature::HEADER, signed);
        request.send().await.is_ok_and(|answer| answer.status().is_success())
    }
}
