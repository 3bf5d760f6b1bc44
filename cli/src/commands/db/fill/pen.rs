//! Writes the rows of one booking, each kind as the context that owns it would.

use time::{Duration, OffsetDateTime};
use usher_core::{
    ids::{BookingId, PaymentId, RefundId, UserId},
    money::{Currency, Money},
    seat::SeatName,
};
use usher_notifications::{Notice, text};
use usher_payments::refund::REFUND_FAILED;
use usher_tickets::{Mint, TicketClaims};

use super::{
    batch::Batch,
    plan::{Dice, Fate, Planned},
    world::Showtime,
};

/// How long a seat is held before it is paid for.
const HOLD: Duration = Duration::minutes(5);

/// Why the provider refuses a refund.
const REFUSED: &str = "expired_or_canceled_card";

/// What every row of a booking needs.
pub struct Facts<'a> {
    pub planned: Planned,
    pub id: BookingId,
    pub user: UserId,
    pub showtime: &'a Showtime,
    pub seats: &'a [SeatName],
    pub total: i64,
    pub payment: PaymentId,
    pub reference: String,
    pub epoch: i64,
    pub created: OffsetDateTime,
    pub keeps_history: bool,
}

impl Facts<'_> {
    /// When its saga had come to an end.
    pub fn ended(&self) -> OffsetDateTime {
        self.created + Duration::milliseconds(40)
    }

    /// When the customer changed their mind, or the house was kind.
    pub fn afterwards(&self) -> OffsetDateTime {
        self.created + Duration::hours(2)
    }

    /// Whether it was confirmed and then cancelled.
    pub const fn is_cancelled(&self) -> bool {
        matches!(self.planned.fate, Fate::Cancelled | Fate::PaidOut)
    }

    /// What is given back: all, or less a tenth, or a quarter.
    pub const fn given(&self) -> i64 {
        match self.planned.fate {
            Fate::Cancelled if self.planned.place % 2 == 1 => self.total - self.total / 10,
            Fate::Goodwill => self.total / 4,
            _ => self.total,
        }
    }

    /// How it is paid for.
    pub const fn method(&self) -> &'static str {
        match self.planned.fate {
            Fate::Declined => "pm_declined",
            _ => "pm_ok",
        }
    }
}

/// An amount as everybody writes it.
pub const fn euros(cents: i64) -> Money {
    Money::new(cents, Currency::EUR)
}

/// What is posted to the ledger.
struct Posting<'a> {
    kind: &'a str,
    reference: &'a str,
    debit: &'a str,
    credit: &'a str,
    amount: i64,
}

/// One booking, and where its rows go.
pub struct Pen<'a> {
    pub facts: Facts<'a>,
    pub dice: &'a Dice,
    pub batch: &'a mut Batch,
}

impl Pen<'_> {
    /// The booking itself.
    pub fn booked(&mut self) {
        let facts = &self.facts;
        let (status, reason) = match facts.planned.fate {
            Fate::Confirmed | Fate::Goodwill => ("confirmed", None),
            Fate::Cancelled | Fate::PaidOut => ("cancelled", None),
            Fate::Declined => ("rejected", Some("PaymentDeclined")),
            Fate::SeatsGone => ("rejected", Some("SeatUnavailable")),
            Fate::Stuck => ("reserved", None),
            Fate::TimedOut | Fate::Aborted => ("requested", None),
        };
        let is_cancelled = facts.is_cancelled();
        let rows = &mut self.batch.booked;
        rows.id(facts.id.uuid()).id(facts.user.uuid()).id(facts.showtime.id.uuid()).array(facts.seats);
        rows.array(facts.seats.iter().map(|_| facts.showtime.price)).shown(facts.total).text("EUR");
        rows.text(facts.method()).text(status).maybe(reason);
        if facts.planned.fate == Fate::SeatsGone {
            rows.array(facts.seats.first());
        } else {
            rows.null();
        }
        rows.shown(if is_cancelled { facts.total - facts.given() } else { 0 }).at(facts.created);
        rows.at(if is_cancelled { facts.afterwards() } else { facts.ended() });
        rows.maybe_at((is_cancelled || status == "confirmed").then(|| facts.ended())).end();
    }

    /// On what terms it was cancelled.
    pub fn cancelled(&mut self) {
        let facts = &self.facts;
        let rows = &mut self.batch.cancellations;
        rows.id(facts.id.uuid()).id(facts.id.uuid()).array(facts.seats).shown(facts.given());
        rows.shown(facts.total - facts.given()).text("the customer changed their mind").id(facts.user.uuid());
        rows.at(facts.afterwards()).end();
    }

    /// The hold under the booking's number, and its seats if they are still its own.
    pub fn held(&mut self, state: &str) {
        let facts = &self.facts;
        let expires_at = facts.created + HOLD;
        let ended_at = match state {
            "held" => None,
            _ if facts.is_cancelled() => Some(facts.afterwards()),
            _ => Some(facts.ended()),
        };
        let (hold, showtime) = (facts.id.uuid(), facts.showtime.id.uuid());
        let rows = &mut self.batch.holds;
        rows.id(hold).id(showtime).id(facts.user.uuid()).id(facts.id.uuid()).array(facts.seats).shown(facts.epoch);
        rows.text(state).at(facts.created).at(expires_at).maybe_at(ended_at).end();
        for seat in facts.seats.iter().filter(|_| state != "released") {
            let rows = &mut self.batch.claims;
            rows.id(showtime).shown(seat).id(hold).shown(facts.epoch);
            rows.maybe_at((state == "held").then_some(expires_at)).end();
        }
    }

    /// A ticket for each seat, revoked if it was cancelled.
    pub fn ticketed(&mut self, mint: &Mint) {
        let facts = &self.facts;
        let (at, showtime) = (facts.ended(), facts.showtime);
        for seat in facts.seats {
            let ticket = self.dice.id(at);
            let (starts_at, seat) = (showtime.starts_at, seat.clone());
            let claims = TicketClaims { ticket: ticket.into(), showtime: showtime.id, starts_at, seat };
            let rows = &mut self.batch.tickets;
            rows.id(ticket).id(facts.id.uuid()).id(facts.user.uuid()).id(showtime.id.uuid()).shown(&claims.seat);
            rows.shown(showtime.price).text("EUR").text(mint.code(&claims).as_str()).at(at);
            rows.maybe_at(facts.is_cancelled().then(|| facts.afterwards()));
            rows.maybe(facts.is_cancelled().then_some("BookingCancelled")).end();
        }
    }

    /// The payment, its one attempt, what the provider has of it, and the posting if money was taken.
    pub fn charged(&mut self, is_good: bool) {
        let facts = &self.facts;
        let (asked, heard) = (facts.created + Duration::milliseconds(15), facts.created + Duration::milliseconds(25));
        let charge = self.dice.id(asked);
        let (status, answer) = if is_good { ("captured", "answered") } else { ("declined", "declined") };
        let (name, code) = (format!("ch_{}", charge.simple()), (!is_good).then_some("card_declined"));
        let rows = &mut self.batch.payments;
        rows.id(facts.payment.uuid()).id(facts.id.uuid()).shown(&facts.reference).shown(facts.total).text("EUR");
        rows.text(facts.method()).text(status).maybe(is_good.then_some(name.as_str())).maybe(code);
        rows.at(asked).at(heard).text(status).end();
        let rows = &mut self.batch.attempts;
        rows.id(facts.payment.uuid()).id(facts.payment.uuid()).text("charge").at(asked).text(answer);
        rows.text(code.unwrap_or("captured")).at(heard).end();
        let is_refunded = matches!(facts.planned.fate, Fate::Cancelled | Fate::Goodwill);
        let rows = &mut self.batch.charges;
        rows.shown(&facts.reference).id(charge).shown(facts.total).text("EUR").text(facts.method()).text(status);
        rows.maybe(code).shown(if is_refunded { facts.given() } else { 0 }).at(asked).end();
        if is_good {
            let (reference, amount) = (facts.reference.clone(), facts.total);
            let (debit, credit) = ("provider", "customer_prepayments");
            self.posted(&Posting { kind: "capture", reference: &reference, debit, credit, amount }, heard);
        }
    }

    /// The revenue.
    pub fn earned(&mut self) {
        let (reference, amount, at) = (self.facts.reference.clone(), self.facts.total, self.facts.ended());
        let (debit, credit) = ("customer_prepayments", "revenue");
        self.posted(&Posting { kind: "recognise", reference: &reference, debit, credit, amount }, at);
    }

    /// A refund, what the provider has of it, and its posting if any money moved.
    pub fn repaid(&mut self, refund: RefundId, name: &str, purpose: &str) {
        let facts = &self.facts;
        let (asked, heard) = (facts.afterwards(), facts.afterwards() + Duration::milliseconds(10));
        let (amount, is_good) = (facts.given(), facts.planned.fate != Fate::PaidOut);
        let made = self.dice.id(asked);
        let (status, code) = if is_good { ("succeeded", None) } else { ("failed", Some(REFUSED)) };
        let rows = &mut self.batch.refunds;
        rows.id(refund.uuid()).id(facts.payment.uuid()).text(name).shown(amount).text("revenue").text(purpose);
        rows.text(if purpose == "goodwill" { "the film stopped twice" } else { "" }).null().text(status);
        rows.shown(format_args!("re_{}", made.simple())).maybe(code).at(asked).at(asked).at(heard).end();
        let rows = &mut self.batch.repaid;
        rows.text(name).id(made).shown(&facts.reference).shown(amount).text(status).maybe(code).at(asked).end();
        if is_good {
            let (debit, credit) = ("revenue", "provider");
            self.posted(&Posting { kind: "refund", reference: name, debit, credit, amount }, heard);
        }
    }

    /// What was paid out a day later, because the refund failed.
    pub fn paid_out(&mut self, refund: RefundId, name: &str) {
        let facts = &self.facts;
        let (failed, amount) = (facts.afterwards(), facts.given());
        let at = failed + Duration::DAY;
        let rows = &mut self.batch.payouts;
        rows.id(self.dice.id(at)).id(refund.uuid()).id(facts.payment.uuid()).shown(amount).text("bank transfer");
        rows.text("filled in").id(facts.user.uuid()).at(at).end();
        let rows = &mut self.batch.incidents;
        rows.id(self.dice.id(failed)).text(REFUND_FAILED).text(name).id(facts.payment.uuid()).id(refund.uuid());
        rows.text(REFUSED).text("refund_delayed").at(failed).at(at).text("paid out by bank transfer: filled in").end();
        let (debit, credit) = ("revenue", "bank");
        self.posted(&Posting { kind: "payout", reference: name, debit, credit, amount }, at);
    }

    fn posted(&mut self, posting: &Posting<'_>, at: OffsetDateTime) {
        let rows = &mut self.batch.transfers;
        rows.id(self.facts.payment.uuid()).id(self.facts.id.uuid()).text("EUR").text(posting.kind);
        rows.text(posting.reference).text(posting.debit).text(posting.credit).shown(posting.amount).at(at).end();
    }

    /// What the customer was told, and why the message exists.
    pub fn told(&mut self, intent: &str, notice: &Notice, at: OffsetDateTime) -> anyhow::Result<()> {
        let text = text::render(self.facts.id, notice)?;
        let rows = &mut self.batch.messages;
        rows.id(self.dice.id(at)).text(intent).id(self.facts.id.uuid()).id(self.facts.user.uuid());
        rows.text(notice.template()).text(&text.subject).text(&text.body).at(at).end();
        Ok(())
    }
}
