//! After the undo nothing is left: no money, no ticket, no seat.

use usher_bookings::audit::BookingFacts;

use crate::{Finding, Invariant::UndoneIsGone, facts::Case};

pub(super) fn judge(case: &Case, booking: &BookingFacts) -> Vec<Finding> {
    let position = case.position();
    let (net, due) = (position.net(), case.due(&position));
    let money = (net != due).then(|| {
        let kept = if due.is_zero() { "no money".to_owned() } else { due.to_string() };
        let expected = format!("{kept} kept, the booking is {}", booking.status);
        Finding::new(UndoneIsGone, expected, format!("{net} captured and not given back")).of(case.id)
    });
    let tickets = case.tickets.iter().map(|ticket| {
        let expected = format!("no valid ticket, the booking is {}", booking.status);
        Finding::new(UndoneIsGone, expected, format!("{} is valid", ticket.id))
            .of(case.id)
            .at(ticket.showtime, &ticket.seat)
    });
    let claims = case.holds.iter().flat_map(|hold| hold.claims.iter().map(move |claim| (hold, claim)));
    let claims = claims.map(|(hold, claim)| {
        let expected = format!("a seat that was given back, the booking is {}", booking.status);
        let found = if claim.is_sold { "sold to" } else { "held by" };
        Finding::new(UndoneIsGone, expected, format!("{found} {}", hold.id)).of(case.id).at(hold.showtime, &claim.seat)
    });
    let holds = case.holds.iter().filter(|hold| hold.state != "released").map(|hold| {
        let expected = format!("a hold that is released, the booking is {}", booking.status);
        Finding::new(UndoneIsGone, expected, format!("{} is {}", hold.id, hold.state)).of(case.id)
    });
    money.into_iter().chain(tickets).chain(claims).chain(holds).collect()
}
