//! A server that answers as it was told to, over the wire: for what an emulator never says.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use aws_config::{BehaviorVersion, Region};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use usher_messaging::aws::SdkConfig;

/// One answer: to which action, with what status and what body.
pub type Answer = (&'static str, u16, String);

/// The server. What it is asked and has no answer for fails the test by its status.
#[derive(Clone, Default)]
pub struct Wire {
    answers: Arc<Mutex<VecDeque<Answer>>>,
    asked: Arc<Mutex<Vec<(String, String)>>>,
    endpoint: String,
}

impl Wire {
    pub async fn start(answers: impl IntoIterator<Item = Answer>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let answers = Arc::new(Mutex::new(answers.into_iter().collect()));
        let wire = Self { answers, endpoint, ..Self::default() };
        let app = Router::new().fallback(answer).with_state(wire.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        wire
    }

    pub fn config(&self) -> SdkConfig {
        config(&self.endpoint)
    }

    /// The bodies of what was asked of an action.
    pub fn asked(&self, action: &str) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|(asked, _)| asked == action).map(|(_, body)| body.clone()).collect()
    }

    /// Whether every answer was given.
    pub fn is_exhausted(&self) -> bool {
        self.answers.lock().unwrap().is_empty()
    }
}

/// Clients that talk to this address.
pub fn config(endpoint: &str) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new("a", "b", None, None, "test")))
        .endpoint_url(endpoint)
        .build()
}

/// The first answer that is for the action of the request. SQS names it in a header, SNS in the form.
async fn answer(State(wire): State<Wire>, headers: HeaderMap, body: String) -> Response {
    let target = headers.get("x-amz-target").and_then(|value| value.to_str().ok()).and_then(|it| it.rsplit('.').next());
    let form = || body.split('&').find_map(|pair| pair.strip_prefix("Action="));
    let action = target.or_else(form).unwrap_or_default().to_owned();
    let kind = if target.is_some() { "application/x-amz-json-1.0" } else { "text/xml" };
    wire.asked.lock().unwrap().push((action.clone(), body));
    let mut answers = wire.answers.lock().unwrap();
    let place = answers.iter().position(|(wanted, ..)| *wanted == action);
    let Some((_, status, body)) = place.and_then(|place| answers.remove(place)) else {
        return (StatusCode::IM_A_TEAPOT, format!("no answer for {action}")).into_response();
    };
    (StatusCode::from_u16(status).unwrap(), [(CONTENT_TYPE, kind)], body).into_response()
}
