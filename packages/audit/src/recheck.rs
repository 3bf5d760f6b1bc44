//! Looking again at what may have been caught in the middle of a move.
//!
//! Contexts are read one after the other, so a booking that moves meanwhile looks broken. What is broken stays broken:
//! findings on a booking that moved within the grace are looked at again, everything read anew, until they are gone or as
//! old as the grace. A finding on a booking that has long been at rest needs one more look and no patience.

use std::{collections::BTreeMap, ops::RangeInclusive};

use time::{Duration, OffsetDateTime};
use tokio::time::Instant;
use usher_core::ids::BookingId;

use crate::{
    AuditError, Options, Sources,
    book::Book,
    examine::{Examined, examine},
};

/// How often: a step of a saga takes tens of milliseconds, so this sees most of them over after one or two looks.
const LOOK: std::time::Duration = std::time::Duration::from_millis(250);

/// How far the provider's clock may be behind ours.
const SKEW: Duration = Duration::minutes(10);

/// Looks at the cases again until each is in order or has to be believed, and answers all of them as they were then. A
/// case of which nothing is left is in order and left out.
pub(crate) async fn recheck(
    sources: &Sources,
    options: &Options,
    doubtful: Vec<Examined>,
) -> Result<Vec<Examined>, AuditError> {
    let begun = Instant::now();
    let mut decided = Vec::new();
    let mut left: BTreeMap<BookingId, Option<OffsetDateTime>> =
        doubtful.iter().map(|examined| (examined.case.id, examined.case.began_at())).collect();
    while !left.is_empty() {
        tracing::debug!(bookings = left.len(), "looking again");
        // With one that could have begun at any time the whole report is read.
        let since =
            left.values().copied().min().flatten().map_or(OffsetDateTime::UNIX_EPOCH, |began_at| began_at - SKEW);
        let is_last_look = begun.elapsed() >= options.grace.unsigned_abs();
        let mut book = Book::read(sources.payments.provider(), since).await?;
        let ranges: Vec<RangeInclusive<BookingId>> = left.keys().map(|id| *id..=*id).collect();
        left.clear();
        for ranges in ranges.chunks(options.page_size()) {
            let moment = options.moment(sources);
            for examined in examine(sources, &moment, ranges, &mut book).await? {
                if examined.findings.is_empty() || is_last_look || !examined.case.is_young(&moment) {
                    decided.push(examined);
                } else {
                    left.insert(examined.case.id, examined.case.began_at());
                }
            }
        }
        if !left.is_empty() {
            tokio::time::sleep(LOOK).await;
        }
    }
    Ok(decided)
}
