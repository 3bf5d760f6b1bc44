//! Drills over HTTP, on the product that answers: for whoever has `usher up` running and wants to see it fail.
//!
//! This process cannot kill itself and go on, so drills that end processes or servers are refused here. If it dies, the
//! lease runs out, and every fault with it.

use async_trait::async_trait;
use serde_json::Value;
use usher_api::drills::{DrillDesk, DrillRefused, DrillRun};
use usher_core::ids::DrillId;
use usher_database::Failure;
use usher_drills::{
    catalogue,
    definition::Drill,
    mark,
    runs::{self, Run},
};
use usher_telemetry::ambient;

use super::{
    private::transport,
    run::{Wish, run},
    stage::Stage,
};
use crate::{
    settings::Settings,
    wiring::{Databases, Paying, Services},
};

/// Where the product is that drills are run on.
#[derive(Clone)]
pub struct Desk {
    /// As the product was started, with the addresses of what was started beside it.
    pub settings: Settings,
    /// Its database.
    pub database: String,
    /// Where its API answers.
    pub url: String,
    /// Where its payment provider answers.
    pub provider: String,
}

impl Desk {
    /// Services of the drill's own, so that what is taken from the product's pools is not taken from the runner.
    async fn stage(&self) -> anyhow::Result<Stage> {
        let databases = Databases::open(&self.settings, &self.database)?;
        let paying = Paying::at(&self.provider, &self.settings);
        let services = Services::build(databases, ambient::system(), paying, &self.settings.adapters);
        Ok(Stage {
            url: self.url.clone(),
            provider: self.provider.clone(),
            services: Box::pin(services).await?,
            hands: None,
            transport: transport(&self.settings.adapters)?,
            environment: "a product that was running".to_owned(),
            client: Stage::client()?,
        })
    }

    async fn run(&self, drill: &Drill, text: &str, id: DrillId, seed: u64) -> anyhow::Result<()> {
        let stage = self.stage().await?;
        let repeat = format!("usher drill run {} --seed {seed}", drill.name);
        let wish = Wish { drill, text, seed, repeat, id, shown: false };
        let ran = Box::pin(run(&stage, &wish)).await;
        if let Err(error) = &ran {
            let (pool, at) = (&stage.services.databases.engine, stage.services.ambient.now());
            runs::fail(pool, id, &format!("{error:#}"), at).await?;
        }
        stage.services.transport.close().await;
        stage.services.databases.close().await;
        ran.map(drop)
    }

    fn pool(&self) -> Result<Databases, DrillRefused> {
        Databases::open(&self.settings, &self.database).map_err(|error| DrillRefused::Away(format!("{error:#}")))
    }
}

#[async_trait]
impl DrillDesk for Desk {
    async fn begin(&self, name: &str, seed: Option<u64>) -> Result<DrillRun, DrillRefused> {
        let found = catalogue::find(name).ok_or_else(|| DrillRefused::Unknown(name.to_owned()))?;
        let drill = found.map_err(|wrong| DrillRefused::NotPossible(wrong.to_string()))?;
        let refused = |why: &str| Err(DrillRefused::NotPossible(why.to_owned()));
        let databases = self.pool()?;
        if !mark::is_given(&databases.engine).await.map_err(away)? {
            return refused("This database is not marked for drills: `usher db mark-for-drills`.");
        }
        if drill.needs_hands() {
            return refused("This drill ends processes or servers: `usher drill run` starts its own.");
        }
        if self.settings.rate_limit.0.is_some() {
            return refused("Its customers would only meet the limit of requests: start with USHER_RATE_LIMIT=off.");
        }
        if usher_drills::lease::read(&databases.engine).await.map_err(away)?.is_some() {
            return refused("Another drill is on.");
        }
        databases.close().await;
        let ambient = ambient::system();
        let (id, began_at) = (DrillId::new(&*ambient), ambient.now());
        let seed = seed.unwrap_or_else(|| super::fresh_seed(&*ambient));
        let (desk, text) = (self.clone(), text_of(name));
        let begun =
            DrillRun { id, name: drill.name.clone(), seed, verdict: None, began_at, ended_at: None, failure: None };
        // On a thread of its own: a drill waits for much, and none of it has to move between threads.
        let runtime = tokio::runtime::Handle::current();
        tokio::task::spawn_blocking(move || {
            if let Err(error) = runtime.block_on(desk.run(&drill, text, id, seed)) {
                tracing::error!(drill.id = %id, error = %format!("{error:#}"), "the drill could not be run");
            }
        });
        Ok(begun)
    }

    async fn latest(&self, limit: i64) -> Result<Vec<DrillRun>, DrillRefused> {
        let databases = self.pool()?;
        let latest = runs::latest(&databases.engine, limit).await.map_err(away)?;
        databases.close().await;
        Ok(latest.into_iter().map(shown).collect())
    }

    async fn get(&self, id: DrillId) -> Result<Option<(DrillRun, Option<Value>)>, DrillRefused> {
        let databases = self.pool()?;
        let found = runs::get(&databases.engine, id).await.map_err(away)?;
        databases.close().await;
        Ok(found.map(|(run, report)| (shown(run), report)))
    }
}

fn text_of(name: &str) -> &'static str {
    catalogue::DRILLS.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| text)
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in `map_err`")]
fn away(failure: Failure) -> DrillRefused {
    DrillRefused::Away(failure.to_string())
}

fn shown(run: Run) -> DrillRun {
    let Run { id, name, seed, verdict, began_at, ended_at, failure } = run;
    DrillRun { id, name, seed, verdict, began_at, ended_at, failure }
}
