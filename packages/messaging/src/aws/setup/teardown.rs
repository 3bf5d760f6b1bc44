//! Removes a stage, and nothing else.

use std::collections::HashMap;

use super::{Found, Item, Kind, Mode, STAGE_TAG, Setup};
use crate::{
    aws::{
        calls::count,
        failure::{Kind as FailureKind, kind_of, sorted},
    },
    error::MessagingError,
};

/// What has a name of the stage.
struct Candidate {
    kind: Kind,
    name: String,
    /// The address of a queue, the ARN of a topic.
    place: String,
    /// The stage it says it belongs to.
    tag: Option<String>,
}

impl Setup {
    /// Removes the topics, with their subscriptions, and the queues of the stage when told to. Tells what it removed, or would.
    pub async fn teardown(&self, mode: Mode) -> Result<Vec<Item>, MessagingError> {
        let mut removed = Vec::new();
        for candidate in self.candidates().await? {
            if candidate.tag.as_deref() != Some(&self.stage.to_string()) {
                continue;
            }
            if mode == Mode::Apply {
                self.remove(&candidate).await?;
            }
            removed.push(candidate.into());
        }
        Ok(removed)
    }

    /// What there still is with a name of this stage, and does not say that it belongs to another. Right after a teardown AWS
    /// may list for a minute what it is removing.
    pub async fn remains(&self) -> Result<Vec<Item>, MessagingError> {
        let candidates = self.candidates().await?.into_iter();
        let ours = |tag: &Option<String>| tag.as_ref().is_none_or(|tag| *tag == self.stage.to_string());
        Ok(candidates.filter(|candidate| ours(&candidate.tag)).map(Item::from).collect())
    }

    async fn remove(&self, candidate: &Candidate) -> Result<(), MessagingError> {
        if candidate.kind == Kind::Topic {
            count("DeleteTopic");
            let removed = self.sns.delete_topic().topic_arn(&candidate.place).send().await;
            return removed.map(|_| ()).map_err(|error| sorted("DeleteTopic", &candidate.name, &error));
        }
        count("DeleteQueue");
        match self.sqs.delete_queue().queue_url(&candidate.place).send().await {
            Err(error) if kind_of(&error) != Some(FailureKind::Missing) => {
                Err(sorted("DeleteQueue", &candidate.name, &error))
            }
            _ => Ok(()),
        }
    }

    /// Topics first: nothing is then delivered to a queue that is being removed.
    async fn candidates(&self) -> Result<Vec<Candidate>, MessagingError> {
        let mut candidates = Vec::new();
        for (name, place) in self.topics().await? {
            count("ListTagsForResource");
            let tags = self.sns.list_tags_for_resource().resource_arn(&place).send().await;
            let tags = tags.map_err(|error| sorted("ListTagsForResource", &name, &error))?.tags.unwrap_or_default();
            let tag = tags.into_iter().find(|tag| tag.key == STAGE_TAG).map(|tag| tag.value);
            candidates.push(Candidate { kind: Kind::Topic, name, place, tag });
        }
        let mut pages =
            self.sqs.list_queues().queue_name_prefix(self.stage.prefix()).max_results(1000).into_paginator().send();
        let mut urls = Vec::new();
        while let Some(page) = pages.next().await {
            count("ListQueues");
            let page = page.map_err(|error| sorted("ListQueues", &self.stage.prefix(), &error))?;
            urls.extend(page.queue_urls.unwrap_or_default());
        }
        for place in urls {
            let name = place.rsplit('/').next().unwrap_or_default().to_owned();
            count("ListQueueTags");
            let tags = match self.sqs.list_queue_tags().queue_url(&place).send().await {
                Ok(answer) => answer.tags.unwrap_or_default(),
                // Listed and not there: it is being removed.
                Err(error) if kind_of(&error) == Some(FailureKind::Missing) => continue,
                Err(error) => return Err(sorted("ListQueueTags", &name, &error)),
            };
            let tags: HashMap<String, String> = tags;
            let kind = if name.ends_with("-dead") { Kind::DeadLetterQueue } else { Kind::Queue };
            candidates.push(Candidate { kind, name, place, tag: tags.get(STAGE_TAG).cloned() });
        }
        Ok(candidates)
    }
}

impl From<Candidate> for Item {
    fn from(candidate: Candidate) -> Self {
        Self { kind: candidate.kind, name: candidate.name, found: Found::Unwanted }
    }
}
