//! Asking the provider to give money back, as the step execute-refund and the undo do.
//!
//! A refund that was just opened is asked for at once. Any later attempt looks up first, because an earlier one may have
//! been heard, and a provider's memory for keys ends long before a redrive does. An unclear answer is looked up at once.

use time::Duration;
use usher_core::ids::RefundId;
use usher_database::Failure;

use super::{Action, Refund, RefundStatus, SettleRefund};
use crate::{
    Payments, RefundError,
    provider::{ProviderFailure, RefundState},
};

/// For how long a provider surely knows our key again: asking twice within it is asking once. They promise a day.
const REMEMBERED: Duration = Duration::hours(1);

impl Payments {
    /// Carries a refund out, and tells where it stands then. One that is settled, or waits for approval, is left alone.
    pub async fn execute_refund(&self, id: RefundId) -> Result<Refund, RefundError> {
        let refund = self.refund_by_id(id).await?;
        let refund = refund.ok_or_else(|| RefundError::Refused { reason: format!("there is no refund {id}") })?;
        let payment = self.payment(refund.payment).await?;
        let payment = payment.ok_or_else(|| RefundError::Refused { reason: format!("{id} has no payment") })?;
        let is_first = self.ambient.now() - refund.released_at < REMEMBERED;
        self.carry_out(&payment.reference, refund, is_first).await
    }

    /// Asks for a refund that is open, and writes down what was heard.
    pub(crate) async fn carry_out(&self, charge: &str, refund: Refund, is_first: bool) -> Result<Refund, RefundError> {
        match refund.status {
            RefundStatus::Pending | RefundStatus::RequiresAction { action: Action::Customer } => {
                let state = self.ask_for_refund(charge, &refund, is_first).await?;
                let reference = refund.reference;
                Ok(self.settle_refund(SettleRefund { reference, state }).await?)
            }
            _ => Ok(refund),
        }
    }

    async fn ask_for_refund(
        &self,
        charge: &str,
        refund: &Refund,
        is_first: bool,
    ) -> Result<RefundState, ProviderFailure> {
        let reference = &refund.reference;
        let was_heard = !is_first || matches!(refund.status, RefundStatus::RequiresAction { .. });
        if was_heard && let Some(state) = self.provider.look_up_refund(reference).await? {
            return Ok(state);
        }
        match self.provider.refund(charge, reference, refund.amount).await {
            Err(ProviderFailure::Unclear(reason)) => {
                let state = self.provider.look_up_refund(reference).await?;
                state.ok_or_else(|| ProviderFailure::Unclear(format!("{reason}; no refund has arrived so far")))
            }
            answer => answer,
        }
    }

    /// Forgets the command that starts a refund's saga, because it was handed over. Should that fail, the relay repeats it.
    pub async fn forget_refund_start(&self, id: RefundId) -> Result<(), Failure> {
        let mut connection = self.pool.acquire().await?;
        Ok(usher_database::outbox::discard(&mut connection, &[id.uuid()]).await?)
    }
}
