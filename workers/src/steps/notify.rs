//! Tells the customer how it ended. Only after the fact is durable, once for each fact, and never undone: what was said
//! was said.

use usher_catalog::Showtime;
use usher_core::{ids::BookingId, seat::SeatName};
use usher_database::Failure;
use usher_notifications::{MoneyBack, Notice, Rejection, Tell, TellError};
use usher_workflows::{
    booking::SagaData,
    business::Finding,
    error::{Reason, StepError},
};

use crate::{
    probe,
    step::{Contexts, Step, StepContext, transient},
};

/// The tickets are there.
pub struct NotifyCustomer;

impl Step for NotifyCustomer {
    const NAME: &'static str = "notify-customer";
    type Input = SagaData;
    type Output = ();

    async fn run(&self, cx: &StepContext, data: SagaData) -> Result<(), StepError> {
        let showtime = showtime(cx, &data).await?;
        let notice = Notice::BookingConfirmed {
            movie: showtime.movie_title.clone(),
            theater: showtime.theater_name.clone(),
            screen: showtime.screen_name.clone(),
            starts_at: showtime.local_start,
            seats: seats(&data),
            total: data.total,
            tickets: data.seats.len().try_into().unwrap_or(u32::MAX),
        };
        tell(cx, &data, notice).await
    }

    async fn probe(&self, contexts: &Contexts, execution: &str, data: SagaData) -> Result<Finding, Failure> {
        told(contexts, Self::NAME, execution, data.booking_id).await
    }
}

/// It came to nothing: no seat, no charge.
pub struct NotifyRejection;

impl Step for NotifyRejection {
    const NAME: &'static str = "notify-rejection";
    type Input = SagaData;
    type Output = ();

    async fn run(&self, cx: &StepContext, data: SagaData) -> Result<(), StepError> {
        let error = data.failure.as_ref().and_then(|failure| failure.error.as_deref()).unwrap_or_default();
        let notice = Notice::BookingRejected {
            movie: showtime(cx, &data).await?.movie_title.clone(),
            seats: seats(&data),
            reason: match Rejection::of_error(error) {
                Rejection::HoldExpired if data.refund.as_ref().is_some_and(|refund| refund.amount.amount > 0) => {
                    Rejection::PaidTooLate
                }
                reason => reason,
            },
            is_owed: data.refund.as_ref().is_some_and(|refund| refund.owed),
        };
        tell(cx, &data, notice).await
    }

    async fn probe(&self, contexts: &Contexts, execution: &str, data: SagaData) -> Result<Finding, Failure> {
        told(contexts, Self::NAME, execution, data.booking_id).await
    }
}

/// A confirmed booking is no more, and the money is on its way back.
pub struct NotifyCancellation;

impl Step for NotifyCancellation {
    const NAME: &'static str = "notify-cancellation";
    type Input = SagaData;
    type Output = ();

    async fn run(&self, cx: &StepContext, data: SagaData) -> Result<(), StepError> {
        let money = match &data.refund {
            Some(refund) if refund.owed => MoneyBack::Failed,
            Some(refund) if refund.amount.amount <= 0 => MoneyBack::Nothing,
            Some(refund) if refund.pending => MoneyBack::Pending(refund.amount),
            Some(refund) => MoneyBack::Sent(refund.amount),
            None => MoneyBack::Nothing,
        };
        let terms = data.cancellation.as_ref();
        let notice = Notice::BookingCancelled {
            movie: showtime(cx, &data).await?.movie_title.clone(),
            seats: seats(&data),
            is_part: terms.is_some_and(|terms| terms.part.is_some()),
            by_house: terms.is_some_and(|terms| terms.by_house),
            money,
        };
        tell(cx, &data, notice).await
    }

    async fn probe(&self, contexts: &Contexts, execution: &str, data: SagaData) -> Result<Finding, Failure> {
        told(contexts, Self::NAME, execution, data.booking_id).await
    }
}

async fn showtime(cx: &StepContext, data: &SagaData) -> Result<std::sync::Arc<Showtime>, StepError> {
    let showtime = cx.contexts.catalog.showtime(data.showtime_id).await.map_err(transient)?;
    showtime.ok_or_else(|| StepError::Rejected(Reason::InvalidRequest, "the showtime is unknown".to_owned()))
}

fn seats(data: &SagaData) -> Vec<SeatName> {
    data.seats.iter().map(|priced| priced.seat.clone()).collect()
}

async fn tell(cx: &StepContext, data: &SagaData, notice: Notice) -> Result<(), StepError> {
    let tell = Tell { intent: cx.effect(), booking: data.booking_id, user: data.user_id, notice };
    match cx.contexts.notifications.tell(tell).await {
        Ok(_) => Ok(()),
        Err(TellError::Database(failure)) => Err(transient(failure)),
        Err(error) => Err(StepError::Rejected(Reason::InvalidRequest, error.to_string())),
    }
}

/// Whether the customer was told by this step of this execution, whatever the words were.
pub(super) async fn told(
    contexts: &Contexts,
    step: &str,
    execution: &str,
    booking: BookingId,
) -> Result<Finding, Failure> {
    let intent = format!("{execution}/{step}");
    let said = contexts.notifications.of_booking(booking).await?;
    let said = said
        .iter()
        .find(|one| one.intent.strip_prefix(&intent).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    Ok(match said {
        Some(one) => {
            Finding { output: Some(serde_json::Value::Null), ..probe::done(step, format!("told: {}", one.subject)) }
        }
        None => probe::not_done(step, "nothing told"),
    })
}
