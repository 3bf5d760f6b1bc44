//! Topics: SNS fans events out to a queue for each consumer.
//!
//! Delivery is raw, so a consumer's message is the event's payload and nothing else; what the filter policies look at
//! travels beside it as attributes. The queue of a consumer is one like any other, with its leases and its dead letters.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_sns::{
    Client,
    types::{BatchResultErrorEntry, MessageAttributeValue, PublishBatchRequestEntry},
};
use futures::FutureExt as _;
use usher_core::ambient::SharedAmbient;

use super::{
    batch::{Failed, each, runs},
    calls::count,
    connection::patient,
    failure::{Kind, kind_of, sorted},
    filter,
    message::{escaped, malformed},
    setup::Setup,
    stage::Stage,
};
use crate::{
    error::{MessagingError, Trouble},
    events::{Event, EventBus, topic_of},
    queue::MAX_BODY,
    trace::{self, TRACEPARENT},
};

/// Events over SNS. Cheap to clone.
#[derive(Debug, Clone)]
pub struct SnsBus {
    client: Client,
    setup: Setup,
    stage: Stage,
    ambient: SharedAmbient,
    topics: Arc<Mutex<HashMap<String, String>>>,
}

/// An event on its way.
struct Outgoing {
    message: String,
    attributes: HashMap<String, MessageAttributeValue>,
    size: usize,
}

impl SnsBus {
    /// The topics of a stage.
    pub fn new(config: &SdkConfig, stage: Stage, ambient: SharedAmbient) -> Self {
        let setup = Setup::new(config, stage.clone());
        Self { client: Client::new(&patient(config)), setup, stage, ambient, topics: Arc::default() }
    }

    /// Where a topic is. Asked for and kept, because nothing but the answer says in which account it is.
    async fn arn(&self, topic: &str) -> Result<String, MessagingError> {
        let name = self.stage.name(topic);
        if let Some(arn) = self.known().get(&name) {
            return Ok(arn.clone());
        }
        let found = self.setup.topics().await?;
        let mut known = self.known();
        known.extend(found);
        known.get(&name).cloned().ok_or_else(|| missing(&name))
    }

    async fn publish_run(&self, topic: &str, events: &[Outgoing]) -> Result<(), MessagingError> {
        let (name, arn) = (self.stage.name(topic), self.arn(topic).await?);
        let call = |places: Vec<usize>| self.publish_places(&name, &arn, events, places).boxed();
        let published = each(&format!("PublishBatch on `{name}`"), events.len(), &*self.ambient, call).await;
        published.into_iter().try_for_each(|verdict| verdict.map_err(|refusal| refusal.error))
    }

    async fn publish_places(
        &self,
        name: &str,
        arn: &str,
        events: &[Outgoing],
        places: Vec<usize>,
    ) -> Result<Vec<Failed>, MessagingError> {
        count("PublishBatch");
        let entries = places.into_iter().map(|place| events[place].entry(place)).collect::<Result<_, _>>()?;
        let call = self.client.publish_batch().topic_arn(arn).set_publish_batch_request_entries(Some(entries));
        let published = call.send().await.map_err(|error| {
            if kind_of(&error) == Some(Kind::Missing) {
                self.known().remove(name);
            }
            sorted("PublishBatch", name, &error)
        })?;
        Ok(published.failed.unwrap_or_default().into_iter().map(Failed::from).collect())
    }

    fn known(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl EventBus for SnsBus {
    async fn publish(&self, events: &[Event]) -> Result<(), MessagingError> {
        let mut by_topic: BTreeMap<&'static str, Vec<Outgoing>> = BTreeMap::new();
        for event in events {
            by_topic.entry(topic_of(&event.topic)).or_default().push(Outgoing::of(event)?);
        }
        for (topic, events) in by_topic {
            let sizes: Vec<usize> = events.iter().map(|event| event.size).collect();
            for run in runs(&sizes) {
                self.publish_run(topic, &events[run]).await?;
            }
        }
        Ok(())
    }

    async fn subscribe(&self, consumer: &str, patterns: &[&str]) -> Result<(), MessagingError> {
        self.setup.subscribe(consumer, patterns).await
    }
}

impl Outgoing {
    fn of(event: &Event) -> Result<Self, MessagingError> {
        let message = escaped(event.payload.to_string());
        let mut size = message.len();
        let mut attributes = HashMap::new();
        for (name, kind, value) in filter::attributes(&event.topic)? {
            size += name.len() + kind.len() + value.len();
            let value = MessageAttributeValue::builder().data_type(kind).string_value(value).build();
            attributes.insert(name.to_owned(), value.map_err(|error| malformed(&error))?);
        }
        let trace = trace::of(&message).map(|trace| trace.to_string());
        let with_trace = trace.as_ref().map(|trace| size + TRACEPARENT.len() + "String".len() + trace.len());
        if let (Some(trace), Some(larger @ ..=MAX_BODY)) = (trace, with_trace) {
            size = larger;
            let value = MessageAttributeValue::builder().data_type("String").string_value(trace).build();
            attributes.insert(TRACEPARENT.to_owned(), value.map_err(|error| malformed(&error))?);
        }
        // SNS counts the attributes too.
        if size > MAX_BODY { Err(MessagingError::oversize(size)) } else { Ok(Self { message, attributes, size }) }
    }

    fn entry(&self, id: usize) -> Result<PublishBatchRequestEntry, MessagingError> {
        let entry = PublishBatchRequestEntry::builder().id(id.to_string()).message(&self.message);
        let entry = entry.set_message_attributes(Some(self.attributes.clone())).build();
        entry.map_err(|error| malformed(&error))
    }
}

impl From<BatchResultErrorEntry> for Failed {
    fn from(entry: BatchResultErrorEntry) -> Self {
        Self {
            sender_fault: entry.sender_fault,
            message: entry.message.unwrap_or_default(),
            id: entry.id,
            code: entry.code,
        }
    }
}

/// A topic that is not there.
pub(super) fn missing(name: &str) -> MessagingError {
    let trouble = Trouble::new(format!("there is no topic `{name}`"));
    MessagingError::Unavailable(
        trouble.remedy("make it with `usher aws setup --apply`, and look at the stage and the region"),
    )
}
