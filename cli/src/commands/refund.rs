//! `usher refund`: gives money back, and decides on refunds that wait for a second person. What a person does, the same rules
//! as over HTTP apply to: the database keeps the sum, and nobody approves their own.

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Subcommand;
use comfy_table::Table;
use usher_core::{
    ids::{BookingId, EventId, PaymentId, RefundId, UserId},
    money::Money,
};
use usher_payments::{
    OpenRefund, OpenedRefund, Refund as Found, exceeds_captured,
    refund::{Amount, Decided, Filter, Purpose, RefundStanding},
};
use usher_workflows::definitions::REFUND;

use super::{start, table::table};
use crate::{settings::Settings, wiring::Services};

#[derive(Debug, Subcommand)]
pub enum Refund {
    /// Gives back a part of a payment, or what is left of it, and leaves the booking alone.
    Create {
        /// The payment: pay_...
        payment: PaymentId,
        /// Minor units; what is left when there is none.
        #[arg(long)]
        amount: Option<i64>,
        /// Why.
        #[arg(long)]
        reason: String,
        /// Who asks: usr_...
        #[arg(long)]
        by: UserId,
        /// The same for every try: a second refund takes another one.
        #[arg(long)]
        key: Option<String>,
    },
    /// Says yes to a refund that waits for a second person.
    Approve {
        /// The refund: rfd_...
        refund: RefundId,
        /// Who says so: usr_..., and never the one who asked.
        #[arg(long)]
        by: UserId,
    },
    /// Shows one refund as JSON.
    Get {
        /// The refund: rfd_...
        refund: RefundId,
    },
    /// Lists refunds, newest first.
    List {
        /// Only of this payment.
        #[arg(long)]
        payment: Option<PaymentId>,
        /// Only of this booking.
        #[arg(long)]
        booking: Option<BookingId>,
        /// Only those that stand here: pending, requires_action, succeeded, failed, cancelled or reversed.
        #[arg(long)]
        status: Option<RefundStanding>,
        /// At most this many.
        #[arg(long, default_value_t = 50)]
        limit: i64,
    },
}

impl Refund {
    pub async fn run(self, settings: Settings) -> anyhow::Result<ExitCode> {
        let limit = settings.refund_approval_above;
        start::over(&settings, async |services: &Services| self.over(services, limit).await).await?;
        Ok(ExitCode::SUCCESS)
    }

    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    async fn over(self, services: &Services, approval_above: i64) -> anyhow::Result<()> {
        let payments = &services.contexts.payments;
        match self {
            Self::Create { payment, amount, reason, by, key } => {
                let payment = payments.payment(payment).await?.context("there is no such payment")?;
                let key = key.unwrap_or_else(|| EventId::new(&*services.ambient).to_string());
                let open = OpenRefund {
                    charge_reference: payment.reference.clone(),
                    reference: format!("{}/refund-{key}", payment.booking),
                    amount: amount
                        .map_or(Amount::Rest, |amount| Amount::Exactly(Money::new(amount, payment.amount.currency))),
                    purpose: Purpose::Goodwill,
                    reason,
                    requested_by: Some(by),
                    needs_approval: amount.unwrap_or(payment.amount.amount) > approval_above,
                    saga: Some(REFUND.name),
                };
                let refund = match payments.open_refund(open).await {
                    Ok(OpenedRefund::Fresh(refund) | OpenedRefund::Found(refund)) => refund,
                    Ok(OpenedRefund::Nothing) => bail!("nothing is left of this payment"),
                    Err(failure) if exceeds_captured(&failure) => bail!("less than that is left of this payment"),
                    Err(failure) => return Err(failure.into()),
                };
                let standing = refund.status.standing().as_str();
                println!("{} is {standing}; `usher refund get {}` tells how it goes on", refund.id, refund.id);
            }
            Self::Approve { refund, by } => match payments.approve_refund(refund, by, REFUND.name).await? {
                Decided::Done(refund) => println!("{} is approved", refund.id),
                Decided::SamePerson => bail!("whoever asked for a refund does not approve it"),
                Decided::NotWaiting(refund) => bail!("{} is {}", refund.id, refund.status.standing().as_str()),
                Decided::NotFound => bail!("there is no such refund"),
            },
            Self::Get { refund } => {
                let refund = payments.refund_by_id(refund).await?.context("there is no such refund")?;
                println!("{}", serde_json::to_string_pretty(&refund)?);
            }
            Self::List { payment, booking, status, limit } => {
                let filter = Filter { payment, booking, standing: status, cursor: None, limit };
                println!("{}", refunds(&payments.list_refunds(&filter).await?));
            }
        }
        Ok(())
    }
}

fn refunds(refunds: &[Found]) -> Table {
    let mut table = table(["refund", "booking", "amount", "purpose", "status", "asked", "reason"]);
    for refund in refunds {
        table.add_row([
            refund.id.to_string(),
            refund.booking.to_string(),
            refund.amount.to_string(),
            refund.purpose.as_str().to_owned(),
            refund.status.standing().as_str().to_owned(),
            refund.opened_at.to_string(),
            refund.reason.clone(),
        ]);
    }
    table
}
