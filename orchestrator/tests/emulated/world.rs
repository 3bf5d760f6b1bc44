//! An emulator of its own with our sagas' queues, and the adapter and the list in front of it.

use std::sync::Arc;

use serde_json::{Value, json};
use time::ext::NumericalDuration as _;
use usher_core::ambient::Scripted;
use usher_emulator::Emulator;
use usher_orchestrator::{
    embedded::schema,
    hash::hash,
    projected::Projected,
    stepfunctions::{
        Rates, Settings, StepFunctions,
        deploy::{Definition, Deployed, Deployment, deploy},
    },
};
use usher_postgres::testing::TestDatabase;
use usher_telemetry::ambient::system;
use usher_workflows::{definitions::SAGAS, envelope::Envelope, step::STEPS};

pub const ROLE: &str = "arn:aws:iam::000000000000:role/usher";

pub struct World {
    pub emulator: Emulator,
    pub ambient: Arc<Scripted>,
    pub database: TestDatabase,
    pub adapter: StepFunctions,
    pub projected: Projected,
}

pub fn ours() -> Vec<Definition> {
    SAGAS.iter().map(|saga| Definition { saga: saga.name.to_owned(), file: saga.definition.to_owned() }).collect()
}

impl World {
    pub async fn new() -> Self {
        let emulator = Emulator::start().await.unwrap();
        let schema = schema();
        let database = TestDatabase::migrated(&[(schema.name, &schema.migrations)]).await.unwrap();
        // The emulator's clock is the machine's; ours only has to be later, so that every look sees everything.
        let ambient = Arc::new(Scripted::new(system().now() + 2.hours(), 1));
        let adapter = StepFunctions::new(&emulator.sdk_config(), &Settings::new("test"));
        let sagas = SAGAS.map(|saga| saga.name);
        let projected = Projected::new(Arc::new(adapter.clone()), database.pool().clone(), ambient.clone(), sagas);
        let world = Self { emulator, ambient, database, adapter, projected };
        world.prepare().await;
        world
    }

    /// Queues and state machines, as after an empty return.
    pub async fn prepare(&self) {
        for step in STEPS {
            self.queues().create_queue().queue_name(format!("usher-test-{}", step.name)).send().await.unwrap();
        }
        self.deploy(&ours(), false).await;
    }

    /// The engine dies, and comes back with state machines and without executions.
    pub async fn forget_everything(&mut self) {
        self.emulator.kill().await.unwrap();
        self.emulator.restart().await.unwrap();
        self.prepare().await;
    }

    pub async fn deploy(&self, definitions: &[Definition], dry_run: bool) -> Vec<Deployed> {
        let deployment = Deployment { stage: "test".to_owned(), role: Some(ROLE.to_owned()), dry_run };
        deploy(&self.emulator.sdk_config(), &deployment, definitions).await.unwrap()
    }

    /// A program that was built with this definition of the booking.
    pub fn program(&self, file: &str) -> StepFunctions {
        let sagas = vec![("booking".to_owned(), hash(file))];
        let settings = Settings { stage: "test".to_owned(), sagas, rates: Rates::default() };
        StepFunctions::new(&self.emulator.sdk_config(), &settings)
    }

    pub fn queues(&self) -> aws_sdk_sqs::Client {
        aws_sdk_sqs::Client::new(&self.emulator.sdk_config())
    }

    /// The next request of a step.
    pub async fn request(&self, step: &str) -> Envelope {
        let queues = self.queues();
        let url =
            queues.get_queue_url().queue_name(format!("usher-test-{step}")).send().await.unwrap().queue_url.unwrap();
        let received = queues.receive_message().queue_url(&url).wait_time_seconds(20).send().await.unwrap();
        let message = received.messages.unwrap_or_default().pop().unwrap();
        queues.delete_message().queue_url(&url).receipt_handle(message.receipt_handle().unwrap()).send().await.unwrap();
        serde_json::from_str(message.body().unwrap()).unwrap()
    }

    /// Time enough for everything that the list does by itself.
    pub async fn look(&self) {
        for _ in 0..3 {
            self.ambient.advance(150.seconds());
            self.projected.turn().await.unwrap();
        }
    }
}

/// What a booking's saga begins with, as far as it matters here.
pub fn input(booking: &str, showtime: &str) -> Value {
    json!({ "booking_id": booking, "showtime_id": showtime, "seats": [], "payment_method": "pm_ok" })
}
