//! Lists in pieces: `?limit=` and `?cursor=`, answered as `{"items": [...], "next": "..." or null}`.
//!
//! A cursor is the id of the last item, so a page neither repeats nor skips what was added or removed meanwhile.

use std::{fmt::Display, str::FromStr};

use serde::Serialize;
use usher_core::problem::Kind;
use utoipa::ToSchema;

use crate::problem::Problem;

/// Items of a page when nobody says how many.
const USUAL: u16 = 50;

/// The most items of a page.
pub(crate) const MOST: u16 = 200;

/// A part of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Pass it as `cursor` to get the next part; null at the end.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// A page of at most `limit` items; one that is full has a next.
    pub fn of(items: Vec<T>, limit: u16, cursor: impl FnOnce(&T) -> String) -> Self {
        let next = items.last().filter(|_| items.len() >= usize::from(limit)).map(cursor);
        Self { items, next }
    }

    /// A list that always fits one page.
    pub fn whole(items: Vec<T>) -> Self {
        Self { items, next: None }
    }
}

/// How many items the client wants.
pub(crate) fn limit(asked: Option<u16>) -> Result<u16, Problem> {
    let limit = asked.unwrap_or(USUAL);
    if (1..=MOST).contains(&limit) {
        return Ok(limit);
    }
    Err(Problem::new(Kind::InvalidRequest, format!("`limit` takes a number from 1 to {MOST}.")))
}

/// A parameter of the query that is an id.
pub(crate) fn parameter<T: FromStr<Err: Display>>(name: &str, text: Option<&str>) -> Result<Option<T>, Problem> {
    let refused = |error: T::Err| Problem::new(Kind::InvalidRequest, format!("`{name}`: {error}"));
    text.filter(|text| !text.is_empty()).map(|text| text.parse().map_err(refused)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_full_page_has_a_next() {
        assert_eq!(Page::of(vec![1, 2], 2, ToString::to_string).next.as_deref(), Some("2"));
        assert_eq!(Page::of(vec![1], 2, ToString::to_string).next, None);
        assert_eq!(Page::of(Vec::<u8>::new(), 2, ToString::to_string).next, None);
    }

    #[test]
    fn a_page_has_a_size_that_makes_sense() {
        assert_eq!(limit(None).unwrap(), USUAL);
        for asked in [0, MOST + 1] {
            assert_eq!(limit(Some(asked)).unwrap_err().kind(), Kind::InvalidRequest);
        }
    }
}
