//! Every single thing that can go wrong with a world, and the invariant that has to say so.
//!
//! A mutation changes one world and answers the booking that the finding has to name, or none. Worlds always have a
//! confirmed, a cancelled and a paid booking, in this order; the mutations that take any other pick among the confirmed.

use time::Duration;
use usher_bookings::Status;
use usher_core::ids::{BookingId, HoldId, ShowtimeId};
use usher_messaging::queue::{DeadLetter, Depth};
use usher_payments::{
    audit::{PaymentFacts, RefundStanding},
    payment,
    provider::{Movement, ReportLine},
};
use usher_seating::audit::StrayClaim;
use usher_workflows::orchestrator::Status as Execution;
use uuid::Uuid;

use super::worlds::{self, World};
use crate::{
    Invariant::{
        self, MoneyConserved, NoMessageLost, NoOrphan, OneOwner, PaidIsSold, ProviderAgrees, RevenueIsTotal, SagaEnds,
        UndoneIsGone,
    },
    facts::{Case, OutboxRow, QueueFacts, SagaFacts},
};

type Mutate = fn(&mut World, usize) -> Option<BookingId>;

pub const MUTATIONS: &[(&str, Invariant, Mutate)] = &[
    ("a ticket for somebody else's seat", OneOwner, |world, pick| {
        let stolen = confirmed(world, pick).tickets[0].clone();
        let thief = &mut world.cases[1];
        thief.tickets.push(stolen);
        thief.tickets.last_mut()?.booking = thief.id;
        Some(thief.id)
    }),
    ("a claim of nobody", OneOwner, |world, _| {
        let hold = HoldId::from(Uuid::from_u128(99));
        let reason = "claimed by a hold that does not exist".to_owned();
        let showtime = ShowtimeId::from(Uuid::from_u128(0));
        world.whole.stray_claims.push(StrayClaim { showtime, seat: "Z1".to_owned(), hold, booking: None, reason });
        None
    }),
    ("a ticket is lost", PaidIsSold, |world, pick| of(confirmed(world, pick), |case| drop(case.tickets.pop()))),
    ("a ticket is a cent cheaper", PaidIsSold, |world, pick| {
        of(confirmed(world, pick), |case| case.tickets[0].price.amount -= 1)
    }),
    ("a ticket is for another showtime", PaidIsSold, |world, pick| {
        of(confirmed(world, pick), |case| case.tickets[0].showtime = ShowtimeId::from(Uuid::from_u128(77)))
    }),
    ("a ticket too many", PaidIsSold, |world, pick| {
        of(confirmed(world, pick), |case| {
            let mut ticket = case.tickets[0].clone();
            ticket.seat = "Z9".to_owned();
            case.tickets.push(ticket);
        })
    }),
    ("a claim is lost", PaidIsSold, |world, pick| of(confirmed(world, pick), |case| drop(case.holds[0].claims.pop()))),
    ("a claim is held and not sold", PaidIsSold, |world, pick| {
        of(confirmed(world, pick), |case| case.holds[0].claims[0].is_sold = false)
    }),
    ("a hold is not sold", PaidIsSold, |world, pick| {
        of(confirmed(world, pick), |case| case.holds[0].state = "held".to_owned())
    }),
    ("a confirmed booking gets its money back", PaidIsSold, |world, pick| {
        of(confirmed(world, pick), worlds::give_back)
    }),
    ("a confirmed booking has not paid", PaidIsSold, |world, pick| {
        of(confirmed(world, pick), |case| {
            case.payments.clear();
            case.provider.clear();
        })
    }),
    ("a total is a cent off", PaidIsSold, |world, pick| {
        of(confirmed(world, pick), |case| case.booking.as_mut().unwrap().total.amount += 1)
    }),
    ("a cancelled booking keeps its tickets", UndoneIsGone, |world, _| {
        of(&mut world.cases[1], |case| case.tickets = worlds::tickets(case))
    }),
    ("a cancelled booking keeps its seats", UndoneIsGone, |world, _| {
        of(&mut world.cases[1], |case| case.holds[0].claims = worlds::claims(case, true))
    }),
    ("a cancelled booking keeps its hold", UndoneIsGone, |world, _| {
        of(&mut world.cases[1], |case| case.holds[0].state = "sold".to_owned())
    }),
    ("a cancelled booking is not refunded", UndoneIsGone, |world, _| {
        of(&mut world.cases[1], |case| {
            case.payments[0].refunds.clear();
            case.payments[0].transfers.retain(|transfer| transfer.kind != "refund");
            case.provider.pop();
        })
    }),
    ("a kept fee is a cent more", UndoneIsGone, |world, _| {
        of(world.add(worlds::cancelled_for_a_fee), |case| case.booking.as_mut().unwrap().kept.amount += 1)
    }),
    ("a payout is a cent less", UndoneIsGone, |world, _| {
        of(world.add(worlds::cancelled_and_paid_out), |case| case.payments[0].payouts[0].amount.amount -= 1)
    }),
    ("a payout is not booked", MoneyConserved, |world, _| {
        of(world.add(worlds::cancelled_and_paid_out), |case| drop(case.payments[0].transfers.pop()))
    }),
    ("a refund that is owed is forgotten", UndoneIsGone, |world, _| {
        of(world.add(worlds::cancelled_and_owed), |case| case.payments[0].refunds.clear())
    }),
    ("a gift is taken for what was owed", PaidIsSold, |world, _| {
        of(world.add(worlds::confirmed_with_a_gift), |case| {
            case.payments[0].refunds[0].purpose = usher_payments::refund::Purpose::Cancellation;
        })
    }),
    ("money came back and nobody heard", ProviderAgrees, |world, _| {
        of(&mut world.cases[1], |case| {
            let back = ReportLine { movement: Movement::Reversal, ..case.provider[1].clone() };
            case.provider.push(back);
        })
    }),
    ("the bank gave back what it took and nobody heard", ProviderAgrees, |world, _| {
        of(world.add(worlds::disputed_and_won), |case| {
            let dispute = &mut case.payments[0].disputes[0];
            dispute.returned = false;
            case.payments[0].transfers.pop();
        })
    }),
    ("a paid booking is rejected without undo", UndoneIsGone, |world, _| {
        of(&mut world.cases[2], |case| case.booking.as_mut().unwrap().status = Status::Rejected)
    }),
    ("a refund without a posting", MoneyConserved, |world, pick| {
        of(payment(world, pick), |case| {
            worlds::give_back(case);
            case.payments[0].transfers.pop();
        })
    }),
    ("a posting without a refund", MoneyConserved, |world, pick| {
        of(payment(world, pick), |case| {
            worlds::give_back(case);
            case.payments[0].refunds.pop();
        })
    }),
    ("a refund is booked twice", MoneyConserved, |world, _| {
        of(&mut world.cases[1], |case| {
            let again = case.payments[0].transfers.last().unwrap().clone();
            case.payments[0].transfers.push(again);
        })
    }),
    ("a payment is a cent more", MoneyConserved, |world, pick| {
        of(payment(world, pick), |case| case.payments[0].payment.amount.amount += 1)
    }),
    ("a capture is booked a cent less", MoneyConserved, |world, pick| {
        of(payment(world, pick), |case| case.payments[0].transfers[0].amount.amount -= 1)
    }),
    ("a capture is not booked", MoneyConserved, |world, pick| {
        of(payment(world, pick), |case| drop(case.payments[0].transfers.remove(0)))
    }),
    ("a posting names another booking", MoneyConserved, |world, pick| {
        of(payment(world, pick), |case| case.payments[0].transfers[0].booking = BookingId::from(Uuid::from_u128(99)))
    }),
    ("the revenue is not booked", RevenueIsTotal, |world, pick| {
        of(confirmed(world, pick), |case| case.payments[0].transfers.retain(|transfer| transfer.kind != "recognise"))
    }),
    ("the provider has no charge", ProviderAgrees, |world, pick| {
        of(payment(world, pick), |case| case.provider.clear())
    }),
    ("the provider charged a cent more", ProviderAgrees, |world, pick| {
        of(payment(world, pick), |case| case.provider[0].amount.amount += 1)
    }),
    ("the provider charged twice", ProviderAgrees, |world, pick| {
        of(payment(world, pick), |case| {
            let again = ReportLine { id: "ch_2".to_owned(), ..case.provider[0].clone() };
            case.provider.push(again);
        })
    }),
    ("the provider did not refund", ProviderAgrees, |world, _| {
        of(&mut world.cases[1], |case| drop(case.provider.pop()))
    }),
    ("the provider refunded twice", ProviderAgrees, |world, _| {
        of(&mut world.cases[1], |case| {
            let again = ReportLine { id: "re_2".to_owned(), ..case.provider[1].clone() };
            case.provider.push(again);
        })
    }),
    ("a charge is open here although the booking ended", ProviderAgrees, |world, _| {
        of(&mut world.cases[0], |case| {
            case.payments[0].payment.status = payment::Status::Unknown;
            case.payments[0].transfers.clear();
        })
    }),
    ("a refund failed here and happened there", ProviderAgrees, |world, _| {
        of(&mut world.cases[1], |case| {
            case.payments[0].refunds[0].standing = RefundStanding::Failed;
            case.payments[0].transfers.pop();
        })
    }),
    ("a saga vanished", SagaEnds, |world, _| of(&mut world.cases[2], |case| case.sagas = SagaFacts::Runs(vec![]))),
    ("a saga ended and its booking did not", SagaEnds, |world, _| {
        of(&mut world.cases[2], |case| case.sagas = worlds::runs(Execution::Succeeded))
    }),
    ("a start stays in the outbox", NoMessageLost, |world, pick| {
        let booking = confirmed(world, pick).id;
        world.whole.outbox.push(OutboxRow {
            id: booking.uuid(),
            kind: "start".to_owned(),
            topic: "booking".to_owned(),
            about: Some(booking.to_string()),
            written_at: worlds::now() - Duration::seconds(71),
        });
        Some(booking)
    }),
    ("a message is not taken", NoMessageLost, |world, _| {
        queue(world, Depth { waiting: 1, oldest_seconds: 71, ..Depth::default() }, vec![])
    }),
    ("a message died", NoMessageLost, |world, pick| {
        let booking = confirmed(world, pick).id;
        let body = serde_json::json!({"task_token": "t", "execution": "e", "saga": "booking", "name": booking, "step": "reserve-seats",
            "attempt": 0, "entered_at": "2026-11-20T10:00:00Z", "input": {}});
        let letter = DeadLetter {
            id: "7".to_owned(),
            body: body.to_string(),
            receives: 5,
            reason: "no answer".to_owned(),
            died_at: worlds::past(),
        };
        queue(world, Depth { dead: 1, ..Depth::default() }, vec![letter]);
        Some(booking)
    }),
    ("more messages died than are listed", NoMessageLost, |world, _| {
        queue(world, Depth { dead: 1, ..Depth::default() }, vec![])
    }),
    ("a charge of nobody", NoOrphan, |world, _| orphan(world, |case| case.provider.push(worlds::charge_line(case)))),
    ("a charge under a foreign reference", NoOrphan, |world, _| {
        let line = ReportLine { charge_reference: "by hand".to_owned(), ..worlds::charge_line(&world.cases[0]) };
        world.whole.foreign_lines.push(line);
        None
    }),
    ("a refund that nobody asked for", NoOrphan, |world, pick| {
        of(payment(world, pick), |case| {
            let line = worlds::charge_line(case);
            case.provider.push(ReportLine { movement: Movement::Refund, reference: "by hand".to_owned(), ..line });
        })
    }),
    ("a charge whose payment was forgotten", NoOrphan, |world, pick| {
        of(payment(world, pick), |case| case.payments.clear())
    }),
    ("a posting whose payment was forgotten", NoOrphan, |world, pick| {
        let PaymentFacts { transfers, .. } = payment(world, pick).payments.remove(0);
        let booking = transfers[0].booking;
        world.whole.stray_transfers.extend(transfers);
        Some(booking)
    }),
    ("a booking vanished and left its tickets", NoOrphan, |world, pick| {
        of(confirmed(world, pick), |case| {
            case.booking = None;
            case.holds.clear();
            case.payments.clear();
            case.provider.clear();
        })
    }),
    ("a booking vanished and left its seats", NoOrphan, |world, pick| {
        of(confirmed(world, pick), |case| {
            case.booking = None;
            case.tickets.clear();
            case.payments.clear();
            case.provider.clear();
        })
    }),
    ("a booking vanished and left its payment", NoOrphan, |world, pick| {
        of(confirmed(world, pick), |case| {
            case.booking = None;
            case.tickets.clear();
            case.holds.clear();
        })
    }),
];

/// Does it to one case, and names that.
#[expect(clippy::unnecessary_wraps, reason = "the answer of a mutation")]
fn of(case: &mut Case, mutate: fn(&mut Case)) -> Option<BookingId> {
    mutate(case);
    Some(case.id)
}

/// One of the confirmed bookings that have ended.
fn confirmed(world: &mut World, pick: usize) -> &mut Case {
    let is_confirmed = |case: &Case| case.booking.as_ref().is_some_and(|booking| booking.status == Status::Confirmed);
    let cases: Vec<_> =
        world.cases.iter_mut().filter(|case| is_confirmed(case) && case.sagas == SagaFacts::NotAsked).collect();
    let count = cases.len();
    cases.into_iter().nth(pick % count).unwrap()
}

/// One of the bookings, ended or not, whose payment was captured and not given back.
fn payment(world: &mut World, pick: usize) -> &mut Case {
    let is_paid = |case: &Case| case.payments.iter().any(|facts| facts.refunds.is_empty());
    let cases: Vec<_> = world.cases.iter_mut().filter(|case| is_paid(case)).collect();
    let count = cases.len();
    cases.into_iter().nth(pick % count).unwrap()
}

/// Something under an id that no booking has.
fn orphan(world: &mut World, make: fn(&mut Case)) -> Option<BookingId> {
    let mut case = Case::empty(BookingId::from(Uuid::from_u128(1 << 100)));
    make(&mut case);
    world.cases.push(case);
    world.cases.last().map(|case| case.id)
}

fn queue(world: &mut World, depth: Depth, dead: Vec<DeadLetter>) -> Option<BookingId> {
    world.whole.queues.push(QueueFacts { name: "reserve-seats".to_owned(), depth, dead });
    None
}
