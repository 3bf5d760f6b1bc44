//! The payment provider of the laptop.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use serde_json::json;
use tokio::net::TcpListener;
use usher_core::ambient::SharedAmbient;
use usher_payments::simulator::Simulator;

use super::Databases;
use crate::lifecycle::Lifecycle;

/// Starts the payment provider of the laptop on a port of its own, and tells where it is. The port is kept in the
/// database's life only: whoever restarts gets another.
pub async fn run_simulator(
    databases: &Databases,
    ambient: &SharedAmbient,
    lifecycle: &mut Lifecycle,
    address: &str,
) -> anyhow::Result<String> {
    let listener =
        TcpListener::bind(address).await.with_context(|| format!("the simulator cannot listen on {address}"))?;
    let url = format!("http://{}", listener.local_addr()?);
    let serving = Simulator::serve(listener, databases.simulator.clone(), ambient.clone(), lifecycle.draining());
    lifecycle.spawn("simulator", async move {
        if let Err(error) = serving.await {
            tracing::error!(%error, "the simulator failed");
        }
    });
    Ok(url)
}

/// Has a simulator send its webhooks to an API, signed with this secret.
pub async fn tell_us(simulator: &str, api: &str, secret: &str) -> anyhow::Result<()> {
    let client = reqwest::Client::builder().timeout(Duration::from_secs(10)).build()?;
    let endpoint = json!({ "url": format!("{api}/api/webhooks/payments"), "secret": secret });
    let answer = client.post(format!("{simulator}/webhooks")).json(&endpoint).send().await?;
    ensure!(answer.status().is_success(), "the simulator does not want to send webhooks: {}", answer.status());
    Ok(())
}
