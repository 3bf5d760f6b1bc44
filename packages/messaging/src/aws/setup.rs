//! Makes, compares and removes what queues and topics need in an account.
//!
//! One list says what there should be ([`Blueprint`]); [`Setup::run`] compares it with what there is, and mends the difference
//! when it is told to. Everything is tagged with its stage, and [`Setup::teardown`] removes what has both the name and the
//! tag, so that it takes nothing that somebody else made. It is for emulators and first trials: production makes the same
//! things with infrastructure code, where a review sees them first.

mod queues;
mod teardown;
mod topics;

use std::{collections::BTreeMap, fmt};

use aws_config::SdkConfig;

use super::{connection::patient, stage::Stage};
use crate::{error::MessagingError, events::TOPICS};

/// The tag that says to which stage something belongs.
pub const STAGE_TAG: &str = "usher:stage";

/// What there should be in a stage, besides the topics that every stage has.
#[derive(Debug, Clone, Default)]
pub struct Blueprint {
    /// The queues of work, as callers name them.
    pub queues: Vec<String>,
    /// The consumers of events, with their patterns.
    pub consumers: Vec<(String, Vec<String>)>,
}

/// A kind of thing in an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A queue for dead letters.
    DeadLetterQueue,
    /// A queue.
    Queue,
    /// A topic.
    Topic,
    /// A queue's subscription to a topic.
    Subscription,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::DeadLetterQueue => "dead-letter queue",
            Self::Queue => "queue",
            Self::Topic => "topic",
            Self::Subscription => "subscription",
        })
    }
}

/// How something was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// As it should be.
    Alike,
    /// Not there.
    Missing,
    /// There, with other settings than it should have: which.
    Different(String),
    /// There, and not wanted.
    Unwanted,
}

/// One thing, and how it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What it is.
    pub kind: Kind,
    /// Its full name.
    pub name: String,
    /// How it was found.
    pub found: Found,
}

/// Whether to look or to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Compares and changes nothing.
    Look,
    /// Makes things as they should be.
    Apply,
}

/// The account, as far as this stage is concerned. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Setup {
    sqs: aws_sdk_sqs::Client,
    sns: aws_sdk_sns::Client,
    stage: Stage,
}

impl Setup {
    /// The account that the configuration leads to.
    pub fn new(config: &SdkConfig, stage: Stage) -> Self {
        let config = patient(config);
        Self { sqs: aws_sdk_sqs::Client::new(&config), sns: aws_sdk_sns::Client::new(&config), stage }
    }

    /// Compares what there is with what there should be, and mends it when told to. Doing it twice changes nothing.
    pub async fn run(&self, blueprint: &Blueprint, mode: Mode) -> Result<Vec<Item>, MessagingError> {
        let mut items = Vec::new();
        for queue in &blueprint.queues {
            self.queue(queue, None, mode, &mut items).await?;
        }
        let known = self.topics().await?;
        for topic in TOPICS {
            let name = self.stage.name(topic);
            let found = if known.contains_key(&name) { Found::Alike } else { Found::Missing };
            if mode == Mode::Apply && found == Found::Missing {
                self.make_topic(&name).await?;
            }
            items.push(Item { kind: Kind::Topic, name, found });
        }
        for (consumer, patterns) in &blueprint.consumers {
            let patterns: Vec<&str> = patterns.iter().map(String::as_str).collect();
            self.consumer(consumer, &patterns, mode, &mut items).await?;
        }
        Ok(items)
    }

    /// Makes a consumer's queue and its subscriptions as they should be. The topics have to be there.
    pub(super) async fn subscribe(&self, consumer: &str, patterns: &[&str]) -> Result<(), MessagingError> {
        self.consumer(consumer, patterns, Mode::Apply, &mut Vec::new()).await
    }

    /// All topics of the stage: full name and where they are.
    pub(super) async fn topics(&self) -> Result<BTreeMap<String, String>, MessagingError> {
        let prefix = self.stage.prefix();
        let all = self.all_topics().await?.into_iter();
        Ok(all.filter(|(name, _)| name.starts_with(&prefix)).collect())
    }
}
