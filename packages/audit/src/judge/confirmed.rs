//! Paid, ticketed, sold: the three have to agree for every seat of a confirmed booking.

use usher_bookings::audit::BookingFacts;
use usher_core::money::Money;

use super::money::Position;
use crate::{Finding, Invariant::PaidIsSold, facts::Case, sums::Sums};

pub(super) fn judge(case: &Case, booking: &BookingFacts) -> Vec<Finding> {
    let mut findings = money(case, booking);
    for (seat, price) in &booking.seats {
        findings.extend(ticket(case, booking, seat, *price));
        findings.extend(claim(case, booking, seat));
    }
    findings.extend(beyond(case, booking));
    findings
}

fn money(case: &Case, booking: &BookingFacts) -> Vec<Finding> {
    let mut findings = Vec::new();
    let prices = Sums::of(booking.seats.iter().map(|(_, price)| *price));
    if prices != Sums::of([booking.total]) {
        let expected = format!("a total that is the sum of the prices, {prices}");
        findings.push(Finding::new(PaidIsSold, expected, booking.total.to_string()).of(case.id));
    }
    let position = case.position();
    let (net, due) = (position.net(), case.due(&position));
    if net != due {
        let Position { captured, refunded, paid_out, disputed, .. } = &position;
        let aside = Sums::default().plus(paid_out).plus(disputed);
        let aside = if aside.is_zero() { String::new() } else { format!(", {aside} gone past the refunds") };
        let found = format!("{captured} captured, {refunded} refunded{aside}");
        findings.push(Finding::new(PaidIsSold, format!("{due} paid and kept"), found).of(case.id));
    }
    findings
}

fn ticket(case: &Case, booking: &BookingFacts, seat: &str, price: Money) -> Option<Finding> {
    let tickets = case.tickets.iter().filter(|ticket| ticket.showtime == booking.showtime && ticket.seat == seat);
    let found: Vec<String> = tickets.map(|ticket| format!("{} for {}", ticket.id, ticket.price)).collect();
    let is_right = case.tickets.iter().any(|ticket| ticket.seat == seat && ticket.price == price) && found.len() == 1;
    (!is_right).then(|| {
        let found = if found.is_empty() { "no valid ticket".to_owned() } else { found.join(", ") };
        Finding::new(PaidIsSold, format!("one valid ticket for {price}"), found).of(case.id).at(booking.showtime, seat)
    })
}

fn claim(case: &Case, booking: &BookingFacts, seat: &str) -> Option<Finding> {
    let holds = case.holds.iter().filter(|hold| hold.showtime == booking.showtime);
    let mut claims = holds.flat_map(|hold| hold.claims.iter().map(move |claim| (hold, claim)));
    let found = match claims.find(|(_, claim)| claim.seat == seat) {
        Some((hold, claim)) if claim.is_sold && hold.state == "sold" => return None,
        Some((hold, claim)) if claim.is_sold => format!("sold to {}, which is {}", hold.id, hold.state),
        Some((hold, _)) => format!("held by {} and not sold", hold.id),
        None => "not the booking's seat".to_owned(),
    };
    Some(Finding::new(PaidIsSold, "a seat that is sold to the booking", found).of(case.id).at(booking.showtime, seat))
}

/// Tickets and seats that the booking did not ask for.
fn beyond(case: &Case, booking: &BookingFacts) -> Vec<Finding> {
    let is_asked = |seat: &str| booking.seats.iter().any(|(asked, _)| asked == seat);
    let tickets =
        case.tickets.iter().filter(|ticket| ticket.showtime != booking.showtime || !is_asked(&ticket.seat)).map(
            |ticket| {
                let found = format!("{} is valid", ticket.id);
                Finding::new(PaidIsSold, "no ticket but those that were asked for", found)
                    .of(case.id)
                    .at(ticket.showtime, &ticket.seat)
            },
        );
    let claims = case.holds.iter().flat_map(|hold| hold.claims.iter().map(move |claim| (hold, claim)));
    let claims = claims.filter(|(hold, claim)| hold.showtime != booking.showtime || !is_asked(&claim.seat)).map(
        |(hold, claim)| {
            Finding::new(PaidIsSold, "no seat but those that were asked for", format!("{} has it", hold.id))
                .of(case.id)
                .at(hold.showtime, &claim.seat)
        },
    );
    tickets.chain(claims).collect()
}
