//! What a message carries beside its body, and how to read it.
//!
//! The broker counts in `x-delivery-count` how often a message came back without an answer: because its consumer died, or
//! its connection. What we put back ourselves - after a lease, or because it was not begun - we publish anew, and the new
//! message says in [`RECEIVES`] how many receives it has behind it. So giving back costs a message nothing, whatever the
//! broker's version counts, and its own limit is a safety net for the case that none of us is there.

use std::collections::BTreeMap;

use lapin::{
    BasicProperties,
    types::{AMQPValue, FieldTable, ShortString},
};
use time::OffsetDateTime;
use usher_core::{ids::MessageId, trace::TraceContext};
use uuid::Uuid;

use crate::trace::{self, TRACEPARENT};

/// How often it had been received before it was published.
pub(super) const RECEIVES: &str = "usher-receives";
/// Why it is a dead letter.
const REASON: &str = "usher-reason";
/// Since when, in microseconds of the Unix epoch.
const DIED_AT: &str = "usher-died-at";

/// A trace, as a header.
fn traced(trace: TraceContext) -> (ShortString, AMQPValue) {
    (TRACEPARENT.into(), AMQPValue::LongString(trace.to_string().into()))
}

/// Persistent, in the words of the protocol.
const PERSISTENT: u8 = 2;

/// A message as it is kept while somebody has it.
#[derive(Debug, Clone)]
pub(super) struct Message {
    pub body: Vec<u8>,
    pub properties: BasicProperties,
}

impl Message {
    /// A message that was never received.
    pub fn new(body: String, id: MessageId, sent_at: OffsetDateTime) -> Self {
        let properties = BasicProperties::default()
            .with_delivery_mode(PERSISTENT)
            .with_content_type("application/json".into())
            .with_message_id(id.to_string().into())
            .with_timestamp(u64::try_from(sent_at.unix_timestamp()).unwrap_or_default());
        let properties = match trace::of(&body) {
            Some(trace) => properties.with_headers(FieldTable::from(BTreeMap::from([traced(trace)]))),
            None => properties,
        };
        Self { body: body.into_bytes(), properties }
    }

    /// The same message, to be published again, with so many receives behind it. Only its trace and our own headers survive:
    /// the broker's tell the story of a message that is gone.
    pub fn again(&self, receives: i32) -> Self {
        let mut headers = FieldTable::default();
        if receives > 0 {
            headers.insert(RECEIVES.into(), AMQPValue::LongInt(receives));
        }
        self.with(headers)
    }

    /// The same message as a dead letter, under a new id: ids tell the order of deaths.
    pub fn dead(&self, id: MessageId, receives: i32, reason: &str, died_at: OffsetDateTime) -> Self {
        let mut headers = FieldTable::default();
        headers.insert(RECEIVES.into(), AMQPValue::LongInt(receives));
        headers.insert(REASON.into(), AMQPValue::LongString(reason.into()));
        let micros = i64::try_from(died_at.unix_timestamp_nanos() / 1000).unwrap_or_default();
        headers.insert(DIED_AT.into(), AMQPValue::LongLongInt(micros));
        let mut dead = self.with(headers);
        dead.properties = dead.properties.with_message_id(id.to_string().into());
        dead
    }

    /// What of its properties belongs to the message and not to its publisher: a user is checked against our name, and an
    /// expiration would kill the message.
    fn with(&self, mut headers: FieldTable) -> Self {
        let given = &self.properties;
        if let Some((name, trace)) = self.trace().map(traced) {
            headers.insert(name, trace);
        }
        let mut kept = BasicProperties::default().with_delivery_mode(PERSISTENT).with_headers(headers);
        if let Some(content_type) = given.content_type() {
            kept = kept.with_content_type(content_type.clone());
        }
        if let Some(id) = given.message_id() {
            kept = kept.with_message_id(id.clone());
        }
        if let Some(timestamp) = given.timestamp() {
            kept = kept.with_timestamp(*timestamp);
        }
        Self { body: self.body.clone(), properties: kept }
    }

    /// How often it was received, this time included.
    pub fn receives(&self) -> i32 {
        let count = |name| self.header(name).and_then(whole).unwrap_or_default();
        i32::try_from(count(RECEIVES).saturating_add(count("x-delivery-count")).saturating_add(1)).unwrap_or(i32::MAX)
    }

    /// How often it had been received when it died.
    pub fn receives_in_life(&self) -> i32 {
        let own = self.header(RECEIVES).and_then(whole).unwrap_or_default();
        i32::try_from(own).unwrap_or(i32::MAX)
    }

    /// The trace that its sender put beside the body.
    pub fn trace(&self) -> Option<TraceContext> {
        self.header(TRACEPARENT).and_then(text)?.parse().ok()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn reason(&self) -> String {
        let ours = self.header(REASON).and_then(text);
        ours.unwrap_or_else(|| match self.death("reason").and_then(text).as_deref() {
            Some("delivery_limit") => "it came back to the broker more often than the queue allows".to_owned(),
            Some("maxlen") => "the queue was full".to_owned(),
            Some(other) => format!("the broker gave it up: {other}"),
            None => "nobody said why".to_owned(),
        })
    }

    pub fn died_at(&self) -> OffsetDateTime {
        let ours = self.header(DIED_AT).and_then(whole).map(|micros| i128::from(micros) * 1000);
        let brokers = || match self.death("time") {
            Some(AMQPValue::Timestamp(seconds)) => Some(i128::from(*seconds) * 1_000_000_000),
            _ => None,
        };
        let nanos = ours.or_else(brokers).unwrap_or_default();
        OffsetDateTime::from_unix_timestamp_nanos(nanos).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// The id of a dead letter. What the broker buried, or others sent, has none of ours: it gets one from the moment of its
    /// death and from what it says, the same whoever asks.
    pub fn id(&self) -> MessageId {
        let given = self.properties.message_id().as_ref().and_then(|id| id.as_str().parse().ok());
        given.filter(|_| self.header(DIED_AT).is_some()).unwrap_or_else(|| {
            use std::hash::{DefaultHasher, Hash as _, Hasher as _};
            let mut hasher = DefaultHasher::new();
            (&self.body, self.properties.message_id().as_ref().map(ShortString::as_str)).hash(&mut hasher);
            let millis = u128::try_from(self.died_at().unix_timestamp_nanos() / 1_000_000).unwrap_or_default();
            MessageId::from(Uuid::from_u128(millis << 80 | u128::from(hasher.finish())))
        })
    }

    fn header(&self, name: &str) -> Option<&AMQPValue> {
        self.properties.headers().as_ref()?.inner().get(&ShortString::from(name))
    }

    /// What the broker wrote about the last death of a message.
    fn death(&self, name: &str) -> Option<&AMQPValue> {
        let AMQPValue::FieldArray(deaths) = self.header("x-death")? else { return None };
        let AMQPValue::FieldTable(last) = deaths.as_slice().first()? else { return None };
        last.inner().get(&ShortString::from(name))
    }
}

fn whole(value: &AMQPValue) -> Option<i64> {
    match value {
        AMQPValue::ShortShortInt(value) => Some((*value).into()),
        AMQPValue::ShortShortUInt(value) => Some((*value).into()),
        AMQPValue::ShortInt(value) => Some((*value).into()),
        AMQPValue::ShortUInt(value) => Some((*value).into()),
        AMQPValue::LongInt(value) => Some((*value).into()),
        AMQPValue::LongUInt(value) => Some((*value).into()),
        AMQPValue::LongLongInt(value) => Some(*value),
        _ => None,
    }
}

fn text(value: &AMQPValue) -> Option<String> {
    match value {
        AMQPValue::LongString(value) => Some(value.to_string()),
        AMQPValue::ShortString(value) => Some(value.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use usher_core::ambient::Scripted;

    fn moment() -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(1_795_000_000).unwrap()
    }

    fn message() -> Message {
        let ambient = Scripted::new(moment(), 1);
        Message::new("body".to_owned(), MessageId::new(&ambient), moment())
    }

    #[test]
    fn our_count_and_the_brokers_add_up() {
        assert_eq!(message().receives(), 1);
        let mut again = message().again(3);
        assert_eq!(again.receives(), 4);
        let mut headers = again.properties.headers().clone().unwrap();
        headers.insert("x-delivery-count".into(), AMQPValue::LongLongInt(2));
        again.properties = again.properties.with_headers(headers);
        assert_eq!(again.receives(), 6);
        assert_eq!(again.again(5).receives(), 6, "the broker's count ends with its message");
    }

    #[test]
    fn a_dead_letter_tells_its_story() {
        let ambient = Scripted::new(moment(), 2);
        let id = MessageId::new(&ambient);
        let dead = message().dead(id, 5, "delivered 5 times", moment());
        assert_eq!((dead.id(), dead.receives_in_life(), dead.reason().as_str()), (id, 5, "delivered 5 times"));
        assert_eq!(dead.died_at(), moment());
    }

    #[test]
    fn a_trace_goes_along_wherever_its_message_goes() {
        let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let id = MessageId::new(&Scripted::new(moment(), 3));
        let ours = Message::new(format!(r#"{{"traceparent":"{trace}"}}"#), id, moment());
        let headers = FieldTable::from(BTreeMap::from([traced(trace.parse().unwrap())]));
        let foreign = Message { body: Vec::new(), properties: BasicProperties::default().with_headers(headers) };
        for message in [ours, foreign] {
            for copy in [message.again(0), message.again(3), message.dead(id, 5, "no", moment()), message] {
                assert_eq!(copy.trace().map(|trace| trace.to_string()).as_deref(), Some(trace));
            }
        }
        assert_eq!(message().trace(), None);
    }

    #[test]
    fn a_message_of_somebody_else_has_an_id_that_stays() {
        let foreign = |body: &str| Message { body: body.as_bytes().to_vec(), properties: BasicProperties::default() };
        assert_eq!(foreign("a").id(), foreign("a").id());
        assert_ne!(foreign("a").id(), foreign("b").id());
        assert_eq!(foreign("a").reason(), "nobody said why");
    }
}
