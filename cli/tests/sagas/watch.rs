//! Trouble of every class is found within a minute of its beginning, explained, and gone once it is set right; an hour of
//! load without trouble finds nothing. Time is scripted, so an hour takes seconds.

use std::{sync::Arc, time::Duration};

use clap::Parser as _;
use serde_json::{Value, json};
use time::{OffsetDateTime, macros::datetime};
use usher::{
    Arguments,
    client::{Client, here::Here},
    commands::look::screen,
    lifecycle::Lifecycle,
    output::{Format, Output},
    settings::Settings,
    wiring::{self, Databases, Engine, Services},
};
use usher_core::{
    ambient::{Ambient as _, Scripted},
    ids::{BookingId, CancellationId, UserId},
};
use usher_database::migrate;
use usher_inspection::incidents::{Looked, Which};
use usher_messaging::queue::{Delivery, LEASE};
use usher_payments::incident::OpenIncident;
use usher_postgres::testing::TestDatabase;
use usher_workflows::{
    envelope::Envelope,
    error::{Reason, StepError},
    orchestrator::{Orchestrator, Status},
};

use crate::world::eventually;

const NOW: OffsetDateTime = datetime!(2026-11-20 10:00 UTC);

/// A product whose clock moves when it is told to, with nobody at work.
struct Quiet {
    services: Services,
    lifecycle: Lifecycle,
    clock: Arc<Scripted>,
    settings: Settings,
    client: Client,
    _database: TestDatabase,
}

impl Quiet {
    async fn new() -> Self {
        let schemas: Vec<_> = wiring::schemas().into_iter().chain([migrate::schema()]).collect();
        let migrations: Vec<_> = schemas.iter().map(|schema| (schema.name, &schema.migrations)).collect();
        let database = TestDatabase::migrated(&migrations).await.unwrap();
        let settings = Arguments::parse_from(["usher", "audit", "--database-url", database.url()]).settings;
        let databases = Databases::open(&settings, database.url()).unwrap();
        let clock = Arc::new(Scripted::new(NOW, 7));
        usher_catalog::demo::load(&databases.catalog, &*clock).await.unwrap();
        let mut lifecycle = Lifecycle::default();
        let ambient: usher_core::ambient::SharedAmbient = clock.clone();
        let provider = wiring::run_simulator(&databases, &ambient, &mut lifecycle, "127.0.0.1:0").await.unwrap();
        let services = Services::build_with(databases, ambient, &provider, &settings.adapters, LEASE);
        let services = Box::pin(services).await.unwrap();
        services.listen(&mut lifecycle);
        let client = Client::Here(Here::new(&services, &settings));
        Self { services, lifecycle, clock, settings, client, _database: database }
    }

    fn engine(&self) -> &usher_orchestrator::embedded::EmbeddedOrchestrator {
        let Engine::Embedded(engine) = &self.services.engine else { panic!("the engine is embedded") };
        engine
    }

    fn port(&self) -> Arc<dyn Orchestrator> {
        self.services.orchestrator()
    }

    /// Begins a saga that nobody works on; its name.
    async fn begin(&self, saga: &str) -> String {
        let booking = BookingId::new(&*self.clock);
        let name = match saga {
            "booking" => booking.to_string(),
            _ => CancellationId::from(booking.uuid()).to_string(),
        };
        let input = json!({
            "booking_id": booking, "user_id": UserId::new(&*self.clock), "seats": [], "payment_method": "pm_ok",
        });
        self.port().start(saga, &name, input).await.unwrap();
        name
    }

    /// Lets time pass in steps of five seconds, with the engine's timers.
    async fn pass(&self, seconds: i64) {
        for _ in 0..seconds / 5 {
            self.clock.advance(time::Duration::seconds(5));
            self.engine().fire_timers().await.unwrap();
        }
    }

    async fn request(&self, step: &str) -> (Envelope, Delivery) {
        let received = self.services.transport.tasks.receive(step, 1, Duration::from_secs(10)).await.unwrap();
        let delivery = received.into_iter().next().unwrap_or_else(|| panic!("no request for {step}"));
        (serde_json::from_str(&delivery.body).unwrap(), delivery)
    }

    /// Takes a request, and fails it.
    async fn fail(&self, step: &str, error: &StepError) {
        let (envelope, delivery) = self.request(step).await;
        self.port().fail(&envelope.task_token, error).await.unwrap();
        self.services.transport.tasks.ack(&delivery.receipt).await.unwrap();
    }

    /// Takes a request, and answers it.
    async fn succeed(&self, step: &str, output: Value) {
        let (envelope, delivery) = self.request(step).await;
        self.port().succeed(&envelope.task_token, output).await.unwrap();
        self.services.transport.tasks.ack(&delivery.receipt).await.unwrap();
    }

    /// Looks for trouble with a list that is up to date.
    async fn look(&self) -> Looked {
        self.clock.advance(time::Duration::seconds(5));
        self.engine().catch_up().await.unwrap();
        self.services.watch().look().await.unwrap()
    }

    /// What is open: class and what it is about.
    async fn open(&self) -> Vec<(String, String)> {
        let open = self.services.incidents.list(&Which { limit: 100, ..Which::default() }).await.unwrap();
        open.into_iter().map(|incident| (incident.class.as_str().to_owned(), incident.reference)).collect()
    }

    /// What `usher saga explain` shows.
    async fn explain(&self, name: &str) -> String {
        let body = self.client.get(format!("/api/sagas/{name}/explanation")).await.unwrap();
        screen::explanation(body, self.clock.now()).render(Output::of(Format::Table)).unwrap()
    }

    /// The one incident that there is, of this class and about this, also in the words of the explanation.
    async fn found(&self, class: &str, about: &str, name: &str) -> String {
        let looked = self.look().await;
        assert_eq!(looked, Looked { opened: 1, gone: 0 }, "{:?}", self.open().await);
        assert_eq!(self.open().await, [(class.to_owned(), about.to_owned())]);
        let explained = self.explain(name).await;
        assert!(explained.contains(&format!("normal   no ({})", class.replace('_', " "))), "{explained}");
        explained.replace(name, "NAME")
    }

    async fn gone(&self) {
        assert_eq!(self.look().await, Looked { opened: 0, gone: 1 });
        assert_eq!(self.open().await, []);
    }

    async fn end(self) {
        self.lifecycle.end().await;
        self.services.databases.close().await;
    }
}

fn transient() -> StepError {
    StepError::Transient("the database is restarting".to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_worker() {
    let quiet = Quiet::new().await;
    let name = quiet.begin("booking").await;
    quiet.pass(20).await;
    insta::assert_snapshot!("no_worker", quiet.found("no_worker", "reserve-seats", &name).await);
    // A worker comes, and takes all that waits: of the attempts that were given up meanwhile, nobody wants the answers.
    let mut wanted = 0;
    for delivery in quiet.services.transport.tasks.receive("reserve-seats", 9, Duration::ZERO).await.unwrap() {
        let envelope: Envelope = serde_json::from_str(&delivery.body).unwrap();
        let output = json!({ "hold_id": "hld_1", "epoch": 1 });
        wanted += usize::from(quiet.port().succeed(&envelope.task_token, output).await.is_ok());
        quiet.services.transport.tasks.ack(&delivery.receipt).await.unwrap();
    }
    assert_eq!(wanted, 1);
    quiet.gone().await;
    quiet.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_step() {
    let quiet = Quiet::new().await;
    let name = quiet.begin("cancellation").await;
    let (envelope, delivery) = quiet.request("revoke-tickets").await;
    for _ in 0..9 {
        quiet.pass(5).await;
        quiet.port().heartbeat(&envelope.task_token).await.unwrap();
        assert!(quiet.services.transport.tasks.extend(&delivery.receipt).await.unwrap());
    }
    insta::assert_snapshot!("slow_step", quiet.found("slow_step", &name, &name).await);
    quiet.port().succeed(&envelope.task_token, json!({})).await.unwrap();
    quiet.services.transport.tasks.ack(&delivery.receipt).await.unwrap();
    quiet.gone().await;
    quiet.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn retry_loop() {
    let quiet = Quiet::new().await;
    let name = quiet.begin("booking").await;
    for _ in 0..3 {
        quiet.fail("reserve-seats", &transient()).await;
        quiet.pass(5).await;
    }
    let (envelope, delivery) = quiet.request("reserve-seats").await;
    insta::assert_snapshot!("retry_loop", quiet.found("retry_loop", &name, &name).await);
    quiet.port().succeed(&envelope.task_token, json!({ "hold_id": "hld_1", "epoch": 1 })).await.unwrap();
    quiet.services.transport.tasks.ack(&delivery.receipt).await.unwrap();
    quiet.gone().await;
    quiet.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_for_provider() {
    let quiet = Quiet::new().await;
    let name = quiet.begin("booking").await;
    quiet.succeed("reserve-seats", json!({ "hold_id": "hld_1", "epoch": 1 })).await;
    quiet.fail("charge-payment", &StepError::Unknown("no answer in 10 s".to_owned())).await;
    quiet.pass(10).await;
    let (envelope, delivery) = quiet.request("charge-payment").await;
    for _ in 0..4 {
        quiet.pass(5).await;
        quiet.port().heartbeat(&envelope.task_token).await.unwrap();
        assert!(quiet.services.transport.tasks.extend(&delivery.receipt).await.unwrap());
    }
    insta::assert_snapshot!("waiting_for_provider", quiet.found("waiting_for_provider", &name, &name).await);
    quiet.port().succeed(&envelope.task_token, json!({ "payment_id": "pay_1" })).await.unwrap();
    quiet.services.transport.tasks.ack(&delivery.receipt).await.unwrap();
    quiet.gone().await;
    quiet.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_token() {
    let quiet = Quiet::new().await;
    let name = quiet.begin("cancellation").await;
    let (envelope, delivery) = quiet.request("revoke-tickets").await;
    quiet.services.transport.tasks.ack(&delivery.receipt).await.unwrap();
    quiet.pass(20).await;
    insta::assert_snapshot!("dead_token", quiet.found("dead_token", &name, &name).await);
    // Whoever has the token after all can still answer; otherwise the time-out sends a new request.
    quiet.port().succeed(&envelope.task_token, json!({})).await.unwrap();
    quiet.gone().await;
    quiet.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_failed() {
    let quiet = Quiet::new().await;
    let name = quiet.begin("cancellation").await;
    quiet.succeed("revoke-tickets", json!({})).await;
    let refused = StepError::Rejected(Reason::InvalidRequest, "the provider refused the refund".to_owned());
    quiet.fail("refund-payment", &refused).await;
    insta::assert_snapshot!("undo_failed", quiet.found("undo_failed", &name, &name).await);
    quiet.port().redrive("cancellation", &name).await.unwrap();
    quiet.gone().await;
    quiet.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn saga_failed() {
    let quiet = Quiet::new().await;
    let name = quiet.begin("booking").await;
    quiet.port().stop("booking", &name, "Operator", "a test").await.unwrap();
    quiet.request("reserve-seats").await;
    insta::assert_snapshot!("saga_failed", quiet.found("saga_failed", &name, &name).await);
    quiet.port().redrive("booking", &name).await.unwrap();
    quiet.gone().await;
    quiet.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_engine() {
    let quiet = Quiet::new().await;
    let name = quiet.begin("booking").await;
    let (_, delivery) = quiet.request("reserve-seats").await;
    for _ in 0..2 {
        quiet.clock.advance(time::Duration::seconds(20));
        assert!(quiet.services.transport.tasks.extend(&delivery.receipt).await.unwrap());
    }
    insta::assert_snapshot!("no_engine", quiet.found("no_engine", "engine", &name).await);
    quiet.engine().fire_timers().await.unwrap();
    quiet.look().await;
    let is_there = quiet.open().await.iter().any(|(class, _)| class == "no_engine");
    assert!(!is_there, "the timers have fired");
    quiet.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_is_behind_and_trouble_about_money_are_incidents() {
    let quiet = Quiet::new().await;
    assert_eq!(quiet.services.watch().look().await.unwrap().opened, 1, "nobody has looked the list over yet");
    assert_eq!(quiet.open().await, [("projection_behind".to_owned(), "list".to_owned())]);
    quiet.gone().await;
    let incident = OpenIncident {
        kind: usher_payments::incident::CONTRADICTION,
        reference: "ch_1".to_owned(),
        payment: None,
        refund: None,
        detail: "an amount that is not ours".to_owned(),
        customer_text: "payment_checked",
    };
    quiet.services.contexts.payments.open_incident(incident).await.unwrap();
    assert_eq!(quiet.look().await, Looked { opened: 1, gone: 0 });
    let found = quiet.client.get("/api/incidents?class=money").await.unwrap();
    let id = found["items"][0]["id"].as_str().unwrap().to_owned();
    let resolve = usher::client::Ask::post(
        format!("/api/incidents/{id}/resolve"),
        json!({ "resolution": "compared with the provider" }),
        "once".to_owned(),
    );
    quiet.client.ask(resolve).await.unwrap();
    assert_eq!(quiet.services.contexts.payments.open_incidents(9).await.unwrap(), [], "it has ended in the payments");
    assert_eq!(quiet.look().await, Looked { opened: 0, gone: 0 });
    quiet.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_letter_is_tied_to_its_saga() {
    let quiet = Quiet::new().await;
    let name = quiet.begin("booking").await;
    let (envelope, delivery) = quiet.request("reserve-seats").await;
    quiet.services.transport.tasks.reject(&delivery.receipt, "it kills its worker").await.unwrap();
    assert_eq!(quiet.look().await, Looked { opened: 1, gone: 0 });
    assert_eq!(quiet.open().await, [("dead_letter".to_owned(), "reserve-seats".to_owned())]);

    let address = "/api/queues/reserve-seats/dead-letters";
    let letter = quiet.client.get(address).await.unwrap()["items"][0].clone();
    assert_eq!((&letter["saga_id"], &letter["step"]), (&json!(name), &json!("reserve-seats")));
    assert_eq!((&letter["token"], &letter["reason"]), (&json!("alive"), &json!("it kills its worker")));
    let act = async |verb: &str, key: &str, id: &Value| {
        let ask = usher::client::Ask::post(format!("{address}/{verb}"), json!({ "ids": [id] }), key.to_owned());
        quiet.client.ask(ask).await
    };
    let refused = act("discard", "a", &letter["id"]).await.unwrap_err();
    assert!(refused.to_string().contains("waits for the answer"), "{refused}");
    assert_eq!(usher::output::Ended::code_of(&refused), usher::output::Exit::Conflict);
    act("redrive", "b", &letter["id"]).await.unwrap();
    let (_, again) = quiet.request("reserve-seats").await;
    quiet.services.transport.tasks.reject(&again.receipt, "and again").await.unwrap();

    // Once its attempt is over, sending it again would change nothing.
    quiet.port().fail(&envelope.task_token, &transient()).await.unwrap();
    let letter = quiet.client.get(address).await.unwrap()["items"][0].clone();
    assert_eq!(letter["token"], "dead");
    let refused = act("redrive", "c", &letter["id"]).await.unwrap_err();
    assert_eq!(usher::output::Ended::code_of(&refused), usher::output::Exit::Conflict);
    assert_eq!(act("discard", "d", &letter["id"]).await.unwrap().body["count"], 1);
    let missing = act("discard", "e", &letter["id"]).await.unwrap_err();
    assert_eq!(usher::output::Ended::code_of(&missing), usher::output::Exit::NotFound);
    quiet.gone().await;
    quiet.end().await;
}

/// A seat of a showtime that has not begun, as an order.
async fn order(quiet: &Quiet, place: usize) -> (usher_core::ids::ShowtimeId, String) {
    let search = usher_catalog::showtime::Search::default();
    let showtimes = quiet.services.contexts.catalog.showtimes(&search).await.unwrap();
    let showtime = showtimes.last().unwrap();
    (showtime.id, showtime.seat_map.seats().nth(place).unwrap().name.to_string())
}

async fn book(quiet: &Quiet, place: usize, method: &str) -> String {
    let (showtime, seat) = order(quiet, place).await;
    let body = json!({ "showtime_id": showtime, "seats": [seat], "payment_method": method });
    let ask = usher::client::Ask::post("/api/bookings", body, format!("order-{place}-{method}"));
    quiet.client.ask(ask).await.unwrap().body["id"].as_str().unwrap().to_owned()
}

async fn until_ended(quiet: &Quiet, id: &str) -> Status {
    let looks = std::cell::Cell::new(0);
    let ended = eventually(async || {
        looks.set(looks.get() + 1);
        if looks.get() % 25 == 0 {
            quiet.clock.advance(time::Duration::seconds(1)); // Somebody waits before another attempt.
        }
        let execution = quiet.port().describe("booking", id).await.unwrap()?;
        (execution.status != Status::Running).then_some(execution.status)
    });
    ended.await.unwrap_or_else(|| panic!("{id} never ends"))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_hour_of_load_finds_nothing() {
    let mut quiet = Quiet::new().await;
    quiet.services.run_engine(&mut quiet.lifecycle);
    quiet.services.run_relay(&mut quiet.lifecycle);
    quiet.services.run_workers(&mut quiet.lifecycle, &[]);
    for place in 0..120 {
        let method = ["pm_ok", "pm_declined", "pm_ok", "pm_error_once"][place % 4];
        let id = book(&quiet, place, method).await;
        let _running = quiet.look().await;
        assert_eq!(until_ended(&quiet, &id).await, Status::Succeeded);
        quiet.clock.advance(time::Duration::seconds(20));
        assert_eq!(quiet.look().await, Looked::default(), "{:?}", quiet.open().await);
    }
    assert!(quiet.clock.now() - NOW >= time::Duration::hours(1), "{}", quiet.clock.now() - NOW);
    quiet.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saga_is_shown_in_all_its_layers_and_runs_again_from_its_export() {
    let mut quiet = Quiet::new().await;
    quiet.services.run_engine(&mut quiet.lifecycle);
    quiet.services.run_relay(&mut quiet.lifecycle);
    quiet.services.run_workers(&mut quiet.lifecycle, &[]);
    let id = book(&quiet, 0, "pm_ok").await;
    assert_eq!(until_ended(&quiet, &id).await, Status::Succeeded);
    let noted = eventually(async || {
        let shown = quiet.client.get(format!("/api/sagas/{id}")).await.unwrap();
        let attempts = shown["attempts"].as_array().unwrap().clone();
        let noted = attempts.iter().all(|attempt| !attempt["deliveries"].as_array().unwrap().is_empty());
        (attempts.len() == 4 && noted).then_some(shown)
    });
    let shown = noted.await.expect("every attempt has its worker");
    let layers: std::collections::BTreeSet<&str> =
        shown["timeline"].as_array().unwrap().iter().map(|entry| entry["layer"].as_str().unwrap()).collect();
    let layers = layers.into_iter().filter(|layer| *layer != "outbox"); // Its events may be on their way.
    let expected = ["effect", "engine", "ledger", "message", "provider", "queue", "request", "tickets"];
    assert_eq!(layers.collect::<Vec<_>>(), expected);
    assert_eq!(shown["path"].as_array().unwrap().len(), 5);
    for attempt in shown["attempts"].as_array().unwrap() {
        assert_eq!((&attempt["outcome"], &attempt["deliveries"][0]["outcome"]), (&json!("succeeded"), &json!("done")));
        assert!(attempt["input"].is_object() && attempt["milliseconds"].is_i64(), "{attempt}");
    }
    let drawing = shown["drawing"].as_str().unwrap();
    assert!(drawing.contains(" * ReserveSeats") && drawing.contains("==> ChargePayment"), "{drawing}");
    let text = screen::one(shown.clone(), quiet.clock.now()).render(Output::of(Format::Table)).unwrap();
    assert!(text.contains("ReserveSeats > ChargePayment > IssueTickets > NotifyCustomer"), "{text}");
    let explained = quiet.explain(&id).await;
    assert!(explained.contains("normal   yes"), "{explained}");

    let listed = quiet.client.get(format!("/api/sagas?q={id}")).await.unwrap();
    assert_eq!(listed["items"][0]["id"], json!(id));
    let wrong = quiet.client.get("/api/sagas?q=stauts%3Arunning").await.unwrap_err();
    assert!(wrong.to_string().contains("did you mean `status`?"), "{wrong}");
    assert_eq!(usher::output::Ended::code_of(&wrong), usher::output::Exit::Usage);

    let bundle = quiet.client.get(format!("/api/sagas/{id}/export")).await.unwrap();
    let text = bundle.to_string();
    // Who books here has no account, and so the id that stands for anybody; `bundle.rs` has a test with one.
    for gone in ["pm_ok\"", "task_token\":\"ey", "traceparent"] {
        assert!(!text.contains(gone), "{gone} is in the export");
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("saga.json");
    std::fs::write(&file, &text).unwrap();
    let replayed = usher::commands::look::replay::run(&file, None, Output::of(Format::Json)).unwrap();
    assert_eq!(format!("{replayed:?}"), format!("{:?}", std::process::ExitCode::SUCCESS), "it goes the same way");

    let declined = book(&quiet, 1, "pm_declined").await;
    until_ended(&quiet, &declined).await;
    // The list follows the engine, a moment behind it.
    let groups = eventually(async || {
        let groups = quiet.client.get("/api/sagas/errors").await.unwrap();
        (!groups["items"].as_array().unwrap().is_empty()).then_some(groups)
    });
    let groups = groups.await.expect("the error is listed");
    let declined = groups["items"].as_array().unwrap().iter().find(|group| group["error"] == "PaymentDeclined");
    let declined = declined.unwrap_or_else(|| panic!("{groups}"));
    assert_eq!((&declined["state"], &declined["count"]), (&json!("ChargePayment"), &json!(1)));
    let query = usher::client::path("/api/sagas", &[("q", declined["query"].as_str().map(str::to_owned))]);
    assert_eq!(quiet.client.get(query).await.unwrap()["items"].as_array().unwrap().len(), 1);
    assert!(quiet.settings.rate_limit.0.is_some(), "a command is not limited by what limits the public");
    quiet.end().await;
}
