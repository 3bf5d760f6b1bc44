//! The payment provider of the laptop.

use anyhow::Context as _;
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
