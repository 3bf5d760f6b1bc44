//! Mail addresses: something, an at sign, and a host with a name.

use std::ops::Range;

/// Every mail address in the text. A host without a dot, or with a number at its end, is a database's or a socket's.
pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    text.match_indices('@').filter_map(|(at, _)| address(text, at)).collect()
}

fn address(text: &str, at: usize) -> Option<Range<usize>> {
    let local = text[..at].rfind(|character| !is_local(character)).map_or(0, |before| before + width(text, before));
    let host = &text[at + 1..];
    let host = &host[..host.find(|character| !is_host(character)).unwrap_or(host.len())];
    let host = host.trim_end_matches(['.', '-']);
    let (name, ending) = host.rsplit_once('.')?;
    let is_one = local < at
        && !name.is_empty()
        && ending.len() >= 2
        && ending.chars().all(|character| character.is_ascii_alphabetic());
    is_one.then_some(local..at + 1 + host.len())
}

fn is_local(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '.' | '_' | '%' | '+' | '-')
}

fn is_host(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '.' | '-')
}

/// The bytes of the character that begins here.
fn width(text: &str, at: usize) -> usize {
    text[at..].chars().next().map_or(0, char::len_utf8)
}
