//! Where a drill is played: the product's address, its databases, its provider, and a hand on its processes where there is
//! one.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use reqwest::Client;
use serde_json::Value;

use super::hands::Hands;
use crate::wiring::Services;

/// How long the stage's own questions may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// A product to drill.
pub struct Stage {
    /// Where its API answers.
    pub url: String,
    /// Where its payment provider answers.
    pub provider: String,
    /// The runner's own services over the same databases, for what customers cannot see.
    pub services: Services,
    /// Its processes and servers, where the runner started them.
    pub hands: Option<Hands>,
    /// Engine and messaging.
    pub transport: String,
    /// What it is, in words.
    pub environment: String,
    /// For the stage's own questions.
    pub client: Client,
}

impl Stage {
    /// A client for the stage's own questions.
    pub fn client() -> anyhow::Result<Client> {
        Ok(Client::builder().timeout(PATIENCE).build()?)
    }

    /// Whether the product says that it is ready.
    pub async fn is_ready(&self) -> bool {
        let asked = self.client.get(format!("{}/readyz", self.url)).timeout(Duration::from_millis(800)).send();
        asked.await.is_ok_and(|answer| answer.status().is_success())
    }

    /// Orders a fault from the provider.
    pub async fn order(&self, order: &Value) -> anyhow::Result<()> {
        let answer = self.client.post(format!("{}/modes", self.provider)).json(order).send().await;
        let answer = answer.context("the provider cannot be told to fail")?;
        let status = answer.status();
        ensure!(status.is_success(), "the provider knows no such fault: {}", answer.text().await.unwrap_or_default());
        Ok(())
    }

    /// Ends every fault of the provider.
    pub async fn end_provider_faults(&self) -> anyhow::Result<()> {
        self.client.delete(format!("{}/modes", self.provider)).send().await?.error_for_status()?;
        Ok(())
    }

    /// How many calls and news the provider's faults have hit.
    pub async fn provider_hits(&self) -> Option<u64> {
        let answer = self.client.get(format!("{}/modes", self.provider)).send().await.ok()?;
        answer.json::<Value>().await.ok()?["hits"].as_u64()
    }
}
