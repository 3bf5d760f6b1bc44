//! What looks after money beside the work, by the clock: outcomes that nobody asks for any more, news that were stored and
//! not applied, and steps that wait for a customer.

use std::{sync::Arc, time::Duration};

use usher_payments::Payments;
use usher_workflows::orchestrator::Orchestrator;

/// How often late payments and stored news are looked for. Both are rare, and a customer waits for the one.
const ROUND: Duration = Duration::from_secs(5);

/// After how many rounds unknown payments are looked up again: once a minute.
const LOOK_UP: u32 = 12;

/// How often waiting steps show that they live: well below their heartbeat of 20 s.
const KEEP: Duration = Duration::from_secs(3);

/// How many stored webhooks one round applies.
const WEBHOOKS: i64 = 500;

/// Brings the books and the provider together, for ever.
pub async fn resolve(payments: Payments) {
    for round in 0_u32.. {
        tokio::time::sleep(ROUND).await;
        if let Err(error) = payments.apply_waiting(WEBHOOKS).await {
            tracing::debug!(%error, "stored webhooks could not be applied");
        }
        let resolved = if round % LOOK_UP == 0 {
            payments.resolve().await.map(|resolved| resolved.settled)
        } else {
            payments.give_back_late().await
        };
        match resolved {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "payments were brought in order"),
            Err(error) => tracing::debug!(%error, "payments could not be looked after"),
        }
    }
}

/// Keeps the steps alive that wait for a customer, for ever.
pub async fn keep(payments: Payments, orchestrator: Arc<dyn Orchestrator>) {
    loop {
        if let Err(error) = payments.keep_challenges(&*orchestrator).await {
            tracing::debug!(%error, "waiting steps could not be looked after");
        }
        tokio::time::sleep(KEEP).await;
    }
}
