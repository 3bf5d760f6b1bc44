//! The customers: each asks under a key, waits, asks again under the same key, and in the end has heard something or nothing.
//!
//! Nothing is an answer of its own here. Who ran out of patience does not know whether they have tickets, and the report
//! does not pretend to either, until the books are asked at the end.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::Context as _;
use futures::future::join_all;
use hdrhistogram::Histogram;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use reqwest::{Client, StatusCode, header};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tokio::{task::JoinSet, time::Instant};
use tokio_util::sync::CancellationToken;
use usher_core::ids::{BookingId, DrillId, ShowtimeId};
use usher_drills::{
    definition::Load,
    report::{Answer, Latency},
};

use super::{plan::Buyer, stage::Stage};

/// Accounts that the customers share: what makes them many is their keys. Each costs two password hashes.
const ACCOUNTS: usize = 16;

/// The longest that the API lets somebody wait.
const LONGEST_WAIT: u64 = 20;

/// How often somebody whose booking is on its way looks.
const LOOK: Duration = Duration::from_millis(250);

/// Answers of a report one by one: more are no more to see.
const DRAWN: usize = 4_000;

/// What a customer heard in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The key of the last request.
    pub key: String,
    /// `confirmed`, `cancelled`, `unknown`, or the problem's type.
    pub heard: String,
    /// The bookings that were told of under the key: more than one would be a lie.
    pub bookings: BTreeSet<String>,
}

/// What all of them heard so far.
#[derive(Default)]
pub struct Heard {
    pub answered: AtomicU64,
    pub confirmed: AtomicU64,
    pub unknown: AtomicU64,
    pub requests: AtomicU64,
    pub troubles: AtomicU64,
    answers: Mutex<Vec<Answer>>,
    kinds: Mutex<BTreeMap<String, u64>>,
    outcomes: Mutex<Vec<Outcome>>,
}

impl Heard {
    fn note(&self, began: Instant, first: Instant, kind: &str) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        if matches!(kind, "no answer" | "unavailable" | "internal") {
            self.troubles.fetch_add(1, Ordering::Relaxed);
        }
        *self.kinds.lock().unwrap_or_else(PoisonError::into_inner).entry(kind.to_owned()).or_default() += 1;
        let milliseconds = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        let answer =
            Answer { at: milliseconds(began - first), took: milliseconds(began.elapsed()), kind: kind.to_owned() };
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).push(answer);
    }

    fn conclude(&self, outcome: Outcome) {
        match outcome.heard.as_str() {
            "unknown" => &self.unknown,
            "confirmed" | "cancelled" => {
                self.confirmed.fetch_add(1, Ordering::Relaxed);
                &self.answered
            }
            _ => &self.answered,
        }
        .fetch_add(1, Ordering::Relaxed);
        self.outcomes.lock().unwrap_or_else(PoisonError::into_inner).push(outcome);
    }

    /// What each heard in the end.
    pub fn outcomes(&self) -> Vec<Outcome> {
        self.outcomes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Single answers and silences, by kind.
    pub fn kinds(&self) -> BTreeMap<String, u64> {
        self.kinds.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Percentiles of what was answered.
    pub fn latency(&self) -> anyhow::Result<Latency> {
        let mut histogram = Histogram::<u64>::new(3)?;
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        for answer in answers.iter().filter(|answer| answer.kind != "no answer") {
            histogram.record(answer.took.max(1))?;
        }
        let at = |quantile| histogram.value_at_quantile(quantile);
        Ok(Latency { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: histogram.max() })
    }

    /// Answers to draw, thinned out evenly.
    pub fn answers(&self) -> Vec<Answer> {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let every = answers.len() / DRAWN + 1;
        answers.iter().step_by(every).cloned().collect()
    }
}

/// Where the customers are, and as whom.
pub struct Crowd {
    client: Client,
    url: String,
    drill: DrillId,
    showtime: ShowtimeId,
    seats: Vec<String>,
    tokens: Vec<String>,
    load: Load,
    pub heard: Heard,
    /// Told when the drill is given up.
    pub over: CancellationToken,
    /// When the first customer comes.
    first: Instant,
}

impl Crowd {
    /// Makes the hall and the customers' accounts.
    pub async fn gather(stage: &Stage, load: &Load, drill: DrillId) -> anyhow::Result<Self> {
        let services = &stage.services;
        let name = format!("Drill {drill}");
        let catalog = &services.databases.catalog;
        let showtime = usher_catalog::drill::hall(catalog, &*services.ambient, &name, load.hall).await?;
        let made = services.contexts.catalog.showtime(showtime).await?.context("the drill's hall is gone")?;
        let accounts = (0..ACCOUNTS.min(load.buyers)).map(|number| async move {
            let mail = format!("{}-{number}@drill.usher.test", drill.to_string().to_lowercase());
            let password = format!("{:032x}", services.ambient.random()).into();
            services.accounts.register(&mail, &password, "Somebody of a drill").await?;
            let tokens = services.accounts.sign_in(&mail, &password).await?.context("an account is gone")?;
            anyhow::Ok(tokens.access_token.expose_secret().to_owned())
        });
        let tokens = join_all(accounts).await.into_iter().collect::<anyhow::Result<Vec<_>>>()?;
        Ok(Self {
            client: Client::builder().timeout(load.patience).pool_max_idle_per_host(256).build()?,
            url: stage.url.clone(),
            drill,
            showtime,
            seats: made.seat_map.seats().map(|seat| seat.name.to_string()).collect(),
            tokens,
            load: load.clone(),
            heard: Heard::default(),
            over: CancellationToken::new(),
            first: Instant::now(),
        })
    }

    /// The show that they all want to see.
    pub const fn showtime(&self) -> ShowtimeId {
        self.showtime
    }

    /// When the first customer comes.
    pub const fn first(&self) -> Instant {
        self.first
    }

    /// Sends everybody, and waits until the last one has heard something or given up.
    pub async fn buy(self: &Arc<Self>, buyers: Vec<Buyer>, first: Instant) {
        let mut buying = JoinSet::new();
        for buyer in buyers {
            let crowd = Arc::clone(self);
            buying.spawn(async move {
                tokio::select! {
                    () = tokio::time::sleep_until(first + buyer.at) => crowd.come(&buyer).await,
                    () = crowd.over.cancelled() => {}
                }
            });
        }
        while buying.join_next().await.is_some() {}
    }

    /// Says when the first customer comes; times in the report count from there.
    pub fn begin(mut self, first: Instant) -> Self {
        self.first = first;
        self
    }

    async fn come(&self, buyer: &Buyer) {
        let mut chance = ChaCha8Rng::seed_from_u64(buyer.chance);
        let mut outcome = None;
        for (wish, seats) in buyer.wishes.iter().enumerate() {
            let key = format!("{}-{}-{wish}", self.drill, buyer.number);
            let copies = (0..buyer.copies).map(|_| chance.random()).collect::<Vec<u64>>();
            let asked = copies.into_iter().map(|chance| self.ask(buyer, &key, seats, chance));
            let heard = join_all(asked).await;
            let bookings: BTreeSet<String> = heard.iter().filter_map(|(_, booking)| booking.clone()).collect();
            // Who sent it several times believes the one that was answered.
            let told = heard.iter().find(|(heard, _)| heard != "unknown").or(heard.first());
            let told = told.map_or_else(|| "unknown".to_owned(), |(heard, _)| heard.clone());
            let taken = told == "seats-taken";
            outcome = Some(Outcome { key, heard: told, bookings });
            if !taken || self.over.is_cancelled() {
                break;
            }
        }
        let Some(mut outcome) = outcome else { return };
        if buyer.cancels
            && outcome.heard == "confirmed"
            && let Some(booking) = outcome.bookings.first().cloned()
        {
            self.cancel(buyer, &mut outcome, &booking).await;
        }
        self.heard.conclude(outcome);
    }

    fn token(&self, buyer: &Buyer) -> &str {
        self.tokens.get(buyer.number % self.tokens.len().max(1)).map_or("", String::as_str)
    }

    /// Asks under one key until there is an answer; what was heard, and the booking if one was named.
    async fn ask(&self, buyer: &Buyer, key: &str, seats: &[usize], chance: u64) -> (String, Option<String>) {
        let mut chance = ChaCha8Rng::seed_from_u64(chance);
        let names: Vec<&str> = seats.iter().filter_map(|seat| Some(self.seats.get(*seat)?.as_str())).collect();
        let body = json!({ "showtime_id": self.showtime, "seats": names, "payment_method": buyer.method });
        let wait = self.load.patience.as_secs().clamp(1, LONGEST_WAIT);
        let mut booking = None;
        for attempt in 1..=u64::from(self.load.tries) {
            let began = Instant::now();
            let sent = self.client.post(format!("{}/api/bookings", self.url)).bearer_auth(self.token(buyer));
            let sent = sent.header("idempotency-key", key).header("prefer", format!("wait={wait}")).json(&body);
            match read(sent.send().await).await {
                Said::Confirmed(id) => {
                    self.heard.note(began, self.first, "confirmed");
                    return ("confirmed".to_owned(), Some(id));
                }
                Said::OnItsWay(id) => {
                    self.heard.note(began, self.first, "on its way");
                    booking = Some(id.clone());
                    if let Some(heard) = self.follow(buyer, &id).await {
                        return (heard, booking);
                    }
                }
                Said::Refused(kind) => {
                    self.heard.note(began, self.first, &kind);
                    if !matches!(kind.as_str(), "unavailable" | "internal" | "idempotency-key-in-use" | "rate-limited")
                    {
                        return (kind, booking);
                    }
                }
                Said::Nothing => self.heard.note(began, self.first, "no answer"),
            }
            if self.over.is_cancelled() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(chance.random_range(50..200) * attempt)).await;
        }
        ("unknown".to_owned(), booking)
    }

    /// Watches a booking that is on its way until it has ended, as long as patience lasts.
    async fn follow(&self, buyer: &Buyer, id: &str) -> Option<String> {
        let until = Instant::now() + self.load.patience;
        while Instant::now() < until && !self.over.is_cancelled() {
            tokio::time::sleep(LOOK).await;
            let asked = self.client.get(format!("{}/api/bookings/{id}", self.url)).bearer_auth(self.token(buyer));
            let Ok(answer) = asked.send().await else { continue };
            let Ok(body) = answer.json::<Value>().await else { continue };
            match body["status"].as_str() {
                Some("confirmed") => return Some("confirmed".to_owned()),
                Some("rejected") => return Some(reason(&body)),
                Some("cancelled") => return Some("cancelled".to_owned()),
                _ => {}
            }
        }
        None
    }

    async fn cancel(&self, buyer: &Buyer, outcome: &mut Outcome, booking: &str) {
        for attempt in 1..=u64::from(self.load.tries) {
            let began = Instant::now();
            let sent =
                self.client.delete(format!("{}/api/bookings/{booking}", self.url)).bearer_auth(self.token(buyer));
            let sent = sent.header("idempotency-key", format!("{}-cancel", outcome.key)).send().await;
            match sent {
                Ok(answer) if answer.status() == StatusCode::ACCEPTED => {
                    self.heard.note(began, self.first, "cancellation accepted");
                    "cancelled".clone_into(&mut outcome.heard);
                    return;
                }
                Ok(answer) if answer.status().is_client_error() && answer.status() != StatusCode::CONFLICT => {
                    self.heard.note(began, self.first, "cancellation refused");
                    return;
                }
                _ => self.heard.note(began, self.first, "no answer"),
            }
            tokio::time::sleep(Duration::from_millis(100 * attempt)).await;
        }
        // Nobody knows whether it was cancelled.
        "unknown".clone_into(&mut outcome.heard);
    }
}

/// The rejection of a booking as the problem that a waiting customer would have got.
fn reason(booking: &Value) -> String {
    match booking["reason"].as_str().unwrap_or_default() {
        "SeatUnavailable" => "seats-taken",
        "PaymentDeclined" => "payment-declined",
        "HoldExpired" => "hold-expired",
        _ => "rejected",
    }
    .to_owned()
}

/// What one request was answered.
enum Said {
    Confirmed(String),
    OnItsWay(String),
    Refused(String),
    Nothing,
}

async fn read(sent: Result<reqwest::Response, reqwest::Error>) -> Said {
    let Ok(answer) = sent else { return Said::Nothing };
    let status = answer.status();
    let is_problem = answer.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/problem+json");
    let Ok(body) = answer.json::<Value>().await else { return Said::Nothing };
    let id = body["id"].as_str().unwrap_or_default().to_owned();
    match status {
        StatusCode::CREATED => Said::Confirmed(id),
        StatusCode::ACCEPTED => Said::OnItsWay(id),
        _ if is_problem => {
            let kind = body["type"].as_str().unwrap_or_default();
            Said::Refused(kind.rsplit('/').next().unwrap_or_default().to_owned())
        }
        // An answer that was stored before it was a problem.
        _ => Said::Refused(format!("status {}", status.as_u16())),
    }
}

/// The booking that was written under a key, if one was.
pub async fn written(stage: &Stage, key: &str) -> anyhow::Result<Option<BookingId>> {
    let resource = sqlx::query_scalar::<_, Option<String>>(
        "SELECT resource FROM usher.idempotency WHERE key = $1 AND scope LIKE '%POST /api/bookings'",
    );
    let resource = resource.bind(key).fetch_optional(&stage.services.databases.bookings).await?.flatten();
    Ok(resource.and_then(|id| id.parse().ok()))
}
