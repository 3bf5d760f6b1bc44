//! `usher` as a child process.

use std::{
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use reqwest::{Client, Response};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

/// How long anything may take before the test gives up.
pub const PATIENCE: Duration = Duration::from_secs(90);

pub struct Product {
    child: Child,
    pub url: String,
    pub client: Client,
    pub token: String,
    /// Where its payment simulator answers.
    pub provider: String,
}

pub fn usher() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_usher"));
    // The npm copy of PostgreSQL, where there is one, lies at the root of the checkout.
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap());
    for variable in ["USHER_DATABASE_URL", "USHER_PORT", "USHER_DATA_DIR", "USHER_RATE_LIMIT"] {
        command.env_remove(variable);
    }
    command.env("USHER_LOG", "warn").args(["--rate-limit", "off"]).stdin(Stdio::null()).kill_on_drop(true);
    command
}

impl Product {
    /// `usher up` on this data folder.
    pub async fn up(data_dir: &Path) -> Self {
        Self::spawn(usher().args(["up", "--port", "0", "--data-dir"]).arg(data_dir)).await
    }

    /// The same over another engine and transport, with counterparts of its own.
    pub async fn over(data_dir: &Path, flags: &[&str]) -> Self {
        let mut command = usher();
        for variable in ["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "USHER_AWS_ENDPOINT", "USHER_AMQP_URL"] {
            command.env_remove(variable);
        }
        Self::spawn(command.args(["up", "--port", "0"]).args(flags).arg("--data-dir").arg(data_dir)).await
    }

    /// The number of its process.
    pub fn process(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// The same, with its spans sent to this address.
    pub async fn exporting(data_dir: &Path, collector: &str) -> Self {
        let mut command = usher();
        command.env("USHER_LOG", "warn,usher=info").env("OTEL_EXPORTER_OTLP_ENDPOINT", collector);
        Self::spawn(command.args(["up", "--port", "0", "--data-dir"]).arg(data_dir)).await
    }

    /// `usher up` on a database that is already there.
    pub async fn on_database(url: &str) -> Self {
        Self::spawn(usher().args(["up", "--port", "0", "--demo", "--database-url", url])).await
    }

    /// The same, with nobody to perform the steps.
    pub async fn without_workers(url: &str) -> Self {
        Self::spawn(usher().args(["up", "--no-workers", "--port", "0", "--demo", "--database-url", url])).await
    }

    async fn spawn(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let [provider, url] = printed(&mut child, ["Payment simulator: ", "Usher is open at "]).await;
        let client = Client::builder().timeout(PATIENCE).build().unwrap();
        let mut product = Self { child, url, client, token: String::new(), provider };
        let body = json!({ "email": "customer@usher.test", "password": "usher-demo" });
        let tokens: Value = product.post("/api/auth/token", &body).await.json().await.unwrap();
        tokens["access_token"].as_str().unwrap().clone_into(&mut product.token);
        product
    }

    pub async fn post(&self, path: &str, body: &Value) -> Response {
        self.client.post(format!("{}{path}", self.url)).bearer_auth(&self.token).json(body).send().await.unwrap()
    }

    pub async fn get(&self, path: &str) -> Response {
        self.client.get(format!("{}{path}", self.url)).bearer_auth(&self.token).send().await.unwrap()
    }

    pub async fn json(&self, path: &str) -> Value {
        self.get(path).await.json().await.unwrap()
    }

    /// Free seats of the last showtime that has as many and is listed: halls differ, and what is listed goes by the hour.
    pub async fn free_seats(&self, count: usize) -> (String, Vec<String>) {
        let page = self.json("/api/showtimes").await;
        let roomy = |showtime: &&Value| showtime["seats_free"].as_u64().unwrap() >= count as u64;
        let showtime = page["items"].as_array().unwrap().iter().rev().find(roomy).expect("a hall is large enough");
        let showtime = showtime["id"].as_str().unwrap().to_owned();
        let map = self.json(&format!("/api/showtimes/{showtime}/seats")).await;
        let free = map["seats"].as_array().unwrap().iter().filter(|seat| seat["state"] == "free");
        let seats: Vec<String> = free.map(|seat| seat["seat"].as_str().unwrap().to_owned()).take(count).collect();
        assert_eq!(seats.len(), count);
        (showtime, seats)
    }

    /// Asks for a booking; `wait` seconds for its end, 0 for none.
    pub async fn book(&self, key: &str, (showtime, seats): (&str, &[String]), method: &str, wait: u32) -> Response {
        let body = json!({ "showtime_id": showtime, "seats": seats, "payment_method": method });
        let request = self.client.post(format!("{}/api/bookings", self.url)).bearer_auth(&self.token);
        let request = request.header("idempotency-key", key).json(&body);
        let request = if wait > 0 { request.header("prefer", format!("wait={wait}")) } else { request };
        request.send().await.unwrap()
    }

    pub async fn cancel(&self, id: &str) -> Response {
        let request = self.client.delete(format!("{}/api/bookings/{id}", self.url)).bearer_auth(&self.token);
        request.header("idempotency-key", format!("cancel-{id}")).send().await.unwrap()
    }

    /// Waits until the booking has one of these states.
    pub async fn until(&self, id: &str, wanted: &[&str]) -> Value {
        let looking = async {
            loop {
                let booking = self.json(&format!("/api/bookings/{id}")).await;
                if wanted.contains(&booking["status"].as_str().unwrap_or_default()) {
                    return booking;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(PATIENCE, looking).await.unwrap_or_else(|_| panic!("{id} never became any of {wanted:?}"))
    }

    /// As a power cut would.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// As Ctrl-C would.
    pub async fn stop(mut self) -> ExitStatus {
        let process = rustix::process::Pid::from_raw(self.child.id().unwrap().try_into().unwrap()).unwrap();
        rustix::process::kill_process(process, rustix::process::Signal::INT).unwrap();
        tokio::time::timeout(PATIENCE, self.child.wait()).await.expect("it ends").unwrap()
    }
}

/// Reads what a child prints until a line has begun like each of these, and answers the words after them.
async fn printed<const N: usize>(child: &mut Child, beginnings: [&str; N]) -> [String; N] {
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let looking = async {
        let mut words: [Option<String>; N] = [const { None }; N];
        while words.iter().any(Option::is_none) {
            let line = lines.next_line().await.unwrap().expect("it ended before it was ready");
            for (word, beginning) in words.iter_mut().zip(beginnings) {
                if let Some(rest) = line.strip_prefix(beginning) {
                    *word = rest.split_whitespace().next().map(str::to_owned);
                }
            }
        }
        words.map(Option::unwrap)
    };
    let words = tokio::time::timeout(PATIENCE, looking).await.expect("it is ready in time");
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    words
}

/// `usher audit`; its report is shown when it is not clean.
pub async fn audit(arguments: &[&str], data_dir: Option<&PathBuf>) -> bool {
    let mut command = usher();
    command.args(["audit", "--grace", "10"]).args(arguments);
    if let Some(data_dir) = data_dir {
        command.arg("--data-dir").arg(data_dir);
    }
    let output = command.output().await.unwrap();
    if !output.status.success() {
        eprintln!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    }
    output.status.success()
}
