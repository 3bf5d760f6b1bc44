//! Topics, and who is subscribed to them.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_sns::types::Tag;
use serde_json::{Value, json};

use super::{Found, Item, Kind, Mode, STAGE_TAG, Setup};
use crate::{
    aws::{bus::missing, calls::count, failure::sorted, filter, message::malformed},
    error::MessagingError,
    events::{TOPICS, queue_of},
};

impl Setup {
    /// A consumer's queue, which the topics may send to, and a subscription for each topic it hears.
    pub(super) async fn consumer(
        &self,
        consumer: &str,
        patterns: &[&str],
        mode: Mode,
        items: &mut Vec<Item>,
    ) -> Result<(), MessagingError> {
        let wanted = filter::policies(patterns)?;
        let topics = self.topics().await?;
        let ours: Vec<&String> = TOPICS.iter().filter_map(|topic| topics.get(&self.stage.name(topic))).collect();
        let policy = |queue: &str| {
            json!({
                "Version": "2012-10-17",
                "Statement": [{
                    "Sid": "topics-of-this-stage",
                    "Effect": "Allow",
                    "Principal": { "Service": "sns.amazonaws.com" },
                    "Action": "sqs:SendMessage",
                    "Resource": queue,
                    "Condition": { "ArnEquals": { "aws:SourceArn": ours } },
                }],
            })
        };
        let queue = self.queue(&queue_of(consumer), Some(&policy), mode, items).await?;
        for topic in TOPICS {
            let name = self.stage.name(topic);
            let item =
                |found| Item { kind: Kind::Subscription, name: format!("{} to {name}", queue_of(consumer)), found };
            let (Some(queue), Some(topic_arn)) = (&queue, topics.get(&name)) else {
                // Looking at an account where nothing is yet.
                if mode == Mode::Apply && !topics.contains_key(&name) {
                    return Err(missing(&name));
                }
                items.extend(wanted.contains_key(topic).then(|| item(Found::Missing)));
                continue;
            };
            let subscribed = self.subscription(&name, topic_arn, &queue.arn).await?;
            match (wanted.get(topic), subscribed) {
                (None, None) => {}
                (Some(policy), None) => {
                    if mode == Mode::Apply {
                        self.make_subscription(&name, topic_arn, &queue.arn, policy).await?;
                    }
                    items.push(item(Found::Missing));
                }
                (Some(policy), Some(subscription)) => {
                    let different = self.compare(&name, &subscription, policy, mode).await?;
                    items.push(item(different.map_or(Found::Alike, Found::Different)));
                }
                (None, Some(subscription)) => {
                    if mode == Mode::Apply {
                        count("Unsubscribe");
                        let removed = self.sns.unsubscribe().subscription_arn(subscription).send().await;
                        removed.map_err(|error| sorted("Unsubscribe", &name, &error))?;
                    }
                    items.push(item(Found::Unwanted));
                }
            }
        }
        Ok(())
    }

    /// Makes a topic. One that is there is left alone: whoever made it without our tag keeps it.
    pub(super) async fn make_topic(&self, name: &str) -> Result<(), MessagingError> {
        count("CreateTopic");
        let tag = Tag::builder().key(STAGE_TAG).value(self.stage.to_string()).build();
        let tag = tag.map_err(|error| malformed(&error))?;
        let made = self.sns.create_topic().name(name).tags(tag).send().await;
        made.map_err(|error| sorted("CreateTopic", name, &error))?;
        Ok(())
    }

    /// All topics of the account: name and where they are.
    pub(super) async fn all_topics(&self) -> Result<BTreeMap<String, String>, MessagingError> {
        let mut pages = self.sns.list_topics().into_paginator().send();
        let mut topics = BTreeMap::new();
        while let Some(page) = pages.next().await {
            count("ListTopics");
            let page = page.map_err(|error| sorted("ListTopics", "the account", &error))?;
            let arns = page.topics.unwrap_or_default().into_iter().filter_map(|topic| topic.topic_arn);
            topics.extend(arns.filter_map(|arn| Some((arn.rsplit(':').next()?.to_owned(), arn))));
        }
        Ok(topics)
    }

    /// The subscription of a queue to a topic, if there is one.
    async fn subscription(&self, topic: &str, arn: &str, queue: &str) -> Result<Option<String>, MessagingError> {
        let mut pages = self.sns.list_subscriptions_by_topic().topic_arn(arn).into_paginator().send();
        while let Some(page) = pages.next().await {
            count("ListSubscriptionsByTopic");
            let page = page.map_err(|error| sorted("ListSubscriptionsByTopic", topic, &error))?;
            let mut ours = page.subscriptions.unwrap_or_default().into_iter();
            if let Some(found) = ours.find(|one| one.endpoint.as_deref() == Some(queue)) {
                return Ok(found.subscription_arn);
            }
        }
        Ok(None)
    }

    async fn make_subscription(
        &self,
        topic: &str,
        arn: &str,
        queue: &str,
        policy: &Value,
    ) -> Result<(), MessagingError> {
        count("Subscribe");
        let call = self.sns.subscribe().topic_arn(arn).protocol("sqs").endpoint(queue);
        let call = call
            .set_attributes(Some(wanted(policy).into_iter().map(|(name, value)| (name.to_owned(), value)).collect()));
        let made = call.return_subscription_arn(true).send().await;
        made.map_err(|error| sorted("Subscribe", topic, &error))?;
        Ok(())
    }

    /// Names the attributes of a subscription that are not as they should be, and sets them when told to.
    async fn compare(
        &self,
        topic: &str,
        subscription: &str,
        policy: &Value,
        mode: Mode,
    ) -> Result<Option<String>, MessagingError> {
        count("GetSubscriptionAttributes");
        let is = self.sns.get_subscription_attributes().subscription_arn(subscription).send().await;
        let is = is.map_err(|error| sorted("GetSubscriptionAttributes", topic, &error))?.attributes;
        let is: HashMap<String, String> = is.unwrap_or_default();
        let mut different = Vec::new();
        for (name, value) in wanted(policy) {
            // A subscription without a policy has no such attribute.
            let found = is.get(name).map_or("{}", String::as_str);
            if serde_json::from_str::<Value>(found).ok() == serde_json::from_str::<Value>(&value).ok() {
                continue;
            }
            if mode == Mode::Apply {
                count("SetSubscriptionAttributes");
                let call = self.sns.set_subscription_attributes().subscription_arn(subscription);
                let set = call.attribute_name(name).attribute_value(value).send().await;
                set.map_err(|error| sorted("SetSubscriptionAttributes", topic, &error))?;
            }
            different.push(name);
        }
        Ok((!different.is_empty()).then(|| different.join(", ")))
    }
}

/// The attributes of a subscription.
fn wanted(policy: &Value) -> [(&'static str, String); 2] {
    [("RawMessageDelivery", "true".to_owned()), ("FilterPolicy", policy.to_string())]
}
