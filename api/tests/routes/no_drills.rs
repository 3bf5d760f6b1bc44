//! A desk that knows no drill and has run none.

use async_trait::async_trait;
use serde_json::Value;
use usher_api::drills::{DrillDesk, DrillRefused, DrillRun};
use usher_core::ids::DrillId;

pub struct NoDrills;

#[async_trait]
impl DrillDesk for NoDrills {
    async fn begin(&self, name: &str, _: Option<u64>) -> Result<DrillRun, DrillRefused> {
        Err(DrillRefused::Unknown(name.to_owned()))
    }

    async fn latest(&self, _: i64) -> Result<Vec<DrillRun>, DrillRefused> {
        Ok(Vec::new())
    }

    async fn get(&self, _: DrillId) -> Result<Option<(DrillRun, Option<Value>)>, DrillRefused> {
        Ok(None)
    }
}
