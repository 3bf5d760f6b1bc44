//! The one function.

use std::sync::Arc;

use sqlx::PgPool;
use time::{Duration, OffsetDateTime};
use usher_bookings::Bookings;
use usher_core::{ambient::SharedAmbient, ids::BookingId};
use usher_messaging::queue::TaskQueue;
use usher_payments::Payments;
use usher_seating::Seating;
use usher_tickets::Tickets;
use usher_workflows::orchestrator::Orchestrator;
use uuid::Uuid;

use crate::{
    AuditError, Report,
    book::Book,
    examine::examine,
    facts::{Accounts, Moment, Whole},
    judge, outbox, queues,
    recheck::recheck,
    report::Totals,
    sagas,
    tally::Tally,
};

/// Whom the audit asks.
#[derive(Clone)]
#[expect(missing_docs, reason = "each context is named after itself")]
pub struct Sources {
    pub bookings: Bookings,
    pub seating: Seating,
    pub payments: Payments,
    pub tickets: Tickets,
    /// Where the steps' requests and the consumers' events wait.
    pub queue: Arc<dyn TaskQueue>,
    pub orchestrator: Arc<dyn Orchestrator>,
    /// Every database that has an outbox, each once.
    pub outboxes: Vec<PgPool>,
    /// The names of all queues.
    pub queues: Vec<String>,
    /// What time it is.
    pub ambient: SharedAmbient,
}

/// How patient the audit is.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Bookings that moved within this time may still be moving: what looks wrong with them is looked at again until it is
    /// gone or older than this. Zero believes the first look, which is right when nothing moves, and only then.
    pub grace: Duration,
    /// An execution that has been running for longer is listed as stuck.
    pub overdue: Duration,
    /// How many bookings are read at a time.
    pub page: i64,
}

impl Default for Options {
    /// Ten seconds, which is many times the life of a booking saga; ten minutes, after which whoever waits has left; two
    /// thousand bookings, some megabytes.
    fn default() -> Self {
        Self { grace: Duration::seconds(10), overdue: Duration::minutes(10), page: 2000 }
    }
}

impl Options {
    pub(crate) fn moment(&self, sources: &Sources) -> Moment {
        Moment { now: sources.ambient.now(), grace: self.grace, overdue: self.overdue }
    }

    pub(crate) fn page_size(&self) -> usize {
        usize::try_from(self.page.max(1)).unwrap_or(usize::MAX)
    }
}

/// Looks at everything, changes nothing, and tells what is wrong.
///
/// It can run while the system works: see [`Options::grace`]. Without a verdict - a database or the provider did not answer -
/// it is an error, never a clean report.
pub async fn audit(sources: &Sources, options: &Options) -> Result<Report, AuditError> {
    let ledger = sources.payments.balances().await?;
    let mut book = Book::read(sources.payments.provider(), OffsetDateTime::UNIX_EPOCH).await?;
    let provider = book.net.clone();
    let (mut settled, mut doubtful) = (Tallied::default(), Vec::new());
    let mut from = Some(BookingId::from(Uuid::nil()));
    while let Some(first) = from {
        let end = sources.bookings.audit_page_end(first, options.page).await?;
        let range = first..=end.unwrap_or(BookingId::from(Uuid::max()));
        let moment = options.moment(sources);
        for examined in examine(sources, &moment, &[range], &mut book).await? {
            if examined.findings.is_empty() || options.grace.is_zero() {
                settled.add(examined, &moment);
            } else {
                doubtful.push(examined);
            }
        }
        from = end.and_then(successor);
    }
    let moment = options.moment(sources);
    for examined in Box::pin(recheck(sources, options, doubtful)).await? {
        settled.add(examined, &moment);
    }
    let Tallied { mut tally, mut findings } = settled;
    let mut whole = whole(sources, &options.moment(sources)).await?;
    whole.foreign_lines = book.into_foreign();
    // The same balances at both ends: no money moved while the cases were read.
    if sources.payments.balances().await? == ledger {
        whole.accounts = Some(Accounts { ledger, provider: provider.clone() });
    }
    let moment = options.moment(sources);
    findings.extend(judge::whole(&whole, &tally, &moment));
    findings.sort_by_key(|finding| (finding.invariant, finding.booking));
    tally.checked.queues = whole.queues.len() as u64;
    Ok(Report {
        at: moment.now,
        checked: tally.checked,
        findings,
        stuck: sagas::stuck(&*sources.orchestrator, &moment).await?,
        in_flight: tally.moving,
        totals: Totals::of(&tally, &provider)?,
    })
}

/// What was decided so far.
#[derive(Default)]
struct Tallied {
    tally: Tally,
    findings: Vec<crate::Finding>,
}

impl Tallied {
    fn add(&mut self, examined: crate::examine::Examined, moment: &Moment) {
        self.tally.add(&examined.case, moment);
        self.findings.extend(examined.findings);
    }
}

fn successor(id: BookingId) -> Option<BookingId> {
    id.uuid().as_u128().checked_add(1).map(|next| BookingId::from(Uuid::from_u128(next)))
}

async fn whole(sources: &Sources, moment: &Moment) -> Result<Whole, AuditError> {
    Ok(Whole {
        doubles: sources.tickets.audit_doubles().await?,
        stray_claims: sources.seating.audit_stray_claims().await?,
        stray_transfers: sources.payments.audit_stray_transfers().await?,
        outbox: outbox::older_than(&sources.outboxes, moment.now - moment.message_limit()).await?,
        queues: queues::read(&*sources.queue, &sources.queues).await?,
        ..Whole::default()
    })
}
