//! What was read, before anybody judges it.
//!
//! A [`Case`] is everything that any context, the provider and the orchestrator know of one booking id - or of an id that
//! no booking has. [`Whole`] is what belongs to no booking. Judging needs these and nothing else, so that made-up worlds
//! can be judged as well as real ones.

use time::{Duration, OffsetDateTime};
use usher_bookings::{Status as BookingStatus, audit::BookingFacts};
use usher_core::ids::BookingId;
use usher_messaging::queue::{DeadLetter, Depth};
use usher_payments::{
    audit::{PaymentFacts, RefundFacts, TransferFacts},
    ledger::Balance,
    provider::ReportLine,
};
use usher_seating::audit::{HoldFacts, StrayClaim};
use usher_tickets::audit::TicketFacts;
use usher_workflows::orchestrator::Status;
use uuid::Uuid;

use crate::{judge::money::Position, sums::Sums};

/// A world to judge.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Booking by booking.
    pub cases: Vec<Case>,
    /// The rest.
    pub whole: Whole,
    /// When, and with how much patience.
    pub moment: Moment,
}

/// When the facts are judged, and what counts as late.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// When they were read.
    pub now: OffsetDateTime,
    /// What moved within this time may still be moving.
    pub grace: Duration,
    /// An execution that runs longer than this is listed as stuck.
    pub overdue: Duration,
}

/// Everything that is known under one booking id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The id.
    pub id: BookingId,
    /// The booking, if there is one.
    pub booking: Option<BookingFacts>,
    /// Its holds, with the seats that are theirs.
    pub holds: Vec<HoldFacts>,
    /// Its payments, with refunds and postings.
    pub payments: Vec<PaymentFacts>,
    /// Its valid tickets.
    pub tickets: Vec<TicketFacts>,
    /// The provider's own record under its references.
    pub provider: Vec<ReportLine>,
    /// Its executions, as far as anybody had to ask.
    pub sagas: SagaFacts,
}

/// What the orchestrator says of a booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SagaFacts {
    /// Not asked: the booking has ended in order, or moved a moment ago.
    NotAsked,
    /// The command that starts an execution waits in the outbox.
    StartWaits,
    /// The executions that it has.
    Runs(Vec<Run>),
}

/// One execution, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Which saga.
    pub saga: String,
    /// Where it stands.
    pub status: Status,
    /// When it began.
    pub started_at: OffsetDateTime,
}

/// What belongs to no single booking.
#[derive(Debug, Clone, Default)]
pub struct Whole {
    /// Valid tickets of seats that have more than one.
    pub doubles: Vec<TicketFacts>,
    /// Claims that contradict their hold.
    pub stray_claims: Vec<StrayClaim>,
    /// Postings without a payment.
    pub stray_transfers: Vec<TransferFacts>,
    /// Movements at the provider under references that are no booking's and no payment's.
    pub foreign_lines: Vec<ReportLine>,
    /// Messages that wait in the outboxes for longer than the grace and a minute.
    pub outbox: Vec<OutboxRow>,
    /// The queues.
    pub queues: Vec<QueueFacts>,
    /// The accounts, provided that the ledger stood still while the cases were read.
    pub accounts: Option<Accounts>,
}

/// The books as a whole.
#[derive(Debug, Clone, Default)]
pub struct Accounts {
    /// What every account of the ledger holds.
    pub ledger: Vec<Balance>,
    /// What the provider charged and did not give back, in all.
    pub provider: Sums,
}

/// A message that nobody sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// Its number.
    pub id: Uuid,
    /// `event` or `start`.
    pub kind: String,
    /// The event's or the saga's name.
    pub topic: String,
    /// The execution to start, or what the event is about.
    pub about: Option<String>,
    /// Since when it waits.
    pub written_at: OffsetDateTime,
}

/// A queue, counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueFacts {
    /// Its name.
    pub name: String,
    /// How much is in it.
    pub depth: Depth,
    /// What nobody could handle.
    pub dead: Vec<DeadLetter>,
}

impl Moment {
    /// How old a message may become before it counts as lost: the grace, and a minute for those who send and receive.
    pub fn message_limit(&self) -> Duration {
        self.grace + Duration::MINUTE
    }
}

impl Case {
    /// Nothing is known under this id so far.
    pub const fn empty(id: BookingId) -> Self {
        Self {
            id,
            booking: None,
            holds: Vec::new(),
            payments: Vec::new(),
            tickets: Vec::new(),
            provider: Vec::new(),
            sagas: SagaFacts::NotAsked,
        }
    }

    /// Whether nothing may move any more. Rejected and cancelled are written last, after all is undone; confirmed is written
    /// beside the recognition of the revenue, so a saga may still be at work then. One that is overdue is not.
    pub fn is_settled(&self, moment: &Moment) -> bool {
        match self.booking.as_ref().map(|booking| booking.status) {
            None | Some(BookingStatus::Rejected | BookingStatus::Cancelled) => true,
            Some(BookingStatus::Confirmed) => !self.is_worked_on(moment),
            Some(_) => false,
        }
    }

    fn is_worked_on(&self, moment: &Moment) -> bool {
        let works = |run: &Run| run.status == Status::Running && run.started_at + moment.overdue > moment.now;
        matches!(&self.sagas, SagaFacts::Runs(runs) if runs.iter().any(works))
    }

    /// When anything of it last moved.
    pub fn moved_at(&self) -> Option<OffsetDateTime> {
        let booking = self.booking.iter().map(|booking| booking.updated_at);
        let holds = self.holds.iter().map(|hold| hold.ended_at.unwrap_or(hold.created_at));
        let payments = self.payments.iter().flat_map(|facts| {
            let payment = facts.payment.settled_at.unwrap_or(facts.payment.opened_at);
            facts.refunds.iter().map(|refund| refund.moved_at).chain([payment])
        });
        let tickets = self.tickets.iter().map(|ticket| ticket.issued_at);
        let provider = self.provider.iter().map(|line| line.at);
        booking.chain(holds).chain(payments).chain(tickets).chain(provider).max()
    }

    /// From when on the provider may have heard of it.
    pub fn began_at(&self) -> Option<OffsetDateTime> {
        let booking = self.booking.iter().map(|booking| booking.created_at);
        let payments = self.payments.iter().map(|facts| facts.payment.opened_at);
        let provider = self.provider.iter().map(|line| line.at);
        booking.chain(payments).chain(provider).min()
    }

    /// Whether a refund of it is with the provider, which decides when it likes.
    pub fn awaits_the_provider(&self) -> bool {
        let waits = |refund: &RefundFacts| !refund.standing.is_settled();
        self.payments.iter().any(|facts| facts.refunds.iter().any(waits))
    }

    /// Where the money of all its payments is.
    pub fn position(&self) -> Position {
        self.payments.iter().map(Position::of).fold(Position::default(), |sum, one| sum.plus(&one))
    }

    /// What should be left with us, as far as the booking tells: what it costs if it takes place, and what was kept of
    /// cancelled seats; less what left as a gift, and with what we still owe.
    pub fn due(&self, position: &Position) -> Sums {
        let worth = self.booking.as_ref().map_or_else(Sums::default, |booking| {
            let total = (booking.status == BookingStatus::Confirmed).then_some(booking.total);
            Sums::of(total.into_iter().chain([booking.kept]))
        });
        position.due(&worth)
    }

    /// Whether it moved within the grace.
    pub fn is_young(&self, moment: &Moment) -> bool {
        self.moved_at().is_some_and(|moved_at| moved_at + moment.grace > moment.now)
    }
}
