//! The public face of this context: one cheap handle, shared by everything in the process that issues, revokes or reads.
//!
//! The methods that read are in [`read`](crate::read). A new writing operation gets a command in a file of its own and a
//! group commit here.

use std::sync::Arc;

use sqlx::PgPool;
use tokio::sync::OnceCell;
use usher_core::ambient::SharedAmbient;
use usher_database::{Failure, GroupCommit, Once, once::Guarded};

use crate::{
    issue::{Issuance, Issue, IssueBatch, Prepared},
    keys::{self, Mint, Signer, Verifier},
    revoke::{Revoke, RevokeBatch, Revoked},
};

/// Everything that can be done with tickets. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Tickets {
    pub(crate) pool: PgPool,
    ambient: SharedAmbient,
    signer: Arc<OnceCell<Signer>>,
    issue: GroupCommit<Once<Prepared>, Issuance>,
    revoke: GroupCommit<Once<Revoke>, Revoked>,
}

impl Tickets {
    /// Starts the group commits, so it must be called within a runtime. The signing key is read, or made, when it is first
    /// needed: a database that is away at start-up is the same as one that goes away later.
    pub fn new(pool: PgPool, ambient: SharedAmbient) -> Self {
        let issue = IssueBatch::new(Arc::clone(&ambient));
        let revoke = RevokeBatch::new(Arc::clone(&ambient));
        Self {
            signer: Arc::default(),
            issue: Guarded::spawn(issue, Arc::clone(&ambient), pool.clone(), "issue-tickets"),
            revoke: Guarded::spawn(revoke, Arc::clone(&ambient), pool.clone(), "revoke-tickets"),
            pool,
            ambient,
        }
    }

    /// Issues one ticket for each seat, all or none, and tells of it by one `ticket_issued` event.
    ///
    /// `key` is execution and step. The same key, or another key for seats that this booking already has tickets for,
    /// answers with the tickets that there are.
    pub async fn issue(&self, key: impl Into<String>, command: Issue) -> Result<Issuance, Failure> {
        // Signing is the only costly arithmetic here, so it happens in the caller's task and not while a transaction is open.
        let prepared = Prepared::sign(command, self.signer().await?, &*self.ambient);
        self.issue.once(key, prepared).await
    }

    /// Revokes every valid ticket of the booking; none at all is fine. `key` is execution and step.
    pub async fn revoke(&self, key: impl Into<String>, command: Revoke) -> Result<Revoked, Failure> {
        self.revoke.once(key, command).await
    }

    /// What checks codes without asking the database.
    pub async fn verifier(&self) -> Result<Verifier, Failure> {
        Ok(self.signer().await?.verifier())
    }

    /// What signs codes of tickets that are not issued here, but brought in from elsewhere or made up.
    pub async fn mint(&self) -> Result<Mint, Failure> {
        Ok(Mint(keys::load_or_make(&self.pool, &*self.ambient).await?))
    }

    async fn signer(&self) -> Result<&Signer, Failure> {
        self.signer.get_or_try_init(|| keys::load_or_make(&self.pool, &*self.ambient)).await
    }
}
