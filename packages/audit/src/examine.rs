//! Ranges of booking ids become cases, and cases are judged.
//!
//! Executions are asked for last and only where that matters: of bookings that have not ended, and of confirmed ones which
//! look wrong, because a saga may still be at work on them. A hundred thousand confirmed bookings cost no look-up at all.

use std::{collections::BTreeMap, ops::RangeInclusive};

use usher_bookings::Status;
use usher_core::ids::BookingId;
use usher_payments::audit::booking_of;

use crate::{
    AuditError, Finding, Sources,
    book::Book,
    facts::{Case, Moment},
    judge, sagas,
};

/// A case and what is wrong with it.
#[derive(Debug)]
pub(crate) struct Examined {
    pub(crate) case: Case,
    pub(crate) findings: Vec<Finding>,
}

/// Everything under the ids in the ranges, judged. The ranges must not overlap.
pub(crate) async fn examine(
    sources: &Sources,
    moment: &Moment,
    ranges: &[RangeInclusive<BookingId>],
    book: &mut Book,
) -> Result<Vec<Examined>, AuditError> {
    let mut cases = read(sources, ranges, book).await?;
    let doubtful = cases.iter_mut().filter(|case| is_doubtful(case, moment)).collect();
    sagas::ask(sources, doubtful).await?;
    let examined = cases.into_iter().map(|case| Examined { findings: judge::case(&case, moment), case });
    Ok(examined.collect())
}

fn is_doubtful(case: &Case, moment: &Moment) -> bool {
    match case.booking.as_ref().map(|booking| booking.status) {
        None | Some(Status::Rejected | Status::Cancelled) => false, // No saga excuses what is wrong with these.
        Some(Status::Confirmed) => !judge::case(case, moment).is_empty(),
        Some(Status::Requested | Status::Reserved | Status::Paid | Status::Cancelling) => !case.is_young(moment),
    }
}

/// Bookings first: what is made while the others are read then looks like an orphan, and is looked at again, instead of
/// hiding one.
async fn read(
    sources: &Sources,
    ranges: &[RangeInclusive<BookingId>],
    book: &mut Book,
) -> Result<Vec<Case>, AuditError> {
    let mut cases = Cases::default();
    for booking in sources.bookings.audit_facts(ranges).await? {
        let id = booking.id;
        cases.of(id).booking = Some(booking);
    }
    let (holds, payments, tickets) = tokio::try_join!(
        sources.seating.audit_facts(ranges),
        sources.payments.audit_facts(ranges),
        sources.tickets.audit_facts(ranges),
    )?;
    for hold in holds {
        cases.of(hold.booking).holds.push(hold);
    }
    for facts in payments {
        let case = cases.of(facts.payment.booking);
        if booking_of(&facts.payment.reference).is_none() {
            case.provider.extend(book.take_foreign(&facts.payment.reference));
        }
        case.payments.push(facts);
    }
    for ticket in tickets {
        cases.of(ticket.booking).tickets.push(ticket);
    }
    for (booking, lines) in ranges.iter().flat_map(|range| book.take(range)) {
        cases.of(booking).provider.extend(lines);
    }
    Ok(cases.0.into_values().collect())
}

#[derive(Default)]
struct Cases(BTreeMap<BookingId, Case>);

impl Cases {
    fn of(&mut self, id: BookingId) -> &mut Case {
        self.0.entry(id).or_insert_with(|| Case::empty(id))
    }
}
