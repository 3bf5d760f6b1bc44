//! The face of the context, and the single steps that the whole operations are made of.
//!
//! Sagas call [`Payments::charge`], [`Payments::undo`], [`Payments::refund`] and [`Payments::recognise`]; the API reads.
//! What is here besides - open, settle, mark as unknown - is one short transaction each, for whoever learns of an outcome
//! by another way.

use std::sync::Arc;

use sqlx::PgPool;
use usher_core::{ambient::SharedAmbient, ids::BookingId};
use usher_database::{Failure, GroupCommit, Once, once::Guarded};

use crate::{
    capture::CaptureAt,
    open::{Open, Opened, Opening},
    provider::PaymentProvider,
    recognise::{Recognised, Recognition},
    refund::{self, OpenRefund, OpenedRefund, Refund, SettleRefund},
    settle::{Settle, Settled, Settling},
    success_rate::SuccessRate,
    webhook::Secrets,
};

/// Payments, refunds and the ledger. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Payments {
    pub(crate) pool: PgPool,
    pub(crate) provider: Arc<dyn PaymentProvider>,
    pub(crate) ambient: SharedAmbient,
    pub(crate) capture_at: CaptureAt,
    pub(crate) webhook_secrets: Secrets,
    open: GroupCommit<Open, Opened>,
    settle: GroupCommit<Once<Settle>, Settled>,
    recognise: GroupCommit<BookingId, Recognised>,
    open_refund: GroupCommit<OpenRefund, OpenedRefund>,
    settle_refund: GroupCommit<SettleRefund, Refund>,
    success_rate: Arc<SuccessRate>,
}

impl Payments {
    /// Over a database that has the [schema](crate::schema) and a provider. Needs a tokio runtime, for the batches.
    pub fn new(pool: PgPool, ambient: SharedAmbient, provider: Arc<dyn PaymentProvider>) -> Self {
        let success_rate = Arc::new(SuccessRate::default());
        let settling = Settling { ambient: Arc::clone(&ambient), success_rate: Arc::clone(&success_rate) };
        let refunding = refund::Settling(Arc::clone(&ambient));
        Self {
            open: GroupCommit::spawn(pool.clone(), "open-payment", Opening(Arc::clone(&ambient))),
            settle: Guarded::spawn(settling, Arc::clone(&ambient), pool.clone(), "settle-payment"),
            recognise: GroupCommit::spawn(pool.clone(), "recognise-payment", Recognition(Arc::clone(&ambient))),
            open_refund: GroupCommit::spawn(pool.clone(), "open-refund", refund::Opening(Arc::clone(&ambient))),
            settle_refund: GroupCommit::spawn(pool.clone(), "settle-refund", refunding),
            ambient,
            capture_at: CaptureAt::default(),
            webhook_secrets: Secrets::default(),
            pool,
            provider,
            success_rate,
        }
    }

    /// The same, with another moment at which the money is taken.
    #[must_use]
    pub fn capturing_at(mut self, capture_at: CaptureAt) -> Self {
        self.capture_at = capture_at;
        self
    }

    /// The same, believing webhooks that are signed with one of these secrets. Without any, none is believed.
    #[must_use]
    pub fn believing(mut self, secrets: Secrets) -> Self {
        self.webhook_secrets = secrets;
        self
    }

    /// Whether the provider knows this means of payment. Asks nobody.
    pub fn accepts(&self, method: &str) -> bool {
        self.provider.accepts(method)
    }

    /// The provider, for what only it can tell: its report, for the audit.
    pub fn provider(&self) -> &dyn PaymentProvider {
        &*self.provider
    }

    /// Writes down that a payment is about to be asked for, or finds that it was.
    pub async fn open(&self, open: Open) -> Result<Opened, Failure> {
        self.open.submit(open).await
    }

    /// Writes down what the provider said to a charge, and tells what the payment is then. `key` is the inbox's.
    pub async fn settle(&self, key: &str, settle: Settle) -> Result<Settled, Failure> {
        self.settle.once(key, settle).await
    }

    /// Writes down that nobody knows what became of a charge. Changes nothing once the outcome is known.
    pub async fn mark_unknown(&self, reference: &str) -> Result<(), Failure> {
        let marked = sqlx::query!(
            "UPDATE payments.payments SET status = 'unknown' WHERE reference = $1 AND status = 'open'",
            reference,
        );
        if marked.execute(&self.pool).await?.rows_affected() > 0 {
            self.success_rate.record("unknown");
        }
        Ok(())
    }

    /// Books the prepayment of a booking as revenue, because its tickets are issued. Again is harmless.
    pub async fn recognise(&self, booking: BookingId) -> Result<Recognised, Failure> {
        self.recognise.submit(booking).await
    }

    /// Writes down that money is about to be given back, or finds that it was. More than was captured is
    /// [`Failure::Refused`] by the constraint `refunds_within_captured`.
    pub async fn open_refund(&self, open: OpenRefund) -> Result<OpenedRefund, Failure> {
        self.open_refund.submit(open).await
    }

    /// Writes down what the provider said of a refund, merged with what is known, and tells what the refund is then. Again,
    /// and in another order, is the same.
    pub async fn settle_refund(&self, settle: SettleRefund) -> Result<Refund, Failure> {
        self.settle_refund.submit(settle).await
    }
}
