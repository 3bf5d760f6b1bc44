//! The operator: asks for refunds and calls showtimes off, as everybody does, over HTTP.

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, bail, ensure};
use reqwest::{Client, RequestBuilder, StatusCode, header};
use serde_json::{Value, json};
use usher_core::ids::{PaymentId, ShowtimeId};

use super::super::{
    crowd::{Pace, crowd},
    product::Product,
};

/// What each refund is about, in cents: every payment has as much.
const AMOUNT: i64 = 100;

/// How often it is looked whether a refund has come to its end.
const LOOK: Duration = Duration::from_millis(5);

/// Somebody who signed in as the operator of the demo.
#[derive(Clone)]
pub struct Desk {
    client: Client,
    url: String,
    token: String,
}

impl Desk {
    /// Signs in.
    pub async fn open(product: &Product) -> anyhow::Result<Self> {
        let client = Client::builder().timeout(Duration::from_mins(1)).pool_max_idle_per_host(1024).build()?;
        let url = product.url.clone();
        let somebody = json!({ "email": "operator@usher.test", "password": "usher-demo" });
        let token = client.post(format!("{url}/api/auth/token")).json(&somebody).send().await?;
        let token: Value = token.error_for_status()?.json().await?;
        let token = token["access_token"].as_str().context("no access token")?.to_owned();
        Ok(Self { client, url, token })
    }

    /// Refunds each of the payments once, so many at once, and waits until the money has gone.
    pub async fn refund_all(&self, concurrency: usize, payments: Vec<PaymentId>) -> anyhow::Result<Pace> {
        let (desk, payments) = (self.clone(), Arc::new(payments));
        crowd(concurrency, payments.len(), move |index| {
            let (desk, payments) = (desk.clone(), Arc::clone(&payments));
            async move { desk.refund(*payments.get(index).context("a payment for each")?).await }
        })
        .await
    }

    async fn refund(&self, payment: PaymentId) -> anyhow::Result<()> {
        let path = format!("/api/payments/{payment}/refunds");
        let body = json!({ "amount": AMOUNT, "reason": "bench" });
        let mut refund = self.ask(self.post(&path, &payment.to_string()).json(&body), StatusCode::ACCEPTED).await?;
        let path = format!("/api/refunds/{}", refund["id"].as_str().context("a refund without an id")?);
        loop {
            match refund["status"].as_str().context("a refund without a status")? {
                "succeeded" => return Ok(()),
                "pending" => tokio::time::sleep(LOOK).await,
                other => bail!("the refund is {other}"),
            }
            refund = self.ask(self.get(&path), StatusCode::OK).await?;
        }
    }

    /// Calls a showtime off.
    pub async fn call_off(&self, showtime: ShowtimeId) -> anyhow::Result<()> {
        let path = format!("/api/showtimes/{showtime}/cancel");
        let body = json!({ "reason": "bench" });
        self.ask(self.post(&path, &showtime.to_string()).json(&body), StatusCode::ACCEPTED).await?;
        Ok(())
    }

    /// How many of its bookings still have seats.
    pub async fn left(&self, showtime: ShowtimeId) -> anyhow::Result<i64> {
        let progress = self.ask(self.get(&format!("/api/showtimes/{showtime}/cancellation")), StatusCode::OK).await?;
        let status = progress["status"].as_str().unwrap_or_default();
        ensure!(["STARTING", "RUNNING", "SUCCEEDED"].contains(&status), "the sweep is {status}");
        progress["left"].as_i64().context("no progress")
    }

    /// Waits until its saga has ended well.
    pub async fn ended(&self, showtime: ShowtimeId) -> anyhow::Result<()> {
        let path = format!("/api/showtimes/{showtime}/cancellation");
        loop {
            match self.ask(self.get(&path), StatusCode::OK).await?["status"].as_str() {
                Some("SUCCEEDED") => return Ok(()),
                Some("RUNNING") => tokio::time::sleep(Duration::from_millis(200)).await,
                other => bail!("the sweep is {other:?}"),
            }
        }
    }

    fn post(&self, path: &str, key: &str) -> RequestBuilder {
        self.client.post(format!("{}{path}", self.url)).header("idempotency-key", key)
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.url))
    }

    async fn ask(&self, request: RequestBuilder, wanted: StatusCode) -> anyhow::Result<Value> {
        let answer = request.header(header::AUTHORIZATION, format!("Bearer {}", self.token)).send().await?;
        let status = answer.status();
        let body = answer.bytes().await?;
        ensure!(status == wanted, "answered {status}: {}", String::from_utf8_lossy(&body));
        Ok(serde_json::from_slice(&body)?)
    }
}
