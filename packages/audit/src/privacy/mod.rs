//! Proves that nothing personal and no secret travels or is kept where it does not belong.
//!
//! Only ids, amounts and names of seats may be in a saga, in a message or in a log. [`examine`] reads all that a test's
//! sagas left behind - executions with their histories, outboxes, dead letters - and what the test itself saw pass by, and
//! reports every mail address, card number, JSON web token, name of a customer, and every task token outside its place.
//!
//! [`scan`](Scanner::scan) decides without reading anything. To look for something else: a file here with a function that
//! finds it in a text, a variant of [`Kind`], a line in [`Scanner::scan`], and a text that it has to find in its test.

mod card;
mod mail;
mod name;
mod sweep;
mod task_token;
#[cfg(test)]
mod tests;
mod web_token;

use std::{collections::BTreeSet, fmt, ops::Range};

pub use sweep::examine;

/// Where a text was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// What an execution began with.
    ExecutionInput,
    /// What it ended with: output, error and cause.
    ExecutionOutput,
    /// What happened in it.
    History,
    /// What waits in an outbox.
    Outbox,
    /// The request for a step.
    StepMessage,
    /// An event, as a consumer receives it.
    Event,
    /// A dead letter, with its reason.
    DeadLetter,
    /// A line of the log.
    Log,
}

impl Place {
    /// Whether a task token may be here, as the member `task_token` of a request: who performs a step needs it, the
    /// history tells of the request as AWS does, and a dead letter is a request that failed.
    const fn has_requests(self) -> bool {
        matches!(self, Self::History | Self::StepMessage | Self::DeadLetter)
    }
}

/// What does not belong there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `ada@example.test`
    MailAddress,
    /// 13 to 19 digits that begin like a card's and pass its check (Luhn).
    CardNumber,
    /// A signed JSON web token.
    WebToken,
    /// The receipt of a waiting task, where no request is.
    TaskToken,
    /// A customer's name.
    CustomerName,
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Leak {
    /// What it is.
    pub kind: Kind,
    /// Where it was.
    pub place: Place,
    /// What stood before it, and how it begins: enough to find where it comes from, and no second leak.
    pub excerpt: String,
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} in {:?}: {}", self.kind, self.place, self.excerpt)
    }
}

/// Knows what to look for.
#[derive(Debug, Clone, Default)]
pub struct Scanner {
    names: Vec<String>,
    task_tokens: BTreeSet<String>,
}

impl Scanner {
    /// Looks for these names of customers, whole and in any case, beside everything else.
    pub fn new(names: &[&str]) -> Self {
        let names = names.iter().filter(|name| !name.is_empty()).map(|name| name.to_lowercase()).collect();
        Self { names, task_tokens: BTreeSet::new() }
    }

    /// Remembers the task tokens of the requests in a text, to recognise them wherever else they are. They are opaque:
    /// nobody else knows what one looks like.
    pub fn learn(&mut self, text: &str) {
        self.task_tokens.extend(task_token::of_requests(text));
    }

    /// Everything in the text that does not belong in the place.
    pub fn scan(&self, place: Place, text: &str) -> Vec<Leak> {
        let finds: [(Kind, Vec<Range<usize>>); 5] = [
            (Kind::MailAddress, mail::find(text)),
            (Kind::CardNumber, card::find(text)),
            (Kind::WebToken, web_token::find(text)),
            (Kind::TaskToken, task_token::find(text, &self.task_tokens, place.has_requests())),
            (Kind::CustomerName, name::find(text, &self.names)),
        ];
        let leak = |kind, found: &Range<usize>| Leak { kind, place, excerpt: excerpt(text, found) };
        finds.iter().flat_map(|(kind, found)| found.iter().map(|found| leak(*kind, found))).collect()
    }
}

/// Sixty characters before what was found, and two of it.
fn excerpt(text: &str, found: &Range<usize>) -> String {
    let before: Vec<char> = text[..found.start].chars().rev().take(60).collect();
    let begins = text[found.clone()].chars().take(2);
    before.into_iter().rev().chain(begins).chain("***".chars()).collect()
}
