//! A server that speaks Stripe's published wire format: PaymentIntents, Refunds, the balance, idempotency keys, errors. It
//! keeps its objects in memory, and can fail before or after the effect, and let its index lag.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    body::to_bytes,
    extract::{Path, Query, Request, State},
    http::{HeaderMap, StatusCode, request::Parts},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use reqwest::Url;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use usher_payments::provider::stripe::VERSION;

pub const KEY: &str = "sk_test_stage";

/// How a request goes wrong, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Before(u16),
    After(u16),
}

#[derive(Debug, Default)]
struct Books {
    intents: Vec<Value>,
    refunds: Vec<Value>,
    balance: Vec<Value>,
    keys: HashMap<String, (String, u16, Value)>,
    fault: Option<Fault>,
    lags: bool,
}

#[derive(Debug, Clone, Default)]
pub struct Server(Arc<Mutex<Books>>);

type Answer = (u16, Value);

impl Server {
    /// Serves on a port of its own, and tells where.
    pub async fn start() -> (Self, String) {
        let server = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/v1/payment_intents", post(written))
            .route("/v1/payment_intents/search", get(search))
            .route("/v1/payment_intents/{id}/capture", post(written))
            .route("/v1/payment_intents/{id}/cancel", post(written))
            .route("/v1/refunds", post(written).get(refunds))
            .route("/v1/balance_transactions", get(balance))
            .with_state(server.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (server, url)
    }

    pub fn fail(&self, fault: Fault) {
        self.0.lock().unwrap().fault = Some(fault);
    }

    /// Whether the index has not followed yet.
    pub fn lag(&self, lags: bool) {
        self.0.lock().unwrap().lags = lags;
    }

    /// Passes the challenge of every intent that waits for one.
    pub fn pass_challenges(&self) {
        let mut books = self.0.lock().unwrap();
        let waiting: Vec<usize> =
            (0..books.intents.len()).filter(|index| books.intents[*index]["status"] == "requires_action").collect();
        for index in waiting {
            books.succeed(index);
        }
    }

    /// Puts something into the balance that nobody asked for: its type, its amount, and what it is about.
    pub fn moves(&self, kind: &str, amount: i64, source: &Value) {
        let mut books = self.0.lock().unwrap();
        let id = format!("txn_{}", books.balance.len());
        books.balance.push(json!({
            "id": id, "object": "balance_transaction", "created": 1_795_000_000, "type": kind, "amount": amount, "source": source,
        }));
    }

    /// The refunds as they stand.
    pub fn refunds(&self) -> Vec<Value> {
        self.0.lock().unwrap().refunds.clone()
    }

    /// How many intents and refunds there are.
    pub fn made(&self) -> (usize, usize) {
        let books = self.0.lock().unwrap();
        (books.intents.len(), books.refunds.len())
    }
}

fn error(status: u16, kind: &str, code: &str, decline: Option<&str>) -> Answer {
    (status, json!({ "error": { "type": kind, "code": code, "decline_code": decline, "message": code } }))
}

impl Books {
    fn succeed(&mut self, index: usize) {
        let intent = &mut self.intents[index];
        intent["next_action"] = Value::Null;
        if intent["capture_method"] == "manual" && intent["status"] != "requires_capture" {
            intent["status"] = "requires_capture".into();
            return;
        }
        intent["status"] = "succeeded".into();
        let charge = json!({
            "id": intent["id"].as_str().unwrap().replace("pi_", "ch_"), "object": "charge", "amount": intent["amount"],
            "currency": intent["currency"], "payment_intent": intent["id"], "metadata": intent["metadata"],
        });
        self.moved(&charge);
    }

    fn moved(&mut self, source: &Value) {
        let id = format!("txn_{}", self.balance.len());
        self.balance
            .push(json!({ "id": id, "object": "balance_transaction", "created": 1_795_000_000, "source": source }));
    }

    fn create(&mut self, form: &HashMap<String, String>) -> Answer {
        let of = |name: &str| form.get(name).cloned();
        let (Some(amount), Some(currency)) =
            (of("amount").and_then(|amount| amount.parse::<i64>().ok()), of("currency"))
        else {
            return error(400, "invalid_request_error", "parameter_missing", None);
        };
        if currency != currency.to_lowercase() || amount < 50 {
            return error(400, "invalid_request_error", "amount_too_small", None);
        }
        let index = self.intents.len();
        self.intents.push(json!({
            "id": format!("pi_{index}"), "object": "payment_intent", "amount": amount, "currency": currency,
            "status": "requires_payment_method", "payment_method": of("payment_method"), "next_action": null,
            "last_payment_error": null, "metadata": { "reference": of("metadata[reference]") },
            "capture_method": of("capture_method").unwrap_or_else(|| "automatic".to_owned()),
        }));
        if of("confirm").as_deref() == Some("true") {
            let method = of("payment_method").unwrap_or_default();
            let declined = match method.as_str() {
                "pm_card_visa" => None,
                "pm_card_threeDSecure2Required" => {
                    let url = of("return_url").map(|_| "https://hooks.stripe.com/redirect/authenticate/src_1");
                    self.intents[index]["status"] = "requires_action".into();
                    self.intents[index]["next_action"] =
                        json!({ "type": "redirect_to_url", "redirect_to_url": { "url": url } });
                    return (200, self.intents[index].clone());
                }
                "pm_card_visa_chargeDeclinedInsufficientFunds" => Some("insufficient_funds"),
                "pm_card_visa_chargeDeclined" => Some("generic_decline"),
                _ => {
                    self.intents.pop();
                    return error(400, "invalid_request_error", "resource_missing", None);
                }
            };
            if let Some(decline) = declined {
                let (status, body) = error(402, "card_error", "card_declined", Some(decline));
                self.intents[index]["last_payment_error"] = body["error"].clone();
                return (status, body);
            }
            self.succeed(index);
        }
        (200, self.intents[index].clone())
    }

    fn act(&mut self, id: &str, action: &str) -> Answer {
        let Some(index) = self.intents.iter().position(|intent| intent["id"] == *id) else {
            return error(404, "invalid_request_error", "resource_missing", None);
        };
        let status = self.intents[index]["status"].as_str().unwrap().to_owned();
        match (action, status.as_str()) {
            ("capture", "requires_capture") => self.succeed(index),
            ("cancel", "requires_payment_method" | "requires_capture" | "requires_action") => {
                self.intents[index]["status"] = "canceled".into();
            }
            _ => return error(400, "invalid_request_error", "payment_intent_unexpected_state", None),
        }
        (200, self.intents[index].clone())
    }

    fn refund(&mut self, form: &HashMap<String, String>) -> Answer {
        let intent = self.intents.iter().find(|intent| intent["id"] == *form["payment_intent"]).cloned();
        let amount: i64 = form["amount"].parse().unwrap();
        let of =
            |refund: &Value| (refund["payment_intent"] == *form["payment_intent"]).then(|| refund["amount"].as_i64());
        let before: i64 = self.refunds.iter().filter_map(|refund| of(refund).flatten()).sum();
        match intent {
            Some(intent) if intent["status"] == "succeeded" => {
                if before + amount > intent["amount"].as_i64().unwrap() {
                    return error(400, "invalid_request_error", "charge_already_refunded", None);
                }
            }
            _ => return error(400, "invalid_request_error", "charge_not_captured", None),
        }
        let refund = json!({
            "id": format!("re_{}", self.refunds.len()), "object": "refund", "amount": amount, "currency": "eur",
            "status": "succeeded", "payment_intent": form["payment_intent"],
            "metadata": { "reference": form["metadata[reference]"], "charge_reference": form["metadata[charge_reference]"] },
        });
        self.refunds.push(refund.clone());
        self.moved(&refund);
        (200, refund)
    }
}

fn is_known(headers: &HeaderMap) -> bool {
    let is = |name: &str, value: &str| headers.get(name).is_some_and(|header| header == value);
    is("authorization", &format!("Bearer {KEY}")) && is("stripe-version", VERSION)
}

fn answer((status, body): Answer) -> Response {
    (StatusCode::from_u16(status).unwrap(), Json(body)).into_response()
}

/// Every request that changes something: idempotent by its key.
async fn written(State(server): State<Server>, path: Option<Path<String>>, request: Request) -> Response {
    let (Parts { method, uri, headers, .. }, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    if !is_known(&headers) {
        return answer(error(401, "invalid_request_error", "api_key_expired", None));
    }
    let mut books = server.0.lock().unwrap();
    let fault = books.fault.take();
    if let Some(Fault::Before(status)) = fault {
        return answer(error(status, "api_error", "before", None));
    }
    let body = String::from_utf8(body.to_vec()).unwrap();
    let key = headers["idempotency-key"].to_str().unwrap().to_owned();
    let print = format!("{method} {uri} {body}");
    let made = match books.keys.get(&key) {
        Some((known, status, made)) if *known == print => (*status, made.clone()),
        Some(_) => error(400, "idempotency_error", "idempotency_key_reused", None),
        None => {
            let url = Url::parse(&format!("form://?{body}")).unwrap();
            let form: HashMap<String, String> = url.query_pairs().into_owned().collect();
            let made = match (path, uri.path().rsplit('/').next().unwrap()) {
                (Some(Path(id)), action) => books.act(&id, action),
                (None, "refunds") => books.refund(&form),
                (None, _) => books.create(&form),
            };
            books.keys.insert(key, (print, made.0, made.1.clone()));
            made
        }
    };
    match fault {
        Some(Fault::After(status)) => answer(error(status, "api_error", "after", None)),
        _ => answer(made),
    }
}

async fn search(
    State(server): State<Server>,
    headers: HeaderMap,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    if !is_known(&headers) {
        return answer(error(401, "invalid_request_error", "api_key_expired", None));
    }
    let books = server.0.lock().unwrap();
    let wanted = query["query"].strip_prefix("metadata['reference']:'").unwrap().strip_suffix('\'').unwrap();
    let is_wanted = |intent: &&Value| !books.lags && intent["metadata"]["reference"] == *wanted;
    let data: Vec<Value> = books.intents.iter().filter(is_wanted).cloned().collect();
    answer((200, json!({ "object": "search_result", "data": data, "has_more": false })))
}

/// From the newest backwards, one entry a page.
fn page(all: &[Value], after: Option<&String>) -> Answer {
    let newest: Vec<&Value> = all.iter().rev().collect();
    let from = after.map_or(0, |after| newest.iter().position(|entry| entry["id"] == **after).unwrap() + 1);
    let data: Vec<&&Value> = newest.get(from..).unwrap_or_default().iter().take(1).collect();
    (200, json!({ "object": "list", "has_more": from + 1 < newest.len(), "data": data }))
}

async fn refunds(State(server): State<Server>, Query(query): Query<HashMap<String, String>>) -> Response {
    answer(page(&server.0.lock().unwrap().refunds, query.get("starting_after")))
}

async fn balance(State(server): State<Server>, Query(query): Query<HashMap<String, String>>) -> Response {
    assert_eq!(query["expand[]"], "data.source");
    answer(page(&server.0.lock().unwrap().balance, query.get("starting_after")))
}
