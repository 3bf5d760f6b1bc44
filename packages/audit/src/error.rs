//! Why an audit could not be finished. It never passes for a clean one.

use usher_core::money::MoneyError;
use usher_database::Failure;
use usher_messaging::error::MessagingError;
use usher_payments::provider::ProviderFailure;
use usher_workflows::orchestrator::OrchestratorError;

/// The audit has no verdict.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// A context or an outbox could not be read.
    #[error("what is on record could not be read")]
    Record(#[from] Failure),
    /// A queue could not be read.
    #[error("the queues could not be read")]
    Queues(#[from] MessagingError),
    /// The provider did not tell what it has on record.
    #[error("the provider's report could not be read")]
    Provider(#[from] ProviderFailure),
    /// Executions could not be looked up.
    #[error("the executions could not be read")]
    Executions(#[from] OrchestratorError),
    /// A total leaves 64 bits, which no honest booking brings about.
    #[error("the totals cannot be written down")]
    Totals(#[from] MoneyError),
}
