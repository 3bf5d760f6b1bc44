//! Names of customers, as the accounts have them.

use std::ops::Range;

/// Every one of the names, which are in lower case, that stands in the text as a word or as words.
pub(super) fn find(text: &str, names: &[String]) -> Vec<Range<usize>> {
    let lower = text.to_lowercase();
    if lower.len() != text.len() {
        // Some letters change their length with their case; then there are no places to point at, only a find.
        return names.iter().filter(|name| lower.contains(name.as_str())).map(|_| 0..0).collect();
    }
    let occurrences = names.iter().flat_map(|name| lower.match_indices(name.as_str()));
    let words = occurrences.filter(|(at, name)| {
        let (before, after) = (&lower[..*at], &lower[at + name.len()..]);
        !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric)
    });
    words.map(|(at, name)| at..at + name.len()).filter(|range| text.is_char_boundary(range.start)).collect()
}
