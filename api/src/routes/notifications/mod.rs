//! What customers were told.

pub(crate) mod list;

use serde::Serialize;
use time::OffsetDateTime;
use usher_core::ids::{BookingId, NotificationId};
use usher_notifications::Notification;
use utoipa::ToSchema;

/// One message.
#[derive(Serialize, ToSchema)]
#[schema(as = Notification)]
pub(crate) struct NotificationView {
    #[schema(value_type = String, example = "ntf_01KAG3V0Q8Z6X4N2M7R5T9W1YC")]
    id: NotificationId,
    #[schema(value_type = String)]
    booking_id: BookingId,
    /// What kind of message it is.
    template: String,
    subject: String,
    /// Plain text.
    body: String,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
}

impl From<Notification> for NotificationView {
    fn from(message: Notification) -> Self {
        Self {
            id: message.id,
            booking_id: message.booking,
            template: message.template,
            subject: message.subject,
            body: message.body,
            created_at: message.created_at,
        }
    }
}
