//! Reading the request for a step out of a message, or saying why there is none in it.
//!
//! What cannot be read now cannot be read later either, so it becomes a dead letter at once, and its reason is written for
//! the person who finds it there: what is wrong, and what to do. No reason repeats what the message contains.

use serde::Deserialize;
use usher_messaging::queue::MAX_BODY;
use usher_workflows::envelope::{Envelope, VERSION};

/// Why a message is no request that this worker can perform.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Larger than any queue of ours takes.
    #[error(
        "a message of {bytes} bytes is larger than {MAX_BODY}: find who sends to this queue past the sagas, keep what is \
         large elsewhere, and discard this message"
    )]
    Oversize {
        /// Its length.
        bytes: usize,
    },
    /// Not even JSON.
    #[error(
        "not JSON (line {line}, column {column}): find who sends to this queue beside the sagas, and discard this message"
    )]
    NotJson {
        /// Where reading ended.
        line: usize,
        /// And where in the line.
        column: usize,
    },
    /// JSON of another shape.
    #[error(
        "not a request: {what}; compare the MessageBody of the state with docs/saga.md, deploy the definition again, and \
         redrive the saga"
    )]
    NotARequest {
        /// What is missing or wrong.
        what: String,
    },
    /// Of a release that is newer than this worker.
    #[error(
        "a request of version {version}, and this worker knows {VERSION}: update the workers, then redrive this message \
         if its step still waits, or else the saga"
    )]
    Newer {
        /// Its version.
        version: u32,
    },
    /// For somebody else.
    #[error(
        "a request for another step ({step}): the queue URLs of the definition are mixed up; deploy it again, and redrive \
         the saga"
    )]
    OtherStep {
        /// The step that it names.
        step: String,
    },
}

/// The request in a message that came out of the queue of `step`.
pub(crate) fn read(step: &str, body: &str) -> Result<Envelope, Unreadable> {
    if body.len() > MAX_BODY {
        return Err(Unreadable::Oversize { bytes: body.len() });
    }
    let envelope: Envelope = serde_json::from_str(body).map_err(|error| why(body, &error))?;
    if envelope.version > VERSION {
        return Err(Unreadable::Newer { version: envelope.version });
    }
    if envelope.step != step {
        return Err(Unreadable::OtherStep { step: envelope.step.chars().take(80).collect() });
    }
    Ok(envelope)
}

/// A newer version may have another shape, so that is looked at before the shape is blamed.
fn why(body: &str, error: &serde_json::Error) -> Unreadable {
    #[derive(Deserialize)]
    struct Versioned {
        version: u32,
    }
    match serde_json::from_str(body) {
        Ok(Versioned { version }) if version > VERSION => Unreadable::Newer { version },
        _ if error.is_data() => Unreadable::NotARequest { what: without_values(&error.to_string()) },
        _ => Unreadable::NotJson { line: error.line(), column: error.column() },
    }
}

/// What serde says of a shape, without the text that it quotes from the message: that may be a token or a name.
fn without_values(said: &str) -> String {
    let mut parts = said.split('"');
    let outside = parts.next().unwrap_or_default();
    let after = parts.next_back();
    after.map_or_else(|| outside.to_owned(), |after| format!("{outside}\"...\"{after}"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn request(changed: &[(&str, Value)]) -> String {
        let mut request = json!({
            "version": 1, "task_token": "token", "execution": "booking:bkg_1", "saga": "booking", "name": "bkg_1",
            "step": "reserve-seats", "attempt": 0, "entered_at": "2026-11-20T10:00:00Z", "input": {},
        });
        for (member, value) in changed {
            request[*member] = value.clone();
        }
        request.to_string()
    }

    fn reason(body: &str) -> String {
        read("reserve-seats", body).unwrap_err().to_string()
    }

    #[test]
    fn a_request_is_read_also_without_a_version() {
        let read = |body: &str| read("reserve-seats", body).map(|envelope| envelope.version);
        assert_eq!(read(&request(&[])), Ok(1));
        let mut unversioned: Value = serde_json::from_str(&request(&[])).unwrap();
        unversioned.as_object_mut().unwrap().remove("version");
        assert_eq!(read(&unversioned.to_string()), Ok(1), "definitions of before it had one are still under way");
    }

    #[test]
    fn a_reason_says_what_is_wrong_and_what_to_do() {
        for (body, expected) in [
            ("hello".to_owned(), "not JSON (line 1, column 1): find who sends"),
            ("{}".to_owned(), "not a request: missing field `task_token`"),
            (request(&[("version", json!(2))]), "a request of version 2, and this worker knows 1: update the workers"),
            (r#"{"version": 9, "another": "shape"}"#.to_owned(), "a request of version 9"),
            (request(&[("step", json!("charge-payment"))]), "a request for another step (charge-payment)"),
            (request(&[("input", json!("x".repeat(MAX_BODY)))]), "is larger than 262144"),
        ] {
            let reason = reason(&body);
            assert!(reason.contains(expected), "{reason}");
        }
    }

    #[test]
    fn a_reason_repeats_nothing_of_the_message() {
        let reason = reason(&request(&[("attempt", json!("secret \"token\" of somebody"))]));
        assert!(reason.contains("invalid type: string \"...\", expected u32"), "{reason}");
        assert!(!reason.contains("secret") && !reason.contains("token"), "{reason}");
    }
}
