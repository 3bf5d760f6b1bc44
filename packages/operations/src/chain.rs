//! The chain of acts: entries that are only ever added, each with the hash of all before it.
//!
//! A trigger refuses changes. Who can remove the trigger can change a row; then its hash, or that of the entry after it, no
//! longer fits, and [`verify`](Operations::verify_chain) names it. The last entry is also kept beside the chain, so that
//! cutting off its end is noticed. Who writes the whole chain anew leaves none of these traces: against that, write down the
//! hash that `usher audit chain` prints, somewhere else.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use time::OffsetDateTime;
use usher_core::ids::ActId;
use usher_database::Failure;
use usher_workflows::{amend::Standing, orchestrator::Status};

use crate::{Operations, act::Person};

/// How many entries are read at a time.
const PAGE: i64 = 1_000;

/// One entry. Members that an event does not have are left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The act.
    pub act: ActId,
    /// What it is, by name.
    pub kind: String,
    /// What happened to it.
    pub event: Event,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Who did it; nobody when the product found it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Person>,
    /// The saga.
    pub saga: String,
    /// The execution's name.
    pub name: String,
    /// Why, in the words of whoever asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Where the matter is followed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    /// How the execution stood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saw: Option<Sight>,
    /// What else belongs to it: a changed input, evidence, what would be touched, why it was refused.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub detail: Value,
}

/// What happened to an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// Somebody asked for it; it waits for a second person.
    Proposed,
    /// Somebody asked for it.
    Requested,
    /// The second person said yes.
    Approved,
    /// The second person, or the first, said no.
    Declined,
    /// The engine has it.
    CarriedOut,
    /// The engine or the business said no; nothing was changed.
    Refused,
    /// The saga has passed the step.
    Worked,
    /// The saga has failed again.
    FailedAgain,
}

impl Event {
    /// As it is written and counted.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Requested => "requested",
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::CarriedOut => "carried_out",
            Self::Refused => "refused",
            Self::Worked => "worked",
            Self::FailedAgain => "failed_again",
        }
    }
}

/// An execution as it stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sight {
    /// Its status.
    pub status: Status,
    /// Its states.
    pub states: Vec<String>,
    /// Its last event.
    pub version: u64,
    /// Its error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// And the story behind that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
}

impl From<&Standing> for Sight {
    fn from(standing: &Standing) -> Self {
        let execution = &standing.execution;
        Self {
            status: execution.status,
            states: execution.states.clone(),
            version: standing.version,
            error: execution.error.clone(),
            cause: execution.cause.clone(),
        }
    }
}

/// Adds an entry. It is there with the transaction that the connection is in, and others wait for that.
pub(crate) async fn append(connection: &mut PgConnection, entry: &Entry) -> Result<(), sqlx::Error> {
    let end = sqlx::query!("SELECT seq, hash FROM operations.chain_end FOR UPDATE").fetch_one(&mut *connection).await?;
    let text = serde_json::to_string(entry).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    let hash = link(&end.hash, &text);
    sqlx::query!(
        "WITH added AS (
           INSERT INTO operations.chain (seq, entry, previous, hash) VALUES ($1, $2::text::json, $3, $4)
         )
         UPDATE operations.chain_end SET seq = $1, hash = $4",
        end.seq + 1,
        text,
        end.hash,
        &hash,
    )
    .execute(connection)
    .await?;
    metrics::counter!("usher_acts_total", "act" => entry.kind.clone(), "event" => entry.event.as_str()).increment(1);
    Ok(())
}

/// SHA-256 of the hash before and the entry's text.
fn link(previous: &[u8], entry: &str) -> Vec<u8> {
    let mut digest = Sha256::new();
    digest.update(previous);
    digest.update(entry.as_bytes());
    digest.finalize().to_vec()
}

/// Two digits a byte.
fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What a look at the whole chain found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChainReport {
    /// How many entries there are.
    pub entries: i64,
    /// The hash of the last one, in hexadecimal: kept elsewhere, it proves everything before it.
    pub hash: String,
    /// What is wrong, in the order of the chain; nothing in a chain that nobody touched.
    pub breaks: Vec<Break>,
}

/// A place where the chain does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Break {
    /// The number of the entry.
    pub seq: i64,
    /// The act that it is of, if there is an entry.
    pub act: Option<String>,
    /// What is wrong.
    pub what: &'static str,
}

impl Operations {
    /// Computes every hash anew, and names the entries whose own does not fit, that do not fit the one before, or that are
    /// missing.
    pub async fn verify_chain(&self) -> Result<ChainReport, Failure> {
        let (mut last, mut hash) = (0, vec![0_u8; 32]);
        let (mut entries, mut breaks) = (0, Vec::new());
        loop {
            let page = sqlx::query!(
                r#"SELECT seq, entry::text AS "entry!", previous, hash, act AS "act!" FROM operations.chain
                   WHERE seq > $1 ORDER BY seq LIMIT $2"#,
                last,
                PAGE,
            );
            let page = page.fetch_all(&self.pool).await?;
            if page.is_empty() {
                break;
            }
            for row in page {
                if row.seq != last + 1 {
                    breaks.push(Break { seq: last + 1, act: None, what: "entries are missing from here on" });
                } else if row.previous != hash {
                    let what = "it does not follow from the entry before";
                    breaks.push(Break { seq: row.seq, act: Some(row.act.clone()), what });
                }
                if link(&row.previous, &row.entry) != row.hash {
                    breaks.push(Break {
                        seq: row.seq,
                        act: Some(row.act),
                        what: "it was changed after it was written",
                    });
                }
                (last, hash) = (row.seq, row.hash);
                entries += 1;
            }
        }
        let end = sqlx::query!("SELECT seq, hash FROM operations.chain_end").fetch_one(&self.pool).await?;
        // Who appended while we read has moved the end ahead of what we saw; what is behind it must be the same.
        if end.seq < last || (end.seq == last && end.hash != hash) {
            breaks.push(Break { seq: last, act: None, what: "the end of the chain was changed" });
        } else if end.seq > last && !self.exists(last + 1).await? {
            breaks.push(Break { seq: last + 1, act: None, what: "the end of the chain was cut off" });
        }
        Ok(ChainReport { entries, hash: hexadecimal(&hash), breaks })
    }

    async fn exists(&self, seq: i64) -> Result<bool, Failure> {
        let found = sqlx::query_scalar!("SELECT seq FROM operations.chain WHERE seq = $1", seq);
        Ok(found.fetch_optional(&self.pool).await?.is_some())
    }
}
