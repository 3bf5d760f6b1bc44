//! Messages as SQS carries them.
//!
//! A body is sent as it is, so that Step Functions and we write the same. SQS takes no empty body and none with control
//! characters; such a body travels in base64, and an attribute says so. What we know of a message and SQS does not -
//! how often it was delivered before it was given back, why and when it died - are attributes too, and so is its trace.

use std::{collections::HashMap, sync::Arc};

use aws_sdk_sqs::types::{Message, MessageAttributeValue, MessageSystemAttributeName, SendMessageBatchRequestEntry};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use usher_core::trace::TraceContext;

use crate::{
    error::{MessagingError, Trouble},
    queue::MAX_BODY,
    trace::{self, TRACEPARENT},
};

/// The only value of [`ENCODING`].
const BASE64: &str = "base64";
const ENCODING: &str = "usher.encoding";
const RECEIVES: &str = "usher.receives";
const REASON: &str = "usher.reason";
const DIED_AT: &str = "usher.died-at";

/// What to ask for with every receive.
pub(super) const ATTRIBUTES: [&str; 5] = [ENCODING, RECEIVES, REASON, DIED_AT, TRACEPARENT];

/// The longest reason that travels, in bytes.
const LONGEST_REASON: usize = 1000;

/// A message to send.
#[derive(Debug, Clone)]
pub(super) struct Outgoing {
    body: String,
    delay: i32,
    attributes: HashMap<String, MessageAttributeValue>,
}

impl Outgoing {
    /// A new message, held back for so many seconds.
    pub(super) fn new(body: &str, delay: i32) -> Result<Self, MessagingError> {
        let (said, mut attributes) = (trace::of(body), HashMap::new());
        let body = if body.is_empty() || body.chars().any(is_forbidden) {
            attributes.insert(ENCODING.to_owned(), attribute("String", BASE64)?);
            // The dot is for the empty body, whose base64 is empty too.
            format!(".{}", STANDARD.encode(body))
        } else {
            body.to_owned()
        };
        Self { body, delay, attributes }.within(said)
    }

    /// The same message in this trace, if there is one. Attributes count for the size of a message, and a message matters more
    /// than its trace.
    pub(super) fn within(mut self, trace: Option<TraceContext>) -> Result<Self, MessagingError> {
        if let Some(trace) = trace.map(|trace| trace.to_string())
            && self.size() + TRACEPARENT.len() + "String".len() + trace.len() <= MAX_BODY
        {
            self.attributes.insert(TRACEPARENT.to_owned(), attribute("String", &trace)?);
        }
        Ok(self)
    }

    /// A message that was delivered so often already, which does not count from now on alone.
    pub(super) fn again(body: &str, receives: i32) -> Result<Self, MessagingError> {
        let mut message = Self::new(body, 0)?;
        if receives > 0 {
            message.attributes.insert(RECEIVES.to_owned(), attribute("Number", &receives.to_string())?);
        }
        Ok(message)
    }

    /// A dead letter.
    pub(super) fn dead(body: &str, receives: i32, reason: &str, at: OffsetDateTime) -> Result<Self, MessagingError> {
        let mut message = Self::again(body, receives)?;
        let mut reason: String = reason.chars().map(|c| if is_forbidden(c) { ' ' } else { c }).collect();
        reason.truncate(reason.floor_char_boundary(LONGEST_REASON));
        if reason.is_empty() {
            "rejected without a reason".clone_into(&mut reason);
        }
        let at = at.format(&Rfc3339).unwrap_or_default();
        message.attributes.insert(REASON.to_owned(), attribute("String", &reason)?);
        message.attributes.insert(DIED_AT.to_owned(), attribute("String", &at)?);
        Ok(message)
    }

    /// What counts for the size of a request, in bytes.
    pub(super) fn size(&self) -> usize {
        let attributes = self.attributes.iter();
        let of = |name: &String, value: &MessageAttributeValue| {
            name.len() + value.data_type().len() + value.string_value().map_or(0, str::len)
        };
        self.body.len() + attributes.map(|(name, value)| of(name, value)).sum::<usize>()
    }

    /// An entry of a batch.
    pub(super) fn entry(&self, id: usize) -> Result<SendMessageBatchRequestEntry, MessagingError> {
        let entry = SendMessageBatchRequestEntry::builder().id(id.to_string()).message_body(&self.body);
        let entry = if self.delay > 0 { entry.delay_seconds(self.delay) } else { entry };
        let attributes = Some(self.attributes.clone()).filter(|attributes| !attributes.is_empty());
        entry.set_message_attributes(attributes).build().map_err(|error| malformed(&error))
    }
}

/// A message that SQS gave us.
#[derive(Debug, Clone)]
pub(super) struct Incoming {
    /// Its id in SQS.
    pub id: String,
    /// The receipt handle.
    pub handle: String,
    /// As it was sent to us.
    pub body: Arc<str>,
    /// How often it was delivered, this time included, as far as SQS and we know.
    pub receives: i32,
    /// The trace that its sender put beside it.
    pub trace: Option<TraceContext>,
    /// When it was sent to this queue.
    pub sent_at: OffsetDateTime,
    /// How often it was delivered before, why it died and when: of a dead letter.
    pub death: Option<Death>,
}

/// What a dead letter carries.
#[derive(Debug, Clone)]
pub(super) struct Death {
    /// How often it was delivered.
    pub receives: i32,
    /// Why it died.
    pub reason: String,
    /// When.
    pub at: OffsetDateTime,
}

impl Incoming {
    /// Reads a message; `None` when it has no receipt handle, which SQS never does.
    pub(super) fn read(message: &Message) -> Option<Self> {
        let own = |name| message.message_attributes()?.get(name)?.string_value();
        let system = |name| message.attributes()?.get(&name);
        let raw = message.body().unwrap_or_default();
        // What we did not encode ourselves is taken as it is.
        let decoded = own(ENCODING)
            .filter(|encoding| *encoding == BASE64)
            .and_then(|_| STANDARD.decode(raw.strip_prefix('.')?).ok());
        let body = decoded.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_else(|| raw.to_owned());
        let before: i32 = own(RECEIVES).and_then(|count| count.parse().ok()).unwrap_or_default();
        let now: i32 = system(MessageSystemAttributeName::ApproximateReceiveCount)
            .and_then(|count| count.parse().ok())
            .unwrap_or(1);
        let sent_at = system(MessageSystemAttributeName::SentTimestamp).and_then(|text| text.parse::<i128>().ok());
        let sent_at = sent_at.and_then(|milliseconds| {
            OffsetDateTime::from_unix_timestamp_nanos(milliseconds.saturating_mul(1_000_000)).ok()
        });
        let died_at = own(DIED_AT).and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok());
        let death =
            own(REASON).zip(died_at).map(|(reason, at)| Death { receives: before, reason: reason.to_owned(), at });
        // What SQS itself moves out of a dead-letter queue keeps its attributes, and begins a new life all the same.
        let counted = if death.is_some() { 0 } else { before };
        Some(Self {
            id: message.message_id().unwrap_or_default().to_owned(),
            handle: message.receipt_handle()?.to_owned(),
            body: body.into(),
            trace: own(TRACEPARENT).and_then(|text| text.parse().ok()),
            receives: counted.saturating_add(now),
            sent_at: sent_at.unwrap_or(OffsetDateTime::UNIX_EPOCH),
            death,
        })
    }
}

/// Characters that SQS does not carry: all but those of XML 1.0.
/// Source: Amazon SQS API reference, `SendMessage`, `MessageBody`.
fn is_forbidden(c: char) -> bool {
    !matches!(c, '\u{9}' | '\u{a}' | '\u{d}' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// The same JSON without characters that SQS and SNS do not carry. In JSON they stand in strings only, and there they can be
/// written as escapes.
pub(super) fn escaped(json: String) -> String {
    if !json.chars().any(is_forbidden) {
        return json;
    }
    let escape = |c: char| if is_forbidden(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() };
    json.chars().map(escape).collect()
}

fn attribute(kind: &str, value: &str) -> Result<MessageAttributeValue, MessagingError> {
    let value = MessageAttributeValue::builder().data_type(kind).string_value(value).build();
    value.map_err(|error| malformed(&error))
}

/// A request that lacks a part it must have; the SDK finds out when it is built.
pub(super) fn malformed(error: &aws_sdk_sqs::error::BuildError) -> MessagingError {
    MessagingError::Refused(Trouble::new(format!("the request cannot be made: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What SQS would give back for it.
    fn arrives(message: &Outgoing, receives: i32) -> Incoming {
        let entry = message.entry(0).unwrap();
        let message = Message::builder()
            .message_id("id")
            .receipt_handle("handle")
            .body(entry.message_body())
            .set_message_attributes(entry.message_attributes().cloned())
            .attributes(MessageSystemAttributeName::ApproximateReceiveCount, receives.to_string())
            .attributes(MessageSystemAttributeName::SentTimestamp, "1795000000123");
        Incoming::read(&message.build()).unwrap()
    }

    #[test]
    fn every_text_arrives_and_most_of_it_as_it_is() {
        for plain in ["{}", " \n\t ", "Ærø 🎭", "e\u{301}"] {
            let message = Outgoing::new(plain, 0).unwrap();
            assert_eq!(
                (&*arrives(&message, 1).body, message.body.as_str(), message.size()),
                (plain, plain, plain.len())
            );
        }
        for odd in ["", "\0", "a\u{8}b", "\u{ffff}"] {
            let message = Outgoing::new(odd, 0).unwrap();
            assert_eq!(&*arrives(&message, 1).body, odd);
            assert!(
                !message.body.is_empty()
                    && !message.body.chars().any(is_forbidden)
                    && message.size() > message.body.len()
            );
        }
        let json = serde_json::json!({ "odd": "\u{ffff}" }).to_string();
        assert_eq!(escaped(json), r#"{"odd":"\uffff"}"#);
    }

    #[test]
    fn a_trace_travels_beside_its_message_where_there_is_room() {
        let trace: TraceContext = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".parse().unwrap();
        let body = format!(r#"{{"traceparent":"{trace}"}}"#);
        let at = OffsetDateTime::UNIX_EPOCH;
        for message in [Outgoing::new(&body, 0), Outgoing::again(&body, 3), Outgoing::dead(&body, 5, "no", at)] {
            assert_eq!(arrives(&message.unwrap(), 1).trace, Some(trace));
        }
        let of_others = Outgoing::new("x", 0).unwrap().within(Some(trace)).unwrap();
        assert_eq!(arrives(&of_others, 1).trace, Some(trace));
        assert_eq!(arrives(&Outgoing::new("x", 0).unwrap().within(None).unwrap(), 1).trace, None);
        let full = format!("{body}{}", " ".repeat(MAX_BODY - body.len()));
        let full = Outgoing::new(&full, 0).unwrap();
        assert_eq!((arrives(&full, 1).trace, full.size()), (None, MAX_BODY));
    }

    #[test]
    fn deliveries_before_a_message_was_given_back_still_count() {
        assert_eq!(arrives(&Outgoing::new("x", 0).unwrap(), 2).receives, 2);
        assert_eq!(arrives(&Outgoing::again("x", 3).unwrap(), 1).receives, 4);
    }

    #[test]
    fn a_dead_letter_says_why_and_when_even_when_the_reason_is_odd() {
        let at = OffsetDateTime::from_unix_timestamp(1_795_000_000).unwrap();
        let death = |reason: &str| arrives(&Outgoing::dead("x", 5, reason, at).unwrap(), 1).death.unwrap();
        assert_eq!((death("no").reason.as_str(), death("no").receives, death("no").at), ("no", 5, at));
        assert_eq!(death("a\0b").reason, "a b");
        assert!(!death("").reason.is_empty());
        assert_eq!(death(&"Æ".repeat(2000)).reason.len(), LONGEST_REASON);
        assert_eq!(arrives(&Outgoing::dead("x", 5, "no", at).unwrap(), 1).receives, 1, "moved back, it begins anew");
        assert!(arrives(&Outgoing::new("x", 0).unwrap(), 1).death.is_none());
    }
}
