//! The patterns of AMQP as filter policies of SNS.
//!
//! SNS compares attributes of a message with a policy: all keys of it must match, or all keys of one of its alternatives, and
//! no policy may have more than five keys. So each event carries its name in four shapes:
//!
//! - `name` and `tail`: the words, each in angle brackets, as in `<booking><created>`. A pattern that begins with words is
//!   a prefix of `name`, one that ends with words is a suffix of `tail`; they are two because a key can be asked one thing.
//! - `words`: how many there are. Stars are counted: `*.completed` has two words and ends with `<completed>`.
//! - `places`: each word with its place from the front, from the back, and with none: `1:booking`, `-2:booking`,
//!   `:booking`. A word between stars is asked for by its place, one between two `#` by none.
//!
//! A pattern is its words before the first `#`, those after the last, and what lies between. That says exactly what the
//! pattern says as long as at most one word is asked for by its place; other patterns are refused, and not approximated.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    error::{MessagingError, Trouble},
    events::topics_of,
};

/// An attribute of an event: its name, its type in SNS, its value.
pub type Attribute = (&'static str, &'static str, String);

/// What an event carries so that policies can choose it. Refused when its name has characters that patterns give a meaning.
pub fn attributes(event: &str) -> Result<Vec<Attribute>, MessagingError> {
    let words: Vec<&str> = event.split('.').collect();
    if !words.iter().all(|word| is_word(word)) {
        let what =
            format!("`{event}` is not the name of an event: letters, digits, `_` and `-`, with dots between words");
        return Err(MessagingError::Refused(Trouble::new(what)));
    }
    let places = words.iter().enumerate().flat_map(|(place, word)| {
        [format!("{}:{word}", place + 1), format!("-{}:{word}", words.len() - place), format!(":{word}")]
    });
    Ok(vec![
        ("name", "String", bracketed(&words)),
        ("places", "String.Array", json!(places.collect::<Vec<_>>()).to_string()),
        ("tail", "String", bracketed(&words)),
        ("words", "Number", words.len().to_string()),
    ])
}

/// The policy for each topic that has events which one of the patterns matches. An empty one lets everything through.
pub fn policies(patterns: &[&str]) -> Result<BTreeMap<&'static str, Value>, MessagingError> {
    let mut by_topic: BTreeMap<&'static str, Vec<&str>> = BTreeMap::new();
    for pattern in patterns {
        for topic in topics_of(pattern) {
            by_topic.entry(topic).or_default().push(pattern);
        }
    }
    by_topic.into_iter().map(|(topic, patterns)| Ok((topic, policy(&patterns)?))).collect()
}

fn policy(patterns: &[&str]) -> Result<Value, MessagingError> {
    let (mut names, mut alternatives) = (Vec::new(), Vec::new());
    for pattern in patterns {
        match alternative(pattern)? {
            Alternative::Name(name) if names.contains(&name) => {}
            Alternative::Name(name) => names.push(name),
            Alternative::Keys(keys) if keys.is_empty() => return Ok(json!({})),
            Alternative::Keys(keys) => {
                let keys = json!(keys);
                if !alternatives.contains(&keys) {
                    alternatives.push(keys);
                }
            }
        }
    }
    // Names are one alternative together: values of one key are alternatives anyway.
    if !names.is_empty() {
        alternatives.push(json!({ "name": names }));
    }
    Ok(match <[Value; 1]>::try_from(alternatives) {
        Ok([only]) => only,
        Err(several) => json!({ "$or": several }),
    })
}

enum Alternative {
    /// Exactly this name.
    Name(String),
    /// These keys.
    Keys(BTreeMap<&'static str, Value>),
}

fn alternative(pattern: &str) -> Result<Alternative, MessagingError> {
    let words: Vec<&str> = pattern.split('.').collect();
    let refused = |why| Err(MessagingError::Refused(Trouble::new(format!("the pattern `{pattern}` {why}"))));
    if !words.iter().all(|word| matches!(*word, "*" | "#") || is_word(word)) {
        return refused("has characters that no event has in its name");
    }
    if !words.iter().any(|word| matches!(*word, "*" | "#")) {
        return Ok(Alternative::Name(bracketed(&words)));
    }
    let words = gathered(&words);
    let open = words.contains(&"#");
    let mut parts = words.split(|word| *word == "#");
    let front = parts.next().unwrap_or_default();
    let back = if open { parts.next_back().unwrap_or_default() } else { &[] };
    let between: Vec<&[&str]> = parts.collect();

    let (prefix, front_rest) = split_words(front);
    let mut places: Vec<String> = Vec::new();
    let mut keys = BTreeMap::new();
    if open {
        let reversed: Vec<&str> = back.iter().rev().copied().collect();
        let (suffix, back_rest) = split_words(&reversed);
        places.extend(placed(front_rest, prefix.len() + 1, ""));
        places.extend(placed(back_rest, suffix.len() + 1, "-"));
        insert_run(&mut keys, "tail", "suffix", &suffix.iter().rev().copied().collect::<Vec<_>>());
        match between[..] {
            [] => {}
            // Words that are asked for elsewhere could be taken for the one between.
            [[word]] if *word != "*" && front.is_empty() && back.is_empty() => places.push(format!(":{word}")),
            _ => {
                return refused("has words between two `#`, which filter policies cannot express; name what is wanted");
            }
        }
        let least = front.len() + back.len();
        // The run at one end implies as many words as it has.
        if least > 0 && !(places.is_empty() && (least == prefix.len() || least == suffix.len())) {
            keys.insert("words", json!([{ "numeric": [">=", least] }]));
        }
    } else {
        let reversed: Vec<&str> = front_rest.iter().rev().copied().collect();
        let (suffix, rest) = split_words(&reversed);
        let rest: Vec<&str> = rest.iter().rev().copied().collect();
        places.extend(placed(&rest, prefix.len() + 1, ""));
        insert_run(&mut keys, "tail", "suffix", &suffix.iter().rev().copied().collect::<Vec<_>>());
        keys.insert("words", json!([{ "numeric": ["=", front.len()] }]));
    }
    insert_run(&mut keys, "name", "prefix", prefix);
    match places.len() {
        0 => {}
        1 => {
            keys.insert("places", json!(places));
        }
        _ => return refused("asks for several words between stars, which filter policies cannot express"),
    }
    Ok(Alternative::Keys(keys))
}

/// The same pattern with every run of `*` and `#` that has a `#` in it written as its stars and then one `#`.
fn gathered<'a>(words: &[&'a str]) -> Vec<&'a str> {
    let mut gathered: Vec<&str> = Vec::new();
    for word in words {
        match (*word, gathered.last()) {
            ("#", Some(&"#")) => {}
            ("*", Some(&"#")) => gathered.insert(gathered.len() - 1, "*"),
            (word, _) => gathered.push(word),
        }
    }
    gathered
}

/// The words at the beginning, and what follows from the first star on.
fn split_words<'a, 'b>(part: &'b [&'a str]) -> (&'b [&'a str], &'b [&'a str]) {
    part.split_at(part.iter().position(|word| *word == "*").unwrap_or(part.len()))
}

/// The words of what is left, each with its place.
fn placed(rest: &[&str], first: usize, sign: &str) -> Vec<String> {
    let places = rest.iter().zip(first..).filter(|(word, _)| **word != "*");
    places.map(|(word, place)| format!("{sign}{place}:{word}")).collect()
}

fn insert_run(keys: &mut BTreeMap<&'static str, Value>, key: &'static str, operator: &str, run: &[&str]) {
    if !run.is_empty() {
        keys.insert(key, json!([{ operator: bracketed(run) }]));
    }
}

fn bracketed(words: &[&str]) -> String {
    format!("<{}>", words.join("><"))
}

fn is_word(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::events::{matches, topic_of};

    /// What SNS does, as its developer guide says ("Filter policy operators").
    fn passes(policy: &Value, event: &str) -> bool {
        let attributes = attributes(event).unwrap();
        let value = |key: &str| &attributes.iter().find(|(name, ..)| *name == key).unwrap().2;
        policy.as_object().unwrap().iter().all(|(key, wanted)| {
            let mut wanted = wanted.as_array().unwrap().iter();
            if key == "$or" {
                assert!(wanted.len() >= 2, "an alternative alone is taken for an attribute");
                return wanted.any(|alternative| passes(alternative, event));
            }
            wanted.any(|wanted| match wanted {
                Value::String(exact) if key == "places" => {
                    serde_json::from_str::<Vec<String>>(value(key)).unwrap().contains(exact)
                }
                Value::String(exact) => value(key) == exact,
                wanted if wanted["prefix"].is_string() => value(key).starts_with(wanted["prefix"].as_str().unwrap()),
                wanted if wanted["suffix"].is_string() => value(key).ends_with(wanted["suffix"].as_str().unwrap()),
                wanted => {
                    let (number, bound) = (value(key).parse::<u64>().unwrap(), wanted["numeric"][1].as_u64().unwrap());
                    if wanted["numeric"][0] == "=" { number == bound } else { number >= bound }
                }
            })
        })
    }

    fn chosen(patterns: &[&str], event: &str) -> bool {
        policies(patterns).unwrap().get(topic_of(event)).is_some_and(|policy| passes(policy, event))
    }

    fn keys(policy: &Value) -> usize {
        let mut names: Vec<&String> = policy.as_object().unwrap().keys().filter(|key| *key != "$or").collect();
        let alternatives = policy["$or"].as_array().into_iter().flatten();
        names.extend(alternatives.flat_map(|alternative| alternative.as_object().unwrap().keys()));
        names.sort_unstable();
        names.dedup();
        names.len()
    }

    #[test]
    fn the_patterns_in_use_have_short_policies() {
        for (patterns, topic, policy) in [
            (&["booking.created"][..], "booking_events", json!({ "name": ["<booking><created>"] })),
            (
                &["booking.*"],
                "booking_events",
                json!({ "name": [{ "prefix": "<booking>" }], "words": [{ "numeric": ["=", 2] }] }),
            ),
            (&["booking.#"], "booking_events", json!({ "name": [{ "prefix": "<booking>" }] })),
            (
                &["*.failed"],
                "payment_events",
                json!({ "tail": [{ "suffix": "<failed>" }], "words": [{ "numeric": ["=", 2] }] }),
            ),
            (&["#", "booking.created"], "booking_events", json!({})),
            (&["#"], "domain_events", json!({})),
        ] {
            assert_eq!(policies(patterns).unwrap()[topic], policy, "{patterns:?}");
        }
        assert_eq!(policies(&["booking.*", "ticket_issued"]).unwrap().len(), 2, "other topics need no subscription");
        assert!(policies(&[]).unwrap().is_empty());
    }

    #[test]
    fn what_cannot_be_said_exactly_is_refused() {
        for pattern in ["a.#.b.#", "#.b.c.#", "*.a.b.*", "#.a.*.b.*.#", "a b", "a<b"] {
            let refused = policies(&[pattern]).unwrap_err();
            assert!(!refused.is_transient() && refused.to_string().contains(pattern), "{refused}");
        }
        assert!(attributes("booking created").is_err());
    }

    fn words(choices: &'static [&'static str], most: usize) -> impl Strategy<Value = String> {
        prop::collection::vec(prop::sample::select(choices), 1..=most).prop_map(|words| words.join("."))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn a_policy_chooses_what_the_patterns_match(
            patterns in prop::collection::vec(words(&["a", "b", "booking", "*", "#", "#"], 5), 1..4),
            events in prop::collection::vec(words(&["a", "b", "booking", "payment"], 6), 8),
        ) {
            let patterns: Vec<&str> = patterns.iter().map(String::as_str).filter(|one| policies(&[one]).is_ok()).collect();
            for (_, policy) in policies(&patterns).unwrap() {
                prop_assert!(keys(&policy) <= 5);
            }
            for event in &events {
                let expected = patterns.iter().any(|pattern| matches(pattern, event));
                prop_assert_eq!(chosen(&patterns, event), expected, "{:?} {}", patterns, event);
            }
        }
    }
}
