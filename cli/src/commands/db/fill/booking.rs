//! One made-up booking after the other: what became of it, and so which rows it has.

use std::{collections::BTreeMap, fmt};

use anyhow::Context as _;
use time::OffsetDateTime;
use usher_core::ids::{BookingId, CancellationId, HoldId, RefundId};
use usher_notifications::{MoneyBack, Notice, RefundNews, Rejection};
use usher_payments::reference;
use usher_tickets::Mint;

use super::{
    batch::Batch,
    pen::{Facts, Pen, euros},
    plan::{Dice, Fate, Plan, Planned},
    sagas::{Sagas, Story},
    world::World,
};

/// Everything that bookings are made of.
pub struct Writer {
    pub plan: Plan,
    pub world: World,
    pub sagas: Sagas,
    pub mint: Mint,
    /// The fence of the first hold.
    pub epoch: i64,
    /// From which booking on executions keep their history.
    pub keeps_history_from: u64,
}

/// How many bookings met which fate.
#[derive(Debug, Default)]
pub struct Tally(BTreeMap<Fate, u64>);

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: u64 = self.0.values().sum();
        write!(f, "{all} bookings")?;
        for (fate, count) in &self.0 {
            write!(f, "\n  {count:>9} {}", described(*fate))?;
        }
        Ok(())
    }
}

const fn described(fate: Fate) -> &'static str {
    match fate {
        Fate::Confirmed => "confirmed",
        Fate::Goodwill => "confirmed, with a part given back",
        Fate::Cancelled => "cancelled, with the money back",
        Fate::PaidOut => "cancelled, with a refund that failed and was paid out",
        Fate::Declined => "rejected by the bank",
        Fate::SeatsGone => "rejected, because the seats had gone",
        Fate::Stuck => "stuck: the saga FAILED on its way back",
        Fate::TimedOut => "stuck: the saga TIMED_OUT",
        Fate::Aborted => "stuck: the saga was ABORTED",
    }
}

impl Writer {
    /// Makes every booking and hands them on in batches, until all are done or nobody takes any more.
    pub fn make(&self, size: u64, take: impl Fn(Batch) -> bool) -> anyhow::Result<Tally> {
        let dice = Dice::new(self.plan.seed.rotate_left(32));
        let mut tally = Tally::default();
        let mut batch = Batch::new();
        for (number, planned) in (0..).zip(self.plan.bookings()) {
            let facts = self.facts(number, planned, &dice)?;
            self.write(Pen { facts, dice: &dice, batch: &mut batch })?;
            *tally.0.entry(planned.fate).or_default() += 1;
            batch.bookings += 1;
            let is_full = batch.bookings == size || number + 1 == self.plan.bookings;
            if is_full && !take(std::mem::replace(&mut batch, Batch::new())) {
                break;
            }
        }
        Ok(tally)
    }

    fn facts(&self, number: u64, planned: Planned, dice: &Dice) -> anyhow::Result<Facts<'_>> {
        let showtime = self.world.showtimes.get(usize::try_from(planned.showtime)?).context("a showtime too few")?;
        let first = usize::from(planned.first_seat);
        let seats = self.world.seats.get(first..first + usize::from(planned.seats)).context("a seat too few")?;
        let customer = usize::try_from(dice.below(self.world.customers.len() as u64))?;
        let created = self.plan.created_at(&planned);
        let id = BookingId::from(dice.id(created));
        Ok(Facts {
            planned,
            id,
            user: *self.world.customers.get(customer).context("nobody to book")?,
            showtime,
            seats,
            total: showtime.price * i64::from(planned.seats),
            payment: dice.id(created).into(),
            reference: reference::charge_of_booking(id),
            epoch: self.epoch + i64::try_from(number)?,
            created,
            keeps_history: number >= self.keeps_history_from,
        })
    }

    fn write(&self, mut pen: Pen<'_>) -> anyhow::Result<()> {
        pen.booked();
        let own = match pen.facts.planned.fate {
            Fate::Confirmed | Fate::Goodwill | Fate::Cancelled | Fate::PaidOut => {
                self.confirmed(&mut pen)?;
                Story::Confirmed
            }
            Fate::Declined => {
                pen.held("released");
                pen.charged(false);
                rejected(&mut pen, Rejection::PaymentDeclined)?;
                Story::Declined
            }
            Fate::SeatsGone => {
                rejected(&mut pen, Rejection::SeatUnavailable)?;
                Story::SeatsGone
            }
            Fate::Stuck => {
                pen.held("held");
                pen.charged(true);
                Story::Stuck
            }
            Fate::TimedOut => Story::TimedOut,
            Fate::Aborted => Story::Aborted,
        };
        let (name, began_at) = (pen.facts.id.to_string(), pen.facts.created);
        self.execution(own, &mut pen, &name, began_at)?;
        match pen.facts.planned.fate {
            Fate::Goodwill => self.goodwill(&mut pen),
            Fate::Cancelled | Fate::PaidOut => self.cancelled(&mut pen),
            _ => Ok(()),
        }
    }

    /// Seats sold, money taken and earned, tickets issued, the customer told; whatever came later.
    fn confirmed(&self, pen: &mut Pen<'_>) -> anyhow::Result<()> {
        pen.held(if pen.facts.is_cancelled() { "released" } else { "sold" });
        pen.charged(true);
        pen.earned();
        pen.ticketed(&self.mint);
        let facts = &pen.facts;
        let notice = Notice::BookingConfirmed {
            movie: facts.showtime.movie.to_owned(),
            theater: facts.showtime.house.clone(),
            screen: facts.showtime.screen.clone(),
            starts_at: facts.showtime.starts_at,
            seats: facts.seats.to_vec(),
            total: euros(facts.total),
            tickets: facts.planned.seats.into(),
        };
        let (intent, at) = (format!("{}/notify-customer", facts.id), facts.ended());
        pen.told(&intent, &notice, at)
    }

    /// A quarter of the price goes back, and the tickets stay.
    fn goodwill(&self, pen: &mut Pen<'_>) -> anyhow::Result<()> {
        let at = pen.facts.afterwards();
        let refund = RefundId::from(pen.dice.id(at));
        let name = format!("{}/refund-{}", pen.facts.id, pen.dice.id(at).simple());
        pen.repaid(refund, &name, "goodwill");
        let (movie, amount) = (pen.facts.showtime.movie.to_owned(), euros(pen.facts.given()));
        let notice = Notice::Refund { movie, amount, news: RefundNews::Succeeded };
        pen.told(&format!("{refund}/notify-refund/succeeded"), &notice, at)?;
        self.execution(Story::Goodwill, pen, &refund.to_string(), at)
    }

    /// Seats free, tickets void, the money back: by the provider, or else by hand.
    fn cancelled(&self, pen: &mut Pen<'_>) -> anyhow::Result<()> {
        let at = pen.facts.afterwards();
        let is_paid_out = pen.facts.planned.fate == Fate::PaidOut;
        let refund = RefundId::from(pen.dice.id(at));
        let name = reference::refund(&pen.facts.reference);
        pen.cancelled();
        pen.repaid(refund, &name, "cancellation");
        if is_paid_out {
            pen.paid_out(refund, &name);
        }
        let facts = &pen.facts;
        let money = if is_paid_out { MoneyBack::Failed } else { MoneyBack::Sent(euros(facts.given())) };
        let (movie, seats) = (facts.showtime.movie.to_owned(), facts.seats.to_vec());
        let notice = Notice::BookingCancelled { movie, seats, is_part: false, by_house: false, money };
        let execution = CancellationId::from(facts.id.uuid()).to_string();
        pen.told(&format!("{execution}/notify-cancellation"), &notice, at)?;
        self.execution(if is_paid_out { Story::Owed } else { Story::Cancelled }, pen, &execution, at)
    }

    fn execution(&self, story: Story, pen: &mut Pen<'_>, name: &str, began_at: OffsetDateTime) -> anyhow::Result<()> {
        let (played, facts) = (self.sagas.of(story)?, &pen.facts);
        let price = euros(facts.showtime.price);
        let seats: Vec<_> =
            facts.seats.iter().map(|seat| serde_json::json!({ "seat": seat, "price": price })).collect();
        let id = format!("{}:{name}", played.saga);
        let values = [
            ("execution", name),
            ("booking", &facts.id.to_string()),
            ("user", &facts.user.to_string()),
            ("showtime", &facts.showtime.id.to_string()),
            ("payment", &facts.payment.to_string()),
            ("hold", &HoldId::from(facts.id.uuid()).to_string()),
            ("refund", name),
            ("method", facts.method()),
            ("seats", &serde_json::to_string(&seats)?),
            ("total", &serde_json::to_string(&euros(facts.total))?),
            ("given", &serde_json::to_string(&euros(facts.given()))?),
            ("epoch", &facts.epoch.to_string()),
            ("tickets", &facts.planned.seats.to_string()),
        ];
        let ended_at = began_at + played.took;
        let rows = &mut pen.batch.executions;
        rows.shown(&id).shown(&played.definition).shown(played.status).text("").shown(played.version);
        rows.text(&played.snapshot.fill(&values, began_at)).at(began_at).at(ended_at).at(ended_at).end();
        if facts.keeps_history || played.status != "SUCCEEDED" {
            pen.batch.history.shown(&id).shown(1).text(&played.history.fill(&values, began_at)).end();
        }
        Ok(())
    }
}

fn rejected(pen: &mut Pen<'_>, reason: Rejection) -> anyhow::Result<()> {
    let facts = &pen.facts;
    let (movie, seats) = (facts.showtime.movie.to_owned(), facts.seats.to_vec());
    let notice = Notice::BookingRejected { movie, seats, reason, is_owed: false };
    let (intent, at) = (format!("{}/notify-rejection", facts.id), facts.ended());
    pen.told(&intent, &notice, at)
}
