//! A database with executions in it, and the audit of what became of them.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sqlx::{PgPool, postgres::PgPoolOptions};
use usher_core::{ambient::Ambient as _, ids::EventId};
use usher_database::{
    migrate,
    outbox::{self, Kind, Message},
};
use usher_messaging::embedded::queue;
use usher_orchestrator::embedded::schema;
use usher_postgres::testing::TestDatabase;

use crate::{
    engine::Brisk,
    machines::{Machine, machines},
    process::{LOOK, PATIENCE, Process},
};

/// The database, and who is asked about it.
pub struct World {
    pub url: String,
    pool: PgPool,
    _database: Option<TestDatabase>,
}

impl World {
    /// On a database of its own.
    pub async fn new() -> Self {
        let database = TestDatabase::migrated(&[]).await.unwrap();
        let url = database.url().to_owned();
        Self { _database: Some(database), ..Self::on(url).await }
    }

    /// On an empty database that somebody else keeps.
    pub async fn on(url: String) -> Self {
        let pool = PgPoolOptions::new().max_connections(2).connect(&url).await.unwrap();
        migrate::run(&pool, [migrate::schema(), queue::schema(), schema()]).await.unwrap();
        let witness = "CREATE SCHEMA witness; CREATE TABLE witness.effects (key text NOT NULL);
            CREATE TABLE witness.heard (key text NOT NULL, message text NOT NULL, PRIMARY KEY (key, message))";
        sqlx::raw_sql(witness).execute(&pool).await.unwrap();
        Self { url, pool, _database: None }
    }

    /// Asks for an execution as the product does: by a row of the outbox.
    pub async fn ask(&self, saga: &str, name: &str) {
        let start = Message {
            id: EventId::new(&Brisk).uuid(),
            kind: Kind::Start,
            topic: saga.to_owned(),
            payload: json!({ "name": name, "input": {} }),
        };
        let mut connection = self.pool.acquire().await.unwrap();
        outbox::write(&mut connection, &[start], Brisk.now() - outbox::HAND_OVER).await.unwrap();
    }

    /// Asks for one execution of every saga.
    pub async fn ask_all(&self, name: &str) {
        for machine in machines() {
            self.ask(machine.saga, name).await;
        }
    }

    async fn count(&self, query: &'static str) -> Option<i64> {
        sqlx::query_scalar(query).fetch_one(&self.pool).await.ok() // The database may be away.
    }

    /// Waits until so many executions have ended.
    pub async fn until_ended(&self, count: usize, what: &str) {
        let query = "SELECT count(*) FROM orchestrator.executions WHERE stopped_at IS NOT NULL";
        let reached = async {
            while self.count(query).await.is_none_or(|ended| ended < i64::try_from(count).unwrap()) {
                tokio::time::sleep(LOOK).await;
            }
        };
        if tokio::time::timeout(PATIENCE, reached).await.is_err() {
            let open: Vec<(String, String)> =
                sqlx::query_as("SELECT id, states FROM orchestrator.executions WHERE stopped_at IS NULL")
                    .fetch_all(&self.pool)
                    .await
                    .unwrap();
            panic!("{what}: {count} executions should have ended, {open:?} have not");
        }
    }

    /// Lets a last process end everything, runs every saga once more undisturbed, and looks at what is there.
    pub async fn settle(&self, asked: usize, what: &str) {
        let process = Process::start(&self.url);
        self.settle_with(process, asked, what).await;
    }

    /// The same with a process that runs already.
    pub async fn settle_with(&self, process: Process, asked: usize, what: &str) {
        self.ask_all("undisturbed").await;
        self.until_ended(asked + machines().len(), what).await;
        self.until_nothing_waits(what).await;
        process.stop().await;
        self.audit(asked + machines().len(), what).await;
    }

    async fn until_nothing_waits(&self, what: &str) {
        let query = "SELECT (SELECT count(*) FROM messaging.messages) + (SELECT count(*) FROM usher.outbox)";
        let emptied = async {
            while self.count(query).await != Some(0) {
                tokio::time::sleep(LOOK).await;
            }
        };
        tokio::time::timeout(PATIENCE, emptied).await.unwrap_or_else(|_| panic!("{what}: messages are left"));
    }

    /// Every execution ended as it should; its history has no gap and nothing twice, and differs in nothing but order from
    /// the undisturbed one; every task had one effect; every effect was told of by one message.
    async fn audit(&self, asked: usize, what: &str) {
        let query = "SELECT id, status, snapshot FROM orchestrator.executions ORDER BY id";
        let rows: Vec<(String, String, String)> = sqlx::query_as(query).fetch_all(&self.pool).await.unwrap();
        assert_eq!(rows.len(), asked, "{what}: executions");
        let machines: BTreeMap<&str, Machine> = machines().into_iter().map(|machine| (machine.saga, machine)).collect();
        for (id, status, snapshot) in &rows {
            let machine = &machines[id.split(':').next().unwrap()];
            assert_eq!(outcome(status, snapshot), machine.outcome().into(), "{what}: {id}");
            let undisturbed = self.events(&format!("{}:undisturbed", machine.saga)).await;
            assert_eq!(self.events(id).await, undisturbed, "{what}: {id}");
            let effects = "SELECT count(*), count(DISTINCT effects.key), count(heard.message) FROM witness.effects LEFT JOIN witness.heard USING (key)
                 WHERE starts_with(key, $1 || '/')";
            let counted: (i64, i64, i64) = sqlx::query_as(effects).bind(id).fetch_one(&self.pool).await.unwrap();
            let expected = i64::try_from(machine.effects()).unwrap();
            assert_eq!(counted, (expected, expected, expected), "{what}: {id}: effects, different ones, told of");
        }
        assert_eq!(self.count("SELECT count(*) FROM messaging.dead_letters").await, Some(0), "{what}: dead letters");
    }

    /// How often the history has each type of event.
    async fn events(&self, id: &str) -> BTreeMap<String, usize> {
        let query = "SELECT events FROM orchestrator.history WHERE execution_id = $1 ORDER BY first_event";
        let rows: Vec<String> = sqlx::query_scalar(query).bind(id).fetch_all(&self.pool).await.unwrap();
        let events = rows.iter().flat_map(|row| serde_json::from_str::<Vec<Value>>(row).unwrap());
        let mut counted = BTreeMap::new();
        for (place, event) in events.enumerate() {
            assert_eq!(event["id"], place + 1, "{id}: the history has a gap, or something twice");
            *counted.entry(event["type"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        counted
    }
}

/// How an execution ended.
#[derive(Debug, PartialEq)]
struct Outcome {
    status: String,
    output: Option<Value>,
    error: Option<String>,
}

impl From<(&str, Option<Value>, Option<&str>)> for Outcome {
    fn from((status, output, error): (&str, Option<Value>, Option<&str>)) -> Self {
        Self { status: status.to_owned(), output, error: error.map(str::to_owned) }
    }
}

fn outcome(status: &str, snapshot: &str) -> Outcome {
    let execution: usher_asl::Execution = serde_json::from_str(snapshot).unwrap();
    let (output, error) = match execution.status() {
        usher_asl::Status::Running => (None, None),
        usher_asl::Status::Succeeded { output } => (Some(output.clone()), None),
        usher_asl::Status::Failed { error, .. }
        | usher_asl::Status::TimedOut { error, .. }
        | usher_asl::Status::Aborted { error, .. } => (None, error.clone()),
    };
    Outcome { status: status.to_owned(), output, error }
}
