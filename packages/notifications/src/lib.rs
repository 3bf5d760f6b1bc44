//! What the customer is told, once for each intent.
//!
//! Promises: the same intent never makes two messages, whoever repeats it and from wherever; a message that
//! [`Notifications::tell`] answered for is durable; no message holds an address or anything of a card. To read in order:
//! [`notice`] is what there is to say, [`text`] how it is worded, [`tell`] how it becomes durable, [`read`] what was
//! said. A new kind of message is a variant in `notice.rs`, a file in `templates/` and a line in `text.rs`.

pub mod notice;
pub mod read;
pub mod tell;
pub mod text;

mod notifications;

pub use notice::{MoneyBack, Notice, RefundNews, Rejection};
pub use notifications::Notifications;
pub use read::Notification;
pub use tell::{Tell, TellError, Told};

/// The schema of this context.
pub fn schema() -> usher_database::migrate::Schema {
    usher_database::migrate::Schema { name: "notifications", migrations: sqlx::migrate!() }
}
