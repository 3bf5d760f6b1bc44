//! Reads server-sent events one by one.

use axum::{body::BodyDataStream, response::Response};
use futures::StreamExt as _;
use serde_json::Value;

pub struct Events {
    body: BodyDataStream,
    text: String,
}

/// One event.
pub struct Event {
    pub name: String,
    pub id: Option<String>,
    pub data: Value,
}

impl Events {
    pub fn of(response: Response) -> Self {
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { body: response.into_body().into_data_stream(), text: String::new() }
    }

    /// The next event, or nothing at the end of the stream.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
                let found = field("data: ").map(|data| Event {
                    name: field("event: ").unwrap(),
                    id: field("id: "),
                    data: serde_json::from_str(&data).unwrap(),
                });
                self.text = String::from(rest);
                if found.is_some() {
                    return found;
                }
                continue; // A comment that keeps the line alive.
            }
            self.text.push_str(str::from_utf8(&self.body.next().await?.unwrap()).unwrap());
        }
    }
}
