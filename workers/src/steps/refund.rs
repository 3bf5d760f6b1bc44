//! One refund: asked of the provider under its own reference, and told to the customer in every state it takes. Not undone:
//! money that went back is charged again by nobody.

use usher_database::Failure;
use usher_notifications::{Notice, RefundNews, Tell, TellError};
use usher_payments::refund::RefundStanding;
use usher_workflows::{
    business::Finding,
    error::{Reason, StepError},
    refund::{Executed, RefundData},
};

use super::charge_payment::failed;
use crate::{
    probe,
    step::{Contexts, Step, StepContext, transient},
};

/// How long until a provider that has not decided is asked again. The first times soon, because most decide within a
/// minute; later hourly, because some take days. 30 days of hours are 720 looks.
const LOOKS: [u32; 4] = [5, 30, 300, 3600];

/// Asks the provider for the refund, or how it stands.
pub struct ExecuteRefund;

impl Step for ExecuteRefund {
    const NAME: &'static str = "execute-refund";
    type Input = RefundData;
    type Output = Executed;

    async fn run(&self, cx: &StepContext, data: RefundData) -> Result<Executed, StepError> {
        let refund = cx.contexts.payments.execute_refund(data.refund_id).await.map_err(failed)?;
        let standing = refund.status.standing();
        let before = data.refund.map_or(0, |executed| executed.look_again_seconds);
        let look_again_seconds = LOOKS.into_iter().find(|next| *next > before).unwrap_or(LOOKS[LOOKS.len() - 1]);
        Ok(Executed { status: standing.as_str().to_owned(), decided: standing.is_settled(), look_again_seconds })
    }

    async fn probe(&self, contexts: &Contexts, _execution: &str, data: RefundData) -> Result<Finding, Failure> {
        let Some(refund) = contexts.payments.refund_by_id(data.refund_id).await? else {
            return Ok(probe::not_done(Self::NAME, "there is no such refund"));
        };
        let standing = refund.status.standing();
        let says = format!("{} is {}", refund.amount, standing.as_str());
        let executed = Executed { status: standing.as_str().to_owned(), decided: true, look_again_seconds: LOOKS[0] };
        let output = standing.is_settled().then(|| serde_json::to_value(executed).ok()).flatten();
        Ok(Finding { output, ..probe::whether(standing.is_settled(), Self::NAME, says) })
    }
}

/// Tells the customer where the refund stands, once for each state.
pub struct NotifyRefund;

impl Step for NotifyRefund {
    const NAME: &'static str = "notify-refund";
    type Input = RefundData;
    type Output = ();

    async fn run(&self, cx: &StepContext, data: RefundData) -> Result<(), StepError> {
        let invalid = |cause: &str| StepError::Rejected(Reason::InvalidRequest, cause.to_owned());
        let executed = data.refund.ok_or_else(|| invalid("the refund was not asked for"))?;
        let booking = cx.contexts.bookings.get(data.booking_id).await.map_err(transient)?;
        let booking = booking.ok_or_else(|| invalid("the booking is unknown"))?;
        let showtime = cx.contexts.catalog.showtime(booking.showtime_id).await.map_err(transient)?;
        let showtime = showtime.ok_or_else(|| invalid("the showtime is unknown"))?;
        let news = match executed.status.parse().map_err(|error: String| invalid(&error))? {
            RefundStanding::Pending => RefundNews::Pending,
            RefundStanding::RequiresAction => RefundNews::RequiresAction,
            RefundStanding::Succeeded => RefundNews::Succeeded,
            RefundStanding::Failed => RefundNews::Failed,
            RefundStanding::Cancelled => RefundNews::Cancelled,
            RefundStanding::Reversed => RefundNews::Reversed,
        };
        let notice = Notice::Refund { movie: showtime.movie_title.clone(), amount: data.amount, news };
        let intent = format!("{}/{}", cx.effect(), executed.status);
        let tell = Tell { intent, booking: data.booking_id, user: booking.user_id, notice };
        match cx.contexts.notifications.tell(tell).await {
            Ok(_) => Ok(()),
            Err(TellError::Database(failure)) => Err(transient(failure)),
            Err(error) => Err(invalid(&error.to_string())),
        }
    }

    async fn probe(&self, contexts: &Contexts, execution: &str, data: RefundData) -> Result<Finding, Failure> {
        super::notify::told(contexts, Self::NAME, execution, data.booking_id).await
    }
}
