//! Looks for trouble, by the clock: all that runs, all that ended badly, the queues, the list and the money.
//!
//! One process of all looks, every ten seconds. What is found is an incident; what is not found any more is none. With the
//! longest limit of a verdict, 45 seconds, trouble is known within a minute of its beginning.

use std::{collections::HashMap, sync::Arc, time::Duration};

use usher_core::ambient::SharedAmbient;
use usher_inspection::{
    Incidents,
    incidents::Looked,
    trouble::{self, BEHIND, Look},
    verdict::{self, Around, Queue},
};
use usher_messaging::queue::TaskQueue;
use usher_payments::{Payments, payment::Status};
use usher_workflows::{
    orchestrator::Orchestrator,
    query::{Found, Listed, Search, Sort},
    step::STEPS,
};

/// How often to look.
const EVERY: time::Duration = time::Duration::seconds(10);

/// How often to see whether it is time to.
const ROUND: Duration = Duration::from_secs(2);

/// How many sagas are looked at: more than that are one trouble that they share, and the oldest tell of it.
const MOST: usize = 5_000;

/// Sagas that are younger than the shortest limit of a verdict cannot be in trouble.
const RUNNING: &str = "status:running age>15s";

/// Sagas that a person has to look after.
const UNHAPPY: &str = "status:unhappy";

/// What is looked at, and where incidents are kept.
pub struct Watch {
    /// Has the list of sagas.
    pub orchestrator: Arc<dyn Orchestrator>,
    /// Where the requests for steps wait.
    pub queue: Arc<dyn TaskQueue>,
    /// Know what the provider did not tell yet.
    pub payments: Payments,
    /// What was found.
    pub incidents: Incidents,
    /// What time it is.
    pub ambient: SharedAmbient,
}

impl Watch {
    /// Looks for ever.
    pub async fn run(&self) {
        loop {
            match self.incidents.may_look(EVERY).await {
                Ok(true) => match self.look().await {
                    Ok(Looked { opened: 0, gone: 0 }) => {}
                    Ok(Looked { opened, gone }) => tracing::info!(opened, gone, "incidents"),
                    Err(error) => tracing::warn!(%error, "could not look for trouble, trying again"),
                },
                Ok(false) => {}
                Err(error) => tracing::debug!(%error, "could not look for trouble"),
            }
            tokio::time::sleep(ROUND).await;
        }
    }

    /// Looks once, and brings the incidents up to date.
    pub async fn look(&self) -> anyhow::Result<Looked> {
        let mut look = Look::default();
        let mut depths = HashMap::new();
        for step in STEPS {
            let depth = self.queue.depth(step.name).await?;
            let (waiting, leased, dead) = (depth.waiting, depth.leased, depth.dead);
            let queue = Queue { waiting, leased, dead, oldest_seconds: depth.oldest_seconds };
            depths.insert(step.state, queue);
            look.queues.push((step.name.to_owned(), queue));
        }
        let (mut sagas, behind) = self.sagas(RUNNING).await?;
        look.behind_seconds = behind;
        if i64::try_from(behind).unwrap_or(i64::MAX) > BEHIND.whole_seconds() {
            sagas.clear(); // What they waited for half a minute ago is no news.
        }
        sagas.extend(self.sagas(UNHAPPY).await?.0);
        let now = self.ambient.now();
        for saga in sagas {
            let around = self.around(&saga, &depths).await?;
            let verdict = verdict::of(&saga, &around, now);
            look.sagas.push((saga, verdict));
        }
        let open = self.payments.open_incidents(1_000).await?;
        look.money = open
            .into_iter()
            .map(|incident| (incident.kind, incident.id.to_string(), incident.detail, incident.opened_at))
            .collect();
        let looked = self.incidents.found(&trouble::of(&look)).await?;
        for (class, count) in self.incidents.open().await? {
            #[expect(clippy::cast_precision_loss, reason = "gauges are floating-point numbers")]
            metrics::gauge!("usher_incidents_open", "class" => class.as_str()).set(count as f64);
        }
        #[expect(clippy::cast_precision_loss, reason = "gauges are floating-point numbers")]
        metrics::gauge!("usher_sagas_list_age").set(behind as f64);
        Ok(looked)
    }

    /// What a query finds, the oldest first, and how far the list is behind.
    async fn sagas(&self, query: &str) -> anyhow::Result<(Vec<Listed>, u64)> {
        let mut search = Search { query: query.parse()?, sort: Sort::Oldest, limit: 1_000, cursor: None };
        let mut sagas = Vec::new();
        loop {
            let Found { items, next, behind_seconds } = self.orchestrator.find(&search).await?;
            sagas.extend(items);
            match next {
                Some(next) if sagas.len() < MOST => search.cursor = Some(next),
                _ => return Ok((sagas, behind_seconds)),
            }
        }
    }

    async fn around(&self, saga: &Listed, depths: &HashMap<&str, Queue>) -> anyhow::Result<Around> {
        let mut around = Around::default();
        let Some(state) = saga.states.first() else { return Ok(around) };
        around.queue = depths.get(state.as_str()).copied().unwrap_or_default();
        let booking = saga.booking_id.as_deref().and_then(|id| id.parse().ok());
        if let Some(booking) = booking.filter(|_| verdict::asks_the_provider(state))
            && let Some(payment) = self.payments.by_booking(booking).await?
        {
            around.payment = matches!(payment.status, Status::Unknown).then(|| "unknown".to_owned());
            if !payment.status.is_settled() {
                around.customer_until = self.payments.challenge(payment.id).await?.map(|challenge| challenge.deadline);
            }
        }
        Ok(around)
    }
}
