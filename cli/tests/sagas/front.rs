//! The API beside a world, so that the simulator has somebody to send its webhooks to, and a hand on the simulator.

use std::{sync::Arc, time::Duration};

use axum::serve;
use reqwest::Client;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use usher_api::{AppState, Services, Settings};
use usher_payments::webhook::Secrets;

use crate::world::{World, eventually};

const SECRET: &str = "whsec_saga";

pub fn client() -> Client {
    Client::builder().timeout(Duration::from_mins(1)).build().unwrap()
}

impl World {
    /// Serves the API, and has the simulator send everything there.
    pub async fn open_front(&mut self) {
        let (contexts, databases) = (&self.services.contexts, &self.services.databases);
        let state = AppState::new(Services {
            accounts: self.services.accounts.clone(),
            catalog: contexts.catalog.clone(),
            seating: contexts.seating.clone(),
            bookings: contexts.bookings.clone(),
            payments: contexts.payments.clone().believing(Secrets::new([SECRET.into()])),
            tickets: contexts.tickets.clone(),
            notifications: contexts.notifications.clone(),
            orchestrator: self.services.orchestrator(),
            queue: Arc::clone(&self.services.transport.tasks),
            incidents: self.services.incidents.clone(),
            databases: databases.distinct.clone(),
            pool: databases.bookings.clone(),
            ambient: self.services.ambient.clone(),
            faults: self.services.faults.clone(),
            drills: None,
            settings: Settings { rate_limit: None, ..Settings::default() },
            metrics: Box::new(String::new),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/api/webhooks/payments", listener.local_addr().unwrap());
        let lifecycle = self.lifecycle.as_mut().unwrap();
        let draining = lifecycle.draining();
        lifecycle.spawn("api", async move {
            let service = usher_api::router(state).into_make_service();
            serve(listener, service).with_graceful_shutdown(draining.cancelled_owned()).await.unwrap();
        });
        let endpoint = json!({ "url": url, "secret": SECRET, "all": true });
        self.tell_provider("/webhooks", &endpoint).await;
    }

    /// Orders a fault from the simulator.
    pub async fn order(&self, order: &Value) {
        self.tell_provider("/modes", order).await;
    }

    async fn tell_provider(&self, path: &str, body: &Value) {
        let request = client().post(format!("{}{path}", self.provider)).json(body);
        assert_eq!(request.send().await.unwrap().status(), 204, "{body}");
    }

    /// What the customer does on the page of a challenge.
    pub async fn answer_challenge(&self, url: &str, answer: &str) {
        let form = client().post(url).header("Content-Type", "application/x-www-form-urlencoded");
        assert_eq!(form.body(format!("answer={answer}")).send().await.unwrap().status(), 200);
    }

    /// Waits until the provider's own record has so many charges and refunds, while late payments are given back as they are
    /// by the clock.
    pub async fn until_moved(&self, wanted: (usize, usize)) {
        let moved = eventually(async || {
            self.services.contexts.payments.give_back_late().await.unwrap();
            (self.provider_effects().await == wanted).then_some(())
        });
        assert!(moved.await.is_some(), "wanted {wanted:?}, found {:?}", self.provider_effects().await);
    }
}
