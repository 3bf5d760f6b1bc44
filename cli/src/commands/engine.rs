//! The embedded engine's timers alone.

use std::{collections::BTreeMap, process::ExitCode};

use super::start;
use crate::settings::Settings;

pub async fn run(settings: Settings) -> anyhow::Result<ExitCode> {
    let (services, mut lifecycle) = start::role(&settings).await?;
    services.obey_drills("engine", Box::new(BTreeMap::new), &mut lifecycle);
    services.run_engine(&mut lifecycle);
    services.run_housekeeping(settings.retention(), &mut lifecycle);
    start::until_stopped(services, lifecycle).await
}
