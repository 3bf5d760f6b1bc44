//! What customers were told, newest first: for the customer, for the page of a booking, for development.

use time::OffsetDateTime;
use usher_core::ids::{BookingId, NotificationId, UserId};
use usher_database::Failure;
use uuid::Uuid;

use crate::Notifications;

/// A message as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// The message.
    pub id: NotificationId,
    /// Why it exists: execution name and step.
    pub intent: String,
    /// What it is about.
    pub booking: BookingId,
    /// Who was told.
    pub user: UserId,
    /// What kind of message it is.
    pub template: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// When it became durable.
    pub created_at: OffsetDateTime,
    /// When a channel outside the product took it over.
    pub delivered_at: Option<OffsetDateTime>,
}

impl Notifications {
    /// Everything that was told about a booking. A booking has a handful of messages in its life.
    pub async fn of_booking(&self, booking: BookingId) -> Result<Vec<Notification>, Failure> {
        let rows = sqlx::query_as!(
            Notification,
            "SELECT id, intent, booking_id AS booking, user_id AS \"user\", template, subject, body, created_at, delivered_at
             FROM notifications.messages WHERE booking_id = $1 ORDER BY id DESC",
            booking.uuid(),
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// What a customer was told, at most `limit` messages older than the one named by `cursor`.
    pub async fn of_user(
        &self,
        user: UserId,
        cursor: Option<NotificationId>,
        limit: i64,
    ) -> Result<Vec<Notification>, Failure> {
        let rows = sqlx::query_as!(
            Notification,
            "SELECT id, intent, booking_id AS booking, user_id AS \"user\", template, subject, body, created_at, delivered_at
             FROM notifications.messages WHERE user_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
            user.uuid(),
            // Beyond every id, so that one plan serves the first page and all others.
            cursor.map_or(Uuid::max(), NotificationId::uuid),
            limit,
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// The last messages to anybody, for development: a mailbox without a mail server.
    pub async fn recent(&self, limit: i64) -> Result<Vec<Notification>, Failure> {
        let rows = sqlx::query_as!(
            Notification,
            "SELECT id, intent, booking_id AS booking, user_id AS \"user\", template, subject, body, created_at, delivered_at
             FROM notifications.messages ORDER BY id DESC LIMIT $1",
            limit,
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }
}
