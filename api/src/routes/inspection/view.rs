//! A saga as a line of a list.

use serde::Serialize;
use time::OffsetDateTime;
use usher_workflows::query::{Listed, Waiting};
use utoipa::ToSchema;

/// A saga as the list has it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Saga)]
pub(crate) struct SagaLine {
    /// The execution's name, which is also its address here.
    #[schema(example = "bkg_01KAG3V0Q8Z6X4N2M7R5T9W1YC")]
    id: String,
    #[schema(example = "booking")]
    saga: String,
    #[schema(example = "RUNNING", pattern = "^(RUNNING|SUCCEEDED|FAILED|TIMED_OUT|ABORTED)$")]
    status: &'static str,
    /// The states it stands in; none once it ended well.
    states: Vec<String>,
    /// Since when.
    #[serde(with = "time::serde::rfc3339::option")]
    entered_at: Option<OffsetDateTime>,
    /// Attempts of that state before the present one.
    attempt: u32,
    /// `task`, `retry` or `timer`: what it waits for, where the engine tells.
    waiting: Option<&'static str>,
    /// When that is over at the latest.
    #[serde(with = "time::serde::rfc3339::option")]
    wakes_at: Option<OffsetDateTime>,
    /// The last error that it met, also where it went on.
    error: Option<String>,
    cause: Option<String>,
    /// The state that met it.
    failed_state: Option<String>,
    #[serde(with = "time::serde::rfc3339")]
    started_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    stopped_at: Option<OffsetDateTime>,
    booking_id: Option<String>,
    user_id: Option<String>,
    seats: Vec<String>,
    showtime_id: Option<String>,
    payment_id: Option<String>,
    /// The hash of its definition.
    version: Option<String>,
}

impl From<Listed> for SagaLine {
    fn from(saga: Listed) -> Self {
        Self {
            id: saga.name,
            saga: saga.saga,
            status: saga.status.as_str(),
            states: saga.states,
            entered_at: saga.entered_at,
            attempt: saga.attempt,
            waiting: saga.waiting.map(Waiting::as_str),
            wakes_at: saga.wakes_at,
            error: saga.error,
            cause: saga.cause,
            failed_state: saga.failed_state,
            started_at: saga.started_at,
            stopped_at: saga.stopped_at,
            booking_id: saga.booking_id,
            user_id: saga.user_id,
            seats: saga.seats,
            showtime_id: saga.showtime_id,
            payment_id: saga.payment_id,
            version: saga.version,
        }
    }
}
