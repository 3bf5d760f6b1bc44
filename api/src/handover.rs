//! Handing a committed start over to the orchestrator at once, instead of letting it wait for the relay.
//!
//! The start is a row of the outbox, written with the booking. Whoever wrote it starts the saga and then discards the row;
//! if either fails, or the process dies in between, the relay finds the row two seconds later and starts the saga again,
//! which starts nothing when it runs. So nothing here waits, and nothing here has to succeed.

use std::{fmt, sync::Arc};

use futures::future::BoxFuture;
use serde_json::Value;
use sqlx::{PgConnection, PgPool};
use tracing::Instrument as _;
use usher_core::{
    faults::{Faults, Point, Subject},
    ids::{BookingId, CancellationId, PartialCancellationId},
};
use usher_database::{GroupCommit, group_commit::Apply, outbox};
use usher_payments::{Payments, Refund};
use usher_workflows::{
    definitions::{BOOKING, CANCELLATION, REFUND},
    orchestrator::Orchestrator,
};
use uuid::Uuid;

/// Starts sagas in the background. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Handover {
    orchestrator: Arc<dyn Orchestrator>,
    discard: GroupCommit<Uuid, ()>,
    faults: Faults,
}

impl Handover {
    /// `pool` leads to the outbox that bookings are written with.
    pub fn start(pool: PgPool, orchestrator: Arc<dyn Orchestrator>, faults: Faults) -> Self {
        Self { orchestrator, discard: GroupCommit::spawn(pool, "discard-start", Discard), faults }
    }

    /// Starts the saga of a booking that is written. The row of its start has the booking's number.
    pub fn booking(&self, id: BookingId, input: Value) {
        self.hand_over(BOOKING.name, id.to_string(), id.uuid(), input);
    }

    /// Starts the saga of a cancellation that is written; `row` is that of its start.
    pub fn cancellation(&self, id: CancellationId, row: Uuid, input: Value) {
        self.hand_over(CANCELLATION.name, id.to_string(), row, input);
    }

    /// Starts the saga of a cancellation of some seats.
    pub fn part(&self, id: PartialCancellationId, row: Uuid, input: Value) {
        self.hand_over(CANCELLATION.name, id.to_string(), row, input);
    }

    /// Starts the saga of a refund. Its row is in the payments' database, which knows how to discard it.
    pub fn refund(&self, payments: &Payments, refund: &Refund) {
        let (this, payments) = (self.clone(), payments.clone());
        let (id, input) = (refund.id, refund.saga_input());
        tokio::spawn(async move {
            if let Err(error) = this.orchestrator.start(REFUND.name, &id.to_string(), input).await {
                tracing::debug!(refund.id = %id, %error, "the saga was not started, the relay will try");
            } else if let Err(error) = payments.forget_refund_start(id).await {
                tracing::debug!(refund.id = %id, %error, "the start was not discarded, the relay will repeat it");
            }
        });
    }

    fn hand_over(&self, saga: &'static str, name: String, row: Uuid, input: Value) {
        if self.faults.at(Point::Start, &Subject { saga, execution: &name, step: "", booking: None }).is_some() {
            return; // As if the process had died after its commit: the relay finds the row.
        }
        let this = self.clone();
        let span = tracing::info_span!("start", saga, execution.name = name);
        let work = async move {
            if let Err(error) = this.orchestrator.start(saga, &name, input).await {
                tracing::debug!(saga, execution = name, %error, "the saga was not started, the relay will try");
            } else if let Err(error) = this.discard.submit(row).await {
                tracing::debug!(saga, execution = name, %error, "the start was not discarded, the relay will repeat it");
            }
        };
        tokio::spawn(work.instrument(span));
    }
}

impl fmt::Debug for Handover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handover").finish_non_exhaustive()
    }
}

struct Discard;

impl Apply<Uuid, ()> for Discard {
    fn autocommits(&self) -> bool {
        true
    }

    fn apply<'a>(
        &'a self,
        connection: &'a mut PgConnection,
        ids: &'a [Uuid],
    ) -> BoxFuture<'a, Result<Vec<()>, sqlx::Error>> {
        Box::pin(async move {
            outbox::discard(connection, ids).await?;
            Ok(vec![(); ids.len()])
        })
    }
}
