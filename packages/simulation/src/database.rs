//! A model of the database: rows with versions, a history that is only appended to, messages with leases. A batch is
//! written whole or not at all, and what was written survives everything.
//!
//! It mirrors `orchestrator/src/embedded/store.rs` and the table of messages, and keeps what those do not: which events
//! each move took, for the reference.

use std::collections::{BTreeMap, BTreeSet};

use time::{Duration, OffsetDateTime};
use usher_asl::{Event, Execution, HistoryEvent};

use crate::{engine::Moved, planted::Bug, tape::Tape};

/// How long a message is hidden from others, as in `usher_messaging`.
pub(crate) const MESSAGE_LEASE: Duration = Duration::seconds(30);

/// How long an engine has to fire what it leased.
const TIMER_LEASE: Duration = Duration::seconds(30);

/// How often a message is delivered before it is put aside.
const MOST_RECEIVES: u32 = 5;

/// An execution.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub saga: String,
    pub version: i64,
    pub snapshot: String,
    pub due_at: Option<OffsetDateTime>,
}

/// What moved an execution: nothing but itself at its start, an event later.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Told {
    pub event: Option<Event>,
    pub tape: Tape,
}

/// A message in a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub body: String,
    pub visible_at: OffsetDateTime,
    pub receives: u32,
}

/// Why a batch was not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotWritten {
    /// An execution exists that was to begin.
    Exists,
    /// An execution has another version than the one that was read.
    Overtaken,
}

/// All tables.
#[derive(Debug, Default)]
pub(crate) struct Database {
    pub rows: BTreeMap<String, Row>,
    pub history: BTreeMap<String, Vec<String>>,
    pub messages: BTreeMap<u64, Message>,
    pub moves: BTreeMap<String, Vec<Told>>,
    /// Every token that some move gave out.
    pub tokens: BTreeSet<String>,
    sent: u64,
}

impl Database {
    /// Writes what begins and what moves, and gives the numbers of the messages that were written with them.
    pub fn write(
        &mut self,
        (begun, moved): (&[Moved], &[Moved]),
        now: OffsetDateTime,
        planted: Option<Bug>,
    ) -> Result<Vec<u64>, NotWritten> {
        if begun.iter().any(|begun| self.rows.contains_key(&begun.id)) {
            return Err(NotWritten::Exists);
        }
        let version_before = |moved: &Moved| self.rows.get(&moved.id).map(|row| row.version + 1);
        if planted != Some(Bug::NoCompareAndSet)
            && moved.iter().any(|moved| version_before(moved) != Some(moved.snapshot.version))
        {
            return Err(NotWritten::Overtaken);
        }
        let mut sent = Vec::new();
        for moved in begun.iter().chain(moved) {
            self.file(moved);
            for (_, body) in &moved.messages {
                // Written as leased: whoever wrote it hands it over.
                self.sent += 1;
                let message = Message { body: body.clone(), visible_at: now + MESSAGE_LEASE, receives: 1 };
                self.messages.insert(self.sent, message);
                sent.push(self.sent);
            }
        }
        Ok(sent)
    }

    fn file(&mut self, moved: &Moved) {
        let snapshot = &moved.snapshot;
        let row = Row {
            saga: snapshot.saga.clone(),
            version: snapshot.version,
            snapshot: serde_json::to_string(&snapshot.execution).unwrap_or_default(),
            due_at: snapshot.due_at,
        };
        self.rows.insert(moved.id.clone(), row);
        if !moved.history.is_empty() {
            let events = serde_json::to_string(&moved.history).unwrap_or_default();
            self.history.entry(moved.id.clone()).or_default().push(events);
        }
        self.tokens.extend(moved.told.iter().flat_map(|told| told.tape.tokens()).cloned());
        self.moves.entry(moved.id.clone()).or_default().extend(moved.told.iter().cloned());
    }

    /// An execution as it was last written.
    pub fn execution(&self, id: &str) -> Option<Execution> {
        serde_json::from_str(&self.rows.get(id)?.snapshot).ok()
    }

    /// Its whole history, in the order in which it was written.
    pub fn history_of(&self, id: &str) -> Vec<HistoryEvent> {
        let parts = self.history.get(id).into_iter().flatten();
        parts.flat_map(|part| serde_json::from_str::<Vec<HistoryEvent>>(part).unwrap_or_default()).collect()
    }

    /// Leases the executions whose timer is due, and says until when.
    pub fn lease_due(&mut self, now: OffsetDateTime, planted: Option<Bug>) -> (Vec<String>, OffsetDateTime) {
        let until = if planted == Some(Bug::LeaseWithoutEnd) { now + Duration::days(9_999) } else { now + TIMER_LEASE };
        let mut due = Vec::new();
        for (id, row) in &mut self.rows {
            if row.due_at.is_some_and(|due_at| due_at <= now) {
                row.due_at = Some(until);
                due.push(id.clone());
            }
        }
        (due, until)
    }

    /// Takes a message that is visible, and hides it from others. One that was taken too often is put aside.
    pub fn receive(&mut self, number: u64, now: OffsetDateTime) -> Option<Message> {
        let message = self.messages.get_mut(&number).filter(|message| message.visible_at <= now)?;
        if message.receives >= MOST_RECEIVES {
            self.messages.remove(&number);
            return None;
        }
        message.receives += 1;
        message.visible_at = now + MESSAGE_LEASE;
        Some(message.clone())
    }

    /// Hides a message for longer, if the lease is still the last one.
    pub fn extend(&mut self, number: u64, lease: u32, now: OffsetDateTime) {
        if let Some(message) = self.messages.get_mut(&number).filter(|message| message.receives == lease) {
            message.visible_at = now + MESSAGE_LEASE;
        }
    }

    /// Takes a message away, if the lease is still the last one.
    pub fn acknowledge(&mut self, number: u64, lease: u32) {
        if self.messages.get(&number).is_some_and(|message| message.receives == lease) {
            self.messages.remove(&number);
        }
    }
}
