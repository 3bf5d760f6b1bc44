//! A server that speaks the protocol of Step Functions and SQS and answers what a test says, call by call.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use usher_orchestrator::{
    hash::hash,
    stepfunctions::{Rates, Settings, StepFunctions},
};

pub const MACHINE: &str = "arn:aws:states:eu-west-1:111122223333:stateMachine:usher-test-booking";
pub const EXECUTION: &str = "arn:aws:states:eu-west-1:111122223333:execution:usher-test-booking:bkg_1";

/// What the definition of these tests hashes to.
pub fn our_hash() -> String {
    hash("{}")
}

#[derive(Default)]
struct Told {
    answers: HashMap<String, VecDeque<(u16, Value)>>,
    calls: Vec<(String, Value)>,
}

#[derive(Clone, Default)]
pub struct Server {
    told: Arc<Mutex<Told>>,
    address: String,
}

impl Server {
    /// With a state machine that has one version, ours.
    pub async fn new() -> Self {
        let mut server = Self::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        server.address = format!("http://{}", listener.local_addr().unwrap());
        let serving = Router::new().fallback(answer).with_state(server.clone());
        tokio::spawn(async move { axum::serve(listener, serving).await });
        let description = format!("sha256:{}", our_hash());
        server.says("ListStateMachines", json!({ "stateMachines": [
            { "name": "somebody-else", "stateMachineArn": "arn:aws:states:eu-west-1:111122223333:stateMachine:somebody-else", "type": "STANDARD", "creationDate": 1.5e9 },
            { "name": "usher-test-booking", "stateMachineArn": MACHINE, "type": "STANDARD", "creationDate": 1.5e9 }] }));
        server.says(
            "ListStateMachineVersions",
            json!({ "stateMachineVersions": [
            { "stateMachineVersionArn": format!("{MACHINE}:1"), "creationDate": 1.5e9 }] }),
        );
        server.says("DescribeStateMachine", json!({ "stateMachineArn": MACHINE, "name": "usher-test-booking", "definition": "{}",
            "roleArn": "arn:aws:iam::111122223333:role/states", "type": "STANDARD", "creationDate": 1.5e9, "description": description }));
        server
    }

    /// The next answer to an operation; the last one is given again and again.
    pub fn says(&self, operation: &str, body: Value) -> &Self {
        self.answers(operation, 200, body)
    }

    /// An error as AWS sends it.
    pub fn fails(&self, operation: &str, code: &str, message: &str) -> &Self {
        let status = if code.contains("Internal") || code.contains("Unavailable") { 500 } else { 400 };
        self.answers(operation, status, json!({ "__type": format!("com.amazonaws.states#{code}"), "message": message }))
    }

    pub fn answers(&self, operation: &str, status: u16, body: Value) -> &Self {
        let mut told = self.told.lock().unwrap();
        told.answers.entry(operation.to_owned()).or_default().push_back((status, body));
        drop(told);
        self
    }

    /// Forgets the answers to an operation.
    pub fn instead(&self, operation: &str) -> &Self {
        self.told.lock().unwrap().answers.remove(operation);
        self
    }

    /// What an operation was asked, in order.
    pub fn asked(&self, operation: &str) -> Vec<Value> {
        let told = self.told.lock().unwrap();
        told.calls.iter().filter(|(name, _)| name == operation).map(|(_, body)| body.clone()).collect()
    }

    pub fn config(&self) -> SdkConfig {
        config(&self.address)
    }

    pub fn adapter(&self) -> StepFunctions {
        self.adapter_of(&our_hash(), Rates::default())
    }

    pub fn adapter_of(&self, hash: &str, rates: Rates) -> StepFunctions {
        let sagas = vec![("booking".to_owned(), hash.to_owned())];
        StepFunctions::new(&self.config(), &Settings { stage: "test".to_owned(), sagas, rates })
    }
}

/// A configuration that leads to an address.
pub fn config(address: &str) -> SdkConfig {
    let credentials = Credentials::new("AKID", "secret", None, None, "test");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(address)
        .build()
}

async fn answer(State(server): State<Server>, headers: HeaderMap, body: String) -> Response {
    let target = headers.get("x-amz-target").unwrap().to_str().unwrap();
    let operation = target.rsplit('.').next().unwrap().to_owned();
    let mut told = server.told.lock().unwrap();
    told.calls.push((operation.clone(), serde_json::from_str(&body).unwrap()));
    let answers = told.answers.entry(operation).or_default();
    let next = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
    let (status, body) = next.unwrap_or_else(|| (400, json!({ "__type": "UnknownOperationException" })));
    let kind = [(CONTENT_TYPE, "application/x-amz-json-1.0")];
    (StatusCode::from_u16(status).unwrap(), kind, body.to_string()).into_response()
}
