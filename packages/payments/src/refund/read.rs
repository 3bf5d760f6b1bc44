//! Reading refunds.

use sqlx::PgConnection;
use time::OffsetDateTime;
use usher_core::ids::{BookingId, PaymentId, RefundId};
use usher_database::Failure;
use uuid::Uuid;

use super::{Action, Purpose, Refund, RefundStanding, RefundStatus};
use crate::{Payments, ledger::Account, payment::money};

/// Which refunds to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this payment.
    pub payment: Option<PaymentId>,
    /// Of this booking.
    pub booking: Option<BookingId>,
    /// That stand here.
    pub standing: Option<RefundStanding>,
    /// Go on before this one.
    pub cursor: Option<RefundId>,
    /// At most this many.
    pub limit: i64,
}

impl Payments {
    /// The refunds of a payment, oldest first.
    pub async fn refunds(&self, payment: PaymentId) -> Result<Vec<Refund>, Failure> {
        let rows = sqlx::query_as!(
            Row,
            "SELECT refund.id, refund.payment_id, payment.booking_id, refund.reference, refund.amount, payment.currency,
               refund.source, refund.purpose, refund.reason, refund.requested_by, refund.decided_by, refund.status,
               refund.action, refund.provider_id, refund.code, refund.opened_at, refund.released_at, refund.settled_at
             FROM payments.refunds AS refund JOIN payments.payments AS payment ON payment.id = refund.payment_id
             WHERE refund.payment_id = $1 ORDER BY refund.id",
            payment.uuid(),
        );
        let rows = rows.fetch_all(&self.pool).await?.into_iter();
        Ok(rows.map(Refund::try_from).collect::<Result<_, _>>()?)
    }

    /// One refund.
    pub async fn refund_by_id(&self, id: RefundId) -> Result<Option<Refund>, Failure> {
        let row = sqlx::query_as!(
            Row,
            "SELECT refund.id, refund.payment_id, payment.booking_id, refund.reference, refund.amount, payment.currency,
               refund.source, refund.purpose, refund.reason, refund.requested_by, refund.decided_by, refund.status,
               refund.action, refund.provider_id, refund.code, refund.opened_at, refund.released_at, refund.settled_at
             FROM payments.refunds AS refund JOIN payments.payments AS payment ON payment.id = refund.payment_id
             WHERE refund.id = $1",
            id.uuid(),
        );
        Ok(row.fetch_optional(&self.pool).await?.map(Refund::try_from).transpose()?)
    }

    /// Refunds, newest first.
    pub async fn list_refunds(&self, filter: &Filter) -> Result<Vec<Refund>, Failure> {
        let rows = sqlx::query_as!(
            Row,
            "SELECT refund.id, refund.payment_id, payment.booking_id, refund.reference, refund.amount, payment.currency,
               refund.source, refund.purpose, refund.reason, refund.requested_by, refund.decided_by, refund.status,
               refund.action, refund.provider_id, refund.code, refund.opened_at, refund.released_at, refund.settled_at
             FROM payments.refunds AS refund JOIN payments.payments AS payment ON payment.id = refund.payment_id
             WHERE ($1::uuid IS NULL OR refund.payment_id = $1) AND ($2::uuid IS NULL OR payment.booking_id = $2)
               AND ($3::text IS NULL OR refund.status = $3) AND ($4::uuid IS NULL OR refund.id < $4)
             ORDER BY refund.id DESC LIMIT $5",
            filter.payment.map(PaymentId::uuid),
            filter.booking.map(BookingId::uuid),
            filter.standing.map(RefundStanding::as_str),
            filter.cursor.map(RefundId::uuid),
            filter.limit,
        );
        let rows = rows.fetch_all(&self.pool).await?.into_iter();
        Ok(rows.map(Refund::try_from).collect::<Result<_, _>>()?)
    }
}

/// The refunds under any of the references, in no order.
pub(crate) async fn by_references(
    connection: &mut PgConnection,
    references: &[String],
) -> Result<Vec<Refund>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        "SELECT refund.id, refund.payment_id, payment.booking_id, refund.reference, refund.amount, payment.currency,
           refund.source, refund.purpose, refund.reason, refund.requested_by, refund.decided_by, refund.status,
           refund.action, refund.provider_id, refund.code, refund.opened_at, refund.released_at, refund.settled_at
         FROM payments.refunds AS refund JOIN payments.payments AS payment ON payment.id = refund.payment_id
         WHERE refund.reference = ANY($1)",
        references,
    );
    rows.fetch_all(connection).await?.into_iter().map(Refund::try_from).collect()
}

/// A row as PostgreSQL has it, with booking and currency of its payment.
struct Row {
    id: Uuid,
    payment_id: Uuid,
    booking_id: Uuid,
    reference: String,
    amount: i64,
    currency: String,
    source: String,
    purpose: String,
    reason: String,
    requested_by: Option<Uuid>,
    decided_by: Option<Uuid>,
    status: String,
    action: Option<String>,
    provider_id: Option<String>,
    code: Option<String>,
    opened_at: OffsetDateTime,
    released_at: OffsetDateTime,
    settled_at: Option<OffsetDateTime>,
}

impl TryFrom<Row> for Refund {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        let status = match (row.status.as_str(), row.action.as_deref(), row.provider_id, row.code) {
            ("pending", ..) => RefundStatus::Pending,
            ("requires_action", Some("approval"), ..) => RefundStatus::RequiresAction { action: Action::Approval },
            ("requires_action", Some("customer"), ..) => RefundStatus::RequiresAction { action: Action::Customer },
            ("succeeded", _, Some(provider_id), _) => RefundStatus::Succeeded { provider_id },
            ("failed", _, _, Some(code)) => RefundStatus::Failed { code },
            ("cancelled", ..) => RefundStatus::Cancelled,
            ("reversed", _, Some(provider_id), Some(code)) => RefundStatus::Reversed { provider_id, code },
            (other, ..) => return Err(sqlx::Error::Decode(format!("no refund is `{other}`").into())),
        };
        Ok(Self {
            id: row.id.into(),
            payment: row.payment_id.into(),
            booking: row.booking_id.into(),
            reference: row.reference,
            amount: money(row.amount, &row.currency)?,
            source: Account::named(&row.source)?,
            purpose: Purpose::named(&row.purpose)?,
            reason: row.reason,
            requested_by: row.requested_by.map(Into::into),
            decided_by: row.decided_by.map(Into::into),
            status,
            opened_at: row.opened_at,
            released_at: row.released_at,
            settled_at: row.settled_at,
        })
    }
}
