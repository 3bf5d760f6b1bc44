//! The definitions: the ones that new executions get, and the ones that running executions began with.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use sqlx::{PgConnection, PgPool};
use time::OffsetDateTime;
use usher_asl::{StateMachine, Target};
use usher_database::Failure;

use crate::hash::hash;

/// A definition that was deployed.
#[derive(Debug, Clone)]
pub(super) struct Deployed {
    pub hash: String,
    pub machine: Arc<StateMachine>,
}

/// A definition that cannot be deployed.
#[derive(Debug, thiserror::Error)]
pub enum DeployError {
    /// It is not valid; every problem, one a line.
    #[error("the definition of `{saga}` is not valid:\n{problems}")]
    Invalid {
        /// Which saga.
        saga: String,
        /// What is wrong with it.
        problems: String,
    },
    /// The database did not take it.
    #[error(transparent)]
    Database(#[from] Failure),
}

/// Definitions by saga and by hash.
#[derive(Debug, Default)]
pub(super) struct Definitions {
    current: HashMap<String, Deployed>,
    by_hash: Mutex<HashMap<String, Arc<StateMachine>>>,
}

impl Definitions {
    /// Stores the definitions, so that their executions find them whatever is deployed later.
    pub async fn deploy(pool: &PgPool, sagas: &[(String, String)], now: OffsetDateTime) -> Result<Self, DeployError> {
        let mut current = HashMap::new();
        let mut by_hash = HashMap::new();
        for (saga, definition) in sagas {
            // What the engine would refuse when a task is due is refused here, where somebody looks.
            let machine = StateMachine::parse_for(definition, Target::Embedded);
            let machine = machine.map(Arc::new).map_err(|problems| DeployError::Invalid {
                saga: saga.clone(),
                problems: problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
            })?;
            let hash = hash(definition);
            sqlx::query!(
                "INSERT INTO orchestrator.definitions (hash, saga, definition, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                hash,
                saga,
                definition,
                now,
            )
            .execute(pool)
            .await
            .map_err(Failure::from)?;
            by_hash.insert(hash.clone(), Arc::clone(&machine));
            current.insert(saga.clone(), Deployed { hash, machine });
        }
        Ok(Self { current, by_hash: Mutex::new(by_hash) })
    }

    /// What a new execution of this saga gets.
    pub fn current(&self, saga: &str) -> Option<&Deployed> {
        self.current.get(saga)
    }

    /// The definition that an execution began with.
    pub async fn by_hash(&self, connection: &mut PgConnection, hash: &str) -> Result<Arc<StateMachine>, sqlx::Error> {
        if let Some(machine) = self.by_hash.lock().unwrap_or_else(PoisonError::into_inner).get(hash) {
            return Ok(Arc::clone(machine));
        }
        let definition = sqlx::query_scalar!("SELECT definition FROM orchestrator.definitions WHERE hash = $1", hash);
        let definition = definition.fetch_one(connection).await?;
        let machine = StateMachine::parse(&definition).map(Arc::new).map_err(|problems| {
            sqlx::Error::Protocol(format!("definition {hash} is no longer valid: {} problems", problems.len()))
        })?;
        self.by_hash.lock().unwrap_or_else(PoisonError::into_inner).insert(hash.to_owned(), Arc::clone(&machine));
        Ok(machine)
    }
}
