//! What a customer carries: a text of about 145 characters that proves itself.
//!
//! A code is base64url of signature and payload. The payload is binary to keep the QR code coarse enough for a scratched
//! phone: version (1 byte), ticket (16), showtime (16), start of the show in Unix seconds (8, big endian), seat (the rest,
//! ASCII). It holds no personal data, and nothing that changes. A valid signature proves that we issued the ticket, not
//! that it is still valid: revocation is known to the database alone. Another layout takes another version number.

use std::fmt;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use usher_core::{
    ids::{ShowtimeId, TicketId},
    seat::SeatName,
};
use uuid::Uuid;

/// The only layout so far.
const VERSION: u8 = 1;

/// Length of an Ed25519 signature (RFC 8032) in bytes.
const SIGNATURE: usize = 64;

/// The code of a ticket. Whoever shows it is let in, so it does not print itself into logs.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketCode(String);

impl TicketCode {
    pub(crate) const fn stored(text: String) -> Self {
        Self(text)
    }

    /// Joins what was signed with its signature.
    pub(crate) fn seal(signature: &[u8], payload: &[u8]) -> Self {
        Self(BASE64_URL_SAFE_NO_PAD.encode([signature, payload].concat()))
    }

    /// The text to show or to draw.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for TicketCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TicketCode(..)")
    }
}

/// What a genuine code says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketClaims {
    /// The ticket.
    pub ticket: TicketId,
    /// The showtime it admits to.
    pub showtime: ShowtimeId,
    /// When that begins, to the second, as known when the ticket was issued.
    pub starts_at: OffsetDateTime,
    /// The seat it is for.
    pub seat: SeatName,
}

/// Why a code admits nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeRefused {
    /// Cut off, mistyped, or not one of our codes.
    #[error("this is not a ticket code")]
    Malformed,
    /// Well-formed, but not signed by us.
    #[error("this ticket code was not issued by us")]
    Forged,
    /// Signed by us in a layout that this program does not know.
    #[error("this ticket code has version {0}, which this program does not know")]
    UnknownVersion(u8),
}

impl TicketClaims {
    /// The bytes that are signed.
    pub(crate) fn payload(&self) -> Vec<u8> {
        let mut payload = Vec::with_capacity(48);
        payload.push(VERSION);
        payload.extend_from_slice(self.ticket.uuid().as_bytes());
        payload.extend_from_slice(self.showtime.uuid().as_bytes());
        payload.extend_from_slice(&self.starts_at.unix_timestamp().to_be_bytes());
        payload.extend_from_slice(self.seat.as_str().as_bytes());
        payload
    }

    /// Reads what was signed, once the signature is known to be ours.
    pub(crate) fn read(payload: &[u8]) -> Result<Self, CodeRefused> {
        let (&version, rest) = payload.split_first().ok_or(CodeRefused::Malformed)?;
        if version != VERSION {
            return Err(CodeRefused::UnknownVersion(version));
        }
        let (ticket, rest) = rest.split_first_chunk().ok_or(CodeRefused::Malformed)?;
        let (showtime, rest) = rest.split_first_chunk().ok_or(CodeRefused::Malformed)?;
        let (starts_at, seat) = rest.split_first_chunk().ok_or(CodeRefused::Malformed)?;
        let starts_at = OffsetDateTime::from_unix_timestamp(i64::from_be_bytes(*starts_at));
        let seat = str::from_utf8(seat).ok().and_then(|seat| seat.parse().ok());
        Ok(Self {
            ticket: Uuid::from_bytes(*ticket).into(),
            showtime: Uuid::from_bytes(*showtime).into(),
            starts_at: starts_at.map_err(|_| CodeRefused::Malformed)?,
            seat: seat.ok_or(CodeRefused::Malformed)?,
        })
    }
}

/// Takes a code apart into signature and payload, without believing either.
pub(crate) fn open(code: &str) -> Result<([u8; SIGNATURE], Vec<u8>), CodeRefused> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(code).map_err(|_| CodeRefused::Malformed)?;
    let (signature, payload) = bytes.split_first_chunk().ok_or(CodeRefused::Malformed)?;
    Ok((*signature, payload.to_vec()))
}
