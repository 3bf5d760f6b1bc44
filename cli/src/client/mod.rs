//! How commands for people reach the product: always through its API.
//!
//! With an address - `--url`, `USHER_URL`, or the one of `usher login` - over HTTP, as whoever signed in. Without one, on the
//! machine that has the database: then the command serves the API to itself, in its own process, and asks that. Whoever can
//! open the database may do everything anyway, so nobody has to sign in. Both give the same answers, because they are the
//! same routes; a command has one way to work, and `-o json` is the body that a program would get.
//!
//! [`here`] is the API in this process, [`remote`] the one at an address, [`profile`] what `usher login` keeps.

pub mod here;
pub mod profile;
pub mod remote;

use axum::http::Method;
use serde_json::Value;

use crate::{
    commands::start,
    output::{Ended, Exit},
    settings::Settings,
};

/// The API, wherever it is.
pub enum Client {
    /// In this process.
    Here(here::Here),
    /// At an address.
    Remote(remote::Remote),
}

/// An answer that is no problem.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Its HTTP status.
    pub status: u16,
    /// Its body; null when it has none.
    pub body: Value,
}

/// Something to ask for.
#[derive(Debug, Clone)]
pub struct Ask {
    method: Method,
    path: String,
    body: Option<Value>,
    key: Option<String>,
}

impl Ask {
    /// Reads something.
    pub fn get(path: impl Into<String>) -> Self {
        Self { method: Method::GET, path: path.into(), body: None, key: None }
    }

    /// Does something. The key is the same for every try of one request: without one, it may happen twice.
    pub fn post(path: impl Into<String>, body: Value, key: impl Into<Option<String>>) -> Self {
        Self { method: Method::POST, path: path.into(), body: Some(body), key: key.into() }
    }

    /// Removes something.
    pub fn delete(path: impl Into<String>, key: impl Into<Option<String>>) -> Self {
        Self { method: Method::DELETE, path: path.into(), body: None, key: key.into() }
    }
}

impl Client {
    /// The answer. A problem is an error that carries its exit code.
    pub async fn ask(&self, ask: Ask) -> anyhow::Result<Answer> {
        let (status, text) = match self {
            Self::Here(here) => here.ask(ask).await?,
            Self::Remote(remote) => remote.ask(ask).await?,
        };
        let body =
            if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or(Value::String(text)) };
        if (200..300).contains(&status) { Ok(Answer { status, body }) } else { Err(refused(status, &body).into()) }
    }

    /// The body of what is at a path.
    pub async fn get(&self, path: impl Into<String>) -> anyhow::Result<Value> {
        Ok(self.ask(Ask::get(path)).await?.body)
    }
}

/// A problem in a line for people, with its exit code.
fn refused(status: u16, problem: &Value) -> Ended {
    let text = |name: &str| problem[name].as_str();
    let mut message = match (text("title"), text("detail")) {
        (Some(title), Some(detail)) => format!("{title}: {detail}"),
        (Some(only), None) | (None, Some(only)) => only.to_owned(),
        (None, None) => format!("the answer was {status}"),
    };
    for wrong in problem["errors"].as_array().into_iter().flatten() {
        if let (Some(pointer), Some(detail)) = (wrong["pointer"].as_str(), wrong["detail"].as_str()) {
            message = format!("{message}\n  {pointer}: {detail}");
        }
    }
    if status == 401 {
        message += "\nSign in with `usher login`.";
    }
    Ended::new(Exit::of_status(status), message)
}

/// Runs a command over the API, wherever it is, and takes down what was started for it.
pub async fn with<T>(settings: &Settings, work: impl AsyncFnOnce(&Client) -> anyhow::Result<T>) -> anyhow::Result<T> {
    match remote::Remote::of(settings)? {
        Some(remote) => work(&Client::Remote(remote)).await,
        None => {
            start::over(settings, async |services| work(&Client::Here(here::Here::new(services, settings))).await).await
        }
    }
}

/// A text as one part of a path or of a query.
pub fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

/// A path with those parameters that have a value.
pub fn path(path: &str, parameters: &[(&str, Option<String>)]) -> String {
    let given = parameters.iter().filter_map(|(name, value)| Some(format!("{name}={}", encoded(value.as_deref()?))));
    let query = given.collect::<Vec<_>>().join("&");
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_asked_survives_the_address() {
        let query = Some("status:running error:\"a b\"".to_owned());
        let expected = "/api/sagas?q=status%3Arunning%20error%3A%22a%20b%22";
        assert_eq!(path("/api/sagas", &[("q", query), ("cursor", None)]), expected);
        assert_eq!(path("/api/sagas", &[("cursor", None)]), "/api/sagas");
    }

    #[test]
    fn a_problem_is_told_with_what_is_wrong_and_where() {
        let problem = json!({ "title": "Not valid", "detail": "See below.", "errors": [{ "pointer": "#/a", "detail": "Name it." }] });
        let refused = refused(422, &problem);
        assert_eq!((refused.exit, refused.message.as_str()), (Exit::Usage, "Not valid: See below.\n  #/a: Name it."));
    }
}
