//! Queues, each with its dead-letter queue.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_sqs::types::QueueAttributeName::{
    self, MessageRetentionPeriod, Policy, QueueArn, RedrivePolicy, VisibilityTimeout,
};
use serde_json::{Value, json};

use super::{Found, Item, Kind, Mode, STAGE_TAG, Setup};
use crate::{
    aws::{
        calls::count,
        failure::{self, kind_of, sorted},
    },
    error::MessagingError,
    queue::{LEASE, MAX_RECEIVES},
};

/// How long messages are kept, in seconds: 14 days, the longest there is. A queue that nobody empties for two weeks is a
/// company that nobody works in.
/// Source: Amazon SQS API reference, `SetQueueAttributes`, `MessageRetentionPeriod`.
const RETENTION: u32 = 1_209_600;

/// After how many deliveries SQS itself puts a message aside. Our consumers do so after [`MAX_RECEIVES`], with the reason; this
/// is for messages that kill whoever receives them before it can act, and for consumers that are not ours.
const NET: i32 = MAX_RECEIVES * 2;

/// A queue: where it is called from, and its name in policies.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub url: String,
    pub arn: String,
}

impl Setup {
    /// A queue with its dead-letter queue. `policy` says who else may send to it, given its name.
    pub(super) async fn queue(
        &self,
        queue: &str,
        policy: Option<&(dyn Fn(&str) -> Value + Send + Sync)>,
        mode: Mode,
        items: &mut Vec<Item>,
    ) -> Result<Option<Place>, MessagingError> {
        let dead = self.stage.dead(queue);
        let kept = BTreeMap::from([(MessageRetentionPeriod, RETENTION.to_string())]);
        let (dead, found) = self.one_queue(&dead, &kept, mode).await?;
        items.push(Item { kind: Kind::DeadLetterQueue, name: self.stage.dead(queue), found });

        let name = self.stage.name(queue);
        let mut wanted = kept;
        wanted.insert(VisibilityTimeout, LEASE.as_secs().to_string());
        if let Some(dead) = dead {
            let redrive = json!({ "deadLetterTargetArn": dead.arn, "maxReceiveCount": NET });
            wanted.insert(RedrivePolicy, redrive.to_string());
        }
        let (place, mut found) = self.one_queue(&name, &wanted, mode).await?;
        // Its policy names the queue, so it comes once the queue is there.
        if let (Some(place), Some(policy)) = (&place, policy) {
            wanted.insert(Policy, policy(&place.arn).to_string());
            let (_, changed) = self.one_queue(&name, &wanted, mode).await?;
            found = if found == Found::Alike { changed } else { found };
        }
        items.push(Item { kind: Kind::Queue, name, found });
        Ok(place)
    }

    async fn one_queue(
        &self,
        name: &str,
        wanted: &BTreeMap<QueueAttributeName, String>,
        mode: Mode,
    ) -> Result<(Option<Place>, Found), MessagingError> {
        let Some(place) = self.find(name).await? else {
            if mode == Mode::Look {
                return Ok((None, Found::Missing));
            }
            count("CreateQueue");
            let call = self.sqs.create_queue().queue_name(name).tags(STAGE_TAG, self.stage.to_string());
            let wanted: HashMap<_, _> = wanted.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
            let created = call.set_attributes(Some(wanted)).send().await;
            created.map_err(|error| sorted("CreateQueue", name, &error))?;
            return Ok((self.find(name).await?, Found::Missing));
        };
        let is = self.attributes(name, &place.url).await?;
        let differs = |(name, value): &(&QueueAttributeName, &String)| {
            is.get(name).is_none_or(|is| normalised(is) != normalised(value))
        };
        let different: BTreeMap<_, _> = wanted.iter().filter(differs).collect();
        if different.is_empty() {
            return Ok((Some(place), Found::Alike));
        }
        if mode == Mode::Apply {
            count("SetQueueAttributes");
            let change: HashMap<_, _> = different.iter().map(|(&name, &value)| (name.clone(), value.clone())).collect();
            let set = self.sqs.set_queue_attributes().queue_url(&place.url).set_attributes(Some(change)).send().await;
            set.map_err(|error| sorted("SetQueueAttributes", name, &error))?;
        }
        let names: Vec<&str> = different.keys().map(|name| name.as_str()).collect();
        Ok((Some(place), Found::Different(names.join(", "))))
    }

    /// A queue, if it is there.
    pub(super) async fn find(&self, name: &str) -> Result<Option<Place>, MessagingError> {
        count("GetQueueUrl");
        let url = match self.sqs.get_queue_url().queue_name(name).send().await {
            Ok(found) => found.queue_url.unwrap_or_default(),
            Err(error) if kind_of(&error) == Some(failure::Kind::Missing) => return Ok(None),
            Err(error) => return Err(sorted("GetQueueUrl", name, &error)),
        };
        let arn = self.attributes(name, &url).await?.remove(&QueueArn).unwrap_or_default();
        Ok(Some(Place { url, arn }))
    }

    async fn attributes(&self, name: &str, url: &str) -> Result<HashMap<QueueAttributeName, String>, MessagingError> {
        count("GetQueueAttributes");
        let answer =
            self.sqs.get_queue_attributes().queue_url(url).attribute_names(QueueAttributeName::All).send().await;
        Ok(answer.map_err(|error| sorted("GetQueueAttributes", name, &error))?.attributes.unwrap_or_default())
    }
}

/// Attributes that mean the same: policies are JSON, and servers write numbers in it as they like.
fn normalised(text: &str) -> Value {
    fn plain(value: Value) -> Value {
        match value {
            Value::Number(number) => Value::String(number.to_string()),
            Value::Array(values) => values.into_iter().map(plain).collect(),
            Value::Object(members) => members.into_iter().map(|(name, value)| (name, plain(value))).collect(),
            other => other,
        }
    }
    plain(serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::normalised;

    #[test]
    fn policies_are_compared_by_what_they_say() {
        assert_eq!(normalised(r#"{"a":1,"b":["2"]}"#), normalised(r#"{ "b": [2], "a": "1" }"#));
        assert_eq!(normalised("30"), normalised("30"));
        assert_ne!(normalised("30"), normalised("31"));
    }
}
