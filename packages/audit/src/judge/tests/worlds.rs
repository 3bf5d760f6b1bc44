//! Made-up worlds in which everything is as it should be, put together from the things that happen to a booking.

use std::collections::BTreeMap;

use proptest::{prelude::*, strategy::Strategy};
use time::{Duration, OffsetDateTime};
use usher_bookings::{Status, audit::BookingFacts};
use usher_core::{
    ids::{BookingId, ShowtimeId, TicketId},
    money::{Currency, Money},
};
use usher_payments::{
    audit::RefundStanding,
    ledger::{Account, Balance},
    provider::{Movement, ReportLine},
    refund::Purpose,
};
use usher_seating::audit::{ClaimFacts, HoldFacts};
use usher_tickets::audit::TicketFacts;
use usher_workflows::orchestrator::Status as Execution;
use uuid::Uuid;

use super::made_up;
use crate::{
    facts::{Accounts, Case, Facts, Moment, Run, SagaFacts, Whole},
    sums::Sums,
};

/// Bookings and what belongs to none. Doubles and accounts are derived from these, as the databases would.
#[derive(Debug, Clone, Default)]
pub struct World {
    pub cases: Vec<Case>,
    pub whole: Whole,
}

/// What happened to a booking.
pub type Story = fn(&mut Case);

const STORIES: &[Story] = &[
    confirmed,
    cancelled,
    paid,
    requested,
    rejected_at_once,
    rejected_while_held,
    rejected_after_payment,
    reserved,
    cancelling,
    stuck,
    confirmed_and_running,
    confirmed_with_a_gift,
    cancelled_for_a_fee,
    cancelled_and_owed,
    cancelled_and_paid_out,
    cancelled_and_disputed,
];

/// One of each kind that mutations need, and any others.
pub fn any() -> impl Strategy<Value = World> {
    let others = prop::collection::vec((0..STORIES.len(), prop::collection::vec(1_i64..100_000, 1..5)), 0..12);
    others.prop_map(|others| {
        let mut world = World::default();
        for story in [confirmed, cancelled, paid] {
            world.add(story);
        }
        for (story, prices) in others {
            world.add_priced(&prices, STORIES[story]);
        }
        world
    })
}

impl World {
    pub fn add(&mut self, story: Story) -> &mut Case {
        self.add_priced(&[1250, 990], story)
    }

    fn add_priced(&mut self, prices: &[i64], story: Story) -> &mut Case {
        let number = self.cases.len() + 1;
        let mut case = Case::empty(BookingId::from(Uuid::from_u128(number as u128)));
        let seats = prices.iter().enumerate();
        let seats: Vec<_> = seats.map(|(place, price)| (format!("A{number}{place}"), eur(*price))).collect();
        case.booking = Some(BookingFacts {
            id: case.id,
            showtime: ShowtimeId::from(Uuid::from_u128(number as u128 % 2)),
            total: eur(prices.iter().sum()),
            kept: eur(0),
            parting: None,
            seats,
            status: Status::Requested,
            created_at: past(),
            updated_at: past(),
        });
        story(&mut case);
        self.cases.push(case);
        self.cases.last_mut().unwrap()
    }

    pub fn facts(&self) -> Facts {
        let mut whole = self.whole.clone();
        let mut owners: BTreeMap<_, Vec<&TicketFacts>> = BTreeMap::new();
        for ticket in self.cases.iter().flat_map(|case| &case.tickets) {
            owners.entry((ticket.showtime, &ticket.seat)).or_default().push(ticket);
        }
        whole.doubles = owners.into_values().filter(|tickets| tickets.len() > 1).flatten().cloned().collect();
        whole.accounts = Some(Accounts { ledger: self.balances(), provider: self.provider() });
        let moment = Moment { now: now(), grace: Duration::seconds(10), overdue: Duration::minutes(10) };
        Facts { cases: self.cases.clone(), whole, moment }
    }

    fn balances(&self) -> Vec<Balance> {
        let payments = self.cases.iter().flat_map(|case| &case.payments);
        let transfers: Vec<_> =
            payments.flat_map(|facts| &facts.transfers).chain(&self.whole.stray_transfers).collect();
        let balance = |account| {
            let gained = Sums::of(transfers.iter().filter(|one| one.debit == account).map(|one| one.amount));
            let given = Sums::of(transfers.iter().filter(|one| one.credit == account).map(|one| one.amount));
            Balance { account, balance: gained.minus(&given).in_currency(Currency::EUR).unwrap() }
        };
        Account::ALL.into_iter().map(balance).collect()
    }

    fn provider(&self) -> Sums {
        let lines = self.cases.iter().flat_map(|case| &case.provider).chain(&self.whole.foreign_lines);
        let (charges, refunds): (Vec<_>, Vec<_>) = lines.partition(|line| line.movement == Movement::Charge);
        Sums::of(charges.iter().map(|line| line.amount)).minus(&Sums::of(refunds.iter().map(|line| line.amount)))
    }
}

pub fn now() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_795_000_000).unwrap()
}

pub fn past() -> OffsetDateTime {
    now() - Duration::hours(1)
}

pub fn eur(amount: i64) -> Money {
    Money::new(amount, Currency::EUR)
}

pub fn charge_line(case: &Case) -> ReportLine {
    let reference = usher_payments::reference::charge_of_booking(case.id);
    ReportLine {
        movement: Movement::Charge,
        id: "ch_1".to_owned(),
        charge_reference: reference.clone(),
        reference,
        amount: case.booking.as_ref().map_or(eur(1), |booking| booking.total),
        at: past(),
    }
}

pub fn tickets(case: &Case) -> Vec<TicketFacts> {
    let booking = case.booking.as_ref().unwrap();
    let ticket = |(place, (seat, price)): (usize, &(String, Money))| TicketFacts {
        id: TicketId::from(Uuid::from_u128(case.id.uuid().as_u128() * 100 + place as u128)),
        booking: case.id,
        showtime: booking.showtime,
        seat: seat.clone(),
        price: *price,
        issued_at: past(),
    };
    booking.seats.iter().enumerate().map(ticket).collect()
}

pub fn claims(case: &Case, is_sold: bool) -> Vec<ClaimFacts> {
    let seats = &case.booking.as_ref().unwrap().seats;
    seats.iter().map(|(seat, _)| ClaimFacts { seat: seat.clone(), is_sold }).collect()
}

pub fn runs(status: Execution) -> SagaFacts {
    SagaFacts::Runs(vec![Run { saga: "booking".to_owned(), status, started_at: now() - Duration::seconds(30) }])
}

fn hold(case: &mut Case) {
    case.holds.push(HoldFacts {
        id: case.id.uuid().into(),
        booking: case.id,
        showtime: case.booking.as_ref().unwrap().showtime,
        state: "held".to_owned(),
        claims: claims(case, false),
        created_at: past(),
        ended_at: None,
    });
}

fn pay(case: &mut Case) {
    let total = case.booking.as_ref().unwrap().total;
    case.payments.push(made_up::capture(case.id, total.amount, past()));
    case.provider.push(charge_line(case));
}

fn sell(case: &mut Case) {
    case.holds[0].state = "sold".to_owned();
    case.holds[0].claims = claims(case, true);
    case.tickets = tickets(case);
}

/// All of it, on record here and there.
pub fn give_back(case: &mut Case) {
    let amount = case.payments[0].payment.amount;
    made_up::refund(&mut case.payments[0], amount.amount);
    let reference = case.payments[0].refunds.last().unwrap().reference.clone();
    case.provider.push(ReportLine {
        movement: Movement::Refund,
        id: "re_1".to_owned(),
        reference,
        amount,
        ..charge_line(case)
    });
}

fn release(case: &mut Case) {
    case.tickets.clear();
    for hold in &mut case.holds {
        hold.state = "released".to_owned();
        hold.claims.clear();
    }
}

fn become_(case: &mut Case, status: Status) {
    case.booking.as_mut().unwrap().status = status;
}

fn requested(case: &mut Case) {
    case.sagas = SagaFacts::StartWaits;
}

fn reserved(case: &mut Case) {
    hold(case);
    become_(case, Status::Reserved);
    case.sagas = runs(Execution::Running);
}

fn paid(case: &mut Case) {
    reserved(case);
    pay(case);
    become_(case, Status::Paid);
}

pub fn confirmed_but_not_recognised(case: &mut Case) {
    paid(case);
    sell(case);
    become_(case, Status::Confirmed);
}

pub fn confirmed(case: &mut Case) {
    confirmed_but_not_recognised(case);
    made_up::recognise(&mut case.payments[0]);
    case.sagas = SagaFacts::NotAsked;
}

fn confirmed_and_running(case: &mut Case) {
    confirmed_but_not_recognised(case);
}

fn cancelled(case: &mut Case) {
    confirmed(case);
    give_back(case);
    release(case);
    become_(case, Status::Cancelled);
}

fn refund_line(case: &Case) -> ReportLine {
    let refund = case.payments[0].refunds.last().unwrap();
    ReportLine {
        movement: Movement::Refund,
        id: "re_1".to_owned(),
        reference: refund.reference.clone(),
        amount: refund.amount,
        ..charge_line(case)
    }
}

/// The tickets stay, and a cent is given back as a kindness.
pub fn confirmed_with_a_gift(case: &mut Case) {
    confirmed(case);
    made_up::refund(&mut case.payments[0], 1);
    case.payments[0].refunds[0].purpose = Purpose::Goodwill;
    case.provider.push(refund_line(case));
}

/// The policy keeps a cent, and gives the rest back.
pub fn cancelled_for_a_fee(case: &mut Case) {
    confirmed(case);
    let total = case.booking.as_ref().unwrap().total.amount;
    made_up::refund(&mut case.payments[0], total - 1);
    case.payments[0].refunds[0].purpose = Purpose::Cancellation;
    case.provider.push(refund_line(case));
    case.booking.as_mut().unwrap().kept = eur(1);
    release(case);
    become_(case, Status::Cancelled);
}

/// The refund failed: nothing moved, and all of it is owed.
pub fn cancelled_and_owed(case: &mut Case) {
    cancelled(case);
    case.payments[0].refunds[0].standing = RefundStanding::Failed;
    case.payments[0].transfers.pop();
    case.provider.pop();
}

/// It failed, and was paid out another way.
pub fn cancelled_and_paid_out(case: &mut Case) {
    cancelled_and_owed(case);
    made_up::pay_out(&mut case.payments[0]);
}

/// The customer's bank took the money, so there is nothing left to give back.
fn cancelled_and_disputed(case: &mut Case) {
    confirmed(case);
    made_up::dispute(&mut case.payments[0]);
    let amount = case.payments[0].payment.amount;
    case.provider.push(ReportLine { movement: Movement::Dispute, id: "dp_1".to_owned(), amount, ..charge_line(case) });
    release(case);
    become_(case, Status::Cancelled);
}

/// The customer's bank took the money and gave it back.
pub fn disputed_and_won(case: &mut Case) {
    confirmed(case);
    made_up::dispute(&mut case.payments[0]);
    made_up::win(&mut case.payments[0]);
    let (id, amount) = ("dp_1".to_owned(), case.payments[0].payment.amount);
    let taken = ReportLine { movement: Movement::Dispute, id, amount, ..charge_line(case) };
    case.provider.push(taken.clone());
    case.provider.push(ReportLine { movement: Movement::DisputeWon, ..taken });
}

fn cancelling(case: &mut Case) {
    confirmed(case);
    case.tickets.clear();
    become_(case, Status::Cancelling);
    case.sagas = runs(Execution::Running);
}

fn rejected_at_once(case: &mut Case) {
    become_(case, Status::Rejected);
}

fn rejected_while_held(case: &mut Case) {
    hold(case);
    release(case);
    become_(case, Status::Rejected);
}

fn rejected_after_payment(case: &mut Case) {
    hold(case);
    pay(case);
    give_back(case);
    release(case);
    become_(case, Status::Rejected);
}

fn stuck(case: &mut Case) {
    paid(case);
    case.sagas = runs(Execution::Failed);
}
