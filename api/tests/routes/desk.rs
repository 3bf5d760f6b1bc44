//! An orchestrator that writes down what it is asked to start, and can be away. The sagas themselves are tested with the
//! real engine; here the test is their hand.

use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;
use time::OffsetDateTime;
use tokio::{sync::watch, time::timeout};
use usher_workflows::{
    envelope::TaskToken,
    error::StepError,
    orchestrator::{ErrorGroup, Execution, Filter, Orchestrator, OrchestratorError, Page},
    query::{Found, Search},
};

/// One start.
#[derive(Debug, Clone, PartialEq)]
pub struct Started {
    pub saga: String,
    pub name: String,
    pub input: Value,
}

pub struct Desk {
    started: watch::Sender<Vec<Started>>,
    away: bool,
    delay: Duration,
}

impl Desk {
    pub fn open() -> Self {
        Self { started: watch::Sender::new(Vec::new()), away: false, delay: Duration::ZERO }
    }

    pub fn away() -> Self {
        Self { away: true, ..Self::open() }
    }

    /// One at which starts wait for their turn.
    pub fn crowded(delay: Duration) -> Self {
        Self { delay, ..Self::open() }
    }

    /// Everything that was started, once it is as much as `count`.
    pub async fn started(&self, count: usize) -> Vec<Started> {
        let mut started = self.started.subscribe();
        let enough = started.wait_for(|started| started.len() >= count);
        timeout(Duration::from_secs(30), enough).await.expect("so many starts").unwrap().clone()
    }

    pub fn so_far(&self) -> usize {
        self.started.borrow().len()
    }
}

fn not_here<T>() -> Result<T, OrchestratorError> {
    Err(OrchestratorError::NotFound)
}

#[async_trait]
impl Orchestrator for Desk {
    async fn start(&self, saga: &str, name: &str, input: Value) -> Result<(), OrchestratorError> {
        if self.away {
            return Err(OrchestratorError::Unavailable("nobody at the desk".to_owned()));
        }
        self.started.send_modify(|started| {
            started.push(Started { saga: saga.to_owned(), name: name.to_owned(), input });
        });
        Ok(())
    }

    async fn succeed(&self, _token: &TaskToken, _output: Value) -> Result<(), OrchestratorError> {
        not_here()
    }

    async fn fail(&self, _token: &TaskToken, _error: &StepError) -> Result<(), OrchestratorError> {
        not_here()
    }

    async fn heartbeat(&self, _token: &TaskToken) -> Result<(), OrchestratorError> {
        not_here()
    }

    async fn stop(&self, _saga: &str, _name: &str, _error: &str, _cause: &str) -> Result<(), OrchestratorError> {
        not_here()
    }

    async fn redrive(&self, _saga: &str, _name: &str) -> Result<(), OrchestratorError> {
        not_here()
    }

    async fn describe(&self, _saga: &str, _name: &str) -> Result<Option<Execution>, OrchestratorError> {
        not_here()
    }

    async fn list(&self, _filter: &Filter) -> Result<Page, OrchestratorError> {
        not_here()
    }

    async fn history(&self, _saga: &str, _name: &str) -> Result<Vec<Value>, OrchestratorError> {
        not_here()
    }

    async fn find(&self, _search: &Search) -> Result<Found, OrchestratorError> {
        Ok(Found { items: Vec::new(), next: None, behind_seconds: 0 })
    }

    async fn errors(&self, _since: OffsetDateTime) -> Result<Vec<ErrorGroup>, OrchestratorError> {
        Ok(Vec::new())
    }

    fn start_delay(&self) -> Duration {
        self.delay
    }
}
