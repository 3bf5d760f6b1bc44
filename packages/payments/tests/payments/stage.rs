//! What every test stands on: a database, a simulator that listens, the context, and a clock that stands still.

use std::{sync::Arc, time::Duration};

use reqwest::Client;
use secrecy::SecretString;
use serde_json::Value;
use sqlx::AssertSqlSafe;
use time::OffsetDateTime;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use usher_core::{
    ambient::{Scripted, SharedAmbient},
    ids::BookingId,
    money::{Currency, Money},
};
use usher_database::pool::{self, PoolSettings};
use usher_payments::{
    ChargeError, ChargeRequest, Charged, Payments,
    ledger::{Account, Position},
    payment::Status,
    provider::{ChargeState, HttpProvider, HttpSettings, Movement, PaymentProvider, ReportLine},
    reference,
    simulator::{Delays, Simulator},
    webhook::Secrets,
};
use usher_postgres::testing::TestDatabase;

/// 12.50 EUR, which most bookings here cost.
pub const PRICE: Money = Money::new(1250, Currency::EUR);

/// What webhooks are signed with.
pub const SECRET: &str = "whsec_stage";

pub struct Stage {
    pub payments: Payments,
    pub provider: Arc<HttpProvider>,
    pub ambient: Arc<Scripted>,
    pub settings: HttpSettings,
    pub shutdown: CancellationToken,
    pub listening: JoinHandle<std::io::Result<()>>,
    pub database: TestDatabase,
}

impl Stage {
    pub async fn new() -> Self {
        // Longer than any machine that compiles beside us can stall: only tests of time-outs may run into one.
        Self::with_patience(Duration::from_mins(1)).await
    }

    /// For tests of what hangs: a charge is given up after `timeout`, a question never.
    pub async fn with_patience(timeout: Duration) -> Self {
        let (usher, payments, simulator) =
            (usher_database::migrate::schema(), usher_payments::schema(), Simulator::schema());
        let schemas = [&usher, &payments, &simulator].map(|schema| (schema.name, &schema.migrations));
        let database = TestDatabase::migrated(&schemas).await.unwrap();
        let start = OffsetDateTime::from_unix_timestamp(1_795_000_000).unwrap();
        let ambient = Arc::new(Scripted::new(start, 1));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut settings = HttpSettings::new(format!("http://{}", listener.local_addr().unwrap()));
        settings.timeout = timeout;
        settings.look_up_timeout = Duration::from_mins(1);
        let shutdown = CancellationToken::new();
        let delays = Delays { slow: Duration::from_millis(50), late: Duration::from_millis(50), ..Delays::default() };
        let simulator = Simulator::new(open(&database), shared(&ambient), shutdown.clone(), delays);
        let listening = tokio::spawn(simulator.listen(listener));
        let provider = Arc::new(HttpProvider::new(settings.clone()).unwrap());
        let secrets = Secrets::new([SECRET, "whsec_next"].map(SecretString::from));
        let payments = Payments::new(open(&database), shared(&ambient), Arc::clone(&provider) as _).believing(secrets);
        Self { payments, provider, ambient, settings, shutdown, listening, database }
    }

    /// The same context in another process: own pool, own batches.
    pub fn another_process(&self) -> Payments {
        Payments::new(open(&self.database), shared(&self.ambient), Arc::clone(&self.provider) as _)
    }

    /// The same context with a provider that nobody can reach.
    pub fn cut_off(&self) -> Payments {
        let provider = HttpProvider::new(HttpSettings::new("http://127.0.0.1:1")).unwrap();
        Payments::new(open(&self.database), shared(&self.ambient), Arc::new(provider))
    }

    pub fn booking(&self) -> BookingId {
        BookingId::new(&*self.ambient)
    }

    pub async fn charge(&self, booking: BookingId, method: &str) -> Result<Charged, ChargeError> {
        self.payments.charge(request(booking, method)).await
    }

    /// As a saga does: again, as long as nobody knows.
    pub async fn charge_until_known(&self, booking: BookingId, method: &str) -> Result<Charged, ChargeError> {
        for _ in 0..100 {
            match self.charge(booking, method).await {
                Err(ChargeError::Unknown { .. }) => {}
                known => return known,
            }
        }
        panic!("a hundred attempts were not enough");
    }

    pub async fn status(&self, booking: BookingId) -> Option<Status> {
        self.payments.by_booking(booking).await.unwrap().map(|payment| payment.status)
    }

    pub async fn position(&self, booking: BookingId) -> Option<Position> {
        let positions = self.payments.positions(None, 10_000).await.unwrap();
        positions.into_iter().find(|position| position.booking == booking)
    }

    pub async fn balance(&self, account: Account) -> i64 {
        let balances = self.payments.balances().await.unwrap();
        balances.iter().filter(|balance| balance.account == account).map(|balance| balance.balance.amount).sum()
    }

    /// All that the provider has on record.
    pub async fn report(&self) -> Vec<ReportLine> {
        let (mut lines, mut cursor) = (Vec::new(), None);
        loop {
            let page = self.provider.report(OffsetDateTime::UNIX_EPOCH, cursor.as_deref()).await.unwrap();
            lines.extend(page.lines);
            cursor = page.next;
            if cursor.is_none() {
                return lines;
            }
        }
    }

    /// How many charges and refunds the provider made for one booking's execution.
    pub async fn moved(&self, booking: BookingId) -> (usize, usize) {
        let charge = reference::charge_of_booking(booking);
        let lines = self.report().await;
        let count =
            |movement| lines.iter().filter(|line| line.charge_reference == charge && line.movement == movement).count();
        (count(Movement::Charge), count(Movement::Refund))
    }

    /// The topics of the events that wait in the outbox, oldest first.
    pub async fn events(&self) -> Vec<String> {
        sqlx::query_scalar("SELECT topic FROM usher.outbox ORDER BY written_at, id")
            .fetch_all(self.database.pool())
            .await
            .unwrap()
    }

    /// How many rows stand in each table that a charge writes to.
    pub async fn rows(&self) -> Vec<i64> {
        let tables = [
            "payments.payments",
            "payments.attempts",
            "payments.transfers",
            "simulator.charges",
            "usher.inbox",
            "usher.outbox",
        ];
        let mut counts = Vec::new();
        for table in tables {
            let count = sqlx::query_scalar(AssertSqlSafe(format!("SELECT count(*) FROM {table}")));
            counts.push(count.fetch_one(self.database.pool()).await.unwrap());
        }
        counts
    }

    /// Orders a fault from the simulator.
    pub async fn order(&self, order: Value) {
        let request = client().post(format!("{}/modes", self.settings.url)).json(&order);
        assert_eq!(request.send().await.unwrap().status(), 204);
    }

    /// What the customer does on the page of the challenge.
    pub async fn answer_challenge(&self, booking: BookingId, answer: &str) {
        let record = self.provider.look_up(&reference::charge_of_booking(booking)).await.unwrap().unwrap();
        let ChargeState::RequiresAction { url } = record.state else { panic!("{record:?}") };
        let page = client().get(&url).send().await.unwrap().text().await.unwrap();
        assert!(page.contains("value=pass") && page.contains("value=fail"), "{page}");
        let form = client().post(&url).header("Content-Type", "application/x-www-form-urlencoded");
        assert_eq!(form.body(format!("answer={answer}")).send().await.unwrap().status(), 200);
    }

    /// The calls about a booking's payment: what was asked, what was heard.
    pub async fn attempts(&self, booking: BookingId) -> Vec<(String, Option<String>, Option<String>)> {
        let payment = self.payments.by_booking(booking).await.unwrap().unwrap();
        let attempts = self.payments.attempts(payment.id).await.unwrap();
        attempts.into_iter().map(|attempt| (attempt.call, attempt.heard, attempt.detail)).collect()
    }

    /// The incidents that are open: kind and reference.
    pub async fn incidents(&self) -> Vec<(String, String)> {
        let open = self.payments.open_incidents(1000).await.unwrap();
        open.into_iter().map(|incident| (incident.kind, incident.reference)).collect()
    }

    pub async fn end_order(&self) {
        let request = client().delete(format!("{}/modes", self.settings.url));
        assert_eq!(request.send().await.unwrap().status(), 204);
    }
}

pub fn client() -> Client {
    Client::builder().timeout(Duration::from_mins(1)).build().unwrap()
}

pub fn request(booking: BookingId, method: &str) -> ChargeRequest {
    ChargeRequest {
        booking,
        execution: booking.to_string(),
        key: reference::charge_of_booking(booking),
        amount: PRICE,
        method: method.to_owned(),
    }
}

/// The key of a booking execution's own undo.
pub fn undo_key(booking: BookingId) -> String {
    format!("{booking}/refund-payment")
}

fn shared(ambient: &Arc<Scripted>) -> SharedAmbient {
    Arc::clone(ambient) as _
}

fn open(database: &TestDatabase) -> sqlx::PgPool {
    let settings = PoolSettings { connections: 4, patience: Duration::from_mins(1) };
    pool::open(database.url(), settings).unwrap()
}
