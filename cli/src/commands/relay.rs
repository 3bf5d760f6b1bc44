//! The relay alone: what the outboxes hold goes to engine and bus, and step tasks go from the engine's queues to the workers'.

use std::{collections::BTreeMap, process::ExitCode};

use super::start;
use crate::settings::Settings;

pub async fn run(settings: Settings) -> anyhow::Result<ExitCode> {
    let (services, mut lifecycle) = start::role(&settings).await?;
    services.obey_drills("engine", Box::new(BTreeMap::new), &mut lifecycle);
    services.run_relay(&mut lifecycle);
    services.run_forwarder(&mut lifecycle);
    start::until_stopped(services, lifecycle).await
}
