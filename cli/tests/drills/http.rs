//! Drills on a product that is running: by administrators, on a marked database, and one that needs no hand on processes.

use std::{process::Stdio, time::Duration};

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::Child,
};

use crate::runner::usher;

const PATIENCE: Duration = Duration::from_mins(2);

struct Product {
    _child: Child,
    url: String,
    client: Client,
}

impl Product {
    async fn up(data_dir: &std::path::Path) -> Self {
        let mut command = usher();
        command.args(["up", "--port", "0", "--rate-limit", "off", "--log", "warn", "--data-dir"]).arg(data_dir);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = loop {
            let line = lines.next_line().await.unwrap().expect("it is ready before it ends");
            if let Some(rest) = line.strip_prefix("Usher is open at ") {
                break rest.split_whitespace().next().unwrap().to_owned();
            }
        };
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { _child: child, url, client: Client::builder().timeout(PATIENCE).build().unwrap() }
    }

    async fn sign_in(&self, who: &str) -> String {
        let body = json!({ "email": format!("{who}@usher.test"), "password": "usher-demo" });
        let answer = self.client.post(format!("{}/api/auth/token", self.url)).json(&body).send().await.unwrap();
        answer.json::<Value>().await.unwrap()["access_token"].as_str().unwrap().to_owned()
    }

    async fn begin(&self, token: &str, name: &str) -> (StatusCode, Value) {
        let request = self.client.post(format!("{}/api/drills", self.url)).bearer_auth(token);
        let request = request
            .header("idempotency-key", format!("{name}-{}", token.len()))
            .json(&json!({ "name": name, "seed": 7 }));
        let answer = request.send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    async fn get(&self, token: &str, path: &str) -> Value {
        let request = self.client.get(format!("{}{path}", self.url)).bearer_auth(token);
        request.send().await.unwrap().json().await.unwrap()
    }
}

#[tokio::test]
async fn a_running_product_is_drilled_over_http() {
    let folder = tempfile::tempdir().unwrap();
    let product = Product::up(&folder.path().join("data")).await;
    let (admin, operator) = (product.sign_in("admin").await, product.sign_in("operator").await);
    assert_eq!(product.begin(&operator, "payment-answer-lost").await.0, StatusCode::FORBIDDEN);
    let (status, refused) = product.begin(&admin, "database-killed").await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(refused["detail"].as_str().unwrap().contains("usher drill run"), "{refused}");
    let (status, unknown) = product.begin(&admin, "make-coffee").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{unknown}");

    let (status, begun) = product.begin(&admin, "payment-answer-lost").await;
    assert_eq!((status, &begun["state"]), (StatusCode::ACCEPTED, &Value::from("running")), "{begun}");
    let path = format!("/api/drills/{}", begun["id"].as_str().unwrap());
    let looking = async {
        loop {
            let run = product.get(&operator, &path).await;
            // It is written down a moment after it was accepted.
            if !matches!(run["state"].as_str(), Some("running") | None) {
                return run;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    let run = tokio::time::timeout(PATIENCE, looking).await.expect("it ends");
    assert_eq!(run["state"], "passed", "{}", run["report"]["reasons"]);
    assert_eq!(run["report"]["identity"]["environment"], "a product that was running");
    assert_eq!(product.get(&operator, "/api/drills").await["items"][0]["id"], begun["id"]);
}
