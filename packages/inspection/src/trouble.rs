//! What a look at everything that runs comes to: a list of troubles, each of which is or becomes one incident.
//!
//! Trouble of one saga is named after the saga. Trouble that many share is named after what they share, so that a morning
//! without workers is one incident and not ten thousand.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use usher_workflows::query::Listed;

use crate::{
    Class,
    verdict::{Queue, UNTAKEN, Verdict},
};

/// A list that is so far behind is not kept up to date any more: it is looked over every five seconds.
pub const BEHIND: Duration = Duration::seconds(30);

/// Something that is wrong now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// What kind of trouble.
    pub class: Class,
    /// What it is about: a saga's name, a step, a queue.
    pub reference: String,
    /// The state or queue that it is in.
    pub step: Option<String>,
    /// What is wrong, in a sentence.
    pub says: String,
    /// What was seen.
    pub evidence: Vec<String>,
    /// The command to give next.
    pub suggestion: String,
    /// Since when.
    pub since: Option<OffsetDateTime>,
    /// How many sagas or messages it concerns.
    pub count: i64,
}

/// What was looked at.
#[derive(Debug, Clone, Default)]
pub struct Look {
    /// Sagas that run or ended badly, each with what is to be said of it.
    pub sagas: Vec<(Listed, Verdict)>,
    /// The queues of the steps.
    pub queues: Vec<(String, Queue)>,
    /// Steps that nobody is to take.
    pub paused: Vec<String>,
    /// By how many seconds the list of sagas is behind.
    pub behind_seconds: u64,
    /// Incidents about money, which the payments keep: their kind, name, what was seen and since when.
    pub money: Vec<(String, String, String, OffsetDateTime)>,
}

/// The troubles, each once.
pub fn of(look: &Look) -> Vec<Trouble> {
    let mut troubles: BTreeMap<(Class, String), Trouble> = BTreeMap::new();
    for (saga, verdict) in &look.sagas {
        let Some(trouble) = of_saga(saga, verdict) else { continue };
        let known = troubles.entry((trouble.class, trouble.reference.clone()));
        known
            .and_modify(|known| {
                known.count += 1;
                known.since = known.since.into_iter().chain(trouble.since).min();
            })
            .or_insert(trouble);
    }
    for (name, queue) in &look.queues {
        for trouble in of_queue(name, *queue, look.paused.contains(name)) {
            // What the sagas say of the same queue is more precise.
            troubles.entry((trouble.class, trouble.reference.clone())).or_insert(trouble);
        }
    }
    if i64::try_from(look.behind_seconds).unwrap_or(i64::MAX) > BEHIND.whole_seconds() {
        let trouble = Trouble {
            class: Class::ProjectionBehind,
            reference: "list".to_owned(),
            step: None,
            says: format!("The list of sagas is {} s behind the engine.", look.behind_seconds),
            evidence: vec!["it is looked over every five seconds by `usher up` and `usher engine`".to_owned()],
            suggestion: "usher engine".to_owned(),
            since: None,
            count: 1,
        };
        troubles.insert((trouble.class, trouble.reference.clone()), trouble);
    }
    for (kind, name, detail, since) in &look.money {
        let trouble = Trouble {
            class: Class::Money,
            reference: name.clone(),
            step: None,
            says: format!("The books and the payment provider do not come together: {}.", kind.replace('_', " ")),
            evidence: vec![detail.clone()],
            suggestion: "usher payment incidents".to_owned(),
            since: Some(*since),
            count: 1,
        };
        troubles.insert((trouble.class, trouble.reference.clone()), trouble);
    }
    troubles.into_values().collect()
}

fn of_saga(saga: &Listed, verdict: &Verdict) -> Option<Trouble> {
    let class = verdict.class?;
    let state = saga.states.first().cloned();
    let step = usher_workflows::step::STEPS.iter().find(|step| Some(step.state) == state.as_deref());
    let reference = match class {
        Class::NoWorker => step.map_or_else(|| saga.name.clone(), |step| step.name.to_owned()),
        Class::NoEngine => "engine".to_owned(),
        _ => saga.name.clone(),
    };
    let says = match class {
        Class::NoWorker => format!("Requests of {reference} wait, and no worker takes them."),
        Class::NoEngine => "Timers of sagas are due, and nobody fires them.".to_owned(),
        _ => verdict.says.clone(),
    };
    Some(Trouble {
        class,
        reference,
        step: state,
        says,
        evidence: verdict.evidence.clone(),
        suggestion: verdict.suggestion.clone().unwrap_or_default(),
        since: verdict.since,
        count: 1,
    })
}

fn of_queue(name: &str, queue: Queue, paused: bool) -> Vec<Trouble> {
    let mut troubles = Vec::new();
    let trouble = |class, says, evidence, suggestion, count| Trouble {
        class,
        reference: name.to_owned(),
        step: Some(name.to_owned()),
        says,
        evidence: vec![evidence],
        suggestion,
        since: None,
        count,
    };
    let Queue { waiting, leased, dead, oldest_seconds } = queue;
    if waiting > 0 && leased == 0 && oldest_seconds >= UNTAKEN.whole_seconds() && !paused {
        troubles.push(trouble(
            Class::NoWorker,
            format!("Requests of {name} wait, and no worker takes them."),
            format!("{waiting} requests wait, the oldest for {oldest_seconds} s, and nobody has any"),
            format!("usher worker --step {name}"),
            waiting,
        ));
    }
    if dead > 0 {
        troubles.push(trouble(
            Class::DeadLetter,
            format!("Messages of {name} could not be handled and wait for a person."),
            format!("{dead} messages are in the dead-letter queue"),
            format!("usher queue dead-letters {name}"),
            dead,
        ));
    }
    troubles
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn what_many_share_is_one_trouble_and_a_quiet_system_has_none() {
        let queue = |waiting, leased, dead, oldest_seconds| Queue { waiting, leased, dead, oldest_seconds };
        let quiet = Look {
            queues: vec![("reserve-seats".to_owned(), queue(500, 256, 0, 4))],
            behind_seconds: 6,
            ..Look::default()
        };
        assert_eq!(of(&quiet), []);
        let look = Look {
            queues: vec![
                ("reserve-seats".to_owned(), queue(500, 0, 0, 40)),
                ("charge-payment".to_owned(), queue(9, 0, 0, 600)),
                ("issue-tickets".to_owned(), queue(0, 0, 3, 0)),
            ],
            paused: vec!["charge-payment".to_owned()],
            behind_seconds: 31,
            money: vec![(
                "late_success".to_owned(),
                "inc_1".to_owned(),
                "seen".to_owned(),
                datetime!(2026-11-20 10:00 UTC),
            )],
            ..Look::default()
        };
        let seen: Vec<_> =
            of(&look).into_iter().map(|trouble| (trouble.class, trouble.reference, trouble.count)).collect();
        let expected = [
            (Class::NoWorker, "reserve-seats", 500),
            (Class::DeadLetter, "issue-tickets", 3),
            (Class::ProjectionBehind, "list", 1),
            (Class::Money, "inc_1", 1),
        ];
        assert_eq!(seen, expected.map(|(class, reference, count)| (class, reference.to_owned(), count)));
    }
}
