//! Task tokens: whoever has one can answer in the name of a worker.
//!
//! They belong into the member `task_token` of a step's request and nowhere else. A token is opaque, so those that are
//! looked for were learnt from requests. A request inside of another document is a string of JSON, so the quotes around
//! its members may be escaped, several times over.

use std::{collections::BTreeSet, ops::Range};

/// The member of a request, and the parameter of the state that puts it there.
const MEMBER: &str = "task_token";

/// What opens or closes a string of JSON at any depth.
const QUOTES: [char; 2] = ['\\', '"'];

/// The tokens of the requests in a text.
pub(super) fn of_requests(text: &str) -> impl Iterator<Item = String> {
    text.match_indices(MEMBER).filter_map(|(at, _)| {
        let rest = text[at + MEMBER.len()..].trim_start_matches(QUOTES).trim_start();
        let value = rest.strip_prefix(':')?.trim_start();
        let token = value.trim_start_matches(QUOTES);
        let end = token.find(QUOTES)?;
        // Shorter ones cannot be told from other words.
        (token.len() < value.len() && end >= 16).then(|| token[..end].to_owned())
    })
}

/// Every token in the text, but for those in requests where requests may be.
pub(super) fn find(text: &str, tokens: &BTreeSet<String>, in_requests: bool) -> Vec<Range<usize>> {
    let occurrences = tokens.iter().flat_map(|token| text.match_indices(token.as_str()));
    let outside = occurrences.filter(|(at, _)| !(in_requests && is_member(&text[..*at])));
    let mut found: Vec<Range<usize>> = outside.map(|(at, token)| at..at + token.len()).collect();
    found.sort_unstable_by_key(|range| range.start);
    found
}

/// Whether what stands before a value is the name of the member.
fn is_member(before: &str) -> bool {
    let name = before.trim_end_matches(QUOTES).trim_end();
    name.strip_suffix(':').is_some_and(|name| name.trim_end().trim_end_matches(QUOTES).ends_with(MEMBER))
}
