//! The tickets of bookings that were confirmed a moment ago, read for many at once.
//!
//! When hundreds of requests wait for their sagas, hundreds ask for tickets within milliseconds. What is asked while one
//! query runs is the next query. Nobody waits for others to come: a single question is asked at once.

use std::collections::HashMap;

use tokio::sync::{mpsc, oneshot};
use usher_core::ids::BookingId;
use usher_database::Failure;
use usher_tickets::{Ticket, Tickets};

/// The most bookings that one query asks for.
const BATCH: usize = 256;

/// How many questions may wait before those who ask are held back.
const BACKLOG: usize = 4096;

type Asked = (BookingId, oneshot::Sender<Result<Vec<Ticket>, Failure>>);

/// Asks for tickets. Cheap to clone; the task behind it ends with the last clone.
#[derive(Debug, Clone)]
pub(crate) struct TicketReader(mpsc::Sender<Asked>);

impl TicketReader {
    /// Starts the task that reads; call it inside a runtime.
    pub fn start(tickets: Tickets) -> Self {
        let (asked, backlog) = mpsc::channel(BACKLOG);
        tokio::spawn(read(tickets, backlog));
        Self(asked)
    }

    /// Every ticket that the booking has or had, in the order of the seats.
    pub async fn of_booking(&self, id: BookingId) -> Result<Vec<Ticket>, Failure> {
        let (reply, answer) = oneshot::channel();
        self.0.send((id, reply)).await.map_err(|_| Failure::ShuttingDown)?;
        answer.await.map_err(|_| Failure::ShuttingDown)?
    }
}

async fn read(tickets: Tickets, mut backlog: mpsc::Receiver<Asked>) {
    let mut waiting = Vec::with_capacity(BATCH);
    while backlog.recv_many(&mut waiting, BATCH).await > 0 {
        let ids: Vec<BookingId> = waiting.iter().map(|(id, _)| *id).collect();
        let found = tickets.of_bookings(&ids).await.map(|tickets| {
            let mut by_booking: HashMap<BookingId, Vec<Ticket>> = HashMap::with_capacity(ids.len());
            for ticket in tickets {
                by_booking.entry(ticket.booking).or_default().push(ticket);
            }
            by_booking
        });
        for (id, reply) in waiting.drain(..) {
            let answer = found.as_ref().map(|found| found.get(&id).cloned().unwrap_or_default()).map_err(Clone::clone);
            drop(reply.send(answer)); // Somebody who went away needs no answer.
        }
    }
}
