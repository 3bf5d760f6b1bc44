//! Receipts: which message, and which of its leases.
//!
//! A receipt names the number of the lease, so that whoever slept past the end of it changes nothing any more.

use uuid::Uuid;

use crate::{
    error::{MessagingError, Trouble},
    queue::Receipt,
};

/// One lease of one message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lease<'a> {
    pub queue: &'a str,
    pub id: Uuid,
    pub receives: i32,
}

impl<'a> Lease<'a> {
    /// What whoever has the lease is given.
    pub fn receipt(&self) -> Receipt {
        Receipt(format!("{}.{}.{}", self.receives, self.id.simple(), self.queue))
    }

    /// What a receipt is for.
    pub fn of(receipt: &'a Receipt) -> Result<Self, MessagingError> {
        let unknown = || Trouble::new(format!("`{}` is not a receipt of this queue", receipt.0));
        Self::parse(&receipt.0).ok_or_else(|| MessagingError::Refused(unknown()))
    }

    fn parse(receipt: &'a str) -> Option<Self> {
        let mut parts = receipt.splitn(3, '.');
        let receives = parts.next()?.parse().ok()?;
        let id = Uuid::try_parse(parts.next()?).ok()?;
        Some(Self { queue: parts.next()?, id, receives })
    }
}

/// Leases side by side, as a statement takes them.
pub(super) struct Leases {
    pub queues: Vec<String>,
    pub ids: Vec<Uuid>,
    pub receives: Vec<i32>,
}

impl Leases {
    pub fn of(leases: &[Lease<'_>]) -> Self {
        Self {
            queues: leases.iter().map(|lease| lease.queue.to_owned()).collect(),
            ids: leases.iter().map(|lease| lease.id).collect(),
            receives: leases.iter().map(|lease| lease.receives).collect(),
        }
    }
}
