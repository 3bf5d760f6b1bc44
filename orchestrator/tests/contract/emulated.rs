//! Step Functions as the emulator runs it, with and without the list of our own in front. Each world has a stage of its own.

use std::sync::Arc;

use async_trait::async_trait;
use aws_config::SdkConfig;
use time::{OffsetDateTime, ext::NumericalDuration as _};
use usher_core::ambient::Scripted;
use usher_emulator::Emulator;
use usher_orchestrator::{
    embedded::schema,
    hash::hash,
    projected::Projected,
    stepfunctions::{
        Rates, Settings, StepFunctions,
        deploy::{Definition, Deployment, deploy},
    },
};
use usher_postgres::testing::TestDatabase;
use usher_workflows::{
    envelope::{Envelope, TaskToken},
    orchestrator::Orchestrator,
};

use crate::world::{Request, SAGA, World, definition};

const STAGE: &str = "contract";

pub struct Emulated {
    queues: aws_sdk_sqs::Client,
    queue: String,
    adapter: StepFunctions,
}

impl Emulated {
    pub async fn new() -> Self {
        Self::over(usher_emulator::shared().await.unwrap()).await
    }

    async fn over(emulator: &Emulator) -> Self {
        let config = emulator.sdk_config();
        let queues = aws_sdk_sqs::Client::new(&config);
        let created = queues.create_queue().queue_name("usher-contract-work").send().await.unwrap();
        let queue = created.queue_url.unwrap();
        let sagas = [SAGA, "other"].map(|saga| (saga.to_owned(), deployed_hash(&queue)));
        Self::deploy(&config, &queue).await;
        let settings = Settings { stage: STAGE.to_owned(), sagas: sagas.to_vec(), rates: Rates::default() };
        Self { queues, queue, adapter: StepFunctions::new(&config, &settings) }
    }

    async fn deploy(config: &SdkConfig, queue: &str) {
        let definitions = [SAGA, "other"].map(|saga| Definition { saga: saga.to_owned(), file: definition(queue) });
        let role = Some("arn:aws:iam::000000000000:role/usher-contract".to_owned());
        let deployment = Deployment { stage: STAGE.to_owned(), role, dry_run: false };
        deploy(config, &deployment, &definitions).await.unwrap();
    }

    async fn next(&self, wait: i32) -> Option<Request> {
        let receiving = self.queues.receive_message().queue_url(&self.queue).wait_time_seconds(wait);
        let message = receiving.max_number_of_messages(1).send().await.unwrap().messages.unwrap_or_default().pop()?;
        let deleting = self.queues.delete_message().queue_url(&self.queue);
        deleting.receipt_handle(message.receipt_handle().unwrap()).send().await.unwrap();
        let body: serde_json::Value = serde_json::from_str(message.body().unwrap()).unwrap();
        let token = TaskToken(body["token"].as_str().unwrap().to_owned());
        Some(Request { token, attempt: body["attempt"].as_u64().unwrap(), body })
    }
}

fn deployed_hash(queue: &str) -> String {
    hash(&definition(queue))
}

#[async_trait]
impl World for Emulated {
    fn port(&self) -> &dyn Orchestrator {
        &self.adapter
    }

    async fn request(&self) -> Request {
        for _ in 0..3 {
            if let Some(request) = self.next(20).await {
                return request;
            }
        }
        panic!("no request comes")
    }

    async fn is_quiet(&self) -> bool {
        self.next(1).await.is_none()
    }

    async fn settle(&self) {}
}

/// The same where every attempt has a token of its own, heartbeats are missed, and closed tokens have another name.
pub struct Strict(Emulated);

impl Strict {
    pub async fn new() -> Self {
        Self(Emulated::over(usher_emulator::shared_strict().await.unwrap()).await)
    }
}

#[async_trait]
impl World for Strict {
    fn port(&self) -> &dyn Orchestrator {
        self.0.port()
    }

    async fn request(&self) -> Request {
        self.0.request().await
    }

    async fn is_quiet(&self) -> bool {
        self.0.is_quiet().await
    }

    async fn settle(&self) {
        self.0.settle().await;
    }
}

/// The same behind our own list.
pub struct Listed {
    emulated: Emulated,
    ambient: Arc<Scripted>,
    _database: TestDatabase,
    projected: Projected,
}

impl Listed {
    pub async fn new() -> Self {
        let emulated = Emulated::new().await;
        let schema = schema();
        let database = TestDatabase::migrated(&[(schema.name, &schema.migrations)]).await.unwrap();
        // The emulator's clock is the machine's; ours only has to be later, so that every look sees everything.
        let ambient = Arc::new(Scripted::new(OffsetDateTime::from_unix_timestamp(4_000_000_000).unwrap(), 1));
        let engine = Arc::new(emulated.adapter.clone());
        let projected = Projected::new(engine, database.pool().clone(), ambient.clone(), [SAGA, "other"]);
        Self { emulated, ambient, _database: database, projected }
    }
}

#[async_trait]
impl World for Listed {
    fn port(&self) -> &dyn Orchestrator {
        &self.projected
    }

    async fn request(&self) -> Request {
        let request = self.emulated.request().await;
        let text = |name: &str| request.body[name].as_str().unwrap().to_owned();
        self.projected.observe(&Envelope {
            version: 1,
            task_token: request.token.clone(),
            execution: text("execution"),
            saga: SAGA.to_owned(),
            name: text("name"),
            step: "Work".to_owned(),
            attempt: 0,
            entered_at: text("entered_at"),
            input: request.body["input"].clone(),
        });
        request
    }

    async fn is_quiet(&self) -> bool {
        self.emulated.is_quiet().await
    }

    async fn settle(&self) {
        for _ in 0..10 {
            self.ambient.advance(10.seconds());
            self.projected.turn().await.unwrap();
        }
    }
}
