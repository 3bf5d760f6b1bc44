//! Charges, refunds, the ledger, and the providers behind them.
//!
//! The promise: one execution is charged at most once, a charge is given back at most once, and the ledger says the same
//! as the provider. It rests on three habits. The provider is asked only after our own row is durable, and never inside a
//! transaction. Every request carries a [`mod@reference`] that is the same for every retry and redrive. And silence is never
//! taken for an answer: it is [`unknown`](payment::Status::Unknown) until a look-up by our reference says otherwise.
//!
//! Read [`payments`] for what others call, [`charge`] and [`undo`] for the two operations of the sagas, [`provider`] for
//! what we ask of the outside world, [`ledger`] for where the money is, and [`simulator`] for the provider of the laptop.

pub mod payments;

pub mod capture;
pub mod challenge;
pub mod charge;
pub mod undo;

pub mod attempt;
pub mod customer_text;
pub mod incident;
pub mod payment;
pub mod reference;
pub mod refund;

pub mod dispute;
pub mod payout;

pub mod ledger;
pub mod recognise;
pub mod reconcile;
pub mod resolve;

pub mod audit;
pub mod provider;
pub mod simulator;
pub mod webhook;

pub mod events;
mod open;
mod settle;
mod success_rate;

pub use capture::CaptureAt;
pub use charge::{Begun, ChargeError, ChargeRequest, Charged};
pub use open::{Open, Opened};
pub use payment::Payment;
pub use payments::Payments;
pub use payout::{PaidOut, Payout};
pub use recognise::Recognised;
pub use refund::{OpenRefund, OpenedRefund, Refund, SettleRefund};
pub use settle::{Outcome, Settle, Settled};
pub use undo::{Part, RefundError, Undone, exceeds_captured};

/// The tables of this context.
pub fn schema() -> usher_database::migrate::Schema {
    usher_database::migrate::Schema { name: "payments", migrations: sqlx::migrate!() }
}
