//! `usher payment`: what became of the money, in our books and at the provider.

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Subcommand;
use comfy_table::Table;
use serde_json::{Value, json};
use usher_payments::{Payments, payment, provider::ChargeState, webhook::Stored};

use super::{start, table::table};
use crate::{settings::Settings, wiring::Services};

#[derive(Debug, Subcommand)]
pub enum Payment {
    /// Shows a payment with its attempts, ledger lines, refunds and incidents as JSON.
    Get {
        /// Its name, pay_..., or that of its booking, bkg_...
        name: String,
    },
    /// Asks the provider what stands under a payment's reference, and changes nothing. Exit code 1 when the books disagree.
    Probe {
        /// Its name, pay_..., or that of its booking, bkg_...
        name: String,
    },
    /// Lists what a person has to look at, oldest first.
    Incidents,
    /// Looks at what the provider told by itself.
    #[command(subcommand)]
    Webhook(Webhook),
}

#[derive(Debug, Subcommand)]
pub enum Webhook {
    /// Lists stored webhooks, newest first.
    List {
        /// Only those that were not applied yet.
        #[arg(long)]
        waiting: bool,
        /// At most this many.
        #[arg(long, default_value_t = 50)]
        limit: i64,
    },
    /// Applies a stored webhook again. Harmless: what the books say already, they say once.
    Replay {
        /// The provider's name for the event. Without one, everything that was not applied yet.
        event: Option<String>,
    },
}

impl Payment {
    pub async fn run(self, settings: Settings) -> anyhow::Result<ExitCode> {
        start::over(&settings, async |services: &Services| self.over(&services.contexts.payments).await).await
    }

    #[expect(clippy::print_stdout, reason = "a command speaks to people")]
    async fn over(self, payments: &Payments) -> anyhow::Result<ExitCode> {
        match self {
            Self::Get { name } => println!("{}", serde_json::to_string_pretty(&shown(payments, &name).await?)?),
            Self::Probe { name } => {
                let (shown, agree) = probe(payments, &find(payments, &name).await?).await?;
                println!("{}", serde_json::to_string_pretty(&shown)?);
                return Ok(if agree { ExitCode::SUCCESS } else { ExitCode::FAILURE });
            }
            Self::Incidents => println!("{}", incidents(payments).await?),
            Self::Webhook(Webhook::List { waiting, limit }) => {
                println!("{}", webhooks(payments.webhooks(waiting, limit).await?));
            }
            Self::Webhook(Webhook::Replay { event: Some(event) }) => match payments.replay(&event).await? {
                Some(applied) => println!("{event}: {}", applied.as_str()),
                None => bail!("there is no webhook {event}"),
            },
            Self::Webhook(Webhook::Replay { event: None }) => {
                println!("{} applied", payments.apply_waiting(i64::MAX).await?);
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn find(payments: &Payments, name: &str) -> anyhow::Result<payment::Payment> {
    let found = match name.split('_').next() {
        Some("pay") => payments.payment(name.parse()?).await?,
        Some("bkg") => payments.by_booking(name.parse()?).await?,
        _ => bail!("`{name}` names no payment: it begins with pay_ or bkg_"),
    };
    found.with_context(|| format!("there is no payment {name}"))
}

async fn shown(payments: &Payments, name: &str) -> anyhow::Result<Value> {
    let payment = find(payments, name).await?;
    Ok(json!({
        "attempts": payments.attempts(payment.id).await?,
        "ledger": payments.lines(payment.id).await?,
        "refunds": payments.refunds(payment.id).await?,
        "incidents": payments.incidents_of(payment.id).await?,
        "payment": payment,
    }))
}

/// What the provider says beside what we say, and whether both mean the same.
async fn probe(payments: &Payments, payment: &payment::Payment) -> anyhow::Result<(Value, bool)> {
    let record = payments.provider().look_up(&payment.reference).await?;
    let state = record.as_ref().map(|record| &record.state);
    let agree = match (&payment.status, state) {
        (payment::Status::Captured { .. }, state) => state == Some(&ChargeState::Captured),
        (payment::Status::Authorised { .. }, state) => state == Some(&ChargeState::Authorised),
        (payment::Status::Declined { .. }, state) => matches!(state, Some(ChargeState::Declined { .. })),
        (payment::Status::Void, state) => matches!(state, Some(ChargeState::Cancelled | ChargeState::Declined { .. })),
        (payment::Status::Open | payment::Status::Unknown, state) => state.is_none_or(|state| !state.is_final()),
    };
    Ok((json!({ "agree": agree, "books": payment, "provider": record }), agree))
}

async fn incidents(payments: &Payments) -> anyhow::Result<Table> {
    let mut table = table(["incident", "kind", "about", "since", "what"]);
    for incident in payments.open_incidents(1000).await? {
        table.add_row([
            incident.id.to_string(),
            incident.kind,
            incident.reference,
            incident.opened_at.to_string(),
            incident.detail,
        ]);
    }
    Ok(table)
}

fn webhooks(webhooks: Vec<Stored>) -> Table {
    let mut table = table(["event", "kind", "received", "applied", "outcome"]);
    for webhook in webhooks {
        table.add_row([
            webhook.event,
            webhook.kind,
            webhook.received_at.to_string(),
            webhook.applied_at.map(|at| at.to_string()).unwrap_or_default(),
            webhook.outcome.unwrap_or_default(),
        ]);
    }
    table
}
