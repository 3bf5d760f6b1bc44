//! JSON web tokens: three parts of base64url between dots, of which the first two are JSON objects (RFC 7519).

use std::ops::Range;

/// How base64url of `{"` begins.
const OBJECT: &str = "eyJ";

/// Every signed token in the text.
pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (begin, _) in text.match_indices(OBJECT) {
        let inside = found.last().is_some_and(|last| begin < last.end);
        let token = &text[begin..];
        let end = token.find(|character: char| !is_part(character) && character != '.').unwrap_or(token.len());
        let mut parts = token[..end].split('.');
        let (header, claims, signature) = (parts.next(), parts.next(), parts.next());
        let is_one = header.is_some_and(|header| header.len() >= 10)
            && claims.is_some_and(|claims| claims.starts_with(OBJECT))
            && signature.is_some_and(|signature| signature.len() >= 20);
        if is_one && !inside {
            found.push(begin..begin + end);
        }
    }
    found
}

fn is_part(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_')
}
