//! The public face of this context: one cheap handle for everything in the process that tells or reads.
//!
//! The methods that read are in [`read`](crate::read).

use std::sync::Arc;

use sqlx::PgPool;
use usher_core::{ambient::SharedAmbient, ids::NotificationId};
use usher_database::{Failure, GroupCommit};

use crate::{
    tell::{Letter, Tell, TellBatch, TellError, Told},
    text,
};

/// Everything that can be done with notifications. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Notifications {
    pub(crate) pool: PgPool,
    ambient: SharedAmbient,
    tell: GroupCommit<Letter, Told>,
}

impl Notifications {
    /// Starts the group commit, so it must be called within a runtime.
    pub fn new(pool: PgPool, ambient: SharedAmbient) -> Self {
        let batch = TellBatch { ambient: Arc::clone(&ambient) };
        Self { tell: GroupCommit::spawn(pool.clone(), "notify", batch), pool, ambient }
    }

    /// Puts the notice into words and makes it durable, unless its intent was told before.
    pub async fn tell(&self, tell: Tell) -> Result<Told, TellError> {
        let Tell { intent, booking, user, notice } = tell;
        // Words are found in the caller's task, not while a transaction is open.
        let text = text::render(booking, &notice)?;
        let id = NotificationId::new(&*self.ambient);
        let letter = Letter { id, intent, booking, user, template: notice.template(), text };
        Ok(self.tell.submit(letter).await?)
    }

    /// Notes that a channel outside the product took the message over. The first time stands; tells whether this was it.
    pub async fn delivered(&self, id: NotificationId) -> Result<bool, Failure> {
        let marked = sqlx::query!(
            "UPDATE notifications.messages SET delivered_at = $2 WHERE id = $1 AND delivered_at IS NULL",
            id.uuid(),
            self.ambient.now(),
        );
        Ok(marked.execute(&self.pool).await?.rows_affected() > 0)
    }
}
