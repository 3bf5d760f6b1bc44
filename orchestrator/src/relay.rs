//! Sends what the outbox holds, and finds what nobody handed over.
//!
//! Starts come from writers that died between their commit and the hand-over; events are always sent from here. Both are
//! sent before their rows are discarded, so a relay that dies repeats and does not forget. Any number of relays may run:
//! rows are leased.

use std::{sync::Arc, time::Duration};

use serde_json::Value;
use sqlx::PgPool;
use tracing::{Instrument as _, field};
use usher_core::{
    ambient::SharedAmbient,
    faults::{self, Faults, Subject},
};
use usher_database::{
    Failure,
    outbox::{self, Kind, Message},
};
use usher_messaging::{
    embedded::EmbeddedBus,
    error::MessagingError,
    events::{Event, EventBus},
};
use usher_telemetry::trace;
use usher_workflows::orchestrator::{Orchestrator, OrchestratorError};

#[cfg(feature = "crash-points")]
use crate::crash_point::{self, Point};

/// How long a message may wait for its turn when nothing else goes on.
const LOOK: Duration = Duration::from_millis(500);

/// How long to let messages gather while some come in: a turn costs the same for one as for hundreds.
const GATHER: Duration = Duration::from_millis(100);

/// How many are sent together.
const BATCH: i64 = 512;

/// A turn that sent this many left some behind.
const FULL: usize = 512;

/// The relay of one database's outbox.
pub struct Relay {
    /// The outbox's database.
    pub pool: PgPool,
    /// For the leases.
    pub ambient: SharedAmbient,
    /// Where starts go.
    pub orchestrator: Arc<dyn Orchestrator>,
    /// Where events go.
    pub bus: Bus,
    /// What a drill makes go wrong.
    pub faults: Faults,
}

/// A turn that did not come to its end. What was not discarded is sent again.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// The outbox could not be read or emptied.
    #[error(transparent)]
    Outbox(#[from] Failure),
    /// The bus did not take the events.
    #[error(transparent)]
    Bus(#[from] MessagingError),
}

impl From<sqlx::Error> for RelayError {
    fn from(error: sqlx::Error) -> Self {
        Failure::from(error).into()
    }
}

/// Where the bus is, as seen from the outbox. Cheap to clone.
#[derive(Clone)]
pub enum Bus {
    /// In the same database: an event moves from the outbox to its consumers in one transaction.
    Here(EmbeddedBus),
    /// Somewhere else: events are leased, sent, and then discarded.
    Elsewhere(Arc<dyn EventBus>),
}

impl Bus {
    /// The bus as everybody else sees it.
    pub fn port(&self) -> Arc<dyn EventBus> {
        match self {
            Self::Here(bus) => Arc::new(bus.clone()),
            Self::Elsewhere(bus) => Arc::clone(bus),
        }
    }

    /// The bus as it is seen from the outbox in another database.
    #[must_use]
    pub fn seen_from(&self, outbox: &PgPool) -> Self {
        match self {
            Self::Here(bus) if !bus.shares(outbox) => Self::Elsewhere(Arc::new(bus.clone())),
            bus => bus.clone(),
        }
    }
}

impl Relay {
    /// Relays until the future is dropped.
    pub async fn run(&self) {
        loop {
            match self.turn().await {
                Ok(0) => tokio::time::sleep(LOOK).await,
                Ok(sent) if sent < FULL => tokio::time::sleep(GATHER).await,
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(error = %error, "the outbox could not be relayed, trying again");
                    tokio::time::sleep(LOOK).await;
                }
            }
        }
    }

    /// Sends what is due once, and tells how many messages that were.
    pub async fn turn(&self) -> Result<usize, RelayError> {
        Ok(self.events().await? + self.starts().await?)
    }

    async fn events(&self) -> Result<usize, RelayError> {
        match &self.bus {
            Bus::Here(bus) => {
                let mut transaction = self.pool.begin().await?;
                let taken = outbox::take(&mut transaction, Kind::Event, BATCH, self.ambient.now()).await?;
                if !taken.is_empty() {
                    let mut enlisted = bus.enlist(&mut transaction, &events(&taken)).await?;
                    #[cfg(feature = "crash-points")]
                    crash_point::reached(Point::EventsTaken, subjects(&taken));
                    transaction.commit().await?;
                    #[cfg(feature = "crash-points")]
                    crash_point::reached(Point::EventsMoved, subjects(&taken));
                    enlisted.release();
                }
                Ok(taken.len())
            }
            Bus::Elsewhere(bus) => {
                let leased = self.lease(Kind::Event).await?;
                if !leased.is_empty() {
                    bus.publish(&events(&leased)).await?;
                    self.discard(&leased).await?;
                }
                Ok(leased.len())
            }
        }
    }

    async fn starts(&self) -> Result<usize, Failure> {
        let leased = self.lease(Kind::Start).await?;
        #[cfg(feature = "crash-points")]
        crash_point::reached(Point::StartLeased, leased.iter().map(|message| message.topic.as_str()));
        let started = leased.iter().map(|message| async move {
            let name = message.payload.get("name").and_then(Value::as_str).unwrap_or_default();
            let input = message.payload.get("input").cloned().unwrap_or_default();
            let span =
                tracing::info_span!("start", saga = message.topic, execution.name = name, trace.id = field::Empty);
            let parent = input.get("traceparent").and_then(|text| text.as_str()?.parse().ok());
            if let Some(parent) = parent {
                span.record("trace.id", trace::follow(&span, parent).trace_id());
            }
            let subject = Subject { saga: &message.topic, execution: name, step: "", booking: None };
            if self.faults.at(faults::Point::Start, &subject).is_some() {
                return (message, Err(OrchestratorError::Unavailable("a drill refuses it".to_owned())));
            }
            (message, self.orchestrator.start(&message.topic, name, input).instrument(span).await)
        });
        let mut sent = Vec::new();
        for (message, outcome) in futures::future::join_all(started).await {
            match outcome {
                Ok(()) => sent.push(message.clone()),
                Err(error @ (OrchestratorError::Unavailable(_) | OrchestratorError::Busy { .. })) => {
                    tracing::warn!(%error, "a start has to wait");
                }
                Err(error) => tracing::error!(saga = message.topic, id = %message.id, %error, "a start was refused"),
            }
        }
        #[cfg(feature = "crash-points")]
        crash_point::reached(Point::StartSent, sent.iter().map(|message| message.topic.as_str()));
        metrics::counter!("usher_starts_relayed_total").increment(sent.len() as u64);
        self.discard(&sent).await?;
        Ok(sent.len())
    }

    async fn lease(&self, kind: Kind) -> Result<Vec<Message>, Failure> {
        let mut connection = self.pool.acquire().await?;
        Ok(outbox::lease(&mut connection, kind, BATCH, self.ambient.now()).await?)
    }

    async fn discard(&self, sent: &[Message]) -> Result<(), Failure> {
        let ids: Vec<_> = sent.iter().map(|message| message.id).collect();
        let mut connection = self.pool.acquire().await?;
        Ok(outbox::discard(&mut connection, &ids).await?)
    }
}

fn events(messages: &[Message]) -> Vec<Event> {
    let event = |message: &Message| Event { topic: message.topic.clone(), payload: message.payload.clone() };
    messages.iter().map(event).collect()
}

/// The executions that events are about.
#[cfg(feature = "crash-points")]
fn subjects(messages: &[Message]) -> impl Iterator<Item = &str> {
    messages.iter().filter_map(|message| message.payload.get("subject")?.as_str())
}
