//! What a machine cannot bring in order, or has and somebody must know: incidents.
//!
//! An incident is about one thing at the provider and is opened once, whoever notices it and however often. It carries the
//! key of what the customer is told meanwhile, because the first question is always theirs. To add a kind, add a constant
//! and a line to the runbook.

use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use time::OffsetDateTime;
use usher_core::ids::{IncidentId, PaymentId, RefundId};
use usher_database::Failure;
use uuid::Uuid;

use crate::Payments;

/// A charge whose outcome has been unknown for a day.
pub const PAYMENT_UNKNOWN: &str = "payment_unknown";
/// Tickets are issued, and the money that was kept ready for them could not be taken.
pub const CAPTURE_FAILED: &str = "capture_failed";
/// Money came after the booking had been told that none would; it goes back.
pub const LATE_SUCCESS: &str = "late_success";
/// The provider gave money back that we did not ask for.
pub const FOREIGN_REFUND: &str = "foreign_refund";
/// The provider's news contradict our books.
pub const CONTRADICTION: &str = "contradiction";

/// What is to be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenIncident {
    /// What kind of trouble it is: one of the constants here.
    pub kind: &'static str,
    /// What it is about, as the provider knows it.
    pub reference: String,
    /// The payment, where one is known.
    pub payment: Option<PaymentId>,
    /// The refund, where it is about one.
    pub refund: Option<RefundId>,
    /// What was seen.
    pub detail: String,
    /// The key of what the customer is told meanwhile.
    pub customer_text: &'static str,
}

/// An incident as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// Its name.
    pub id: IncidentId,
    /// What kind of trouble it is.
    pub kind: String,
    /// What it is about, as the provider knows it.
    pub reference: String,
    /// The payment, where one is known.
    pub payment: Option<PaymentId>,
    /// The refund, where it is about one.
    pub refund: Option<RefundId>,
    /// What was seen.
    pub detail: String,
    /// The key of what the customer is told meanwhile.
    pub customer_text: String,
    /// Since when.
    #[serde(with = "time::serde::rfc3339")]
    pub opened_at: OffsetDateTime,
    /// Until when.
    #[serde(with = "time::serde::rfc3339::option")]
    pub resolved_at: Option<OffsetDateTime>,
    /// How it ended.
    pub resolution: Option<String>,
}

/// Opens incidents in a transaction; what is open or was resolved before stays as it is.
pub(crate) async fn open(
    connection: &mut PgConnection,
    ambient: &dyn usher_core::ambient::Ambient,
    incidents: &[OpenIncident],
) -> Result<u64, sqlx::Error> {
    let mut opened = 0;
    for incident in incidents {
        let inserted = sqlx::query!(
            "INSERT INTO payments.incidents (id, kind, reference, payment_id, refund_id, detail, customer_text, opened_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (kind, reference) DO NOTHING",
            IncidentId::new(ambient).uuid(),
            incident.kind,
            incident.reference,
            incident.payment.map(PaymentId::uuid),
            incident.refund.map(RefundId::uuid),
            incident.detail,
            incident.customer_text,
            ambient.now(),
        );
        if inserted.execute(&mut *connection).await?.rows_affected() > 0 {
            opened += 1;
            tracing::error!(
                kind = incident.kind,
                reference = incident.reference,
                detail = incident.detail,
                "an incident"
            );
            metrics::counter!("usher_payment_incidents_total", "kind" => incident.kind).increment(1);
        }
    }
    Ok(opened)
}

impl Payments {
    /// Opens an incident, unless the same was opened before. Tells whether it is new.
    pub async fn open_incident(&self, incident: OpenIncident) -> Result<bool, Failure> {
        let mut connection = self.pool.acquire().await?;
        Ok(open(&mut connection, &*self.ambient, &[incident]).await? > 0)
    }

    /// Writes down how an incident ended. False when there is none open under this kind and reference.
    pub async fn resolve_incident(&self, kind: &str, reference: &str, resolution: &str) -> Result<bool, Failure> {
        let resolved = sqlx::query!(
            "UPDATE payments.incidents SET resolved_at = $3, resolution = $4
             WHERE kind = $1 AND reference = $2 AND resolved_at IS NULL",
            kind,
            reference,
            self.ambient.now(),
            resolution,
        );
        Ok(resolved.execute(&self.pool).await?.rows_affected() > 0)
    }

    /// The same of one that is known by its name.
    pub async fn resolve_incident_named(&self, id: &str, resolution: &str) -> Result<bool, Failure> {
        let Ok(id) = id.parse::<IncidentId>() else { return Ok(false) };
        let resolved = sqlx::query!(
            "UPDATE payments.incidents SET resolved_at = $2, resolution = $3 WHERE id = $1 AND resolved_at IS NULL",
            id.uuid(),
            self.ambient.now(),
            resolution,
        );
        Ok(resolved.execute(&self.pool).await?.rows_affected() > 0)
    }

    /// What is open, oldest first.
    pub async fn open_incidents(&self, limit: i64) -> Result<Vec<Incident>, Failure> {
        let rows = sqlx::query_as!(
            Row,
            "SELECT id, kind, reference, payment_id, refund_id, detail, customer_text, opened_at, resolved_at, resolution
             FROM payments.incidents WHERE resolved_at IS NULL ORDER BY opened_at, id LIMIT $1",
            limit,
        );
        Ok(rows.fetch_all(&self.pool).await?.into_iter().map(Incident::from).collect())
    }

    /// What there is or was about a payment, oldest first.
    pub async fn incidents_of(&self, payment: PaymentId) -> Result<Vec<Incident>, Failure> {
        let rows = sqlx::query_as!(
            Row,
            "SELECT id, kind, reference, payment_id, refund_id, detail, customer_text, opened_at, resolved_at, resolution
             FROM payments.incidents WHERE payment_id = $1 ORDER BY opened_at, id",
            payment.uuid(),
        );
        Ok(rows.fetch_all(&self.pool).await?.into_iter().map(Incident::from).collect())
    }
}

/// A row as PostgreSQL has it.
struct Row {
    id: Uuid,
    kind: String,
    reference: String,
    payment_id: Option<Uuid>,
    refund_id: Option<Uuid>,
    detail: String,
    customer_text: String,
    opened_at: OffsetDateTime,
    resolved_at: Option<OffsetDateTime>,
    resolution: Option<String>,
}

impl From<Row> for Incident {
    fn from(row: Row) -> Self {
        Self {
            id: row.id.into(),
            kind: row.kind,
            reference: row.reference,
            payment: row.payment_id.map(PaymentId::from),
            refund: row.refund_id.map(RefundId::from),
            detail: row.detail,
            customer_text: row.customer_text,
            opened_at: row.opened_at,
            resolved_at: row.resolved_at,
            resolution: row.resolution,
        }
    }
}
